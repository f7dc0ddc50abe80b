#pragma once

#include "trading/indicators/compensated_sum.hpp"
#include "trading/portfolio/closed_trade.hpp"
#include "trading/market/exact_sum.hpp"
#include "trading/statistics/return_moments.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace supreme::trading {

/// Of closed trades. A trade's profit is its money net of fees; its return is profit/entry cost, a
/// fraction. A trade whose entry cost rounds to nothing has no return and takes part in money
/// statistics only.
struct trade_statistics {
  uint64_t count = 0;
  uint64_t wins = 0;   ///< profit > 0
  uint64_t losses = 0; ///< profit < 0; a profit of exactly 0 is neither
  uint64_t max_consecutive_wins = 0;
  uint64_t max_consecutive_losses = 0;
  std::optional<money> net_profit; ///< exact; nothing outside the decimal range
  std::optional<money> fees;       ///< exact; nothing outside the decimal range
  std::optional<double> win_rate;  ///< wins/count
  std::optional<double> best;      ///< largest return
  std::optional<double> worst;
  std::optional<double> geometric_mean; ///< of the returns; nothing after one of −1 or below
  std::optional<double> expectancy;     ///< mean return
  std::optional<double> profit_factor;  ///< Σ positive returns/|Σ negative returns|
  /// System quality number: sqrt(n)·mean(profit)/std(profit, n − 1).
  std::optional<double> system_quality;
  /// W − (1 − W)/(mean profit of wins/|mean profit of losses|): W the win rate.
  std::optional<double> kelly;
  std::optional<double> mean_days; ///< from the first fill to the last
  std::optional<double> longest_days;

  friend bool operator==(const trade_statistics&, const trade_statistics&) = default;
};

/// O(1) memory; a plain value.
class trade_accumulator {
public:
  /// Throws std::overflow_error when the trade's own net profit leaves the decimal range; then
  /// nothing has changed.
  void add(const closed_trade& t);
  [[nodiscard]] trade_statistics value() const noexcept;

private:
  void add_profit(money net) noexcept;
  void add_return(double r) noexcept;

  uint64_t count_ = 0;
  uint64_t wins_ = 0;
  uint64_t losses_ = 0;
  uint64_t winning_streak_ = 0;
  uint64_t losing_streak_ = 0;
  uint64_t longest_winning_streak_ = 0;
  uint64_t longest_losing_streak_ = 0;
  exact_sum won_;  ///< Σ profit of the wins
  exact_sum lost_; ///< Σ profit of the losses, ≤ 0
  exact_sum fees_;
  return_moments profits_; ///< only its count, mean and squares mean something for money
  return_moments returns_;
  std::optional<double> best_;
  std::optional<double> worst_;
  compensated_sum positive_returns_;
  compensated_sum negative_returns_;
  compensated_sum days_;
  double longest_days_ = 0;
};

/// As above. Throws std::overflow_error when a trade's own net profit leaves the decimal range.
[[nodiscard]] trade_statistics evaluate_trades(std::span<const closed_trade> trades);

} // namespace supreme::trading
