#include "trading/statistics/probabilistic_sharpe.hpp"

#include "trading/statistics/normal_distribution.hpp"

#include <cmath>
#include <numbers>

namespace supreme::trading {

std::optional<sharpe_estimate> estimate_sharpe(const return_moments& returns,
                                               double risk_free_per_day) {
  const auto deviation = returns.deviation();
  const auto skewness = returns.skewness();
  const auto kurtosis = returns.kurtosis();
  if (!deviation || !skewness || !kurtosis)
    return std::nullopt;
  const auto sharpe = ratio(returns.mean - risk_free_per_day, *deviation);
  if (!sharpe)
    return std::nullopt;
  return sharpe_estimate{*sharpe, returns.count, *skewness, *kurtosis};
}

std::optional<double> probabilistic_sharpe_ratio(const sharpe_estimate& e, double benchmark) {
  const double variance = 1 - e.skewness * e.ratio + (e.kurtosis - 1) / 4 * e.ratio * e.ratio;
  // Not written the other way round: NaN must be refused as well.
  if (!(variance > 0 && e.observations > 1))
    return std::nullopt;
  return finite(normal_probability((e.ratio - benchmark) * std::sqrt(e.observations - 1)
                                   / std::sqrt(variance)));
}

std::optional<double> expected_maximum_sharpe(const sharpe_trials& trials) {
  if (trials.count == 0 || !(trials.variance >= 0))
    return std::nullopt;
  if (trials.count == 1)
    return 0.0;
  const auto n = static_cast<double>(trials.count);
  const double z = (1 - std::numbers::egamma) * normal_upper_quantile(1 / n)
                   + std::numbers::egamma * normal_upper_quantile(1 / (n * std::numbers::e));
  return finite(std::sqrt(trials.variance) * z);
}

std::optional<double> deflated_sharpe_ratio(const sharpe_estimate& e, const sharpe_trials& trials) {
  const auto threshold = expected_maximum_sharpe(trials);
  return threshold ? probabilistic_sharpe_ratio(e, *threshold) : std::nullopt;
}

} // namespace supreme::trading
