#pragma once

#include "trading/market/decimal.hpp"

namespace supreme::trading {

/// A price in units of 1e-8, for averages that are compared with each other or with prices. Sums of
/// whole numbers are exact below 2⁵³, so averages that are equal are equal numbers, whatever their
/// lengths; sums of fractions like 0.1 differ in their last bits, and cross where nothing crosses.
[[nodiscard]] constexpr double to_units(price p) noexcept { return static_cast<double>(p.raw()); }
/// Back again, to be shown.
[[nodiscard]] constexpr double from_units(double units) noexcept {
  return units / static_cast<double>(decimal::scale);
}

} // namespace supreme::trading
