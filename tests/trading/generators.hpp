#pragma once

#include "trading/market/decimal.hpp"

#include <gtest/gtest.h>
// After GoogleTest, whose names it uses without including it.
#include <rapidcheck/gtest.h>

#include <limits>
#include <vector>

namespace supreme::tests {

/// Any int64, with the ends of the range and the neighbourhood of zero far more often than by
/// chance.
inline rc::Gen<int64_t> any_int64() {
  constexpr auto max = std::numeric_limits<int64_t>::max();
  constexpr auto min = std::numeric_limits<int64_t>::min();
  return rc::gen::oneOf(
    rc::gen::resize(100, rc::gen::arbitrary<int64_t>()), rc::gen::arbitrary<int64_t>(),
    rc::gen::elementOf(std::vector<int64_t>{min, min + 1, -1, 0, 1, max - 1, max}));
}

inline rc::Gen<trading::decimal> any_decimal() {
  return rc::gen::map(any_int64(), [](int64_t raw) { return trading::decimal::from_raw(raw); });
}

/// A decimal of at least `low` and below `high` units of 1e-8.
inline rc::Gen<trading::decimal> decimal_between(int64_t low, int64_t high) {
  return rc::gen::map(rc::gen::inRange<int64_t>(low, high),
                      [](int64_t raw) { return trading::decimal::from_raw(raw); });
}

} // namespace supreme::tests

namespace rc {

/// Lets a failing property print its decimals.
template <>
struct Arbitrary<supreme::trading::decimal> {
  static Gen<supreme::trading::decimal> arbitrary() { return supreme::tests::any_decimal(); }
};

} // namespace rc

namespace supreme::trading {

inline void showValue(decimal value, std::ostream& out) { out << value.to_string(); }

} // namespace supreme::trading
