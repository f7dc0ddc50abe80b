#pragma once

#include "trading/market/decimal.hpp"

#include <cstdint>
#include <optional>

namespace supreme::trading {

/// A whole, in parts per billion.
inline constexpr int64_t whole_ppb = 1'000'000'000;

[[nodiscard]] constexpr bool is_share(int64_t ppb) noexcept { return ppb >= 0 && ppb <= whole_ppb; }

/// part/whole in parts per billion; nothing when the whole is zero or the result leaves the range.
[[nodiscard]] inline std::optional<int64_t> checked_ratio_ppb(decimal part, decimal whole,
                                                              rounding r) noexcept {
  const auto ratio =
    checked_multiply_divide(decimal::from_raw(whole_ppb), part.raw(), whole.raw(), r);
  return ratio ? std::optional{ratio->raw()} : std::nullopt;
}

/// value·ppb/1e9.
[[nodiscard]] inline std::optional<decimal> checked_scale(decimal value, int64_t ppb,
                                                          rounding r) noexcept {
  return checked_multiply_divide(value, ppb, whole_ppb, r);
}

/// Parts per billion as per cent, the unit in which checks show a share: eight digits hold it
/// exactly. Beyond ±9.2e17 ppb it is the nearest end of the range.
[[nodiscard]] inline decimal percent(int64_t ppb) noexcept {
  constexpr int64_t raw_per_ppb = decimal::scale / (whole_ppb / 100);
  const auto shown =
    checked_multiply_divide(decimal::from_raw(ppb), raw_per_ppb, 1, rounding::toward_zero);
  return shown ? *shown : decimal::from_raw(ppb < 0 ? INT64_MIN : INT64_MAX);
}

} // namespace supreme::trading
