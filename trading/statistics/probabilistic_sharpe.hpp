#pragma once

#include "trading/statistics/return_moments.hpp"

#include <cstdint>
#include <optional>

namespace supreme::trading {

// How likely a Sharpe ratio is skill. Ratios here are per observation, (mean − risk-free)/deviation
// of daily returns, not annual.
//
// Sources: Bailey and López de Prado, "The Sharpe Ratio Efficient Frontier", Journal of Risk 15(2),
// 2012 (probabilistic); "The Deflated Sharpe Ratio: Correcting for Selection Bias, Backtest
// Overfitting and Non-Normality", Journal of Portfolio Management 40(5), 2014 (deflated).

struct sharpe_estimate {
  double ratio = 0;
  double observations = 0;
  double skewness = 0;
  double kurtosis = 3; ///< not in excess: 3 for the normal distribution
};

/// Nothing for fewer than two returns, or where they are all equal.
[[nodiscard]] std::optional<sharpe_estimate> estimate_sharpe(const return_moments& returns,
                                                             double risk_free_per_day = 0);

/// The probability that the true ratio exceeds `benchmark`. Nothing where the estimate's standard
/// error is not positive.
[[nodiscard]] std::optional<double> probabilistic_sharpe_ratio(const sharpe_estimate& e,
                                                               double benchmark = 0);

/// A search among strategies: how many were tried and how their ratios (per observation) varied.
struct sharpe_trials {
  uint64_t count = 1;
  double variance = 0; ///< ≥ 0
};

/// The ratio that the best of so many trials without any skill is expected to show; 0 for a single
/// one. Nothing without trials, or for a variance that is negative or no number.
[[nodiscard]] std::optional<double> expected_maximum_sharpe(const sharpe_trials& trials);

/// The probability that the true ratio exceeds what the search alone would have found.
[[nodiscard]] std::optional<double> deflated_sharpe_ratio(const sharpe_estimate& e,
                                                          const sharpe_trials& trials);

} // namespace supreme::trading
