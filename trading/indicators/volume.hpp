#pragma once

#include "trading/indicators/compensated_sum.hpp"
#include "trading/indicators/sliding_window.hpp"

namespace supreme::trading {

/// Granville's on-balance volume: starts with the first bar's volume, then adds the volume of
/// rising and subtracts that of falling closes.
class obv {
public:
  /// O(1), no allocation; has a value from the first bar on.
  double update(double close, double volume) noexcept {
    if (!previous_close_ || close > *previous_close_)
      total_.add(volume);
    else if (close < *previous_close_)
      total_.add(-volume);
    previous_close_ = close;
    return total_.value();
  }

private:
  std::optional<double> previous_close_;
  compensated_sum total_;
};

/// Volume-weighted average price of the last n bars, a bar's price being (open + high + low +
/// close)/4. Nothing while the window is not full or nothing was traded in it.
class vwap {
public:
  explicit vwap(uint32_t length) : window_(length) {}

  /// Amortised O(1), no allocation.
  std::optional<double> update(double open, double high, double low, double close,
                               double volume) noexcept {
    window_.push({(open + high + low + close) / 4 * volume, volume});
    const auto sums = window_.value();
    return sums && sums->volume > 0 ? std::optional{sums->value / sums->volume} : std::nullopt;
  }

private:
  struct traded {
    double value = 0;
    double volume = 0;
    friend traded combine(const traded& a, const traded& b) noexcept {
      return {a.value + b.value, a.volume + b.volume};
    }
  };
  sliding_window<traded> window_;
};

} // namespace supreme::trading
