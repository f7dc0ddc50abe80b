#include "trading/market/decimal.hpp"

#include "trading/check.hpp"
#include "trading/market/wide_division.hpp"

#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace supreme::trading {

namespace {

constexpr int64_t raw_max = std::numeric_limits<int64_t>::max();
constexpr int64_t raw_min = std::numeric_limits<int64_t>::min();

std::optional<decimal> narrow(wide value) noexcept {
  if (value > raw_max || value < raw_min)
    return std::nullopt;
  return decimal::from_raw(static_cast<int64_t>(value));
}

decimal or_throw(std::optional<decimal> value, const char* text) {
  if (!value)
    throw std::overflow_error(text);
  return *value;
}

/// Whether a quotient truncated toward zero must move one unit away from zero. `remainder` is not
/// 0.
template <class Integer>
[[gnu::always_inline]] inline bool moves_away(bool negative, bool quotient_odd, Integer remainder,
                                              Integer denominator, rounding r) noexcept {
  switch (r) {
    case rounding::toward_zero:
      return false;
    case rounding::away_from_zero:
      return true;
    case rounding::floor:
      return negative;
    case rounding::ceiling:
      return !negative;
    case rounding::half_even:
      break;
  }
  const Integer rest = remainder < 0 ? -remainder : remainder;
  const Integer size = denominator < 0 ? -denominator : denominator;
  // Compares rest with size − rest instead of 2·rest with size: that cannot leave the range.
  const Integer other = size - rest;
  return rest > other || (rest == other && quotient_odd);
}

/// numerator/denominator as a whole number; the denominator is not 0.
wide divide_widely(wide numerator, wide denominator, rounding r) noexcept {
  const wide quotient = numerator / denominator;
  const wide remainder = numerator - quotient * denominator;
  const bool negative = (numerator < 0) != (denominator < 0);
  if (remainder == 0 || !moves_away(negative, quotient % 2 != 0, remainder, denominator, r))
    return quotient;
  return negative ? quotient - 1 : quotient + 1;
}

/// a·numerator/denominator; the denominator is not 0.
[[gnu::always_inline]] inline std::optional<decimal>
multiply_divided(decimal a, int64_t numerator, int64_t denominator, rounding r) noexcept {
  __extension__ using unsigned_wide = unsigned __int128;
  const auto size =
    static_cast<unsigned_wide>(magnitude(a)) * magnitude(decimal::from_raw(numerator));
  const auto high = static_cast<uint64_t>(size >> 64);
  const auto low = static_cast<uint64_t>(size);
  const auto d = static_cast<uint64_t>(denominator);
  small_division quick;
  if (denominator > 0 && d <= digit_max && high < d / 4) [[likely]]
    quick = divide_digits(high, low, d);
  else if (d > digit_max && denominator > 0 && high == 0)
    quick = {low / d, low % d};
  else
    return narrow(divide_widely(wide{a.raw()} * numerator, denominator, r));
  const bool negative = (a.raw() < 0) != (numerator < 0);
  auto units = static_cast<int64_t>(quick.quotient);
  const auto rest = static_cast<int64_t>(quick.remainder);
  if (rest != 0 && moves_away(negative, units % 2 != 0, rest, denominator, r))
    ++units;
  return decimal::from_raw(negative ? -units : units);
}

} // namespace

decimal decimal::from_integer(int64_t whole) {
  return or_throw(narrow(wide{whole} * scale), "a whole number outside the decimal range");
}

std::optional<decimal> decimal::from_double(double value) noexcept {
  const double product = value * static_cast<double>(scale);
  // Not written the other way round: NaN must be refused as well.
  if (!(std::abs(product) <= 0x1p63))
    return std::nullopt;
  // product + error is the exact product, so that halves are recognised as such.
  const double error = std::fma(value, static_cast<double>(scale), -product);
  const double below = std::floor(product);
  const double fraction = product - below;
  wide raw = static_cast<wide>(below);
  double rest = fraction;
  if (std::abs(product) >= 0x1p51) {
    // From here on the error may be a half and more, so it takes part in the rounding.
    const double whole_error = std::floor(fraction + error);
    raw += static_cast<wide>(whole_error);
    rest = fraction + error - whole_error;
  } else if (fraction == 0.5 && error != 0) {
    rest = error > 0 ? 1.0 : 0.0;
  }
  if (rest > 0.5 || (rest == 0.5 && raw % 2 != 0))
    ++raw;
  return narrow(raw);
}

