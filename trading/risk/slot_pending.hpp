#pragma once

#include "trading/market/decimal.hpp"

#include <algorithm>

namespace supreme::trading {

/// What a slot's open orders will make of its position, signed: `opening` is the signed sum of what
/// is left of orders that may open, `closing` of reduce-only market orders. Reduce-only orders
/// close no more than there is: a stop may have taken what an exit was sized for. Throws
/// std::overflow_error outside the decimal range.
[[nodiscard]] inline quantity slot_pending(quantity position, quantity opening, quantity closing) {
  const quantity zero;
  const auto longs = std::max(position, zero) + std::max(opening, zero);
  const auto shorts = std::max(-position, zero) + std::max(-opening, zero);
  const auto sold = std::min(std::max(-closing, zero), longs);
  const auto bought = std::min(std::max(closing, zero), shorts);
  return (longs - sold) - (shorts - bought) - position;
}

} // namespace supreme::trading
