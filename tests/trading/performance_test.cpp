// Goal: the rules of performance statistics at their edges: which days count, what is undefined,
// what belongs to which month. Method: short histories worked out by hand; the general case is
// performance_property_test.cpp.

#include "trading/market/utc_day.hpp"
#include "trading/statistics/performance.hpp"

#include "trading/check.hpp"
#include "trading/statistics/annual.hpp"
#include "trading/statistics/histogram.hpp"
#include "trading/statistics/rolling_sharpe.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace supreme::trading {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

equity_sample at(const char* time, const char* equity) {
  return {timestamp::parse(time).value(), decimal::literal(equity), std::nullopt, false};
}

performance over(std::initializer_list<equity_sample> samples) {
  return evaluate({samples.begin(), samples.size()}, {}, {});
}

/// As many consecutive days from Monday 2024-01-01 on, at 100 each.
std::vector<daily_close> days_from_monday(int first, int count) {
  std::vector<daily_close> closes;
  for (int i = 0; i < count; ++i)
    closes.push_back({19'723 + first + i, decimal::from_integer(100)});
  return closes;
}

TEST(daily_returns, are_those_between_the_last_samples_of_utc_days) {
  const std::vector<equity_sample> samples{
    at("2024-01-01T23:59:59.999999999Z", "90"), at("2024-01-02T00:00:00.000000001Z", "100"),
    at("2024-01-02T23:00:00Z", "120"), at("2024-01-05T12:00:00Z", "60")};
  const auto closes = daily_closes(samples);
  ASSERT_EQ(closes.size(), 3U);
  EXPECT_EQ(closes[1], (daily_close{19'724, decimal::literal("120")}));
  const auto returns = daily_returns(closes);
  ASSERT_TRUE(returns);
  ASSERT_EQ(returns->size(), 2U);
  EXPECT_DOUBLE_EQ((*returns)[0], 1.0 / 3);
  EXPECT_DOUBLE_EQ((*returns)[1], -0.5);
}

TEST(daily_returns, count_what_a_bar_closes_at_midnight_to_the_day_that_it_opened_in) {
  // Found in SPY's daily bars: those of Fridays counted as Saturdays, and made a year of 365 days.
  const std::vector<equity_sample> week{
    at("2024-01-30T00:00:00Z", "100"), at("2024-01-31T00:00:00Z", "101"),
    at("2024-02-01T00:00:00Z", "102"), at("2024-02-02T00:00:00Z", "103"),
    at("2024-02-03T00:00:00Z", "104")};
  const auto closes = daily_closes(week);
  ASSERT_EQ(closes.size(), 5U);
  EXPECT_EQ(day_text(closes.front().day), "2024-01-29"); // A Monday.
  EXPECT_EQ(day_text(closes.back().day), "2024-02-02");
  const auto p = evaluate(week, {}, {});
  EXPECT_EQ(p.days_per_year, 252);
  EXPECT_EQ(p.months.at(0).months[0], 0.02); // January ends with its last day's bar.
  EXPECT_EQ(closing_day(timestamp::from_ns(std::numeric_limits<int64_t>::min())), -106'752);
}

TEST(daily_returns, days_before_1970_begin_at_midnight_too) {
  EXPECT_EQ(utc_day(timestamp::from_ns(-1)), -1);
  EXPECT_EQ(utc_day(timestamp::from_ns(0)), 0);
  EXPECT_EQ(utc_day(timestamp::parse("1969-12-31T00:00:00Z").value()), -1);
  for (const auto ns : {std::numeric_limits<int64_t>::min(), int64_t{-1}, int64_t{0},
                        std::numeric_limits<int64_t>::max()}) {
    const auto t = timestamp::from_ns(ns);
    EXPECT_EQ(day_text(utc_day(t)), t.to_string().substr(0, 10));
  }
  EXPECT_EQ(utc_day(timestamp::parse("1969-12-30T23:59:59Z").value()), -2);
}

TEST(daily_returns, a_year_has_365_days_only_where_weekends_are_well_represented) {
  EXPECT_EQ(days_per_year({}), 252);
  EXPECT_EQ(days_per_year(days_from_monday(0, 5)), 252);
  EXPECT_EQ(days_per_year(days_from_monday(0, 7)), 365);
  // One weekend day of six is 0.1667; 6/35 = 0.1714 is the mark, and 6 of 35 only reach it.
  EXPECT_EQ(days_per_year(days_from_monday(0, 6)), 252);
  EXPECT_EQ(days_per_year(days_from_monday(1, 5)), 365); // Tuesday to Saturday: 0.2.
  auto closes = days_from_monday(0, 7 * 3);
  for (int week = 3; closes.size() < 35; ++week)
    for (const auto& day : days_from_monday(7 * week, 5))
      if (closes.size() < 35)
        closes.push_back(day);
  EXPECT_EQ(days_per_year(closes), 252);
  closes.pop_back();
  EXPECT_EQ(days_per_year(closes), 365);
}

TEST(daily_returns, none_starts_at_zero_or_below) {
  const auto closes = [](std::initializer_list<const char*> equities) {
    std::vector<daily_close> out;
    for (const char* equity : equities)
      out.push_back({static_cast<int32_t>(out.size()), decimal::literal(equity)});
    return out;
  };
  EXPECT_FALSE(daily_returns(closes({"100", "0", "100"})));
  EXPECT_FALSE(daily_returns(closes({"-1", "100"})));
  EXPECT_EQ(daily_returns(closes({"100", "-20"})), std::vector{-1.2});
  EXPECT_EQ(daily_returns(closes({"0"})), std::vector<double>{});
  EXPECT_EQ(daily_returns({}), std::vector<double>{});
}

TEST(performance, of_nothing_is_undefined) {
  const auto p = over({});
  EXPECT_EQ(p.sample_count, 0U);
  EXPECT_FALSE(p.start_equity);
  EXPECT_FALSE(p.total_return);
  EXPECT_FALSE(p.annual_return);
  EXPECT_FALSE(p.sharpe);
  EXPECT_FALSE(p.exposure_time);
  EXPECT_FALSE(p.turnover);
  EXPECT_FALSE(p.trades.win_rate);
  EXPECT_TRUE(p.months.empty());
  EXPECT_EQ(p.fees, money{});
}

TEST(performance, of_one_sample_has_no_growth_over_no_time) {
  const auto p = over({at("2024-01-01T12:00:00Z", "100")});
  EXPECT_EQ(p.total_return, 0.0);
  EXPECT_EQ(p.annual_return, 0.0); // The first day is a return of 0.
  EXPECT_FALSE(p.cagr);
  EXPECT_FALSE(p.annual_volatility);
  EXPECT_FALSE(p.sharpe);
  EXPECT_FALSE(p.sortino);
  EXPECT_FALSE(p.calmar);
  EXPECT_FALSE(p.best_day);
}

TEST(performance, the_first_day_counts_in_the_geometric_mean_and_not_in_the_variance) {
  const auto p = over({at("2024-01-01T12:00:00Z", "100"), at("2024-01-02T12:00:00Z", "110"),
                       at("2024-01-03T12:00:00Z", "121")});
  EXPECT_NEAR(*p.annual_return, std::pow(1.21, 252.0 / 3) - 1, 1e-5 * std::pow(1.21, 84));
  EXPECT_NEAR(*p.annual_volatility, 0, 1e-6); // Both returns are 10 %.
}

TEST(performance, of_constant_equity_has_no_ratios) {
  const auto p = over({at("2024-01-01T00:00:00Z", "100"), at("2024-01-02T00:00:00Z", "100"),
                       at("2024-01-03T00:00:00Z", "100")});
  EXPECT_EQ(p.annual_return, 0.0);
  EXPECT_EQ(p.annual_volatility, 0.0);
  EXPECT_EQ(p.cagr, 0.0);
  EXPECT_EQ(p.drawdown.deepest, 0.0);
  EXPECT_FALSE(p.sharpe);
  EXPECT_FALSE(p.sortino);
  EXPECT_FALSE(p.calmar);
  EXPECT_FALSE(p.skewness);
  EXPECT_FALSE(p.probabilistic_sharpe);
  EXPECT_EQ(p.historical_99.value_at_risk, 0.0);
}

TEST(performance, after_a_ruin_has_risk_but_no_growth) {
  const auto p = over({at("2024-01-01T00:00:00Z", "100"), at("2024-01-02T00:00:00Z", "90"),
                       at("2024-01-03T00:00:00Z", "0")});
  EXPECT_EQ(p.total_return, -1.0);
  EXPECT_EQ(p.cagr, -1.0);
  EXPECT_FALSE(p.annual_return);
  EXPECT_FALSE(p.annual_volatility);
  EXPECT_FALSE(p.sharpe);
  EXPECT_EQ(p.worst_day, -1.0);
  EXPECT_EQ(p.drawdown.deepest, 1.0);
  EXPECT_TRUE(p.parametric_95.value_at_risk);
  const auto owing = over({at("2024-01-01T00:00:00Z", "100"), at("2024-01-02T00:00:00Z", "-1")});
  EXPECT_DOUBLE_EQ(*owing.total_return, -1.01);
  EXPECT_FALSE(owing.cagr);
}

TEST(performance, compounds_over_calendar_years_and_over_trading_years) {
  const auto p = over({at("2023-01-03T00:00:00Z", "100"), at("2025-01-02T12:00:00Z", "121")});
  EXPECT_NEAR(*p.cagr, 0.1, 1e-12); // 730.5 days are two years.
  EXPECT_NEAR(*p.cagr_trading_days, std::pow(1.21, 252 / 730.5) - 1, 1e-12);
}

TEST(performance, counts_exposure_turnover_and_fees) {
  performance_accumulator all;
  const auto start = timestamp::parse("2024-01-01T00:00:00Z").value();
  const auto half_year = nanoseconds{std::chrono::hours{4383}}; // 182.625 days.
  all.add({start, decimal::literal("900"), std::nullopt, false});
  all.add({start + half_year, decimal::literal("1100"), std::nullopt, true});
  all.add(fill_cost{decimal::literal("1500"), decimal::literal("1.5")});
  all.add(fill_cost{decimal::literal("500"), decimal::literal("-0.25")});
  const auto p = all.value();
  EXPECT_EQ(p.exposure_time, 0.5);
  EXPECT_EQ(p.traded_notional, decimal::literal("2000"));
  EXPECT_EQ(p.fees, decimal::literal("1.25"));
  EXPECT_EQ(p.turnover, 2.0);
  EXPECT_DOUBLE_EQ(*p.annual_turnover, 4.0);
}

TEST(performance, has_no_turnover_where_equity_was_not_positive) {
  const std::vector<equity_sample> owing{at("2024-01-01T00:00:00Z", "-10")};
  const std::vector<fill_cost> costs{{decimal::literal("100"), {}}};
  EXPECT_FALSE(evaluate(owing, costs, {}).turnover);
  const std::vector<equity_sample> nothing{at("2024-01-01T00:00:00Z", "0")};
  EXPECT_FALSE(evaluate(nothing, costs, {}).turnover);
}

TEST(performance, deflates_its_sharpe_ratio_only_where_the_trials_are_known) {
  const std::vector<equity_sample> samples{
    at("2024-01-01T00:00:00Z", "100"), at("2024-01-02T00:00:00Z", "101"),
    at("2024-01-03T00:00:00Z", "100"), at("2024-01-04T00:00:00Z", "103")};
  const auto alone = evaluate(samples, {}, {});
  EXPECT_TRUE(alone.probabilistic_sharpe);
  EXPECT_FALSE(alone.deflated_sharpe);
  const auto searched = evaluate(samples, {}, {}, {.trials = sharpe_trials{100, 0.01}});
  EXPECT_EQ(searched.probabilistic_sharpe, alone.probabilistic_sharpe);
  EXPECT_LT(*searched.deflated_sharpe, *searched.probabilistic_sharpe);
}

TEST(performance, a_sum_outside_the_decimal_range_is_nothing_and_comes_back) {
  performance_accumulator all;
  const auto most = decimal::from_raw(std::numeric_limits<int64_t>::max());
  all.add(fill_cost{most, most});
  all.add(fill_cost{most, most});
  EXPECT_FALSE(all.value().fees);
  EXPECT_FALSE(all.value().traded_notional);
  all.add(fill_cost{decimal{}, -most});
  EXPECT_EQ(all.value().fees, most);
}

TEST(performance, refuses_samples_out_of_order_and_stays_as_it_was) {
  performance_accumulator all;
  all.add(at("2024-01-02T00:00:00Z", "100"));
  const auto before = all.value();
  EXPECT_THROW(all.add(at("2024-01-01T23:59:59Z", "100")), contract_violation);
  EXPECT_EQ(all.value(), before);
  all.add(at("2024-01-02T00:00:00Z", "101")); // Two instruments' bars close together.
  EXPECT_EQ(all.value().day_count, 1U);
  EXPECT_THROW((void)all.value({.risk_free_rate = infinity}), contract_violation);
}

TEST(performance, compares_with_the_market_only_where_both_have_logarithms) {
  const auto compare = [](std::initializer_list<std::pair<const char*, const char*>> samples) {
    market_comparison c;
    for (const auto& [equity, market] : samples)
      c.add(decimal::literal(equity), decimal::literal(market));
    return c.value(0);
  };
  const auto same = compare({{"100", "10"}, {"110", "11"}, {"99", "9.9"}});
  EXPECT_NEAR(*same.beta, 1, 1e-12);
  EXPECT_NEAR(*same.alpha, 0, 1e-12);
  EXPECT_NEAR(*same.market_return, -0.01, 1e-15);
  EXPECT_FALSE(
    compare({{"100", "10"}, {"110", "10"}, {"99", "10"}}).beta); // The market stood still.
  EXPECT_FALSE(compare({{"100", "10"}, {"110", "11"}}).beta);    // One return varies not.
  const auto ruined = compare({{"100", "10"}, {"0", "11"}, {"100", "10"}, {"110", "11"}});
  EXPECT_FALSE(ruined.beta);
  EXPECT_FALSE(ruined.alpha);
  EXPECT_NEAR(*ruined.market_return, 0.1, 1e-15);
  EXPECT_EQ(compare({}), market_relation{});
}

TEST(monthly_returns, run_from_close_to_close_with_holes_where_nothing_was_sampled) {
  const auto p = over({at("2023-11-15T00:00:00Z", "100"), at("2023-11-30T00:00:00Z", "110"),
                       at("2023-12-31T23:59:59Z", "121"), at("2024-02-01T00:00:01Z", "60.5"),
                       at("2024-02-29T00:00:00Z", "242")});
  ASSERT_EQ(p.months.size(), 2U);
  const auto& [first, second] = std::tie(p.months[0], p.months[1]);
  EXPECT_EQ(first.year, 2023);
  EXPECT_FALSE(first.months[9]);
  EXPECT_DOUBLE_EQ(*first.months[10], 0.1);
  EXPECT_DOUBLE_EQ(*first.months[11], 0.1);
  EXPECT_DOUBLE_EQ(*first.total, 0.21);
  EXPECT_EQ(second.year, 2024);
  EXPECT_FALSE(second.months[0]);
  EXPECT_EQ(second.months[1], 1.0);
  EXPECT_FALSE(second.months[2]);
  EXPECT_EQ(second.total, 1.0);
}

TEST(monthly_returns, from_zero_or_below_are_nothing) {
  const auto p = over({at("2024-01-02T00:00:00Z", "100"), at("2024-01-31T00:00:00Z", "0"),
                       at("2024-02-29T00:00:00Z", "50"), at("2024-03-31T00:00:00Z", "75")});
  EXPECT_EQ(p.months.at(0).months[0], -1.0);
  EXPECT_FALSE(p.months.at(0).months[1]);
  EXPECT_EQ(p.months.at(0).months[2], 0.5);
  EXPECT_EQ(p.months.at(0).total, -0.25);
}

TEST(rolling_sharpe_series, is_nothing_without_returns_and_refuses_a_window_of_one_day) {
  const std::vector<daily_close> closes{{1, decimal{}}, {2, decimal::literal("1")}};
  EXPECT_FALSE(rolling_sharpe_series(closes, 2));
  EXPECT_THROW((void)rolling_sharpe_series({}, 1), contract_violation);
  EXPECT_EQ(rolling_sharpe_series({}, 2), std::vector<dated_value>{});
  const auto flat = rolling_sharpe_series(days_from_monday(0, 4), 2);
  ASSERT_TRUE(flat);
  EXPECT_EQ(*flat, (std::vector<dated_value>{{19'724, {}}, {19'725, {}}, {19'726, {}}}));
}

TEST(histogram, counts_every_value_once_and_the_largest_in_the_last_bin) {
  const auto h = make_histogram(std::vector{-1.0, -0.6, -0.5, 0.0, 0.4, 1.0}, 4);
  EXPECT_EQ(h.low, -1);
  EXPECT_EQ(h.width, 0.5);
  EXPECT_EQ(h.counts, (std::vector<uint64_t>{2, 1, 2, 1}));
}

TEST(histogram, of_equal_values_or_none_has_no_width) {
  const auto equal = make_histogram(std::vector{0.1, 0.1}, 3);
  EXPECT_EQ(equal.width, 0);
  EXPECT_EQ(equal.counts, (std::vector<uint64_t>{2, 0, 0}));
  EXPECT_EQ(make_histogram({}, 2).counts, (std::vector<uint64_t>{0, 0}));
}

TEST(histogram, refuses_what_it_cannot_count) {
  EXPECT_THROW((void)make_histogram({}, 0), contract_violation);
  EXPECT_THROW((void)make_histogram({}, 10'001), contract_violation);
  EXPECT_THROW((void)make_histogram(std::vector{infinity}, 2), contract_violation);
  EXPECT_THROW((void)make_histogram(std::vector{std::nan("")}, 2), contract_violation);
  EXPECT_THROW((void)make_histogram(std::vector{-1e308, 1e308}, 2), contract_violation);
}

TEST(annual, tiny_volatility_keeps_its_digits) {
  // As written, the two powers of the definition differ in their last digits only.
  const double v = 1e-18;
  EXPECT_NEAR(*annual_volatility(0.0, v, 252) / (std::sqrt(252.0) * 1e-9), 1, 1e-12);
}

TEST(annual, is_nothing_where_an_argument_is_missing_or_the_result_no_number) {
  EXPECT_FALSE(annual_return(std::nullopt, 252));
  EXPECT_FALSE(annual_return(1e9, 252));
  EXPECT_FALSE(annual_volatility(0.0, std::nullopt, 252));
  EXPECT_FALSE(annual_volatility(std::nullopt, 0.1, 252));
  EXPECT_FALSE(annual_volatility(-1.0, 0.1, 252));
  EXPECT_FALSE(sharpe_ratio(0.1, 0.0, 0));
  EXPECT_FALSE(sharpe_ratio(0.1, std::nullopt, 0));
  EXPECT_FALSE(sortino_ratio(0.1, 0.0, 252, 0));
  EXPECT_FALSE(calmar_ratio(0.1, 0.0));
  EXPECT_FALSE(compound_annual_growth(0.1, 0));
  EXPECT_FALSE(compound_annual_growth(-1.5, 1));
  EXPECT_FALSE(compound_annual_growth(1.0, 1e-9));
}

} // namespace
} // namespace supreme::trading
