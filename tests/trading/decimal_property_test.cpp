// Goal: decimal arithmetic is exact over its whole range.
// Method: random values with many extremes. Rounding is checked against its definition by
// inequalities in 128 bits, which shares no code with the implementation. Properties: text round
// trip · add and subtract are inverse or both refuse · products and quotients round as defined.

#include "tests/trading/generators.hpp"

#include "trading/market/wide_division.hpp"

namespace supreme::trading {
namespace {

__extension__ using wide = __int128;

constexpr rounding roundings[] = {rounding::toward_zero, rounding::away_from_zero, rounding::floor,
                                  rounding::ceiling, rounding::half_even};

/// The largest whole number not above n/d, by counting down from the truncated quotient; d > 0.
wide floor_of(wide n, wide d) {
  wide f = n / d;
  while (f * d > n)
    --f;
  return f;
}

/// n/d rounded by the definition of each direction; d > 0.
wide reference(wide n, wide d, rounding r) {
  const wide below = floor_of(n, d);
  const wide rest = n - below * d;
  const wide above = rest == 0 ? below : below + 1;
  switch (r) {
    case rounding::floor:
      return below;
    case rounding::ceiling:
      return above;
    case rounding::toward_zero:
      return n < 0 ? above : below;
    case rounding::away_from_zero:
      return n < 0 ? below : above;
    case rounding::half_even:
      break;
  }
  if (rest * 2 != d)
    return rest * 2 < d ? below : above;
  return below % 2 == 0 ? below : above;
}

void expect_same(const std::optional<decimal>& seen, wide expected) {
  const bool fits = expected <= std::numeric_limits<int64_t>::max()
                    && expected >= std::numeric_limits<int64_t>::min();
  RC_ASSERT(seen.has_value() == fits);
  if (fits)
    RC_ASSERT(wide{seen->raw()} == expected);
}

RC_GTEST_PROP(decimal_property, text_round_trips, (decimal value)) {
  const auto again = decimal::parse(value.to_string());
  RC_ASSERT(again.has_value());
  RC_ASSERT(*again == value);
}

RC_GTEST_PROP(decimal_property, sum_and_difference_are_inverse_or_refused, (decimal a, decimal b)) {
  const wide exact = wide{a.raw()} + b.raw();
  const auto sum = checked_add(a, b);
  expect_same(sum, exact);
  if (sum)
    RC_ASSERT(*checked_subtract(*sum, b) == a);
  expect_same(checked_subtract(a, b), wide{a.raw()} - b.raw());
}

RC_GTEST_PROP(decimal_property, products_round_as_defined, (decimal a, decimal b)) {
  const wide exact = wide{a.raw()} * b.raw();
  for (const auto r : roundings)
    expect_same(checked_multiply(a, b, r), reference(exact, decimal::scale, r));
}

RC_GTEST_PROP(decimal_property, products_with_a_fixed_factor_are_the_same, (decimal a, decimal b)) {
  const auto whole = decimal::from_raw(a.raw() / decimal::scale * decimal::scale);
  for (const auto factor : {a, whole}) {
    const auto expected = checked_multiply(factor, b, rounding::half_even);
    std::optional<decimal> seen;
    try {
      seen = fixed_factor{factor}.times(b);
    } catch (const std::overflow_error&) {
    }
    RC_ASSERT(seen == expected);
  }
}

RC_GTEST_PROP(decimal_property, quotients_round_as_defined, (decimal a, decimal b)) {
  RC_PRE(!b.is_zero());
  const wide sign = b.is_negative() ? -1 : 1;
  for (const auto r : roundings)
    expect_same(checked_divide(a, b, r),
                reference(wide{a.raw()} * decimal::scale * sign, wide{b.raw()} * sign, r));
}

RC_GTEST_PROP(decimal_property, scaled_values_round_once, (decimal a)) {
  const auto numerator = *tests::any_int64();
  const auto denominator = *tests::any_int64();
  RC_PRE(denominator != 0);
  const wide sign = denominator < 0 ? -1 : 1;
  for (const auto r : roundings)
    expect_same(checked_multiply_divide(a, numerator, denominator, r),
                reference(wide{a.raw()} * numerator * sign, wide{denominator} * sign, r));
}

RC_GTEST_PROP(decimal_property, two_quotients_are_rounded_once, (decimal a)) {
  const auto numerator = rc::gen::inRange<int64_t>(0, int64_t{1} << 31);
  const auto denominator = rc::gen::inRange<int64_t>(1, int64_t{1} << 31);
  const auto n = *numerator;
  const auto d = *denominator;
  const auto second_n = *numerator;
  const auto second_d = *denominator;
  for (const auto r : roundings)
    expect_same(checked_multiply_divide_twice(a, n, d, second_n, second_d, r),
                reference(wide{a.raw()} * n * second_n, wide{d} * second_d, r));
}

RC_GTEST_PROP(decimal_property, multiples_are_the_nearest_in_the_direction, (decimal value)) {
  const auto step = *tests::decimal_between(1, 1'000'000'000'000);
  for (const auto r : roundings) {
    const auto rounded = checked_round_to_multiple(value, step, r);
    expect_same(rounded, reference(value.raw(), step.raw(), r) * step.raw());
    if (rounded)
      RC_ASSERT(is_multiple(*rounded, step));
  }
}

RC_GTEST_PROP(decimal_property, doubles_round_half_even, ()) {
  // m/2^k is exact as a double, and so is m·1e8 in 128 bits.
  const auto m = *rc::gen::resize(100, rc::gen::inRange<int64_t>(-(1LL << 53), 1LL << 53));
  const auto k = *rc::gen::inRange(17, 61);
  expect_same(decimal::from_double(std::ldexp(static_cast<double>(m), -k)),
              reference(wide{m} * decimal::scale, wide{1} << k, rounding::half_even));
}

RC_GTEST_PROP(decimal_property, doubles_with_fifteen_digits_come_back_exact, ()) {
  const auto value = *tests::decimal_between(-999'999'999'999'999, 1'000'000'000'000'000);
  RC_ASSERT(*decimal::from_double(value.to_double()) == value);
}

} // namespace
} // namespace supreme::trading
