#pragma once

#include "trading/market/decimal.hpp"
#include "trading/market/timestamp.hpp"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

namespace supreme::commands::report {

// Numbers for people: "–" where there is none, "−" before what is negative, commas between
// thousands. The same on every machine, whatever its locale. Any thread.

inline constexpr const char* no_value = "–";

/// "1,234.50". Numbers too large to read become "1.23e+18".
[[nodiscard]] std::string number_text(std::optional<double> value, int digits = 2);
/// Of a fraction: 0.1234 is "12.34 %".
[[nodiscard]] std::string percent_text(std::optional<double> fraction, int digits = 2);
/// The same with "+" before what is positive.
[[nodiscard]] std::string signed_percent_text(std::optional<double> fraction, int digits = 2);
[[nodiscard]] std::string whole_text(uint64_t count);

/// Rounded half-even to `digits` fraction digits, 0 to 8; all of them are shown.
[[nodiscard]] std::string decimal_text(std::optional<trading::decimal> value, int digits);
/// With as many fraction digits as it needs.
[[nodiscard]] std::string exact_text(trading::decimal value);
/// How many fraction digits a multiple of this step has, 0 to 8.
[[nodiscard]] int fraction_digits(trading::decimal step) noexcept;
/// How many fraction digits an account of this worth is told with: fewer, the more it has.
[[nodiscard]] int money_digits(std::optional<trading::money> worth) noexcept;

/// What a calculation with decimals yields; nothing where it leaves their range.
template <class Calculation>
std::optional<trading::decimal> within_range(Calculation calculate) {
  try {
    return calculate();
  } catch (const std::overflow_error&) {
    return std::nullopt;
  }
}

/// "2026-04-19", UTC.
[[nodiscard]] std::string date_text(trading::timestamp t);
/// "2026-04-19 13:56", with seconds where they are not 0, UTC.
[[nodiscard]] std::string time_text(trading::timestamp t);
/// "3 d 4 h", the two largest units of a length of time that is not negative.
[[nodiscard]] std::string duration_text(std::optional<double> days);

} // namespace supreme::commands::report
