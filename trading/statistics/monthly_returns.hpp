#pragma once

#include "trading/statistics/daily_returns.hpp"

#include <array>
#include <optional>
#include <span>
#include <vector>

namespace supreme::trading {

/// One row of the table of monthly returns, UTC.
struct year_returns {
  int32_t year = 0;
  std::array<std::optional<double>, 12>
    months;                    ///< [0] is January; nothing for a month without days
  std::optional<double> total; ///< of the whole year

  friend bool operator==(const year_returns&, const year_returns&) = default;
};

/// Each month from the close of the last month that has days, the first one from `start`, the
/// equity of the first sample: so all months together are end/start. A return from zero or negative
/// equity is nothing. Years without days have no row.
[[nodiscard]] std::vector<year_returns> monthly_returns(money start,
                                                        std::span<const daily_close> closes);

} // namespace supreme::trading
