#pragma once

#include "trading/backtest/result.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace supreme::commands::report {

/// A point of a line, with the range that it stands for.
struct chart_point {
  trading::timestamp at;
  double value = 0;
  double lowest = 0;  ///< ≤ value
  double highest = 0; ///< ≥ value
};

/// The first value, then the last value of each bucket.
[[nodiscard]] std::vector<chart_point> points_of(std::span<const trading::series_bucket> series);

/// The first point and at most so many others: neighbours are folded together, as many into each,
/// and the last of them gives time and value. `at_most` ≥ 1.
[[nodiscard]] std::vector<chart_point> thinned(std::span<const chart_point> points, size_t at_most);

/// The drawdown at each of these points, as a fraction ≤ 0. Within a bucket the lowest value counts
/// as older than the highest, so none is told that may not have been. Points at which equity has
/// not yet been positive are 0.
[[nodiscard]] std::vector<chart_point> drawdown_of(std::span<const trading::series_bucket> equity);

} // namespace supreme::commands::report
