#pragma once

#include "trading/indicators/moving_average.hpp"

#include <algorithm>
#include <cmath>

namespace supreme::trading {

/// The true range: the bar's span, stretched to the close before it. The first is high − low.
class true_range {
public:
  /// O(1), no allocation; has a value from the first bar on.
  double update(double high, double low, double close) noexcept {
    double range = high - low;
    if (previous_close_)
      range =
        std::max({range, std::abs(high - *previous_close_), std::abs(low - *previous_close_)});
    previous_close_ = close;
    return range;
  }

private:
  std::optional<double> previous_close_;
};

/// Average true range: Wilder's average of it. The first value comes with the n-th bar.
class atr {
public:
  explicit atr(uint32_t length) : average_(length) {}

  [[nodiscard]] std::optional<double> value() const noexcept { return average_.value(); }

  /// O(1), no allocation.
  std::optional<double> update(double high, double low, double close) noexcept {
    return average_.update(range_.update(high, low, close));
  }

private:
  true_range range_;
  wilder average_;
};

} // namespace supreme::trading
