#pragma once

#include "trading/market/decimal.hpp"

#include <cstdint>

namespace supreme::trading {

__extension__ using wide = __int128;

[[nodiscard]] inline uint64_t magnitude(decimal d) noexcept {
  return d.raw() < 0 ? 0 - static_cast<uint64_t>(d.raw()) : static_cast<uint64_t>(d.raw());
}

/// Denominators up to here are one digit of divide_digits().
inline constexpr uint64_t digit_max = 0xffff'ffff;

/// A quotient and what is left.
struct small_division {
  uint64_t quotient = 0;
  uint64_t remainder = 0;
};

/// (high·2⁶⁴ + low)/d for high < d ≤ digit_max: schoolbook division by one digit in base 2³², every
/// partial quotient of which fits one digit. The processor's division of 128 bits costs many times
/// more; always inlined, because most denominators are constants, for which the divisions become
/// multiplications.
[[gnu::always_inline]] inline small_division divide_digits(uint64_t high, uint64_t low,
                                                           uint64_t d) noexcept {
  const uint64_t upper = high << 32 | low >> 32;
  const uint64_t lower = upper % d << 32 | (low & digit_max);
  return {(upper / d << 32) + lower / d, lower % d};
}

/// multiply(a, b, rounding::half_even), for loops that do little else. Throws as it does.
[[nodiscard]] inline decimal multiply_half_even(decimal a, decimal b) {
  __extension__ using unsigned_wide = unsigned __int128;
  const bool negative = (a.raw() < 0) != (b.raw() < 0);
  const auto size = static_cast<unsigned_wide>(magnitude(a)) * magnitude(b);
  const auto high = static_cast<uint64_t>(size >> 64);
  constexpr uint64_t d = decimal::scale;
  if (high >= d / 4) [[unlikely]] // Near the end of the range.
    return multiply(a, b, rounding::half_even);
  const auto [quotient, rest] = divide_digits(high, static_cast<uint64_t>(size), d);
  const bool away = rest > d / 2 || (rest == d / 2 && quotient % 2 != 0);
  const auto rounded = static_cast<int64_t>(quotient + (away ? 1 : 0));
  return decimal::from_raw(negative ? -rounded : rounded);
}

/// multiply_half_even with one factor that stays: a whole one, such as a number of shares, needs no
/// division.
class fixed_factor {
public:
  explicit fixed_factor(decimal factor) noexcept
    : factor_(factor),
      whole_(factor.raw() % decimal::scale == 0 ? factor.raw() / decimal::scale : 0) {}

  /// Throws as multiply() does.
  [[nodiscard]] decimal times(decimal other) const {
    int64_t product = 0;
    if (whole_ != 0 && !__builtin_mul_overflow(whole_, other.raw(), &product)) [[likely]]
      return decimal::from_raw(product);
    return multiply_half_even(factor_, other);
  }

private:
  decimal factor_;
  int64_t whole_; ///< the factor where it is a whole number, otherwise 0
};

} // namespace supreme::trading
