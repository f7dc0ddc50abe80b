// Goal: the registry describes each kind completely and lets no unusable parameter through.
// Method: the built-in kinds, and a made-up kind for the rules that no built-in one breaks.

#include "trading/strategies/registry.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <thread>

namespace supreme::trading {
namespace {

using sentences = std::vector<std::string>;

const strategy_kind& momentum() { return *find_strategy_kind("momentum"); }

TEST(strategy_registry, lists_kinds_by_name) {
  const auto& kinds = strategy_kinds();
  ASSERT_FALSE(kinds.empty());
  EXPECT_TRUE(std::is_sorted(kinds.begin(), kinds.end(),
                             [](const auto& a, const auto& b) { return a.name < b.name; }));
  for (const auto& kind : kinds)
    EXPECT_EQ(find_strategy_kind(kind.name), &kind);
  EXPECT_EQ(find_strategy_kind("astrology"), nullptr);
}

TEST(strategy_registry, tells_parameters_as_a_file_gives_them) {
  const parameters values{{"direction", 2}, {"fast", 12}, {"rsi_max", 0.1}};
  EXPECT_EQ(parameters_text(find_strategy_kind("momentum"), values, ", "),
            "direction=both, fast=12, rsi_max=0.1");
  EXPECT_EQ(parameters_text(nullptr, values, " "), "direction=2 fast=12 rsi_max=0.1");
}

TEST(strategy_registry, makes_every_kind_from_its_defaults) {
  for (const auto& kind : strategy_kinds()) {
    EXPECT_FALSE(kind.text.empty());
    for (const auto& spec : kind.schema) {
      EXPECT_FALSE(spec.text.empty()) << spec.name;
      EXPECT_LE(spec.minimum, spec.initial) << spec.name;
      EXPECT_LE(spec.initial, spec.maximum) << spec.name;
    }
    const auto checked = check_parameters(kind, {});
    EXPECT_EQ(checked.problems, sentences{});
    EXPECT_EQ(checked.values.size(), kind.schema.size());
    EXPECT_NE(kind.make == nullptr, kind.make_pair == nullptr) << kind.name;
    EXPECT_GT(kind.make != nullptr ? kind.make(checked.values)->warmup_bars()
                                   : kind.make_pair(checked.values)->warmup_bars(),
              0U);
  }
}

/// The registry keeps what is added for good; no other test knows these kinds.
strategy_kind added(const std::string& name) {
  auto kind = momentum();
  kind.name = name;
  return kind;
}

TEST(strategy_registry, takes_further_kinds_and_keeps_what_it_gave) {
  const auto& before = strategy_kinds();
  const auto* known = find_strategy_kind("momentum");
  const auto count = before.size();
  ASSERT_TRUE(add_strategy_kinds({added("zz_last"), added("aa_first")}));
  EXPECT_EQ(before.size(), count); // A reader's list does not change under it.
  EXPECT_EQ(known->name, "momentum");
  const auto& kinds = strategy_kinds();
  ASSERT_EQ(kinds.size(), count + 2);
  EXPECT_EQ(kinds.front().name, "aa_first");
  EXPECT_EQ(kinds.back().name, "zz_last");
}

TEST(strategy_registry, takes_no_name_twice_and_then_nothing_of_the_rest) {
  const auto count = strategy_kinds().size();
  EXPECT_FALSE(add_strategy_kinds({added("bb_new"), added("momentum")}));
  EXPECT_FALSE(add_strategy_kinds({added("bb_new"), added("bb_new")}));
  EXPECT_EQ(strategy_kinds().size(), count);
  EXPECT_EQ(find_strategy_kind("bb_new"), nullptr);
}

TEST(strategy_registry, takes_kinds_from_several_threads_while_others_read) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([t] {
      for (int i = 0; i < 25; ++i) {
        const auto name = "thread_" + std::to_string(t) + "_" + std::to_string(i);
        EXPECT_TRUE(add_strategy_kinds({added(name)}));
        EXPECT_NE(find_strategy_kind(name), nullptr);
        EXPECT_NE(find_strategy_kind("momentum"), nullptr);
      }
    });
  for (auto& t : threads)
    t.join();
  const auto& kinds = strategy_kinds();
  EXPECT_EQ(std::count_if(kinds.begin(), kinds.end(),
                          [](const auto& k) { return k.name.starts_with("thread_"); }),
            100);
}

TEST(strategy_registry, gives_momentum_its_documented_defaults) {
  const parameters expected{{"fast", 12},       {"slow", 26},           {"signal", 9},
                            {"rsi_length", 14}, {"rsi_max", 70},        {"rsi_min", 30},
                            {"warmup_bars", 0}, {"direction", 0},       {"atr_length", 14},
                            {"stop_atr", 0},    {"take_profit_atr", 0}, {"trail_atr", 0},
                            {"max_bars", 0}};
  EXPECT_EQ(check_parameters(momentum(), {}).values, expected);
}

TEST(strategy_registry, keeps_given_values_and_fills_in_the_rest) {
  const auto checked = check_parameters(momentum(), {{"fast", 5}, {"rsi_max", 65.5}});
  EXPECT_EQ(checked.problems, sentences{});
  EXPECT_EQ(checked.values.at("fast"), 5);
  EXPECT_EQ(checked.values.at("rsi_max"), 65.5);
  EXPECT_EQ(checked.values.at("slow"), 26);
}

TEST(strategy_registry, reports_all_problems_at_once) {
  const auto checked =
    check_parameters(momentum(), {{"speed", 3}, {"fast", 2.5}, {"rsi_max", 101}, {"slow", 26}});
  EXPECT_EQ(checked.problems,
            (sentences{"momentum has no parameter speed.", "fast must be a whole number, was 2.5.",
                       "rsi_max must be between 0 and 100, was 101."}));
}

TEST(strategy_registry, refuses_values_that_are_no_numbers) {
  for (const double value :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
        -std::numeric_limits<double>::infinity()})
    EXPECT_EQ(check_parameters(momentum(), {{"stop_atr", value}}).problems.size(), 1U) << value;
}

