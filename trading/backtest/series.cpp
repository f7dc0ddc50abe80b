#include "trading/backtest/series.hpp"

#include "trading/check.hpp"
#include "trading/market/decimal_span.hpp"

#include <algorithm>

namespace supreme::trading {

series_sampler::series_sampler(size_t buckets_max) : buckets_max_(buckets_max) {
  SUPREME_CHECK(buckets_max >= 2 && buckets_max % 2 == 0, "buckets are folded in pairs");
}

void series_sampler::open(timestamp at, decimal value, decimal low, decimal high) {
  if (buckets_.size() == buckets_max_)
    fold();
  buckets_.push_back({at, at, value, low, high, value});
  room_ = per_bucket_ - 1;
}

void series_sampler::add(std::span<const timestamp> times, std::span<const decimal> values) {
  for (size_t i = 0; i < values.size();) {
    if (room_ == 0) {
      open(times[i], values[i], values[i], values[i]);
      ++i;
      continue;
    }
    const auto part = values.subspan(i, std::min<uint64_t>(room_, values.size() - i));
    const auto range = range_of(part);
    i += part.size();
    extend(part.size(), times[i - 1], part.back(), range.lowest, range.highest);
  }
}

void series_sampler::add(std::span<const bar_record> bars, nanoseconds interval) {
  for (size_t i = 0; i < bars.size();) {
    if (room_ == 0) {
      const auto& first = bars[i++];
      open(first.open_time + interval, first.close, first.low, first.high);
      continue;
    }
    const auto part = bars.subspan(i, std::min<uint64_t>(room_, bars.size() - i));
    auto lowest = part.front().low;
    auto highest = part.front().high;
    for (const auto& b : part) {
      lowest = std::min(lowest, b.low);
      highest = std::max(highest, b.high);
    }
    i += part.size();
    extend(part.size(), part.back().open_time + interval, part.back().close, lowest, highest);
  }
}

void series_sampler::fold() {
  const auto half = buckets_.size() / 2;
  for (size_t i = 0; i < half; ++i) {
    const auto& a = buckets_[2 * i];
    const auto& b = buckets_[2 * i + 1];
    buckets_[i] = {
      a.from, b.to, a.first, std::min(a.lowest, b.lowest), std::max(a.highest, b.highest), b.last};
  }
  buckets_.resize(half);
  per_bucket_ *= 2;
}

} // namespace supreme::trading
