// Goal: a library of strategies is loaded when everything about it is right, and refused with a
// sentence that names the file and the reason otherwise; a configuration takes kinds from it.
// Method: libraries that tests/plugins builds, each wrong in one way; what a refused library must
// not run would end the process.

#include "config/strategy_plugins.hpp"
#include "config/sha256.hpp"
#include "tests/commands/temporary_folder.hpp"
#include "tests/config/sample.hpp"
#include "tests/plugins/test_plugin.hpp"
#include "trading/orders/strategy_slot.hpp"
#include "trading/strategies/plugin.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace supreme::tests {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string bytes_of(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream{path, std::ios::binary}.rdbuf();
  return out.str();
}

std::string sha256_of(const std::string& path) { return config::sha256_hex(bytes_of(path)); }

/// Why the library is refused; empty when it is not.
std::string refusal_of(const std::string& path, const std::string& sha256 = "") {
  const auto loaded = config::load_strategy_plugin(path, sha256);
  return loaded ? "" : loaded.error();
}

config::strategy_plugin sample() {
  auto loaded = config::load_strategy_plugin(test_plugin("sample"));
  if (!loaded)
    throw std::runtime_error(loaded.error());
  return *loaded;
}

TEST(strategy_plugin, says_what_it_is) {
  const auto plugin = sample();
  EXPECT_EQ(plugin.path, std::filesystem::canonical(test_plugin("sample")));
  EXPECT_EQ(plugin.sha256, sha256_of(test_plugin("sample")));
  EXPECT_EQ(plugin.product_version, SUPREME_VERSION);
  EXPECT_EQ(plugin.kinds, std::vector<std::string>{"sample"});
}

TEST(strategy_plugin, puts_its_kinds_beside_the_built_in_ones) {
  (void)sample();
  const auto& kinds = trading::strategy_kinds();
  EXPECT_TRUE(std::is_sorted(kinds.begin(), kinds.end(),
                             [](const auto& a, const auto& b) { return a.name < b.name; }));
  ASSERT_NE(trading::find_strategy_kind("momentum"), nullptr);
  const auto* kind = trading::find_strategy_kind("sample");
  ASSERT_NE(kind, nullptr);
  EXPECT_EQ(kind->schema.size(), 2u);
}

TEST(strategy_plugin, decides_with_indicators_decimals_and_statistics_of_the_program) {
  (void)sample();
  const auto* kind = trading::find_strategy_kind("sample");
  const auto values = trading::check_parameters(*kind, {{"length", 3}}).values;
  const trading::instrument_id btc{"BTCUSDT"};
  trading::strategy_slot slot{
    trading::strategy_id{"s"}, trading::account_id{"main"}, {&btc, 1}, *kind, values};
  std::vector<trading::signal> signals;
  for (const int64_t close : {100, 99, 98, 103}) {
    trading::bar b;
    b.instrument = btc;
    b.open_time = trading::timestamp::from_ns(static_cast<int64_t>(signals.size()));
    b.interval = std::chrono::minutes{1};
    b.open = b.high = b.low = b.close = trading::decimal::from_integer(close);
    b.high = trading::decimal::from_integer(close + 1);
    slot.on_bar(0, b, signals);
  }
  ASSERT_EQ(signals.size(), 1u);
  EXPECT_EQ(signals[0].wanted, trading::target::long_position);
  std::map<std::string, trading::decimal> inputs{signals[0].inputs.begin(),
                                                 signals[0].inputs.end()};
  EXPECT_EQ(inputs.at("average"), trading::decimal::literal("100"));
  EXPECT_EQ(inputs.at("middle"), trading::decimal::literal("103.5"));
  EXPECT_EQ(inputs.at("downside"), trading::decimal{});
  EXPECT_TRUE(signals[0].hints.stop_distance.has_value());
}

TEST(strategy_plugin, is_loaded_once_whatever_its_path) {
  const temporary_folder folder;
  const auto copy = folder.file("copy.so");
  std::filesystem::copy_file(test_plugin("sample"), copy);
  const auto path = sample().path;
  const auto count = config::loaded_strategy_plugins().size();
  const auto again = config::load_strategy_plugin(copy);
  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ(again->path, path);
  EXPECT_EQ(config::loaded_strategy_plugins().size(), count);
}

TEST(strategy_plugin, whose_bytes_are_loaded_needs_no_file_any_more) {
  const auto loaded = config::load_strategy_plugin("gone.so", sample().sha256);
  ASSERT_TRUE(loaded) << loaded.error();
  EXPECT_EQ(loaded->path, sample().path);
}

TEST(strategy_plugin, of_other_bytes_than_wanted_is_refused_before_it_runs) {
  const std::string wanted(64, 'a');
  EXPECT_THAT(refusal_of(test_plugin("no_descriptor"), wanted),
              AllOf(StartsWith(test_plugin("no_descriptor") + ": "),
                    HasSubstr("SHA-256 is " + sha256_of(test_plugin("no_descriptor"))),
                    HasSubstr("expected " + wanted)));
}

