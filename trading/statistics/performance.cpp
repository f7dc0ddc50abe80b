#include "trading/statistics/performance.hpp"

#include "trading/check.hpp"
#include "trading/market/decimal_span.hpp"
#include "trading/statistics/annual.hpp"
#include "trading/statistics/ratio.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace supreme::trading {

namespace {

constexpr double days_per_calendar_year = 365.25;

void add_growth(performance& p, double days) {
  p.total_return = relative_change(*p.start_equity, *p.end_equity);
  p.cagr = compound_annual_growth(p.total_return, days / days_per_calendar_year);
  p.cagr_trading_days = compound_annual_growth(p.total_return, days / p.days_per_year);
}

/// The last time that counts to a UTC day, which is midnight; the latest time there is where that
/// is later.
timestamp end_of_day(int32_t day) noexcept {
  constexpr int64_t ns_per_day = 86'400'000'000'000;
  constexpr int64_t day_max = std::numeric_limits<int64_t>::max() / ns_per_day;
  const int64_t next = int64_t{day} + 1;
  return timestamp::from_ns(next > day_max ? std::numeric_limits<int64_t>::max()
                                           : next * ns_per_day);
}

/// What is made from daily returns.
void add_returns(performance& p, const std::vector<double>& returns,
                 const performance_options& options) {
  const auto m = moments_of(returns);
  // The first day counts as return 0 in the geometric mean and is absent from everything else.
  const auto g = m.growth_per(m.count + 1);
  p.annual_return = annual_return(g, p.days_per_year);
  p.annual_volatility = annual_volatility(g, m.variance(), p.days_per_year);
  p.sharpe = sharpe_ratio(p.annual_return, p.annual_volatility, options.risk_free_rate);
  p.sortino = sortino_ratio(p.annual_return, downside_deviation(returns), p.days_per_year,
                            options.risk_free_rate);
  p.calmar = calmar_ratio(p.annual_return, p.drawdown.deepest);
  if (returns.empty())
    return;
  const auto [worst, best] = std::minmax_element(returns.begin(), returns.end());
  p.best_day = *best;
  p.worst_day = *worst;
  p.skewness = m.skewness();
  p.kurtosis = m.kurtosis();
  p.historical_95 = historical_tail_risk(returns, 0.95);
  p.historical_99 = historical_tail_risk(returns, 0.99);
  p.parametric_95 = parametric_tail_risk(m.mean, m.deviation(), 0.95);
  p.parametric_99 = parametric_tail_risk(m.mean, m.deviation(), 0.99);
  if (const auto e = estimate_sharpe(m, options.risk_free_rate / p.days_per_year)) {
    p.probabilistic_sharpe = probabilistic_sharpe_ratio(*e);
    if (options.trials)
      p.deflated_sharpe = deflated_sharpe_ratio(*e, *options.trials);
  }
}

} // namespace

void performance_accumulator::add_days(const equity_block& samples) {
  for (size_t i = 0; i < samples.times.size(); ++i) {
    if (days_.empty() || samples.times[i] > day_end_) {
      add_to_daily(days_, samples.times[i], samples.equity[i]);
      day_end_ = end_of_day(days_.back().day);
    }
    // Of the samples of one day the last one counts.
    if (samples.times.back() <= day_end_)
      i = samples.times.size() - 1;
    days_.back().equity = samples.equity[i];
  }
}

void performance_accumulator::add(const equity_sample& sample) {
  add(equity_block{{&sample.time, 1},
                   {&sample.equity, 1},
                   sample.market ? std::span{&*sample.market, 1} : std::span<const price>{},
                   sample.exposed ? size_t{1} : size_t{0}});
}

void performance_accumulator::add(const equity_block& samples) {
  if (samples.times.empty())
    return;
  const bool goes_on = !first_ || last_.time <= samples.times.front();
  SUPREME_CHECK(goes_on && is_in_order(samples.times), "equity is sampled in the order of time");
  add_days(samples);
  drawdown_.add(samples);
  if (!samples.market.empty())
    market_.add(samples.equity, samples.market);
  equity_.add(sum_of(samples.equity));
  exposed_count_ += samples.exposed;
  sample_count_ += samples.times.size();
  last_ = {samples.times.back(), samples.equity.back()};
  if (!first_)
    first_ = {samples.times.front(), samples.equity.front()};
}

void performance_accumulator::add(const fill_cost& cost) noexcept {
  notional_.add(cost.notional);
  fees_.add(cost.fee);
}

performance performance_accumulator::value(const performance_options& options) const {
  SUPREME_CHECK(std::isfinite(options.risk_free_rate), "a rate is a number");
  performance p;
  p.trades = trades_.value();
  p.traded_notional = notional_.value();
  p.fees = fees_.value();
  if (!first_)
    return p;
  p.sample_count = sample_count_;
  p.day_count = days_.size();
  p.from = first_->time;
  p.to = last_.time;
  p.start_equity = first_->equity;
  p.end_equity = last_.equity;
  p.days_per_year = days_per_year(days_);
  p.drawdown = drawdown_.value();
  p.market = market_.value(options.risk_free_rate);
  p.months = monthly_returns(first_->equity, days_);

  const double days = days_between(first_->time, last_.time);
  add_growth(p, days);
  if (const auto returns = daily_returns(days_))
    add_returns(p, *returns, options);

  const auto n = static_cast<double>(sample_count_);
  p.exposure_time = static_cast<double>(exposed_count_) / n;
  const double mean_equity = equity_.to_double() / n;
  if (mean_equity > 0)
    p.turnover = ratio(notional_.to_double(), mean_equity);
  p.annual_turnover = ratio(p.turnover, days / days_per_calendar_year);
  return p;
}

performance evaluate(std::span<const equity_sample> samples, std::span<const fill_cost> costs,
                     std::span<const closed_trade> trades, const performance_options& options) {
  performance_accumulator all;
  for (const auto& sample : samples)
    all.add(sample);
  for (const auto& cost : costs)
    all.add(cost);
  for (const auto& trade : trades)
    all.add(trade);
  return all.value(options);
}

} // namespace supreme::trading
