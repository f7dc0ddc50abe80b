#pragma once

#include "trading/indicators/sliding_window.hpp"
#include "trading/statistics/daily_returns.hpp"
#include "trading/statistics/return_moments.hpp"

#include <vector>

namespace supreme::trading {

/// The Sharpe ratio of the last n daily returns, by the formulas of the whole history; g is the
/// geometric mean of these n. Nothing before there are n. Memory: the window.
class rolling_sharpe {
public:
  /// Throws contract_violation for a window of fewer than two days.
  rolling_sharpe(uint32_t window_days, double days_per_year, double risk_free_rate = 0);

  /// Amortised O(1), no allocation.
  std::optional<double> update(double daily_return) noexcept;

private:
  sliding_window<return_moments> window_;
  double days_per_year_;
  double risk_free_rate_;
};

/// A statistic as it stood at the close of a UTC day.
struct dated_value {
  int32_t day = 0; ///< days since 1970-01-01
  std::optional<double> value;

  friend bool operator==(const dated_value&, const dated_value&) = default;
};

/// One value for each day but the first. Nothing where the history has no daily returns.
[[nodiscard]] std::optional<std::vector<dated_value>>
rolling_sharpe_series(std::span<const daily_close> closes, uint32_t window_days,
                      double risk_free_rate = 0);

} // namespace supreme::trading
