#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace supreme::trading {

/// How a product or quotient that has no exact 1e-8 representation is rounded.
enum class rounding : uint8_t {
  toward_zero = 1,
  away_from_zero = 2,
  floor = 3,
  ceiling = 4,
  half_even = 5
};

/// An exact decimal with eight fraction digits: price, quantity or money, stored as int64 units of
/// 1e-8. Range about ±92,233,720,368. Arithmetic that would leave the range throws
/// std::overflow_error from the operators and yields nothing from the checked_ functions; it never
/// wraps. A plain value: any thread.
class decimal {
public:
  static constexpr int64_t scale = 100'000'000;
  static constexpr int digits = 8;

  constexpr decimal() noexcept = default;
  /// `units` are units of 1e-8.
  [[nodiscard]] static constexpr decimal from_raw(int64_t units) noexcept {
    decimal d;
    d.raw_ = units;
    return d;
  }
  /// A whole number; throws std::overflow_error outside the range.
  [[nodiscard]] static decimal from_integer(int64_t whole);
  /// Exact text: optional sign, digits, optional point and at most eight fraction digits (further
  /// zeros are accepted). No exponent, no spaces, no separators. Nothing for any other text.
  [[nodiscard]] static std::optional<decimal> parse(std::string_view text) noexcept;
  /// parse() for literals in code; throws contract_violation when the text is not a decimal.
  [[nodiscard]] static decimal literal(std::string_view text);
  /// Half-even rounded to 1e-8; nothing for NaN, infinities and values outside the range.
  [[nodiscard]] static std::optional<decimal> from_double(double value) noexcept;

  [[nodiscard]] constexpr int64_t raw() const noexcept { return raw_; }
  /// For indicators and charts only; never for money decisions.
  [[nodiscard]] constexpr double to_double() const noexcept {
    return static_cast<double>(raw_) / static_cast<double>(scale);
  }
  /// Shortest exact text: "0", "12.5", "-0.00000001".
  [[nodiscard]] std::string to_string() const;

  [[nodiscard]] constexpr bool is_zero() const noexcept { return raw_ == 0; }
  [[nodiscard]] constexpr bool is_negative() const noexcept { return raw_ < 0; }
  [[nodiscard]] constexpr bool is_positive() const noexcept { return raw_ > 0; }
  [[nodiscard]] decimal abs() const { return raw_ < 0 ? -*this : *this; }

  friend constexpr auto operator<=>(const decimal&, const decimal&) noexcept = default;
  friend decimal operator+(decimal a, decimal b) {
    decimal sum;
    if (__builtin_add_overflow(a.raw_, b.raw_, &sum.raw_)) [[unlikely]]
      throw_overflow("a sum outside the decimal range");
    return sum;
  }
  friend decimal operator-(decimal a, decimal b) {
    decimal difference;
    if (__builtin_sub_overflow(a.raw_, b.raw_, &difference.raw_)) [[unlikely]]
      throw_overflow("a difference outside the decimal range");
    return difference;
  }
  friend decimal operator-(decimal a) {
    decimal negated;
    if (__builtin_sub_overflow(int64_t{0}, a.raw_, &negated.raw_)) [[unlikely]]
      throw_overflow("a negation outside the decimal range");
    return negated;
  }
  decimal& operator+=(decimal b) { return *this = *this + b; }
  decimal& operator-=(decimal b) { return *this = *this - b; }

private:
  [[noreturn]] static void throw_overflow(const char* what);

  int64_t raw_ = 0;
};

[[nodiscard]] inline std::optional<decimal> checked_add(decimal a, decimal b) noexcept {
  int64_t sum = 0;
  return __builtin_add_overflow(a.raw(), b.raw(), &sum) ? std::nullopt
                                                        : std::optional{decimal::from_raw(sum)};
}
[[nodiscard]] inline std::optional<decimal> checked_subtract(decimal a, decimal b) noexcept {
  int64_t difference = 0;
  return __builtin_sub_overflow(a.raw(), b.raw(), &difference)
           ? std::nullopt
           : std::optional{decimal::from_raw(difference)};
}
/// a·b rounded to 1e-8 as told; computed in 128 bits.
[[nodiscard]] std::optional<decimal> checked_multiply(decimal a, decimal b, rounding r) noexcept;
/// a/b rounded to 1e-8 as told; nothing when b is zero.
[[nodiscard]] std::optional<decimal> checked_divide(decimal a, decimal b, rounding r) noexcept;
/// a·numerator/denominator with one rounding at the end, in 128 bits; nothing when the denominator
/// is zero.
[[nodiscard]] std::optional<decimal>
checked_multiply_divide(decimal a, int64_t numerator, int64_t denominator, rounding r) noexcept;
/// a·(numerator/denominator)·(second_numerator/second_denominator) with one rounding at the end;
/// nothing unless the numerators are ≥ 0 and the denominators > 0, or where a·(the reduced
/// numerators) leaves 128 bits.
[[nodiscard]] std::optional<decimal> checked_multiply_divide_twice(decimal a, int64_t numerator,
                                                                   int64_t denominator,
                                                                   int64_t second_numerator,
                                                                   int64_t second_denominator,
                                                                   rounding r) noexcept;
/// The nearest multiple of `step` in the given direction; nothing when the step is not positive.
[[nodiscard]] std::optional<decimal> checked_round_to_multiple(decimal value, decimal step,
                                                               rounding r) noexcept;
/// As above, but leaving the range (or dividing by zero) throws std::overflow_error.
[[nodiscard]] decimal multiply(decimal a, decimal b, rounding r);
[[nodiscard]] decimal divide(decimal a, decimal b, rounding r);
[[nodiscard]] decimal multiply_divide(decimal a, int64_t numerator, int64_t denominator,
                                      rounding r);
/// Throws contract_violation when the step is not positive.
[[nodiscard]] decimal round_to_multiple(decimal value, decimal step, rounding r);
[[nodiscard]] bool is_multiple(decimal value, decimal step) noexcept;

/// A price in quote units per base unit; a quantity in base units; money in an asset's units.
using price = decimal;
using quantity = decimal;
using money = decimal;

} // namespace supreme::trading

template <>
struct std::hash<supreme::trading::decimal> {
  size_t operator()(supreme::trading::decimal d) const noexcept {
    return std::hash<int64_t>{}(d.raw());
  }
};
