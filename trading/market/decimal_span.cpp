#include "trading/market/decimal_span.hpp"

#include "trading/market/lanes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace supreme::trading {

namespace {

static_assert(sizeof(decimal) == sizeof(int64_t) && sizeof(timestamp) == sizeof(int64_t));

/// How many of them come in whole lanes.
constexpr size_t in_lanes(size_t count) noexcept { return count - count % lane_count; }

[[gnu::always_inline]] inline bool is_any_set(const integer_lanes& lanes) noexcept {
  int64_t any = 0;
  for (size_t l = 0; l < lane_count; ++l)
    any |= lanes[l];
  return any != 0;
}

template <bool strictly>
[[gnu::always_inline]] inline bool has_order(std::span<const timestamp> times) noexcept {
  const integer_lanes found = integer_lanes{} + 1;
  integer_lanes wrong{};
  size_t i = 0;
  for (; i + lane_count < times.size(); i += lane_count) {
    integer_lanes before;
    integer_lanes after;
    load(before, times.data() + i);
    load(after, times.data() + i + 1);
    if constexpr (strictly)
      wrong = after > before ? wrong : found;
    else
      wrong = after >= before ? wrong : found;
  }
  bool right = !is_any_set(wrong);
  for (; i + 1 < times.size(); ++i)
    right &= strictly ? times[i] < times[i + 1] : times[i] <= times[i + 1];
  return right;
}

/// Half the decimal range: no double near the end of it is in doubt.
constexpr double units_limit = static_cast<double>(std::numeric_limits<int64_t>::max() / 2);

} // namespace

SUPREME_FOR_EACH_PROCESSOR
decimal_range range_of(std::span<const decimal> values) noexcept {
  // Plain numbers: of references to the less the compiler makes branches.
  int64_t lowest = values.front().raw();
  int64_t highest = lowest;
  size_t i = 0;
  if (values.size() >= lane_count) {
    integer_lanes low;
    load(low, values.data());
    auto high = low;
    for (i = lane_count; i + lane_count <= values.size(); i += lane_count) {
      integer_lanes each;
      load(each, values.data() + i);
      low = each < low ? each : low;
      high = each > high ? each : high;
    }
    for (size_t l = 0; l < lane_count; ++l) {
      lowest = low[l] < lowest ? low[l] : lowest;
      highest = high[l] > highest ? high[l] : highest;
    }
  }
  for (; i < values.size(); ++i) {
    const int64_t each = values[i].raw();
    lowest = each < lowest ? each : lowest;
    highest = each > highest ? each : highest;
  }
  return {decimal::from_raw(lowest), decimal::from_raw(highest)};
}

/// Upper and lower halves apart: 2³¹ values of them cannot leave a lane.
SUPREME_FOR_EACH_PROCESSOR
exact_sum sum_of(std::span<const decimal> values) noexcept {
  constexpr size_t part_max = size_t{1} << 30;
  exact_sum sum;
  while (!values.empty()) {
    const auto part = values.first(std::min(values.size(), part_max));
    values = values.subspan(part.size());
    integer_lanes upper{};
    integer_lanes lower{};
    for (size_t i = 0; i < in_lanes(part.size()); i += lane_count) {
      integer_lanes each;
      load(each, part.data() + i);
      upper += each >> 32;
      lower += each & 0xffff'ffff;
    }
    for (size_t l = 0; l < lane_count; ++l)
      sum.add_halves(upper[l], lower[l]);
    for (size_t i = in_lanes(part.size()); i < part.size(); ++i)
      sum.add(part[i]);
  }
  return sum;
}

SUPREME_FOR_EACH_PROCESSOR
bool is_in_order(std::span<const timestamp> times) noexcept { return has_order<false>(times); }

SUPREME_FOR_EACH_PROCESSOR
bool is_rising(std::span<const timestamp> times) noexcept { return has_order<true>(times); }

SUPREME_FOR_EACH_PROCESSOR
void add_scaled(std::span<double> sums, std::span<const decimal> values, double factor) noexcept {
  size_t i = 0;
  for (; i + lane_count <= values.size(); i += lane_count) {
    integer_lanes each;
    double_lanes sum;
    load(each, values.data() + i);
    load(sum, sums.data() + i);
    sum += factor * __builtin_convertvector(each, double_lanes);
    store(sums.data() + i, sum);
  }
  for (; i < values.size(); ++i)
    sums[i] += factor * static_cast<double>(values[i].raw());
}

SUPREME_FOR_EACH_PROCESSOR
bool to_decimals(std::span<const double> units, std::span<decimal> out) noexcept {
  double_lanes lowest{};
  double_lanes highest{};
  double_lanes undefined{}; // NaN from the first NaN or infinity on
  size_t i = 0;
  for (; i + lane_count <= units.size(); i += lane_count) {
    double_lanes each;
    load(each, units.data() + i);
    lowest = each < lowest ? each : lowest;
    highest = each > highest ? each : highest;
    undefined += each - each;
    const double_lanes rounded = each < 0 ? each - 0.5 : each + 0.5;
    store(out.data() + i, __builtin_convertvector(rounded, integer_lanes));
  }
  bool right = true;
  for (size_t l = 0; l < lane_count; ++l)
    right &= lowest[l] > -units_limit && highest[l] < units_limit && undefined[l] == 0;
  for (; i < units.size(); ++i) {
    const bool fits = std::abs(units[i]) < units_limit;
    const double rounded = fits ? units[i] + (units[i] < 0 ? -0.5 : 0.5) : 0;
    out[i] = decimal::from_raw(static_cast<int64_t>(rounded));
    right &= fits;
  }
  return right;
}

} // namespace supreme::trading
