#pragma once

#include "trading/indicators/atr.hpp"
#include "trading/indicators/donchian.hpp"
#include "trading/indicators/sma.hpp"

namespace supreme::trading {

/// Keltner channel: SMA(n) of the typical price (high + low + close)/3, ± k times the SMA(n) of the
/// true range. The first value comes with the n-th bar.
class keltner {
public:
  keltner(uint32_t length, double width) : middle_(length), ranges_(length), width_(width) {
    SUPREME_CHECK(width > 0, "the bands lie apart");
  }

  /// O(1), no allocation.
  std::optional<channel> update(double high, double low, double close) noexcept {
    const auto middle = middle_.update((high + low + close) / 3);
    const auto range = ranges_.update(range_.update(high, low, close));
    if (!middle || !range)
      return std::nullopt;
    return channel{*middle - width_ * *range, *middle, *middle + width_ * *range};
  }

private:
  true_range range_;
  sma middle_;
  sma ranges_;
  double width_;
};

} // namespace supreme::trading
