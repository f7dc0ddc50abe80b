#pragma once

#include "trading/indicators/donchian.hpp"
#include "trading/indicators/sma.hpp"

namespace supreme::trading {

struct stochastic_value {
  double k = 0;            ///< SMA(smooth) of the raw value
  std::optional<double> d; ///< SMA(signal) of %K
};

/// Lane's stochastic oscillator, 0…100: where the close lies between the lowest low and the highest
/// high of the last n bars. 50 where these are the same. %K comes with the (n + smooth − 1)-th bar,
/// %D `signal` − 1 bars later.
class stochastic {
public:
  stochastic(uint32_t length, uint32_t smooth, uint32_t signal)
    : range_(length), k_(smooth), d_(signal) {}

  /// Amortised O(1), no allocation.
  std::optional<stochastic_value> update(double high, double low, double close) noexcept {
    const auto range = range_.update(high, low);
    if (!range)
      return std::nullopt;
    const double span = range->upper - range->lower;
    const auto k = k_.update(span > 0 ? 100 * (close - range->lower) / span : 50.0);
    if (!k)
      return std::nullopt;
    return stochastic_value{*k, d_.update(*k)};
  }

private:
  donchian range_;
  sma k_;
  sma d_;
};

} // namespace supreme::trading
