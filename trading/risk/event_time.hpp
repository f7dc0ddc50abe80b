#pragma once

#include "trading/market/decimal.hpp"
#include "trading/market/timestamp.hpp"

namespace supreme::trading {

__extension__ using wide_nanoseconds = __int128;

/// Exact for any two timestamps: their difference may need 65 bits.
[[nodiscard]] constexpr wide_nanoseconds nanoseconds_between(timestamp from,
                                                             timestamp to) noexcept {
  return wide_nanoseconds{to.ns()} - from.ns();
}

[[nodiscard]] constexpr bool has_passed(nanoseconds span, timestamp from, timestamp to) noexcept {
  return nanoseconds_between(from, to) >= span.count();
}

/// Decimal seconds as checks show them, rounded up to 10 ns.
[[nodiscard]] constexpr decimal seconds_between(timestamp from, timestamp to) noexcept {
  const auto ns = nanoseconds_between(from, to);
  return decimal::from_raw(static_cast<int64_t>(ns >= 0 ? (ns + 9) / 10 : ns / 10));
}

[[nodiscard]] constexpr decimal seconds_of(nanoseconds span) noexcept {
  return seconds_between(timestamp{}, timestamp::from_ns(span.count()));
}

} // namespace supreme::trading
