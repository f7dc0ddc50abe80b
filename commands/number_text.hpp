#pragma once

#include "trading/market/decimal.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace supreme::commands {

/// What stands where a number is undefined.
inline constexpr const char* undefined_text = "–";

/// "1,234,567".
[[nodiscard]] std::string grouped(uint64_t value);
/// Exact, with groups of three before the point: "-12,345.678".
[[nodiscard]] std::string grouped(trading::decimal value);
/// The same with exactly two digits after the point, rounded half-even: what people read as money.
[[nodiscard]] std::string grouped_cents(trading::decimal value);
/// Two digits after the point and groups before it.
[[nodiscard]] std::string rounded(const std::optional<double>& value);
/// A fraction as a percentage: 0.1234 is "12.34 %".
[[nodiscard]] std::string percent(const std::optional<double>& fraction);

} // namespace supreme::commands
