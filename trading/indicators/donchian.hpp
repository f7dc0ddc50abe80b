#pragma once

#include "trading/indicators/extremes.hpp"

namespace supreme::trading {

struct channel {
  double lower = 0;
  double middle = 0;
  double upper = 0;
};

/// Donchian channel: highest high and lowest low of the last n bars, the current one included, and
/// the mean of both. A breakout compares with the channel before the current bar. The first value
/// comes with the n-th bar.
class donchian {
public:
  explicit donchian(uint32_t length) : highs_(length), lows_(length) {}

  [[nodiscard]] std::optional<channel> value() const noexcept {
    const auto upper = highs_.value();
    const auto lower = lows_.value();
    return upper && lower ? std::optional{channel{*lower, (*upper + *lower) / 2, *upper}}
                          : std::nullopt;
  }

  /// Amortised O(1), no allocation.
  std::optional<channel> update(double high, double low) noexcept {
    (void)highs_.update(high);
    (void)lows_.update(low);
    return value();
  }

private:
  highest highs_;
  lowest lows_;
};

} // namespace supreme::trading
