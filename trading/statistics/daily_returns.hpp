#pragma once

#include "trading/statistics/equity_sample.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace supreme::trading {

/// The last equity of a UTC day that has samples, with that at its very end (see closing_day).
struct daily_close {
  int32_t day = 0; ///< days since 1970-01-01
  money equity;

  friend bool operator==(const daily_close&, const daily_close&) = default;
};

/// Takes a sample whose time is not before those taken already.
void add_to_daily(std::vector<daily_close>& closes, timestamp time, money equity);

[[nodiscard]] std::vector<daily_close> daily_closes(std::span<const equity_sample> samples);

/// D, the days of a trading year: 365 where weekends are well represented, that is where more than
/// 2/7·0.6 of the days with samples are Saturdays or Sundays; otherwise 252.
[[nodiscard]] double days_per_year(std::span<const daily_close> closes) noexcept;

/// From each day's close to the next day's that has one, so one return less than days. Nothing when
/// a day but the last closes at zero or below: no return starts there, and a series with a hole is
/// none.
[[nodiscard]] std::optional<std::vector<double>> daily_returns(std::span<const daily_close> closes);

} // namespace supreme::trading
