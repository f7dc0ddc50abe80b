// Goal: the volatility of an instrument is the deviation of its log returns, per year as the bars
// themselves count it. Method: closes whose returns are known in closed form.
#include "trading/indicators/annual_volatility.hpp"

#include <gtest/gtest.h>

namespace supreme::trading {
namespace {

constexpr std::chrono::hours day{24};

bar close_at(timestamp open, const char* close) {
  const auto p = decimal::literal(close);
  return {instrument_id{"BTCUSDT"}, open, day, p, p, p, p, decimal::literal("1")};
}

TEST(annual_volatility, has_no_value_before_its_window_is_full) {
  annual_volatility v{2};
  v.add(close_at(timestamp{}, "100"));
  v.add(close_at(timestamp{} + day, "200"));
  EXPECT_FALSE(v.ppb());
  v.add(close_at(timestamp{} + 2 * day, "100"));
  EXPECT_TRUE(v.ppb());
}

TEST(annual_volatility, is_the_sample_deviation_of_log_returns_a_year) {
  annual_volatility v{2};
  v.add(close_at(timestamp{}, "7"));
  v.add(close_at(timestamp{} + day, "100"));
  v.add(close_at(timestamp{} + 2 * day, "200"));
  v.add(close_at(timestamp{} + 3 * day, "100"));
  // Returns +ln 2 and −ln 2: a deviation of √2·ln 2 a day.
  const double expected = std::sqrt(2.0) * std::log(2.0) * std::sqrt(365.25) * 1e9;
  EXPECT_NEAR(static_cast<double>(*v.ppb()), expected, 2);
}

TEST(annual_volatility, counts_the_returns_that_a_year_really_has) {
  annual_volatility every_day{2}, every_second_day{2};
  const char* closes[] = {"100", "200", "100"};
  for (int n = 0; n < 3; ++n) {
    every_day.add(close_at(timestamp{} + n * day, closes[n]));
    every_second_day.add(close_at(timestamp{} + 2 * n * day, closes[n]));
  }
  EXPECT_NEAR(static_cast<double>(*every_day.ppb()),
              static_cast<double>(*every_second_day.ppb()) * std::sqrt(2.0), 2);
}

TEST(annual_volatility, has_no_value_where_nothing_moves) {
  annual_volatility v{3};
  for (int n = 0; n < 4; ++n)
    v.add(close_at(timestamp{} + n * day, "100"));
  EXPECT_FALSE(v.ppb());
}

} // namespace
} // namespace supreme::trading
