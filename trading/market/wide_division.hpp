#pragma once

#include "trading/market/decimal.hpp"

#include <cstdint>
#include <limits>

namespace supreme::trading {

__extension__ using wide = __int128;

[[nodiscard]] inline uint64_t magnitude(decimal d) noexcept {
  return d.raw() < 0 ? 0 - static_cast<uint64_t>(d.raw()) : static_cast<uint64_t>(d.raw());
}

/// A quotient truncated toward zero and what is left.
struct division {
  wide quotient = 0;
  wide remainder = 0;
};

/// numerator/denominator for a denominator ≥ 1: the compiler's division of 128 bits costs many
/// times more than what nearly all numbers need, two divisions of 64 bits.
inline division divide_positive(wide numerator, int64_t denominator) noexcept {
  __extension__ using unsigned_wide = unsigned __int128;
  const bool negative = numerator < 0;
  const auto size =
    negative ? -static_cast<unsigned_wide>(numerator) : static_cast<unsigned_wide>(numerator);
  const auto d = static_cast<uint64_t>(denominator);
  const auto high = static_cast<uint64_t>(size >> 64);
  const auto low = static_cast<uint64_t>(size);
  constexpr uint64_t half = uint64_t{1} << 32;
  uint64_t quotient = 0;
  uint64_t remainder = 0;
  if (high == 0) {
    quotient = low / d;
    remainder = low % d;
  } else if (high < d && d < half) {
    // Schoolbook division by one digit in base 2³²: every partial quotient fits one digit.
    const uint64_t upper = high << 32 | low >> 32;
    const uint64_t lower = upper % d << 32 | (low & (half - 1));
    quotient = (upper / d << 32) + lower / d;
    remainder = lower % d;
  } else {
    return {numerator / denominator, numerator % denominator};
  }
  const wide q = quotient;
  const wide r = remainder;
  return negative ? division{-q, -r} : division{q, r};
}

/// multiply(a, b, rounding::half_even), for loops that do little else. Throws as it does.
[[nodiscard]] inline decimal multiply_half_even(decimal a, decimal b) {
  __extension__ using unsigned_wide = unsigned __int128;
  const bool negative = (a.raw() < 0) != (b.raw() < 0);
  const auto size = static_cast<unsigned_wide>(magnitude(a)) * magnitude(b);
  const auto high = static_cast<uint64_t>(size >> 64);
  const auto low = static_cast<uint64_t>(size);
  constexpr uint64_t d = decimal::scale;
  if (high >= d / 4) [[unlikely]] // Near the end of the range.
    return multiply(a, b, rounding::half_even);
  // As divide_positive().
  const uint64_t upper = high << 32 | low >> 32;
  const uint64_t lower = upper % d << 32 | (low & 0xffff'ffff);
  const uint64_t quotient = (upper / d << 32) + lower / d;
  const uint64_t rest = lower % d;
  const bool away = rest > d / 2 || (rest == d / 2 && quotient % 2 != 0);
  const auto rounded = static_cast<int64_t>(quotient + (away ? 1 : 0));
  return decimal::from_raw(negative ? -rounded : rounded);
}

} // namespace supreme::trading
