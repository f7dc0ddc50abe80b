#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace supreme::trading {

/// How many values lie in each of equally wide bins from the smallest to the largest value. Bin i
/// begins at low + i·width and leaves its end to the next; the last one has its end, too.
struct histogram {
  double low = 0;
  double width = 0; ///< 0 when all values are equal: then the first bin counts them all
  std::vector<uint64_t> counts;
};

/// All counts 0 when there are no values. Throws contract_violation unless there are 1 to 10,000
/// bins, and for values that are no finite numbers or lie further apart than a number tells.
[[nodiscard]] histogram make_histogram(std::span<const double> values, uint32_t bin_count);

} // namespace supreme::trading
