#pragma once

#include "trading/market/decimal.hpp"
#include "trading/market/exact_sum.hpp"
#include "trading/market/timestamp.hpp"

#include <span>

namespace supreme::trading {

// What is asked of many values at once, several at a time. Pure; any thread.

struct decimal_range {
  decimal lowest;
  decimal highest;

  friend bool operator==(const decimal_range&, const decimal_range&) = default;
};

/// Of one value at least.
[[nodiscard]] decimal_range range_of(std::span<const decimal> values) noexcept;

[[nodiscard]] exact_sum sum_of(std::span<const decimal> values) noexcept;

/// Whether no time is before the one in front of it.
[[nodiscard]] bool is_in_order(std::span<const timestamp> times) noexcept;
/// Whether each time is after the one in front of it.
[[nodiscard]] bool is_rising(std::span<const timestamp> times) noexcept;

/// Adds factor·(each value in raw units) to as many sums.
void add_scaled(std::span<double> sums, std::span<const decimal> values, double factor) noexcept;

/// Decimals of doubles that count raw units, halves away from zero: for charts, never for money.
/// Whether all of them are within half the decimal range, below 2⁶² units; `out`, as many, is valid
/// only then.
[[nodiscard]] bool to_decimals(std::span<const double> units, std::span<decimal> out) noexcept;

} // namespace supreme::trading
