#pragma once

#include "trading/statistics/alpha_beta.hpp"
#include "trading/statistics/daily_returns.hpp"
#include "trading/statistics/drawdown.hpp"
#include "trading/statistics/monthly_returns.hpp"
#include "trading/statistics/probabilistic_sharpe.hpp"
#include "trading/statistics/tail_risk.hpp"
#include "trading/statistics/trade_statistics.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace supreme::trading {

/// The statistics of one run or account, as docs/statistics.md defines them. Rates and returns are
/// fractions (0.1 is 10 %). What is undefined is nothing; no number in here is NaN or infinite.
struct performance {
  uint64_t sample_count = 0;
  uint64_t day_count = 0;        ///< UTC days that have samples
  std::optional<timestamp> from; ///< of the first sample
  std::optional<timestamp> to;   ///< of the last
  std::optional<money> start_equity;
  std::optional<money> end_equity;
  double days_per_year = 252; ///< D: 365 where weekends are traded

  std::optional<double> total_return; ///< end/start − 1
  std::optional<double> annual_return;
  std::optional<double> annual_volatility;
  std::optional<double> cagr;              ///< by calendar years of 365.25 days
  std::optional<double> cagr_trading_days; ///< by years of D days
  std::optional<double> sharpe;
  std::optional<double> sortino;
  std::optional<double> calmar;
  std::optional<double> probabilistic_sharpe; ///< that the true Sharpe ratio exceeds 0
  std::optional<double> deflated_sharpe;      ///< only where the options name the trials

  std::optional<double> best_day; ///< the largest daily return
  std::optional<double> worst_day;
  std::optional<double> skewness; ///< of the daily returns
  std::optional<double> kurtosis; ///< 3 for the normal distribution
  tail_risk historical_95;
  tail_risk historical_99;
  tail_risk parametric_95;
  tail_risk parametric_99;
  std::vector<year_returns> months;

  drawdown_statistics drawdown;
  market_relation market;

  std::optional<double> exposure_time;   ///< share of the samples with an open position
  std::optional<money> traded_notional;  ///< Σ price·size; nothing outside the decimal range
  std::optional<money> fees;             ///< Σ fees − rebates; nothing outside the decimal range
  std::optional<double> turnover;        ///< traded notional/mean equity of the samples
  std::optional<double> annual_turnover; ///< turnover per calendar year

  trade_statistics trades;

  friend bool operator==(const performance&, const performance&) = default;
};

/// Daily returns that annual figures need to mean anything: a month of them.
inline constexpr uint64_t annual_returns_min = 30;

/// Whether there are enough daily returns for annual figures to mean anything.
[[nodiscard]] inline bool is_annual_meaningful(const performance& p) noexcept {
  return p.day_count > annual_returns_min;
}

struct performance_options {
  double risk_free_rate = 0;                ///< annual; a finite number
  std::optional<sharpe_trials> trials = {}; ///< the search that found the strategy
};

/// What a fill cost, in the reporting asset.
struct fill_cost {
  money notional; ///< price·size, ≥ 0
  money fee;      ///< < 0 for a rebate
};

/// Collects a run as it happens. Every update is O(1) (amortised, for the days); asking costs a
/// pass over the days. Memory: one daily close (16 bytes) per UTC day with samples, because the
/// ordered statistics need them all; nothing grows with samples, fills or trades. A plain value:
/// any thread, one at a time.
class performance_accumulator {
public:
  /// Throws contract_violation for a sample before the last one; then nothing has changed.
  void add(const equity_sample& sample);
  /// The same for several at once, which costs less each.
  void add(const equity_block& samples);
  void add(const fill_cost& cost) noexcept;
  /// Throws as trade_accumulator::add does.
  void add(const closed_trade& trade) { trades_.add(trade); }

  [[nodiscard]] performance value(const performance_options& options = {}) const;
  [[nodiscard]] std::span<const daily_close> days() const noexcept { return days_; }

private:
  void add_days(const equity_block& samples);

  struct endpoint {
    timestamp time;
    money equity;
  };

  std::optional<endpoint> first_;
  endpoint last_;
  uint64_t sample_count_ = 0;
  uint64_t exposed_count_ = 0;
  exact_sum equity_;
  exact_sum notional_;
  exact_sum fees_;
  std::vector<daily_close> days_;
  timestamp day_end_; ///< last time that counts to the last day of days_
  drawdown_tracker drawdown_;
  market_comparison market_;
  trade_accumulator trades_;
};

/// A whole run at once: the same numbers. Throws as the accumulator does.
[[nodiscard]] performance evaluate(std::span<const equity_sample> samples,
                                   std::span<const fill_cost> costs,
                                   std::span<const closed_trade> trades,
                                   const performance_options& options = {});

} // namespace supreme::trading