void decimal::throw_overflow(const char* what) { throw std::overflow_error(what); }

std::optional<decimal> checked_multiply(decimal a, decimal b, rounding r) noexcept {
  return multiply_divided(a, b.raw(), decimal::scale, r);
}

std::optional<decimal> checked_divide(decimal a, decimal b, rounding r) noexcept {
  return b.is_zero() ? std::nullopt : multiply_divided(a, decimal::scale, b.raw(), r);
}

std::optional<decimal> checked_multiply_divide(decimal a, int64_t numerator, int64_t denominator,
                                               rounding r) noexcept {
  if (denominator == 0)
    return std::nullopt;
  if (numerator == denominator)
    return a;
  // Shares are parts per billion, and a constant divides in a fraction of the time.
  constexpr int64_t billion = 1'000'000'000;
  return denominator == billion ? multiply_divided(a, numerator, billion, r)
                                : multiply_divided(a, numerator, denominator, r);
}

std::optional<decimal> checked_multiply_divide_twice(decimal a, int64_t numerator,
                                                     int64_t denominator, int64_t second_numerator,
                                                     int64_t second_denominator,
                                                     rounding r) noexcept {
  if (numerator < 0 || denominator <= 0 || second_numerator < 0 || second_denominator <= 0)
    return std::nullopt;
  wide product = 0;
  const auto overflows = [&] {
    return __builtin_mul_overflow(wide{numerator} * second_numerator, wide{a.raw()}, &product);
  };
  if (overflows()) [[unlikely]] {
    const auto cancel = [](int64_t& above, int64_t& below) {
      const int64_t common = std::gcd(above, below);
      above /= common;
      below /= common;
    };
    // Each with each: then nothing is left to cancel in the products.
    cancel(numerator, denominator);
    cancel(numerator, second_denominator);
    cancel(second_numerator, denominator);
    cancel(second_numerator, second_denominator);
    if (overflows())
      return std::nullopt;
  }
  return narrow(divide_widely(product, wide{denominator} * second_denominator, r));
}

std::optional<decimal> checked_round_to_multiple(decimal value, decimal step, rounding r) noexcept {
  if (!step.is_positive())
    return std::nullopt;
  const int64_t rest = value.raw() % step.raw();
  if (rest == 0)
    return value;
  const int64_t quotient = value.raw() / step.raw();
  const bool negative = value.is_negative();
  const bool away = moves_away(negative, quotient % 2 != 0, rest, step.raw(), r);
  return narrow(wide{value.raw()} - rest + (!away ? 0 : negative ? -step.raw() : step.raw()));
}

decimal multiply(decimal a, decimal b, rounding r) {
  return or_throw(checked_multiply(a, b, r), "a product outside the decimal range");
}

decimal divide(decimal a, decimal b, rounding r) {
  return or_throw(checked_divide(a, b, r), "a quotient outside the decimal range, or by zero");
}

decimal multiply_divide(decimal a, int64_t numerator, int64_t denominator, rounding r) {
  return or_throw(checked_multiply_divide(a, numerator, denominator, r),
                  "a scaled value outside the decimal range, or divided by zero");
}

decimal round_to_multiple(decimal value, decimal step, rounding r) {
  SUPREME_CHECK(step.is_positive(), "a step is positive");
  return or_throw(checked_round_to_multiple(value, step, r),
                  "a multiple outside the decimal range");
}

bool is_multiple(decimal value, decimal step) noexcept {
  return step.is_positive() && value.raw() % step.raw() == 0;
}

} // namespace supreme::trading
