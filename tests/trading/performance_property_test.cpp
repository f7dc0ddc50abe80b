// Goal: performance statistics are what their written definitions say, live and for a whole
// history, and are never NaN or infinite, whatever goes in. Method: random runs of equity (an
// ordinary account, and hostile ones: zero, negative, constant, huge, ends of the clock) against an
// independent reference, written naively from the definitions in long double over all samples.
// Properties: reference = accumulator · whole history = accumulator, and asking on the way changes
// nothing · all numbers finite · months together = total return.

#include "tests/trading/generators.hpp"

#include "trading/statistics/performance.hpp"
#include "trading/statistics/rolling_sharpe.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <numbers>

namespace supreme::trading {
namespace {

using real = long double;
using series = std::vector<real>;

constexpr int64_t ns_per_day = 86'400'000'000'000;

int64_t pick(std::vector<int64_t> values) { return *rc::gen::elementOf(std::move(values)); }

/// Samples of an account that moves by up to a tenth per bar and always stays positive.
std::vector<equity_sample> any_account() {
  std::vector<equity_sample> samples;
  const auto step = pick({ns_per_day, ns_per_day / 3, ns_per_day / 24});
  const bool weekdays_only = *rc::gen::arbitrary<bool>();
  int64_t time = *rc::gen::inRange<int64_t>(0, 20'000) * ns_per_day;
  int64_t equity = *rc::gen::inRange<int64_t>(1'000, 1'000'000) * decimal::scale;
  int64_t market = 100 * decimal::scale;
  const auto count = *rc::gen::inRange(1, 120);
  for (int i = 0; i < count; ++i) {
    const auto day = time / ns_per_day % 7; // Day 0 was a Thursday: 2 and 3 are the weekend.
    if (!weekdays_only || (day != 2 && day != 3))
      samples.push_back({timestamp::from_ns(time), decimal::from_raw(equity),
                         decimal::from_raw(market), *rc::gen::arbitrary<bool>()});
    time += step * pick({1, 1, 1, 2, 9});
    equity += equity / 1'000 * pick({0, 0, 1, -1, 13, -17, 50, -60, 100, -100});
    market += market / 1'000 * pick({0, 2, -2, 11, -14, 80, -90});
  }
  return samples;
}

std::vector<equity_sample> any_hostile_account() {
  auto times =
    *rc::gen::resize(30, rc::gen::container<std::vector<int64_t>>(rc::gen::oneOf(
                           tests::any_int64(), rc::gen::inRange<int64_t>(-40, 40 * ns_per_day))));
  std::sort(times.begin(), times.end());
  const auto constant = *tests::any_decimal();
  const bool is_constant = *rc::gen::arbitrary<bool>();
  const auto positive = [](decimal d) { return decimal::from_raw(std::max<int64_t>(d.raw(), 1)); };
  const bool is_positive = *rc::gen::arbitrary<bool>();
  std::vector<equity_sample> samples;
  for (const auto time : times) {
    auto equity = is_constant ? constant : *tests::any_decimal();
    if (is_positive)
      equity = positive(equity);
    std::optional<price> market;
    if (*rc::gen::arbitrary<bool>())
      market = positive(*tests::any_decimal());
    samples.push_back({timestamp::from_ns(time), equity, market, *rc::gen::arbitrary<bool>()});
  }
  return samples;
}

closed_trade any_trade(bool hostile) {
  closed_trade t;
  t.opened_at = timestamp::from_ns(hostile ? *tests::any_int64() : 0);
  t.closed_at = timestamp::from_ns(hostile ? *tests::any_int64()
                                           : *rc::gen::inRange<int64_t>(0, 9) * ns_per_day);
  const int64_t most = hostile ? std::numeric_limits<int64_t>::max() / 4 : 500 * decimal::scale;
  t.entry_cost =
    hostile ? *tests::decimal_between(0, most) : *tests::decimal_between(most, 2 * most);
  t.gross = *rc::gen::element(decimal{}, *tests::decimal_between(-most, most));
  t.fees = *rc::gen::element(decimal{}, *tests::decimal_between(-most / 100, most / 50));
  return t;
}

std::vector<closed_trade> any_trades(bool hostile) {
  std::vector<closed_trade> trades;
  for (auto i = *rc::gen::inRange(0, 30); i > 0; --i)
    trades.push_back(any_trade(hostile));
  return trades;
}

std::vector<fill_cost> any_costs() {
  std::vector<fill_cost> costs;
  for (auto i = *rc::gen::inRange(0, 20); i > 0; --i)
    costs.push_back({*tests::decimal_between(0, 1'000 * decimal::scale),
                     *tests::decimal_between(-decimal::scale, decimal::scale)});
  return costs;
}

// --- the reference: definitions, all samples at hand ---------------------------------------------

real as_real(decimal d) { return static_cast<real>(d.raw()) / decimal::scale; }

real mean(const series& x) {
  return std::accumulate(x.begin(), x.end(), real{0}) / static_cast<real>(x.size());
}

/// Σ (x − mean)^power.
real central(const series& x, int power) {
  real sum = 0;
  for (const real v : x)
    sum += std::pow(v - mean(x), static_cast<real>(power));
  return sum;
}

real variance(const series& x) { return central(x, 2) / static_cast<real>(x.size() - 1); }

/// A sample at midnight is of the day that ends.
std::map<int64_t, real> reference_days(const std::vector<equity_sample>& samples) {
  std::map<int64_t, real> days;
  for (const auto& s : samples)
    days[(s.time.ns() + ns_per_day - 1) / ns_per_day - 1] = as_real(s.equity);
  return days;
}

series reference_returns(const std::vector<equity_sample>& samples) {
  series returns;
  std::optional<real> before;
  for (const auto& [day, equity] : reference_days(samples)) {
    if (before)
      returns.push_back(equity / *before - 1);
    before = equity;
  }
  return returns;
}

real reference_days_per_year(const std::vector<equity_sample>& samples) {
  real weekend = 0;
  const auto days = reference_days(samples);
  for (const auto& [day, equity] : days)
    weekend += day % 7 == 2 || day % 7 == 3 ? 1 : 0;
  return weekend / static_cast<real>(days.size()) > 2.0L / 7 * 0.6L ? 365 : 252;
}

struct reference_drawdowns {
  series depths;
  series days;
};

/// For each sample that starts a fall from the highest equity so far: how deep and how long.
reference_drawdowns find_drawdowns(const std::vector<equity_sample>& samples) {
  reference_drawdowns found;
  real highest = 0;
  for (size_t i = 0; i + 1 < samples.size(); ++i) {
    const real peak = as_real(samples[i].equity);
    highest = std::max(highest, peak);
    if (peak < highest || as_real(samples[i + 1].equity) >= peak)
      continue;
    real depth = 0;
    size_t end = i + 1;
    for (; end < samples.size() && as_real(samples[end].equity) < peak; ++end)
      depth = std::max(depth, 1 - as_real(samples[end].equity) / peak);
    const auto last = std::min(end, samples.size() - 1);
    found.depths.push_back(depth);
    found.days.push_back(static_cast<real>((samples[last].time - samples[i].time).count())
                         / ns_per_day);
  }
  return found;
}

/// Whether the accumulator says what the reference says. Relative, as the reference has more
/// digits.
bool agrees(std::optional<double> seen, real expected, real tolerance = 1e-9L) {
  if (!seen)
    return false;
  return std::abs(*seen - expected) <= tolerance * std::max<real>(1e-3L, std::abs(expected));
}

performance collect(const std::vector<equity_sample>& samples) {
  performance_accumulator all;
  for (const auto& s : samples)
    all.add(s);
  return all.value({.risk_free_rate = 0.02});
}

RC_GTEST_PROP(performance_property, annual_statistics_are_their_definitions, ()) {
  const auto samples = any_account();
  RC_PRE(samples.size() > 0);
  const auto p = collect(samples);
  const auto returns = reference_returns(samples);
  const real D = reference_days_per_year(samples);
  RC_ASSERT(p.days_per_year == static_cast<double>(D));
  real growth = 1; // The first day is a return of 0.
  for (const real r : returns)
    growth *= 1 + r;
  const real g = std::pow(growth, 1 / static_cast<real>(returns.size() + 1)) - 1;
  const real annual = std::pow(1 + g, D) - 1;
  RC_ASSERT(agrees(p.annual_return, annual));
  if (returns.size() < 2) {
    RC_ASSERT(!p.annual_volatility);
    RC_ASSERT(!p.sharpe);
    return;
  }
  const real v = variance(returns);
  const real volatility = std::sqrt(std::pow(v + (1 + g) * (1 + g), D) - std::pow(1 + g, 2 * D));
  if (v > 1e-12L) {
    RC_ASSERT(agrees(p.annual_volatility, volatility));
    RC_ASSERT(agrees(p.sharpe, (annual - 0.02L) / volatility));
  }
  real squares = 0;
  for (const real r : returns)
    squares += std::min(r, real{0}) * std::min(r, real{0});
  const real downside = std::sqrt(squares / static_cast<real>(returns.size())) * std::sqrt(D);
  if (downside > 0)
    RC_ASSERT(agrees(p.sortino, (annual - 0.02L) / downside));
  else
    RC_ASSERT(!p.sortino);
  const auto drawdowns = find_drawdowns(samples).depths;
  if (drawdowns.empty())
    RC_ASSERT(!p.calmar);
  else
    RC_ASSERT(agrees(p.calmar, annual / *std::max_element(drawdowns.begin(), drawdowns.end())));
}

RC_GTEST_PROP(performance_property, compound_growth_is_over_calendar_and_trading_years, ()) {
  const auto samples = any_account();
  RC_PRE(samples.size() > 1);
  const auto p = collect(samples);
  const real growth = as_real(samples.back().equity) / as_real(samples.front().equity);
  const real days =
    static_cast<real>((samples.back().time - samples.front().time).count()) / ns_per_day;
  RC_ASSERT(agrees(p.total_return, growth - 1));
  const auto over = [&](real year) { return std::pow(growth, year / days) - 1; };
  // The power of a large number over a few hours leaves the numbers.
  if (over(365.25L) < 1e300L) {
    RC_ASSERT(agrees(p.cagr, over(365.25L)));
    RC_ASSERT(agrees(p.cagr_trading_days, over(reference_days_per_year(samples))));
  }
}

RC_GTEST_PROP(performance_property, drawdowns_are_those_of_every_peak, ()) {
  const auto samples = any_account();
  const auto p = collect(samples).drawdown;
  const auto expected = find_drawdowns(samples);
  RC_ASSERT(p.count == expected.depths.size());
  if (expected.depths.empty())
    return;
  RC_ASSERT(agrees(p.deepest, *std::max_element(expected.depths.begin(), expected.depths.end())));
  RC_ASSERT(agrees(p.average, mean(expected.depths)));
  RC_ASSERT(agrees(p.longest_days, *std::max_element(expected.days.begin(), expected.days.end())));
  RC_ASSERT(agrees(p.average_days, mean(expected.days)));
}

RC_GTEST_PROP(performance_property, the_distribution_is_that_of_the_daily_returns, ()) {
  const auto samples = any_account();
  const auto p = collect(samples);
  auto returns = reference_returns(samples);
  if (returns.empty()) {
    RC_ASSERT(!p.best_day);
    RC_ASSERT(!p.historical_95.value_at_risk);
    return;
  }
  const auto n = static_cast<real>(returns.size());
  const real squares = central(returns, 2);
  if (returns.size() > 1 && squares > 1e-9L) {
    RC_ASSERT(agrees(p.skewness, std::sqrt(n) * central(returns, 3) / std::pow(squares, 1.5L)));
    RC_ASSERT(agrees(p.kurtosis, n * central(returns, 4) / (squares * squares)));
    const real z = 2.3263478740408411L;
    const real density = std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi_v<real>);
    const real deviation = std::sqrt(variance(returns));
    RC_ASSERT(agrees(p.parametric_99.value_at_risk, mean(returns) - z * deviation));
    RC_ASSERT(
      agrees(p.parametric_99.expected_shortfall, mean(returns) - density / 0.01L * deviation));
  }
  if (returns.size() > 1 && squares > 1e-9L) {
    // Against 0, of daily returns less the daily risk-free rate.
    const real deviation = std::sqrt(variance(returns));
    const real ratio = (mean(returns) - 0.02L / reference_days_per_year(samples)) / deviation;
    const real skewness = std::sqrt(n) * central(returns, 3) / std::pow(squares, 1.5L);
    const real kurtosis = n * central(returns, 4) / (squares * squares);
    const real error = 1 - skewness * ratio + (kurtosis - 1) / 4 * ratio * ratio;
    if (error > 1e-6L) {
      const real z = ratio * std::sqrt(n - 1) / std::sqrt(error);
      RC_ASSERT(agrees(p.probabilistic_sharpe, std::erfc(-z / std::numbers::sqrt2_v<real>) / 2));
    }
  }
  std::sort(returns.begin(), returns.end());
  RC_ASSERT(agrees(p.worst_day, returns.front()));
  RC_ASSERT(agrees(p.best_day, returns.back()));
  const real place = (n - 1) * 0.05L;
  const auto below = static_cast<size_t>(place + 1e-12L);
  const real above = returns[std::min(below + 1, returns.size() - 1)];
  const real quantile =
    returns[below] + (place - static_cast<real>(below)) * (above - returns[below]);
  RC_ASSERT(agrees(p.historical_95.value_at_risk, quantile));
  // The mean of the worst twentieth, on a grid fine enough for every return's part in it.
  real worst = 0;
  for (int i = 0; i < 1'000; ++i) {
    const real share = std::min(n * 0.05L * (static_cast<real>(i) + 0.5L) / 1'000, n - 1);
    worst += n * 0.05L < 1 ? returns.front() : returns[static_cast<size_t>(share)];
  }
  RC_ASSERT(std::abs(*p.historical_95.expected_shortfall - worst / 1'000) < 1e-3L);
}

RC_GTEST_PROP(performance_property, alpha_and_beta_are_those_of_the_log_returns, ()) {
  const auto samples = any_account();
  RC_PRE(samples.size() > 2);
  series e;
  series m;
  for (size_t i = 1; i < samples.size(); ++i) {
    e.push_back(std::log(as_real(samples[i].equity) / as_real(samples[i - 1].equity)));
    m.push_back(std::log(as_real(*samples[i].market) / as_real(*samples[i - 1].market)));
  }
  real products = 0;
  for (size_t i = 0; i < e.size(); ++i)
    products += (e[i] - mean(e)) * (m[i] - mean(m));
  const real squares = central(m, 2);
  RC_PRE(squares > 1e-9L);
  const real beta = products / squares;
  const real total = as_real(samples.back().equity) / as_real(samples.front().equity) - 1;
  const real market = as_real(*samples.back().market) / as_real(*samples.front().market) - 1;
  const auto p = collect(samples);
  RC_ASSERT(agrees(p.market.beta, beta));
  RC_ASSERT(agrees(p.market.market_return, market));
  RC_ASSERT(agrees(p.market.alpha, total - 0.02L - beta * (market - 0.02L)));
}

RC_GTEST_PROP(performance_property, trade_statistics_are_their_definitions, ()) {
  const auto trades = any_trades(false);
  const auto s = evaluate_trades(trades);
  series profits;
  series returns;
  for (const auto& t : trades) {
    profits.push_back(as_real(t.gross) - as_real(t.fees));
    returns.push_back(profits.back() / as_real(t.entry_cost));
  }
  const auto n = static_cast<real>(trades.size());
  const auto sum_of = [](const series& all, auto which) {
    return std::accumulate(all.begin(), all.end(), real{0},
                           [&](real sum, real x) { return which(x) ? sum + x : sum; });
  };
  const auto positive = [](real x) { return x > 0; };
  const auto negative = [](real x) { return x < 0; };
  const auto wins = static_cast<real>(std::count_if(profits.begin(), profits.end(), positive));
  const auto losses = static_cast<real>(std::count_if(profits.begin(), profits.end(), negative));
  RC_ASSERT(s.count == trades.size());
  RC_ASSERT(static_cast<real>(s.wins) == wins);
  RC_ASSERT(static_cast<real>(s.losses) == losses);
  if (trades.empty())
    return;
  RC_ASSERT(
    agrees(s.net_profit->to_double(), std::accumulate(profits.begin(), profits.end(), real{0})));
  RC_ASSERT(agrees(s.win_rate, wins / n));
  RC_ASSERT(agrees(s.best, *std::max_element(returns.begin(), returns.end())));
  RC_ASSERT(agrees(s.worst, *std::min_element(returns.begin(), returns.end())));
  RC_ASSERT(agrees(s.expectancy, mean(returns)));
  real growth = 1;
  for (const real r : returns)
    growth *= 1 + r;
  if (s.worst > -1)
    RC_ASSERT(agrees(s.geometric_mean, std::pow(growth, 1 / n) - 1));
  else
    RC_ASSERT(!s.geometric_mean);
  if (losses > 0)
    RC_ASSERT(agrees(s.profit_factor, sum_of(returns, positive) / -sum_of(returns, negative)));
  else
    RC_ASSERT(!s.profit_factor);
  if (trades.size() > 1 && central(profits, 2) > 1e-6L)
    RC_ASSERT(
      agrees(s.system_quality, std::sqrt(n) * mean(profits) / std::sqrt(variance(profits))));
  if (wins > 0 && losses > 0) {
    const real payoff = sum_of(profits, positive) / wins / (-sum_of(profits, negative) / losses);
    RC_ASSERT(agrees(s.kelly, wins / n - (1 - wins / n) / payoff));
  } else {
    RC_ASSERT(!s.kelly);
  }
}

RC_GTEST_PROP(performance_property, rolling_sharpe_is_the_formula_over_the_last_returns, ()) {
  const auto samples = any_account();
  const auto n = *rc::gen::inRange<uint32_t>(2, 20);
  const auto values = rolling_sharpe_series(daily_closes(samples), n, 0.02);
  const auto returns = reference_returns(samples);
  const real D = reference_days_per_year(samples);
  RC_ASSERT(values.has_value());
  RC_ASSERT(values->size() == returns.size());
  for (size_t i = 0; i < returns.size(); ++i) {
    if (i + 1 < n) {
      RC_ASSERT(!(*values)[i].value);
      continue;
    }
    const series window(returns.begin() + static_cast<std::ptrdiff_t>(i + 1 - n),
                        returns.begin() + static_cast<std::ptrdiff_t>(i + 1));
    real growth = 1;
    for (const real r : window)
      growth *= 1 + r;
    const real g = std::pow(growth, real{1} / n) - 1;
    const real v = variance(window);
    if (v < 1e-9L) // With less, rounding of the growth alone moves the ratio.
      continue;
    const real volatility = std::sqrt(std::pow(v + (1 + g) * (1 + g), D) - std::pow(1 + g, 2 * D));
    RC_ASSERT(agrees((*values)[i].value, (std::pow(1 + g, D) - 1 - 0.02L) / volatility));
  }
}

RC_GTEST_PROP(performance_property, a_whole_history_gives_the_same_numbers_as_a_live_one, ()) {
  const bool hostile = *rc::gen::arbitrary<bool>();
  const auto samples = hostile ? any_hostile_account() : any_account();
  const auto costs = any_costs();
  const auto trades = any_trades(hostile);
  const performance_options options{.risk_free_rate = 0.03, .trials = sharpe_trials{20, 0.001}};
  performance_accumulator live;
  size_t next_cost = 0;
  size_t next_trade = 0;
  for (size_t i = 0; i < samples.size(); ++i) {
    live.add(samples[i]);
    if (next_cost < costs.size())
      live.add(costs[next_cost++]);
    if (next_trade < trades.size())
      live.add(trades[next_trade++]);
    RC_ASSERT(live.value(options)
              == evaluate(std::span{samples}.first(i + 1), std::span{costs}.first(next_cost),
                          std::span{trades}.first(next_trade), options));
  }
}

/// Samples of long runs, most of whose bars move little.
std::vector<equity_sample> any_long_account() {
  std::vector<equity_sample> samples;
  const auto count = *rc::gen::inRange(1, 700);
  const auto jumps = pick({0, 0, 1, 40}); // How many in a hundred bars are beyond the ordinary.
  const auto losses = pick({0, 0, 0, 1}); // And whether it may all be lost.
  int64_t equity = 1'000'000 * decimal::scale;
  int64_t market = 100 * decimal::scale;
  uint64_t state = *rc::gen::arbitrary<uint64_t>();
  const auto random = [&state](int64_t below) {
    state = state * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    return static_cast<int64_t>(state >> 33) % below;
  };
  for (int i = 0; i < count; ++i) {
    samples.push_back({timestamp::from_ns(i * ns_per_day / 24), decimal::from_raw(equity),
                       decimal::from_raw(market), random(2) == 0});
    const bool jumps_now = random(100) < jumps;
    equity += equity / 100'000 * (random(2'001) - 1'000) * (jumps_now ? 40 : 1);
    market += market / 100'000 * (random(2'001) - 1'000) * (jumps_now ? 40 : 1);
    if (losses != 0 && random(300) == 0)
      equity = -equity;
  }
  return samples;
}

RC_GTEST_PROP(performance_property, samples_in_blocks_give_the_same_numbers_to_the_last_bit, ()) {
  const auto samples = any_long_account();
  performance_accumulator one_by_one;
  for (const auto& each : samples)
    one_by_one.add(each);
  performance_accumulator blocks;
  for (size_t i = 0; i < samples.size();) {
    const auto count =
      std::min<size_t>(static_cast<size_t>(pick({1, 3, 8, 17, 64, 65, 256})), samples.size() - i);
    std::vector<timestamp> times;
    std::vector<money> equity;
    std::vector<price> market;
    size_t exposed = 0;
    for (const auto& each : std::span{samples}.subspan(i, count)) {
      times.push_back(each.time);
      equity.push_back(each.equity);
      market.push_back(*each.market);
      exposed += each.exposed ? 1 : 0;
    }
    blocks.add(equity_block{times, equity, market, exposed});
    i += count;
  }
  RC_ASSERT(blocks.value() == one_by_one.value());
}

void expect_finite(std::optional<double> x) { RC_ASSERT((!x || std::isfinite(*x))); }

void expect_finite(const tail_risk& t) {
  expect_finite(t.value_at_risk);
  expect_finite(t.expected_shortfall);
}

void expect_finite(const performance& p) {
  for (const auto& x : {p.total_return,
                        p.annual_return,
                        p.annual_volatility,
                        p.cagr,
                        p.cagr_trading_days,
                        p.sharpe,
                        p.sortino,
                        p.calmar,
                        p.probabilistic_sharpe,
                        p.deflated_sharpe,
                        p.best_day,
                        p.worst_day,
                        p.skewness,
                        p.kurtosis,
                        p.drawdown.deepest,
                        p.drawdown.average,
                        p.drawdown.longest_days,
                        p.drawdown.average_days,
                        p.drawdown.current,
                        p.market.alpha,
                        p.market.beta,
                        p.market.market_return,
                        p.exposure_time,
                        p.turnover,
                        p.annual_turnover,
                        p.trades.win_rate,
                        p.trades.best,
                        p.trades.worst,
                        p.trades.geometric_mean,
                        p.trades.expectancy,
                        p.trades.profit_factor,
                        p.trades.system_quality,
                        p.trades.kelly,
                        p.trades.mean_days,
                        p.trades.longest_days})
    expect_finite(x);
  for (const auto& t : {p.historical_95, p.historical_99, p.parametric_95, p.parametric_99}) {
    expect_finite(t);
    RC_ASSERT((!t.value_at_risk || *t.expected_shortfall <= *t.value_at_risk));
  }
  for (const auto& row : p.months) {
    expect_finite(row.total);
    for (const auto& month : row.months)
      expect_finite(month);
  }
}

RC_GTEST_PROP(performance_property, no_number_is_ever_nan_or_infinite, ()) {
  const auto samples = any_hostile_account();
  const auto p = evaluate(samples, any_costs(), any_trades(true),
                          {.risk_free_rate = *rc::gen::element(0.0, -1.0, 1e308),
                           .trials = sharpe_trials{*rc::gen::arbitrary<uint64_t>(),
                                                   *rc::gen::element(0.0, 1.0, 1e308, -1.0)}});
  expect_finite(p);
  if (const auto values = rolling_sharpe_series(daily_closes(samples), 2))
    for (const auto& v : *values)
      expect_finite(v.value);
}

RC_GTEST_PROP(performance_property, all_months_together_are_the_total_return, ()) {
  const auto samples = any_account();
  RC_PRE(samples.size() > 0);
  const auto p = collect(samples);
  real months = 1;
  real years = 1;
  for (const auto& row : p.months) {
    years *= 1 + row.total.value();
    for (const auto& month : row.months)
      months *= 1 + month.value_or(0);
  }
  RC_ASSERT(agrees(p.total_return, months - 1));
  RC_ASSERT(agrees(p.total_return, years - 1));
}

} // namespace
} // namespace supreme::trading
