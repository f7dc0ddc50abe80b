#pragma once

#include <algorithm>
#include <chrono>
#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace supreme::trading {

using nanoseconds = std::chrono::nanoseconds;

/// A point in UTC time: nanoseconds since 1970-01-01, without leap seconds. A plain value.
class timestamp {
public:
  constexpr timestamp() noexcept = default;
  [[nodiscard]] static constexpr timestamp from_ns(int64_t ns) noexcept {
    timestamp t;
    t.ns_ = ns;
    return t;
  }
  /// Times before 1677 or after 2262 have no nanoseconds; they become the nearest time that has.
  [[nodiscard]] static constexpr timestamp from_ms(int64_t ms) noexcept {
    constexpr int64_t limit = std::numeric_limits<int64_t>::max() / 1'000'000;
    return from_ns(std::clamp(ms, -limit, limit) * 1'000'000);
  }
  /// ISO 8601 in UTC, "2026-04-19T13:56:00Z" with up to nine fraction digits; nothing otherwise.
  [[nodiscard]] static std::optional<timestamp> parse(std::string_view text) noexcept;

  [[nodiscard]] constexpr int64_t ns() const noexcept { return ns_; }
  /// Milliseconds, rounded down.
  [[nodiscard]] constexpr int64_t ms() const noexcept {
    return ns_ / 1'000'000 - (ns_ % 1'000'000 < 0 ? 1 : 0);
  }
  /// ISO 8601 in UTC with as many fraction digits (0, 3, 6 or 9) as needed.
  [[nodiscard]] std::string to_string() const;

  friend constexpr auto operator<=>(const timestamp&, const timestamp&) noexcept = default;
  friend constexpr timestamp operator+(timestamp t, nanoseconds d) noexcept {
    return from_ns(t.ns_ + d.count());
  }
  friend constexpr timestamp operator-(timestamp t, nanoseconds d) noexcept {
    return from_ns(t.ns_ - d.count());
  }
  friend constexpr nanoseconds operator-(timestamp a, timestamp b) noexcept {
    return nanoseconds{a.ns_ - b.ns_};
  }

private:
  int64_t ns_ = 0;
};

} // namespace supreme::trading
