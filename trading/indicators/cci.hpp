#pragma once

#include "trading/indicators/sma.hpp"

#include <cmath>

namespace supreme::trading {

/// Lambert's commodity channel index: distance of the typical price (high + low + close)/3 from its
/// SMA(n), in units of 0.015 mean absolute deviations from that average. 0 when nothing deviates.
/// The first value comes with the n-th bar.
class cci {
public:
  explicit cci(uint32_t length) : ring_(length), average_(length) {}

  /// O(n): the mean absolute deviation is from an average that moves with every bar. No allocation.
  std::optional<double> update(double high, double low, double close) noexcept {
    const double typical = (high + low + close) / 3;
    ring_[next_] = typical;
    next_ = next_ + 1 == ring_.size() ? 0 : next_ + 1;
    const auto average = average_.update(typical);
    if (!average)
      return std::nullopt;
    double deviation = 0;
    for (const double x : ring_)
      deviation += std::abs(x - *average);
    deviation /= static_cast<double>(ring_.size());
    return deviation > 0 ? (typical - *average) / (0.015 * deviation) : 0.0;
  }

private:
  std::vector<double> ring_;
  size_t next_ = 0;
  sma average_;
};

} // namespace supreme::trading
