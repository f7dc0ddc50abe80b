#pragma once

#include "trading/market/decimal.hpp"

#include <cmath>
#include <optional>

namespace supreme::trading {

/// The value, or nothing when it is NaN or infinite: where a formula leaves the numbers, its
/// statistic is undefined.
[[nodiscard]] inline std::optional<double> finite(double x) noexcept {
  return std::isfinite(x) ? std::optional{x} : std::nullopt;
}

/// a/b; nothing where b is 0.
[[nodiscard]] inline std::optional<double> ratio(double a, double b) noexcept {
  return b == 0 ? std::nullopt : finite(a / b);
}

[[nodiscard]] inline std::optional<double> ratio(std::optional<double> a,
                                                 std::optional<double> b) noexcept {
  return a && b ? ratio(*a, *b) : std::nullopt;
}

/// (to − from)/from, the difference taken exactly where it can be; nothing unless `from` > 0.
[[nodiscard]] inline std::optional<double> relative_change(money from, money to) noexcept {
  if (!from.is_positive())
    return std::nullopt;
  const auto change = checked_subtract(to, from);
  const double difference = change
                              ? static_cast<double>(change->raw())
                              : static_cast<double>(to.raw()) - static_cast<double>(from.raw());
  return difference / static_cast<double>(from.raw());
}

/// ln(to/from); nothing unless both are > 0.
[[nodiscard]] inline std::optional<double> log_change(money from, money to) noexcept {
  const auto change = relative_change(from, to);
  if (!change || !to.is_positive())
    return std::nullopt;
  // Near −1 the change has lost what is left of the value; near 0 the quotient has lost the change.
  return *change > -0.5
           ? std::log1p(*change)
           : std::log(static_cast<double>(to.raw())) - std::log(static_cast<double>(from.raw()));
}

} // namespace supreme::trading
