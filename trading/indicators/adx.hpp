#pragma once

#include "trading/indicators/atr.hpp"

namespace supreme::trading {

struct adx_value {
  double plus_di = 0;        ///< 100 · +DM/TR, Wilder averages over n
  double minus_di = 0;       ///< 100 · −DM/TR
  std::optional<double> adx; ///< Wilder average over n of 100·|+DI − −DI|/(+DI + −DI)
};

/// Wilder's average directional index and its directional indicators, 0…100. The indicators come
/// with the (n+1)-th bar, the index with the 2n-th. Where nothing moved they are 0.
class adx {
public:
  explicit adx(uint32_t length) : ranges_(length), ups_(length), downs_(length), index_(length) {}

  /// O(1), no allocation.
  std::optional<adx_value> update(double high, double low, double close) noexcept {
    const double range = range_.update(high, low, close);
    const auto before = previous_;
    previous_ = {high, low};
    if (!before)
      return std::nullopt;
    const double up = high - before->high;
    const double down = before->low - low;
    const auto average_range = ranges_.update(range);
    const auto plus = ups_.update(up > down && up > 0 ? up : 0.0);
    const auto minus = downs_.update(down > up && down > 0 ? down : 0.0);
    if (!average_range || !plus || !minus)
      return std::nullopt;
    adx_value v;
    if (*average_range > 0) {
      v.plus_di = 100 * *plus / *average_range;
      v.minus_di = 100 * *minus / *average_range;
    }
    const double sum = v.plus_di + v.minus_di;
    v.adx = index_.update(sum > 0 ? 100 * std::abs(v.plus_di - v.minus_di) / sum : 0.0);
    return v;
  }

private:
  struct span {
    double high = 0;
    double low = 0;
  };
  true_range range_;
  std::optional<span> previous_;
  wilder ranges_;
  wilder ups_;
  wilder downs_;
  wilder index_;
};

} // namespace supreme::trading
