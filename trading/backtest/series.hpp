#pragma once

#include "trading/backtest/result.hpp"
#include "trading/market/bar_record.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace supreme::trading {

/// Buckets that a sampled series has at most: more than a wide screen has columns.
inline constexpr size_t series_buckets_max = 2'048;

/// Folds a series of any length into a bounded number of buckets that hold equally many values,
/// but for the last one. When all are full, neighbours become one: the first and last value and the
/// extremes of the whole are never lost. O(1) per value; memory is what the buckets take. A plain
/// value.
class series_sampler {
public:
  /// Throws contract_violation unless the number of buckets is even and at least 2.
  explicit series_sampler(size_t buckets_max = series_buckets_max);

  /// Values come in the order of time.
  void add(timestamp at, decimal value) { add(at, value, value, value); }
  /// A value that moved between these two since the value before; low ≤ value ≤ high.
  void add(timestamp at, decimal value, decimal low, decimal high) {
    if (room_ == 0) {
      open(at, value, low, high);
      return;
    }
    extend(1, at, value, low, high);
  }

  /// Many values at once; as many times.
  void add(std::span<const timestamp> times, std::span<const decimal> values);
  /// Closes, lows and highs, each at its close time.
  void add(std::span<const bar_record> bars, nanoseconds interval);

  [[nodiscard]] const std::vector<series_bucket>& buckets() const noexcept { return buckets_; }

private:
  void open(timestamp at, decimal value, decimal low, decimal high);
  /// Puts values into the last bucket, which has room for them: the last one and their extremes.
  void extend(uint64_t count, timestamp at, decimal last, decimal lowest, decimal highest) {
    room_ -= count;
    auto& b = buckets_.back();
    b.to = at;
    b.last = last;
    if (lowest < b.lowest)
      b.lowest = lowest;
    if (highest > b.highest)
      b.highest = highest;
  }
  void fold();

  size_t buckets_max_;
  std::vector<series_bucket> buckets_;
  uint64_t per_bucket_ = 1;
  uint64_t room_ = 0; ///< values that the last bucket still takes
};

} // namespace supreme::trading
