#include "trading/statistics/tail_risk.hpp"

#include "trading/check.hpp"
#include "trading/indicators/compensated_sum.hpp"
#include "trading/statistics/normal_distribution.hpp"
#include "trading/statistics/ratio.hpp"

#include <algorithm>
#include <cmath>

namespace supreme::trading {

namespace {

/// Of sorted values, not none.
double quantile(std::span<const double> sorted, double probability) {
  const double place = static_cast<double>(sorted.size() - 1) * probability;
  const auto below = static_cast<size_t>(place);
  const auto above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - std::floor(place)) * (sorted[above] - sorted[below]);
}

/// Of the worst n·share of sorted values, not none; of the worst one where that is less.
double mean_of_worst(std::span<const double> sorted, double share) {
  const double count = std::max(static_cast<double>(sorted.size()) * share, 1.0);
  compensated_sum sum;
  double left = count;
  for (size_t i = 0; i < sorted.size() && left > 0; ++i, --left)
    sum.add(std::min(left, 1.0) * sorted[i]);
  return sum.value() / count;
}

} // namespace

tail_risk historical_tail_risk(std::vector<double> returns, double confidence) {
  SUPREME_CHECK(confidence > 0 && confidence < 1, "a confidence lies between 0 and 1");
  if (returns.empty())
    return {};
  std::sort(returns.begin(), returns.end());
  const double at_risk = quantile(returns, 1 - confidence);
  // The rounding of a mean of equal returns must not lift it above them.
  return {finite(at_risk), finite(std::min(mean_of_worst(returns, 1 - confidence), at_risk))};
}

tail_risk parametric_tail_risk(std::optional<double> mean, std::optional<double> deviation,
                               double confidence) {
  SUPREME_CHECK(confidence > 0 && confidence < 1, "a confidence lies between 0 and 1");
  if (!mean || !deviation)
    return {};
  const double tail = 1 - confidence;
  const double z = normal_upper_quantile(tail);
  return {finite(*mean - z * *deviation), finite(*mean - *deviation * normal_density(z) / tail)};
}

} // namespace supreme::trading
