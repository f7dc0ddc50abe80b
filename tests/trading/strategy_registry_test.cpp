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
    EXPECT_GT(kind.make(checked.values)->warmup_bars(), 0U);
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
  const parameters expected{{"fast", 12},    {"slow", 26},       {"signal", 9},  {"rsi_length", 14},
                            {"rsi_max", 70}, {"atr_length", 14}, {"stop_atr", 0}};
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

TEST(strategy_registry, checks_parameters_against_each_other) {
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