struct flaw {
  const char* library;
  const char* reason;
};
void PrintTo(const flaw& f, std::ostream* out) { *out << f.library; }

class flawed_plugin : public ::testing::TestWithParam<flaw> {};

TEST_P(flawed_plugin, is_refused_with_its_file_and_the_reason) {
  const auto kinds = trading::strategy_kinds().size();
  const auto path = test_plugin(GetParam().library);
  // Twice: it is not forgotten, and not believed the second time.
  for (int i = 0; i < 2; ++i)
    EXPECT_THAT(refusal_of(path), AllOf(StartsWith(path + ": "), HasSubstr(GetParam().reason)));
  EXPECT_EQ(trading::strategy_kinds().size(), kinds);
}

INSTANTIATE_TEST_SUITE_P(
  each, flawed_plugin,
  ::testing::Values(
    flaw{"foreign_magic", "descriptor is none of this program's"},
    flaw{"foreign_interface", "built for interface version 5"},
    flaw{"foreign_release", "built with the headers of version \"9.1.0\", this program is"},
    flaw{"foreign_compiler", "with C++ ABI 1/"}, flaw{"foreign_types", "types have other sizes"},
    flaw{"no_descriptor", "exports no supreme_strategy_plugin"},
    flaw{"short_descriptor", "its supreme_strategy_plugin is not what SUPREME_STRATEGY"},
    flaw{"no_function", "exports no supreme_strategy_kinds"},
    flaw{"no_strategies", "has no strategies"},
    flaw{"throwing", "failed to list its strategies: no kind today"},
    flaw{"unresolved", "undefined symbol: supreme_function_of_a_later_release"},
    flaw{"clash", "strategy \"momentum\" is built in"}),
  [](const auto& tested) { return std::string{tested.param.library}; });

TEST(strategy_plugin, with_invalid_kinds_is_refused_with_all_that_is_wrong) {
  const auto text = refusal_of(test_plugin("bad_kinds"));
  for (const char* part :
       {"strategy \"Crooked Kind\": its name is not a name", "its text is not a text",
        "parameter \"outside\": its default is outside its range",
        "parameter \"nan\": its default is not a finite number",
        "parameter \"turned\": its minimum is above its maximum",
        "parameter \"broken\": its default is not a whole number",
        "parameter \"mute\": its text is not a text", "parameter \"mute\" stands twice",
        "parameter \"two words\": its name is not a name",
        "strategy \"hollow\": it failed with its defaults: nothing to make"})
    EXPECT_THAT(text, HasSubstr(part));
}

TEST(strategy_plugin, with_a_name_of_another_plugin_is_refused) {
  EXPECT_THAT((sample(), refusal_of(test_plugin("sample_again"))),
              AllOf(HasSubstr("strategy \"sample\" is also in "), HasSubstr(sample().path)));
}

TEST(strategy_plugin, that_is_no_library_is_refused) {
  const temporary_folder folder;
  const auto path = folder.file("text.so");
  std::ofstream{path} << "I am a text";
  EXPECT_THAT(refusal_of(path), HasSubstr("cannot be loaded as a library"));
  EXPECT_THAT(refusal_of(folder.file("absent.so")), HasSubstr("cannot be read: No such file"));
  EXPECT_THAT(refusal_of("/"), HasSubstr("not a regular file"));
}

TEST(strategy_plugin, that_everybody_may_write_is_refused) {
  const temporary_folder folder;
  const auto path = folder.file("open.so");
  std::filesystem::copy_file(test_plugin("no_descriptor"), path);
  std::filesystem::permissions(path, std::filesystem::perms::others_write,
                               std::filesystem::perm_options::add);
  EXPECT_THAT(refusal_of(path), HasSubstr("everybody may write it"));
}

TEST(strategy_plugin, that_is_too_large_is_refused_unread) {
  const temporary_folder folder;
  const auto path = folder.file("large.so");
  std::ofstream{path}.close();
  std::filesystem::resize_file(path, 65 * 1024 * 1024);
  EXPECT_THAT(refusal_of(path), HasSubstr("has more than 67108864 bytes"));
}

TEST(strategy_plugin, that_was_replaced_after_it_was_loaded_is_refused) {
  const temporary_folder folder;
  const auto path = folder.file("replaced.so");
  // In memory for good, because its code has run.
  std::filesystem::copy_file(test_plugin("throwing"), path);
  ASSERT_THAT(refusal_of(path), HasSubstr("no kind today"));
  std::filesystem::remove(path);
  std::filesystem::copy_file(test_plugin("sample_again"), path);
  EXPECT_THAT(refusal_of(path), HasSubstr("restart the process"));
}

// -- in a cluster file -------------------------------------------------------------------

