#pragma once

#include "trading/market/decimal.hpp"

namespace supreme::trading {

/// What an order still reserves of the cash it reserved at its decision, when `open` of its `size`
/// is left: the share, truncated to 1e-8, so that parts never release less than the whole. `size` >
/// 0, 0 ≤ open ≤ size.
[[nodiscard]] inline money reserved_for_rest(money at_decision, quantity open, quantity size) {
  return multiply_divide(at_decision, open.raw(), size.raw(), rounding::toward_zero);
}

} // namespace supreme::trading