TEST(strategy_registry, refuses_every_parameter_beyond_its_range_with_a_sentence) {
  for (const auto& kind : strategy_kinds()) {
    for (const auto& spec : kind.schema) {
      for (const double value : {spec.minimum - 1, spec.maximum + 1}) {
        const auto problems = check_parameters(kind, {{spec.name, value}}).problems;
        ASSERT_EQ(problems.size(), 1U) << kind.name << ' ' << spec.name << ' ' << value;
        EXPECT_TRUE(problems[0].starts_with(spec.name + " must be ")) << problems[0];
        EXPECT_TRUE(problems[0].ends_with(".")) << problems[0];
      }
    }
  }
}

TEST(strategy_registry, gives_every_kind_on_one_instrument_the_common_parameters) {
  for (const auto& kind : strategy_kinds()) {
    const auto values = check_parameters(kind, {}).values;
    for (const char* name : {"warmup_bars", "direction", "max_bars"})
      EXPECT_TRUE(values.contains(name)) << kind.name << ' ' << name;
    for (const char* name : {"atr_length", "stop_atr", "take_profit_atr", "trail_atr"})
      EXPECT_EQ(values.contains(name), kind.width() == 1) << kind.name << ' ' << name;
  }
}

TEST(strategy_registry, names_the_values_of_a_choice) {
  for (const auto& kind : strategy_kinds()) {
    for (const auto& spec : kind.schema) {
      if (spec.choices.empty())
        continue;
      EXPECT_EQ(spec.minimum, 0);
      EXPECT_EQ(spec.maximum, static_cast<double>(spec.choices.size() - 1));
      EXPECT_EQ(value_text(spec, 1), spec.choices[1]);
    }
  }
  for (const double value : {0.5, 3.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
    const auto problems = check_parameters(momentum(), {{"direction", value}}).problems;
    ASSERT_EQ(problems.size(), 1U) << value;
    EXPECT_TRUE(problems[0].starts_with("direction must be long, short or both, was the number "));
  }
  const parameter_spec number{"n", "A number.", 0, 1, 0.5, false};
  EXPECT_EQ(value_text(number, 0.25), "0.25");
}

TEST(strategy_registry, checks_the_thresholds_of_pairs_against_each_other) {
  const auto& kind = *find_strategy_kind("pairs");
  EXPECT_EQ(check_parameters(kind, {{"exit_z", 2}}).problems,
            sentences{"exit_z must be below entry_z."});
  EXPECT_EQ(check_parameters(kind, {{"stop_z", 1.5}}).problems,
            sentences{"entry_z must be below stop_z."});
}

TEST(strategy_registry, checks_parameters_against_each_other) {
  EXPECT_EQ(check_parameters(*find_strategy_kind("sma_cross"), {{"slow", 10}}).problems,
            sentences{"fast must be below slow."});

  EXPECT_EQ(check_parameters(momentum(), {{"fast", 26}}).problems,
            sentences{"fast must be below slow."});
  EXPECT_EQ(check_parameters(momentum(), {{"fast", 25}}).problems, sentences{});
  // A value that is out of range by itself is the only thing said.
  EXPECT_EQ(check_parameters(momentum(), {{"slow", 1}}).problems,
            sentences{"slow must be between 2 and 500, was 1."});
}

TEST(strategy_registry, needs_no_rule_between_parameters) {
  strategy_kind plain;
  plain.name = "plain";
  plain.schema = {{"n", "A number.", 0, 1, 0.5, false}};
  const auto checked = check_parameters(plain, {{"n", 1}});
  EXPECT_EQ(checked.problems, sentences{});
  EXPECT_EQ(checked.values, (parameters{{"n", 1}}));
}

} // namespace
} // namespace supreme::trading
