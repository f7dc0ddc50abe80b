#pragma once

#include "trading/indicators/standard_deviation.hpp"

namespace supreme::trading {

/// How many population standard deviations the newest of the last n values lies from their mean.
/// The first value comes with the n-th input; nothing where the values do not deviate.
class z_score {
public:
  explicit z_score(uint32_t length) : window_(length) {}

  /// Amortised O(1), no allocation.
  std::optional<double> update(double input) noexcept {
    const auto deviation = window_.update(input);
    const auto m = window_.window();
    if (!m || !(*deviation > 0))
      return std::nullopt;
    return (input - m->mean) / *deviation;
  }

private:
  standard_deviation window_;
};

} // namespace supreme::trading
