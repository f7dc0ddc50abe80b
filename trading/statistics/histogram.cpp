#include "trading/statistics/histogram.hpp"

#include "trading/check.hpp"

#include <algorithm>
#include <cmath>

namespace supreme::trading {

histogram make_histogram(std::span<const double> values, uint32_t bin_count) {
  constexpr uint32_t most_bins = 10'000;
  SUPREME_CHECK(bin_count >= 1 && bin_count <= most_bins, "a histogram has 1 to 10,000 bins");
  SUPREME_CHECK(
    std::all_of(values.begin(), values.end(), [](double x) { return std::isfinite(x); }),
    "a histogram counts numbers");
  histogram h;
  h.counts.resize(bin_count);
  if (values.empty())
    return h;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const double range = *high - *low;
  SUPREME_CHECK(std::isfinite(range), "the range of a histogram is a number");
  h.low = *low;
  h.width = range / bin_count;
  for (const double x : values) {
    const double place = h.width > 0 ? (x - h.low) / h.width : 0;
    ++h.counts[static_cast<size_t>(std::min(place, bin_count - 1.0))];
  }
  return h;
}

} // namespace supreme::trading
