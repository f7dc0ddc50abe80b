// Goal: stop, trailing stop, target and time stop end a holding exactly at their levels, on both
// sides, and say why.
// Method: rules with distances of whole ATRs, fed with closes and ATRs that are written down.

#include "tests/trading/strategy_runs.hpp"
#include "trading/strategies/exit_rules.hpp"

namespace supreme::trading {
namespace {

using tests::holds;

/// The reason after this close; the ATR is 2 unless another is given.
std::string close_at(exit_rules& rules, double close, std::optional<double> atr = 2) {
  rules.on_close(close, atr);
  const char* reason = rules.find_exit();
  return reason == nullptr ? "" : reason;
}

TEST(exit_rules, do_nothing_when_they_are_off) {
  exit_rules rules{{}};
  rules.on_fill(holds("1", "100"));
  EXPECT_EQ(close_at(rules, 0.01), "");
  EXPECT_EQ(close_at(rules, 1e9), "");
  decision_numbers inputs;
  rules.add_inputs(inputs);
  EXPECT_TRUE(inputs.empty());
}

TEST(exit_rules, do_nothing_while_flat) {
  exit_rules rules{{1, 1, 1, 1}};
  EXPECT_EQ(close_at(rules, 100), "");
  rules.on_fill(holds("1", "100"));
  EXPECT_EQ(close_at(rules, 100), "Held for as many bars as allowed");
  rules.on_fill(holds("0"));
  EXPECT_EQ(close_at(rules, 1), "");
}

TEST(exit_rules, stop_at_the_level_and_not_before) {
  exit_rules rules{{1.5, 0, 0, 0}};
  rules.on_fill(holds("1", "100"));
  EXPECT_EQ(close_at(rules, 97.01), "");
  EXPECT_EQ(close_at(rules, 97), "Close at or below the ATR stop");
  rules.on_fill(holds("0"));
  rules.on_fill(holds("-1", "100"));
  EXPECT_EQ(close_at(rules, 102.99), "");
  EXPECT_EQ(close_at(rules, 103), "Close at or above the ATR stop");
}

TEST(exit_rules, take_profit_at_the_level_and_not_before) {
  exit_rules rules{{0, 1.5, 0, 0}};
  rules.on_fill(holds("1", "100"));
  EXPECT_EQ(close_at(rules, 102.99), "");
  EXPECT_EQ(close_at(rules, 103), "Close at or above the profit target");
  rules.on_fill(holds("0"));
  rules.on_fill(holds("-1", "100"));
  EXPECT_EQ(close_at(rules, 97.01), "");
  EXPECT_EQ(close_at(rules, 97), "Close at or below the profit target");
}

TEST(exit_rules, trail_the_best_close_since_the_entry) {
  exit_rules rules{{0, 0, 1, 0}};
  EXPECT_EQ(close_at(rules, 200), ""); // Before the entry: not the best of anything.
  rules.on_fill(holds("1", "100"));
  EXPECT_EQ(close_at(rules, 100), "");
  EXPECT_EQ(close_at(rules, 110), "");
  EXPECT_EQ(close_at(rules, 108.5), ""); // The level does not follow down.
  EXPECT_EQ(close_at(rules, 108), "Close at or below the trailing stop");
  rules.on_fill(holds("-1", "108"));
  EXPECT_EQ(close_at(rules, 109), "");
  EXPECT_EQ(close_at(rules, 90), "");
  EXPECT_EQ(close_at(rules, 92), "Close at or above the trailing stop");
}

TEST(exit_rules, count_the_closes_of_the_holding) {
  exit_rules rules{{0, 0, 0, 3}};
  rules.on_fill(holds("1", "100"));
  EXPECT_EQ(close_at(rules, 1), "");
  rules.on_fill(holds("0.5", "100")); // Still the same holding.
  EXPECT_EQ(close_at(rules, 1), "");
  EXPECT_EQ(close_at(rules, 1), "Held for as many bars as allowed");
  EXPECT_EQ(close_at(rules, 1), "Held for as many bars as allowed"); // Said until it is done.
  rules.on_fill(holds("-0.5", "100"));                               // Another holding.
  EXPECT_EQ(close_at(rules, 1), "");
}

TEST(exit_rules, prefer_a_stop_to_a_target) {
  exit_rules rules{{0, 1, 1, 1}};
  rules.on_fill(holds("1", "100"));
  EXPECT_EQ(close_at(rules, 110), "Close at or above the profit target");
  // Above the target of 102 and below the best close less 2: both are met.
  EXPECT_EQ(close_at(rules, 107), "Close at or below the trailing stop");
}

TEST(exit_rules, keep_the_first_atr_and_follow_the_average_price) {
  exit_rules rules{{1, 0, 0, 0}};
  rules.on_fill(holds("1", "100"));
  EXPECT_EQ(close_at(rules, 50, std::nullopt), ""); // No distance yet.
  EXPECT_EQ(close_at(rules, 99, 2), "");
  EXPECT_EQ(close_at(rules, 98, 40), "Close at or below the ATR stop");
  rules.on_fill(holds("2", "99"));
  EXPECT_EQ(close_at(rules, 98, 40), "");
  EXPECT_EQ(close_at(rules, 97, 40), "Close at or below the ATR stop");
}

TEST(exit_rules, count_from_what_the_entry_was_decided_at) {
  exit_rules rules{{1, 3, 0, 0}};
  rules.on_entry(100, 5);
  EXPECT_EQ(close_at(rules, 80), ""); // Not filled yet.
  rules.on_fill(holds("1", "97"));
  EXPECT_EQ(close_at(rules, 95.01, 1), "");
  EXPECT_EQ(close_at(rules, 95, 1), "Close at or below the ATR stop");
  rules.on_fill(holds("2", "90")); // More of the same holding.
  EXPECT_EQ(close_at(rules, 95.01, 1), "");
  EXPECT_EQ(close_at(rules, 115, 1), "Close at or above the profit target");
  rules.on_fill(holds("-1", "115")); // Nobody decided on that here.
  EXPECT_EQ(close_at(rules, 115.9, 1), "");
  EXPECT_EQ(close_at(rules, 116, 1), "Close at or above the ATR stop");
}

TEST(exit_rules, show_what_they_rest_on) {
  exit_rules rules{{1, 2, 3, 4}};
  rules.on_fill(holds("-1", "100"));
  rules.on_close(95, 2);
  rules.on_close(96, 5);
  decision_numbers inputs;
  rules.add_inputs(inputs);
  EXPECT_EQ(inputs, (decision_numbers{{"entry_price", 100},
                                      {"entry_atr", 2},
                                      {"stop", 102},
                                      {"best_close", 95},
                                      {"trail", 101},
                                      {"target", 96},
                                      {"bars_held", 2},
                                      {"max_bars", 4}}));
}

} // namespace
} // namespace supreme::trading
