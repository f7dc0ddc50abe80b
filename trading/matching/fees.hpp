#pragma once

#include "trading/market/decimal.hpp"

namespace supreme::trading {

/// One billion parts: fees, slippage and shares are given in parts per billion.
constexpr int64_t one_ppb = 1'000'000'000;

/// at·size in quote units, rounded half-even. Throws std::overflow_error outside the decimal range.
[[nodiscard]] inline money notional_of(price at, quantity size) {
  return multiply(at, size, rounding::half_even);
}

/// The fee on a notional, rounded half-even; a negative rate is a rebate. Throws
/// std::overflow_error outside the decimal range, which no rate up to 100 % leads to.
[[nodiscard]] inline money fee_of(money notional, int64_t fee_ppb) {
  return multiply_divide(notional, fee_ppb, one_ppb, rounding::half_even);
}

} // namespace supreme::trading
