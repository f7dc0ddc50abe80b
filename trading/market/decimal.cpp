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
bool moves_away(bool negative, bool quotient_odd, wide remainder, wide denominator,
                rounding r) noexcept {
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
  const wide rest = remainder < 0 ? -remainder : remainder;
  const wide size = denominator < 0 ? -denominator : denominator;
  // Compares rest with size − rest instead of 2·rest with size: that cannot leave 128 bits.
  const wide other = size - rest;
  return rest > other || (rest == other && quotient_odd);
}

/// numerator/denominator as a whole number; the denominator is not 0.
inline wide round_division(const division& d, bool negative, wide denominator,
                           rounding r) noexcept {
  if (d.remainder == 0 || !moves_away(negative, d.quotient % 2 != 0, d.remainder, denominator, r))
    return d.quotient;
  return negative ? d.quotient - 1 : d.quotient + 1;
}

inline wide divide_rounded(wide numerator, int64_t denominator, rounding r) noexcept {
  const auto d = denominator > 0 ? divide_positive(numerator, denominator)
                                 : division{numerator / denominator, numerator % denominator};
  return round_division(d, (numerator < 0) != (denominator < 0), denominator, r);
}

inline wide divide_widely(wide numerator, wide denominator, rounding r) noexcept {
  const wide quotient = numerator / denominator;
  return round_division({quotient, numerator - quotient * denominator},
                        (numerator < 0) != (denominator < 0), denominator, r);
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
  return narrow(divide_rounded(wide{a.raw()} * b.raw(), decimal::scale, r));
}

std::optional<decimal> checked_divide(decimal a, decimal b, rounding r) noexcept {
  if (b.is_zero())
    return std::nullopt;
  return narrow(divide_rounded(wide{a.raw()} * decimal::scale, b.raw(), r));
}

std::optional<decimal> checked_multiply_divide(decimal a, int64_t numerator, int64_t denominator,
                                               rounding r) noexcept {
  if (denominator == 0)
    return std::nullopt;
  return narrow(divide_rounded(wide{a.raw()} * numerator, denominator, r));
}

std::optional<decimal> checked_multiply_divide_twice(decimal a, int64_t numerator,
                                                     int64_t denominator, int64_t second_numerator,
                                                     int64_t second_denominator,
                                                     rounding r) noexcept {
  if (numerator < 0 || denominator <= 0 || second_numerator < 0 || second_denominator <= 0)
    return std::nullopt;
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
  wide product = 0;
  if (__builtin_mul_overflow(wide{numerator} * second_numerator, wide{a.raw()}, &product))
    return std::nullopt;
  return narrow(divide_widely(product, wide{denominator} * second_denominator, r));
}

std::optional<decimal> checked_round_to_multiple(decimal value, decimal step, rounding r) noexcept {
  if (!step.is_positive())
    return std::nullopt;
  return narrow(divide_rounded(value.raw(), step.raw(), r) * step.raw());
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
