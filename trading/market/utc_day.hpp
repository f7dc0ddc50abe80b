#pragma once

#include "trading/market/timestamp.hpp"

#include <cstdint>
#include <limits>
#include <string>

namespace supreme::trading {

/// The UTC day of a time, counted from 1970-01-01, rounded down before it too.
[[nodiscard]] constexpr int32_t utc_day(timestamp t) noexcept {
  constexpr int64_t day_ns = 86'400'000'000'000;
  return static_cast<int32_t>(t.ns() / day_ns - (t.ns() % day_ns < 0 ? 1 : 0));
}

/// The day whose equity or price a value at a bar's close is: at midnight that of the day that
/// ends, in which the bar has opened. So a day's bar counts on its day.
[[nodiscard]] constexpr int32_t closing_day(timestamp t) noexcept {
  return utc_day(t == timestamp::from_ns(std::numeric_limits<int64_t>::min()) ? t
                                                                              : t - nanoseconds{1});
}

/// A day counted so, one that utc_day() can give, as "2021-03-18".
[[nodiscard]] std::string day_text(int32_t day);

} // namespace supreme::trading
