#pragma once

#include "trading/market/timestamp.hpp"

#include <cstdint>

namespace supreme::trading {

/// The UTC day of a time, counted from 1970-01-01, rounded down before it too.
[[nodiscard]] constexpr int32_t utc_day(timestamp t) noexcept {
  constexpr int64_t day_ns = 86'400'000'000'000;
  return static_cast<int32_t>(t.ns() / day_ns - (t.ns() % day_ns < 0 ? 1 : 0));
}

} // namespace supreme::trading
