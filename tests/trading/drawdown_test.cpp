// Goal: drawdowns are measured from the running peak, their durations from the peak to the
// recovery. Method: short runs of daily equity worked out by hand.

#include "trading/statistics/drawdown.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace supreme::trading {
namespace {

constexpr int64_t ns_per_day = 86'400'000'000'000;

/// One sample a day.
std::vector<equity_sample> daily(std::initializer_list<int64_t> equities) {
  std::vector<equity_sample> samples;
  for (const auto equity : equities)
    samples.push_back({timestamp::from_ns(static_cast<int64_t>(samples.size()) * ns_per_day),
                       decimal::from_integer(equity), std::nullopt, false});
  return samples;
}

TEST(drawdown, is_measured_from_the_peak_and_lasts_until_the_peak_is_reached_again) {
  // 20 % over three days, then 50 % over four.
  const auto s = drawdowns(daily({100, 90, 80, 100, 200, 150, 100, 190, 220, 230}));
  EXPECT_EQ(s.count, 2U);
  EXPECT_EQ(s.deepest, 0.5);
  EXPECT_DOUBLE_EQ(*s.average, 0.35);
  EXPECT_EQ(s.longest_days, 4);
  EXPECT_EQ(s.average_days, 3.5);
  EXPECT_EQ(s.current, 0);
}

TEST(drawdown, starts_at_the_last_sample_at_the_peak) {
  const auto s = drawdowns(daily({100, 100, 100, 90, 100}));
  EXPECT_EQ(s.count, 1U);
  EXPECT_EQ(s.longest_days, 2);
}

TEST(drawdown, that_still_lasts_is_counted_up_to_the_last_sample) {
  const auto s = drawdowns(daily({100, 50, 75}));
  EXPECT_EQ(s.count, 1U);
  EXPECT_EQ(s.deepest, 0.5);
  EXPECT_EQ(s.average, 0.5);
  EXPECT_EQ(s.longest_days, 2);
  EXPECT_EQ(s.current, 0.25);
}

TEST(drawdown, of_the_longest_duration_need_not_be_the_deepest) {
  const auto s = drawdowns(daily({100, 50, 100, 90, 91, 92, 93}));
  EXPECT_EQ(s.deepest, 0.5);
  EXPECT_EQ(s.longest_days, 4);
}

TEST(drawdown, is_none_where_equity_never_falls) {
  const auto s = drawdowns(daily({100, 100, 101}));
  EXPECT_EQ(s.count, 0U);
  EXPECT_EQ(s.deepest, 0);
  EXPECT_EQ(s.current, 0);
  EXPECT_FALSE(s.average);
  EXPECT_FALSE(s.longest_days);
  EXPECT_FALSE(s.average_days);
}

TEST(drawdown, exceeds_the_whole_where_equity_falls_below_zero) {
  EXPECT_EQ(drawdowns(daily({100, -50})).deepest, 1.5);
}

TEST(drawdown, is_undefined_until_equity_is_positive) {
  EXPECT_EQ(drawdowns({}), drawdown_statistics{});
  EXPECT_EQ(drawdowns(daily({0, -5, 0})), drawdown_statistics{});
  const auto s = drawdowns(daily({-100, 0, 100, 75}));
  EXPECT_EQ(s.deepest, 0.25);
  EXPECT_EQ(s.longest_days, 1);
}

TEST(drawdown, spans_the_ends_of_the_clock_and_of_the_range) {
  constexpr auto low = std::numeric_limits<int64_t>::min();
  constexpr auto high = std::numeric_limits<int64_t>::max();
  drawdown_tracker tracker;
  tracker.add(timestamp::from_ns(low), decimal::from_raw(high));
  tracker.add(timestamp::from_ns(high), decimal::from_raw(low));
  EXPECT_DOUBLE_EQ(*tracker.value().deepest, 2);
  EXPECT_NEAR(*tracker.value().longest_days, 213'503.98, 0.01); // 584.5 years.
}

} // namespace
} // namespace supreme::trading
