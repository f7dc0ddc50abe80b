// Goal: a person finds every strategy with its parameters, gets the files of a new one, and is told
// what a library is worth. Method: the whole program in this process, on the libraries that
// tests/plugins builds; the skeleton itself is built and run by the guide's own test.

#include "commands/strategy_skeleton.hpp"
#include "commands/strategy_trial.hpp"
#include "tests/commands/run.hpp"
#include "tests/commands/temporary_folder.hpp"
#include "tests/plugins/test_plugin.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <limits>

namespace supreme::tests {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

std::string text_of(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream{file}.rdbuf();
  return text.str();
}

TEST(strategy_verb, lists_the_built_in_strategies_with_their_parameters) {
  const auto shown = run({"strategy", "list"});
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("momentum: Long from the MACD"));
  EXPECT_THAT(shown.out, HasSubstr("No long entry at or above this RSI."));
  EXPECT_THAT(shown.out, ContainsRegex("direction +long +long, short, both  "));
}

TEST(strategy_verb, lists_those_of_a_library_beside_them) {
  const auto shown = run({"strategy", "list", "--json", "--plugin", test_plugin("sample")});
  ASSERT_EQ(shown.code, 0) << shown.err;
  const auto all = nlohmann::json::parse(shown.out);
  const auto find = [&](const char* name) {
    return *std::find_if(all.begin(), all.end(), [&](const auto& k) { return k["name"] == name; });
  };
  EXPECT_TRUE(find("momentum")["library"].is_null());
  const auto sample = find("sample");
  EXPECT_THAT(sample["library"]["path"].get<std::string>(), HasSubstr("sample.so"));
  EXPECT_EQ(sample["library"]["sha256"].get<std::string>().size(), 64u);
  EXPECT_EQ(sample["parameters"][0],
            nlohmann::json::parse(R"({"name": "length", "text": "Bars of the average.",
              "type": "whole", "minimum": 1.0, "maximum": 500.0, "default": 5.0})"));
}

TEST(strategy_verb, shows_one_strategy) {
  const auto shown = run({"strategy", "show", "sample", "--plugin", test_plugin("sample")});
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("sample: Long while the close is above its average."));
  EXPECT_THAT(shown.out, Not(HasSubstr("momentum")));
  const auto unknown = run({"strategy", "show", "astrology"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("there is no strategy astrology, only "));
}

TEST(strategy_verb, refuses_a_library_that_cannot_be_loaded) {
  const auto shown = run({"strategy", "list", "--plugin", test_plugin("foreign_interface")});
  EXPECT_EQ(shown.code, 2);
  EXPECT_THAT(shown.err, HasSubstr("foreign_interface.so: it was built for interface version"));
}

TEST(strategy_verb, checks_a_library_and_tries_its_strategies) {
  const auto shown = run({"strategy", "check", test_plugin("sample")});
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("sha256   "));
  EXPECT_THAT(shown.out, HasSubstr("built    with the headers of "));
  EXPECT_THAT(shown.out, HasSubstr("generated bars, the first with bar "));
  EXPECT_THAT(shown.out, HasSubstr("the same each time"));
  const auto wrong = run({"strategy", "check", test_plugin("foreign_types")});
  EXPECT_EQ(wrong.code, 1);
  EXPECT_THAT(wrong.err, HasSubstr("types have other sizes"));
}

// -- the trial ---------------------------------------------------------------------------

using wish_function = std::optional<trading::decision> (*)(uint64_t bar);

/// What every `scripted` wants; a kind makes its strategies without arguments of ours.
wish_function wish = nullptr;

/// Wants what a function says of the number of the bar, from 0.
class scripted final : public trading::strategy {
public:
  void on_fill(const trading::slot_holding&) override {}
  std::optional<trading::decision> on_bar(const trading::bar&) override { return wish(bars_++); }
  uint32_t warmup_bars() const override { return 10; }

private:
  uint64_t bars_ = 0;
};

std::string problems_of(wish_function wanted) {
  wish = wanted;
  const trading::strategy_kind kind{
    "scripted",
    "Of a test.",
    {},
    [](const trading::parameters&) -> std::unique_ptr<trading::strategy> {
      return std::make_unique<scripted>();
    }};
  std::string all;
  for (const auto& problem : commands::try_strategy(kind).problems)
    all += problem + "\n";
  return all;
}

trading::decision buy(const std::string& reason, double input = 1) {
  return {trading::desire::long_position, reason, {{"input", input}}, {}, {}};
}

TEST(strategy_trial, has_nothing_to_say_about_a_good_strategy) {
  EXPECT_EQ((problems_of([](uint64_t bar) -> std::optional<trading::decision> {
              return bar == 10 ? std::optional{buy("Now")} : std::nullopt;
            })),
            "");
  const auto trial = commands::try_strategy(*trading::find_strategy_kind("momentum"));
  EXPECT_EQ(trial.problems, std::vector<std::string>{});
  EXPECT_GT(trial.signals, 10u);
}