std::string with_kind(const std::string& kind, const std::string& parameters) {
  return with(with(sample_cluster(), "kind = \"momentum\"", "kind = \"" + kind + "\""),
              "fast = 10\n", parameters);
}

std::string plugin_section(const std::string& path, const std::string& sha256 = "") {
  return "[[strategy_plugins]]\npath = '" + path + "'\n"
         + (sha256.empty() ? "" : "sha256 = \"" + sha256 + "\"\n");
}

using config::cluster_text;

std::string problems_in(const std::string& text, const std::string& file = "cluster.toml",
                        cluster_text origin = cluster_text::file) {
  std::string all;
  const auto parsed = config::parse_cluster(text, file, origin);
  if (const auto* found = std::get_if<config::problems>(&parsed))
    for (const auto& each : *found)
      all += each.to_string() + "\n";
  return all;
}

TEST(cluster_file_with_plugins, has_kinds_and_parameters_of_them) {
  const auto text = with_kind("sample", "length = 7\n") + plugin_section(test_plugin("sample"));
  const auto parsed = config::parse_cluster(text, "cluster.toml");
  ASSERT_TRUE(std::holds_alternative<config::cluster_settings>(parsed)) << problems_in(text);
  const auto& all = std::get<config::cluster_settings>(parsed);
  ASSERT_EQ(all.strategy_plugins.size(), 1u);
  EXPECT_EQ(all.strategies[0].library_sha256, sha256_of(test_plugin("sample")));
  EXPECT_EQ(all.strategies[0].parameters, (trading::parameters{{"length", 7}, {"stop_atr", 3}}));
  EXPECT_THAT(
    problems_in(with_kind("sample", "length = 0\n") + plugin_section(test_plugin("sample"))),
    HasSubstr("length must be between 1 and 500"));
}

TEST(cluster_file_with_plugins, finds_a_relative_path_beside_itself) {
  const temporary_folder folder;
  std::filesystem::create_directory(folder.file("lib"));
  std::filesystem::copy_file(test_plugin("sample"), folder.file("lib/mine.so"));
  const auto text = with_kind("sample", "") + plugin_section("lib/mine.so");
  EXPECT_EQ(problems_in(text, folder.file("cluster.toml")), "");
}

TEST(cluster_file_with_plugins, refuses_a_library_that_it_cannot_load_and_blames_nothing_else) {
  const auto text = with_kind("elsewhere", "x = 1\n") + plugin_section("/nowhere/mine.so");
  const auto found = problems_in(text);
  EXPECT_THAT(found, HasSubstr("strategy_plugins[0].path: expected a library of strategies: "
                               "/nowhere/mine.so: it cannot be read: No such file"));
  EXPECT_EQ(std::count(found.begin(), found.end(), '\n'), 1) << found;
}

TEST(cluster_file_with_plugins, says_when_a_check_of_a_plugin_throws) {
  EXPECT_THAT(
    problems_in(with_kind("sample", "stop_atr = 13\n") + plugin_section(test_plugin("sample"))),
    HasSubstr("The check of sample failed: thirteen"));
}

TEST(cluster_file_with_plugins, refuses_a_sha256_that_is_none) {
  EXPECT_THAT(problems_in(with_kind("sample", "") + plugin_section(test_plugin("sample"), "abc")),
              HasSubstr("strategy_plugins[0].sha256: expected 64 lower-case hexadecimal digits"));
}

TEST(cluster_file_with_plugins, shows_a_changed_library_as_a_difference) {
  config::cluster_settings before;
  before.strategy_plugins = {{"/opt/mine.so", "aa"}};
  auto after = before;
  after.strategy_plugins[0].sha256 = "bb";
  const auto found = config::diff(before, after);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].key, "strategy_plugins[/opt/mine.so].sha256");
  EXPECT_EQ(found[0].after, "bb");
}

TEST(committed_configuration, says_the_bytes_of_each_library) {
  const auto text = with_kind("sample", "");
  const auto in = [](const std::string& whole) {
    return problems_in(whole, "version 1", cluster_text::committed);
  };
  const auto sha256 = sha256_of(test_plugin("sample"));
  EXPECT_EQ(in(text + plugin_section(test_plugin("sample"), sha256)), "");
  EXPECT_THAT(in(text + plugin_section(test_plugin("sample"))),
              HasSubstr("strategy_plugins[0].sha256: expected 64"));
  EXPECT_THAT(in(text + plugin_section("mine.so", sha256)), HasSubstr("expected an absolute path"));
}

TEST(committed_configuration, takes_no_kind_that_another_node_might_not_have) {
  (void)sample();
  EXPECT_THAT(problems_in(with_kind("sample", ""), "version 1", cluster_text::committed),
              HasSubstr("expected a built-in kind or one of strategy_plugins"));
  // A file may: the person who works with it has loaded the library on purpose.
  EXPECT_EQ(problems_in(with_kind("sample", "")), "");
}

} // namespace
} // namespace supreme::tests
