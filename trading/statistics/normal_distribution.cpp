#include "trading/statistics/normal_distribution.hpp"

#include "trading/check.hpp"

#include <cmath>
#include <numbers>

namespace supreme::trading {

namespace {

double upper_tail(double z) noexcept { return std::erfc(z / std::numbers::sqrt2) / 2; }

} // namespace

double normal_density(double z) noexcept {
  return std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
}

double normal_probability(double z) noexcept { return upper_tail(-z); }

double normal_upper_quantile(double probability) {
  SUPREME_CHECK(probability > 0 && probability < 1, "a probability lies between 0 and 1");
  // Bisection down to neighbouring numbers: the tail falls from 1 to 0 between these ends.
  double low = -40;
  double high = 40;
  for (double middle = 0; low < middle && middle < high; middle = low + (high - low) / 2)
    (upper_tail(middle) > probability ? low : high) = middle;
  return high;
}

} // namespace supreme::trading