TEST(strategy_trial, finds_decisions_within_the_warm_up) {
  EXPECT_THAT((problems_of([](uint64_t bar) -> std::optional<trading::decision> {
                return bar == 9 ? std::optional{buy("Early")} : std::nullopt;
              })),
              HasSubstr("decides within its 10 bars of warm-up"));
}

TEST(strategy_trial, finds_numbers_that_are_none) {
  EXPECT_THAT((problems_of([](uint64_t bar) -> std::optional<trading::decision> {
                if (bar != 20)
                  return std::nullopt;
                return buy("Now", std::numeric_limits<double>::quiet_NaN());
              })),
              HasSubstr("input of a decision is not a finite decimal"));
}

TEST(strategy_trial, finds_what_instances_share) {
  static uint64_t shared = 0;
  EXPECT_THAT((problems_of([](uint64_t bar) -> std::optional<trading::decision> {
                return bar > 10 && ++shared % 7 == 0 ? std::optional{buy("Seventh")} : std::nullopt;
              })),
              HasSubstr("other decisions the second time"));
}

TEST(strategy_trial, finds_reasons_that_no_row_holds) {
  EXPECT_THAT((problems_of([](uint64_t bar) -> std::optional<trading::decision> {
                if (bar < 20)
                  return std::nullopt;
                return buy(bar == 20 ? "" : std::string(121, 'r'));
              })),
              ::testing::AllOf(HasSubstr("gives no reason"), HasSubstr("more than 120 bytes")));
}

// -- the skeleton ------------------------------------------------------------------------

TEST(strategy_skeleton, is_written_with_the_paths_of_this_checkout) {
  const temporary_folder folder;
  const auto written = run({"strategy", "new", "night-owl", "--dir", folder.file("owl")});
  ASSERT_EQ(written.code, 0) << written.err;
  const auto source = text_of(folder.file("owl/night-owl.cpp"));
  EXPECT_THAT(source, HasSubstr("class night_owl_strategy final"));
  EXPECT_THAT(source, HasSubstr("{\"night-owl\","));
  for (const char* file : {"night-owl.cpp", "night-owl_test.cpp", "meson.build", "README.md"}) {
    const auto text = text_of(folder.file(std::string{"owl/"} + file));
    EXPECT_NE(text, "") << file;
    for (const char* mark : {"@INCLUDE@", "@NAME@", "@CLASS@", "@HEADERS@", "@LIBRARY@"})
      EXPECT_THAT(text, Not(HasSubstr(mark))) << file;
  }
  EXPECT_THAT(text_of(folder.file("owl/README.md")), HasSubstr("libtrading.a"));
}

TEST(strategy_skeleton, overwrites_nothing) {
  const temporary_folder folder;
  std::ofstream{folder.file("meson.build")} << "mine";
  const auto refused = run({"strategy", "new", "owl", "--dir", folder.file("")});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("meson.build is there already; nothing was written"));
  EXPECT_EQ(text_of(folder.file("meson.build")), "mine");
  EXPECT_EQ(text_of(folder.file("owl.cpp")), "");
}

TEST(strategy_skeleton, has_a_name_that_files_and_the_language_can_take) {
  const temporary_folder folder;
  for (const char* name : {"Owl", "2owls", "../owl", "an owl", "", "-owl"})
    EXPECT_EQ(run({"strategy", "new", "--dir", folder.file("x"), "--", name}).code, 2) << name;
  const auto taken = run({"strategy", "new", "momentum", "--dir", folder.file("x")});
  EXPECT_EQ(taken.code, 2);
  EXPECT_THAT(taken.err, HasSubstr("there is a built-in strategy momentum"));
  EXPECT_FALSE(std::filesystem::exists(folder.file("x")));
}

TEST(strategy_kit, is_that_of_the_installation_where_there_is_one) {
  const temporary_folder folder;
  const auto make = [&](const std::string& path) {
    std::filesystem::create_directories(std::filesystem::path{folder.file(path)}.parent_path());
    std::ofstream{folder.file(path)} << "";
  };
  make("include/supreme/trading/strategies/plugin.hpp");
  make("lib/x86_64-linux-gnu/supreme/libtrading.a");
  const auto no_environment = [](const std::string&) { return std::nullopt; };
  const auto kit = commands::find_strategy_kit(folder.file("bin/supreme"), no_environment);
  EXPECT_EQ(kit.headers, folder.file("include/supreme"));
  EXPECT_EQ(kit.library, folder.file("lib/x86_64-linux-gnu/supreme/libtrading.a"));
  EXPECT_THROW((void)commands::find_strategy_kit("/bin/supreme", no_environment),
               commands::verb_error);
}

} // namespace
} // namespace supreme::tests
