// Goal: statistics of closed trades at their edges.
// Method: a handful of trades worked out by hand; the general case is
// performance_property_test.cpp.

#include "trading/statistics/trade_statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

namespace supreme::trading {
namespace {

/// A trade that cost 100.
closed_trade trade(const char* gross, const char* fees = "0", int64_t days = 1) {
  closed_trade t;
  t.closed_at = timestamp::from_ms(days * 86'400'000);
  t.entry_cost = decimal::literal("100");
  t.gross = decimal::literal(gross);
  t.fees = decimal::literal(fees);
  return t;
}

TEST(trade_statistics, are_net_of_fees) {
  const auto s =
    evaluate_trades(std::vector{trade("41", "1", 1), trade("-9", "1", 2), trade("0.5", "0.5", 6)});
  EXPECT_EQ(s.count, 3U);
  EXPECT_EQ(s.wins, 1U);
  EXPECT_EQ(s.losses, 1U);
  EXPECT_EQ(s.net_profit, decimal::literal("30"));
  EXPECT_EQ(s.fees, decimal::literal("2.5"));
  EXPECT_DOUBLE_EQ(*s.win_rate, 1.0 / 3);
  EXPECT_DOUBLE_EQ(*s.best, 0.4);
  EXPECT_DOUBLE_EQ(*s.worst, -0.1);
  EXPECT_NEAR(*s.geometric_mean, std::cbrt(1.4 * 0.9) - 1, 1e-15);
  EXPECT_DOUBLE_EQ(*s.expectancy, 0.1);
  EXPECT_DOUBLE_EQ(*s.profit_factor, 4);
  // Profits 40, −10 and 0: mean 10, deviation sqrt(700).
  EXPECT_DOUBLE_EQ(*s.system_quality, std::sqrt(3.0) * 10 / std::sqrt(700.0));
  EXPECT_DOUBLE_EQ(*s.kelly, 1.0 / 3 - (2.0 / 3) / 4);
  EXPECT_EQ(s.mean_days, 3);
  EXPECT_EQ(s.longest_days, 6);
}

TEST(trade_statistics, count_streaks_that_a_trade_without_profit_ends) {
  const auto s = evaluate_trades(std::vector{trade("1"), trade("1"), trade("0"), trade("1"),
                                             trade("-1"), trade("-1"), trade("-1"), trade("1")});
  EXPECT_EQ(s.max_consecutive_wins, 2U);
  EXPECT_EQ(s.max_consecutive_losses, 3U);
  const auto losses = evaluate_trades(std::vector{trade("-1"), trade("0"), trade("-1")});
  EXPECT_EQ(losses.max_consecutive_losses, 1U);
  EXPECT_EQ(losses.max_consecutive_wins, 0U);
}

TEST(trade_statistics, of_no_trades_are_undefined) {
  const auto s = evaluate_trades({});
  trade_statistics expected;
  expected.net_profit = expected.fees = money{};
  EXPECT_EQ(s, expected);
}

TEST(trade_statistics, of_wins_alone_have_no_profit_factor_and_no_kelly) {
  const auto s = evaluate_trades(std::vector{trade("1"), trade("1")});
  EXPECT_EQ(s.win_rate, 1);
  EXPECT_FALSE(s.profit_factor);
  EXPECT_FALSE(s.kelly);
  EXPECT_FALSE(s.system_quality); // The profits do not vary.
  EXPECT_FALSE(evaluate_trades(std::vector{trade("-1")}).kelly);
  EXPECT_EQ(evaluate_trades(std::vector{trade("-1")}).profit_factor, 0);
}

TEST(trade_statistics, of_a_trade_that_lost_all_have_no_geometric_mean) {
  const auto s = evaluate_trades(std::vector{trade("50"), trade("-100")});
  EXPECT_FALSE(s.geometric_mean);
  EXPECT_EQ(s.expectancy, -0.25);
}

TEST(trade_statistics, a_trade_without_entry_cost_has_profit_but_no_return) {
  auto dust = trade("0.00000001");
  dust.entry_cost = money{};
  const auto s = evaluate_trades(std::vector{dust, trade("10")});
  EXPECT_EQ(s.wins, 2U);
  EXPECT_EQ(s.expectancy, 0.1);
  EXPECT_EQ(s.best, 0.1);
  const auto alone = evaluate_trades(std::vector{dust});
  EXPECT_EQ(alone.win_rate, 1);
  EXPECT_FALSE(alone.best);
  EXPECT_FALSE(alone.expectancy);
  EXPECT_FALSE(alone.geometric_mean);
  EXPECT_FALSE(alone.profit_factor);
}

TEST(trade_statistics, refuse_a_profit_outside_the_range_and_stay_as_they_were) {
  trade_accumulator all;
  all.add(trade("1"));
  const auto before = all.value();
  auto t = trade("0", "1");
  t.gross = decimal::from_raw(std::numeric_limits<int64_t>::min());
  EXPECT_THROW(all.add(t), std::overflow_error);
  EXPECT_EQ(all.value(), before);
}

TEST(trade_statistics, sums_outside_the_decimal_range_are_nothing) {
  auto t = trade("0");
  t.gross = decimal::from_raw(std::numeric_limits<int64_t>::max());
  const auto s = evaluate_trades(std::vector{t, t});
  EXPECT_FALSE(s.net_profit);
  EXPECT_EQ(s.wins, 2U);
}

} // namespace
} // namespace supreme::trading
