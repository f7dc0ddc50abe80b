#pragma once

#include "trading/indicators/sma.hpp"
#include "trading/indicators/standard_deviation.hpp"

namespace supreme::trading {

struct bollinger_value {
  double lower = 0;
  double middle = 0; ///< SMA(n)
  double upper = 0;
  /// 100·(upper − lower)/middle; nothing when the middle is 0.
  std::optional<double> bandwidth;
  /// (input − lower)/(upper − lower); nothing when the bands coincide.
  std::optional<double> percent_b;
};

/// Bollinger bands: SMA(n) ± k population standard deviations. The first value comes with the n-th
/// input.
class bollinger {
public:
  bollinger(uint32_t length, double width) : middle_(length), window_(length), width_(width) {
    SUPREME_CHECK(width > 0, "the bands lie apart");
  }

  /// Amortised O(1), no allocation.
  std::optional<bollinger_value> update(double input) noexcept {
    const auto middle = middle_.update(input);
    const auto deviation = window_.update(input);
    if (!middle || !deviation)
      return std::nullopt;
    const double reach = width_ * *deviation;
    bollinger_value v{*middle - reach, *middle, *middle + reach, std::nullopt, std::nullopt};
    if (v.middle != 0)
      v.bandwidth = 100 * (v.upper - v.lower) / v.middle;
    if (v.upper > v.lower)
      v.percent_b = (input - v.lower) / (v.upper - v.lower);
    return v;
  }

private:
  sma middle_;
  standard_deviation window_;
  double width_;
};

} // namespace supreme::trading
