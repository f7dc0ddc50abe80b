#pragma once

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
  bollinger(uint32_t length, double width) : window_(length), width_(width) {
    SUPREME_CHECK(width > 0, "the bands lie apart");
  }

  /// Amortised O(1), no allocation.
  std::optional<bollinger_value> update(double input) noexcept {
    (void)window_.update(input);
    const auto m = window_.window();
    if (!m)
      return std::nullopt;
    const double reach = width_ * m->population_deviation();
    bollinger_value v{m->mean - reach, m->mean, m->mean + reach, std::nullopt, std::nullopt};
    if (v.middle != 0)
      v.bandwidth = 100 * (v.upper - v.lower) / v.middle;
    if (v.upper > v.lower)
      v.percent_b = (input - v.lower) / (v.upper - v.lower);
    return v;
  }

private:
  standard_deviation window_;
  double width_;
};

} // namespace supreme::trading
