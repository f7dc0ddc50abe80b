#include "trading/market/bar.hpp"

namespace supreme::trading {

bar_defect find_defect(const bar& b) noexcept {
  if (b.interval.count() <= 0)
    return bar_defect::interval_not_positive;
  if (!b.open.is_positive() || !b.high.is_positive() || !b.low.is_positive()
      || !b.close.is_positive())
    return bar_defect::price_not_positive;
  if (b.high < b.low)
    return bar_defect::high_below_low;
  if (b.open < b.low || b.open > b.high)
    return bar_defect::open_outside_range;
  if (b.close < b.low || b.close > b.high)
    return bar_defect::close_outside_range;
  if (b.volume.is_negative())
    return bar_defect::volume_negative;
  return bar_defect::none;
}

const char* to_string(bar_defect d) noexcept {
  switch (d) {
    case bar_defect::none:
      return "none";
    case bar_defect::price_not_positive:
      return "price_not_positive";
    case bar_defect::high_below_low:
      return "high_below_low";
    case bar_defect::open_outside_range:
      return "open_outside_range";
    case bar_defect::close_outside_range:
      return "close_outside_range";
    case bar_defect::volume_negative:
      return "volume_negative";
    case bar_defect::interval_not_positive:
      return "interval_not_positive";
  }
  return "invalid";
}

} // namespace supreme::trading
