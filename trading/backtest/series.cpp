#include "trading/backtest/series.hpp"

#include "trading/check.hpp"

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
      add(times[i], values[i]);
      ++i;
      continue;
    }
    const auto count = static_cast<size_t>(std::min<uint64_t>(room_, values.size() - i));
    auto& b = buckets_.back();
    const auto part = values.subspan(i, count);
    auto lowest = b.lowest;
    auto highest = b.highest;
    for (const auto v : part) {
      lowest = std::min(lowest, v);
      highest = std::max(highest, v);
    }
    b.lowest = lowest;
    b.highest = highest;
    i += count;
    b.to = times[i - 1];
    b.last = part.back();
    room_ -= count;
  }
}

void series_sampler::add(std::span<const bar_record> bars, nanoseconds interval) {
  for (size_t i = 0; i < bars.size();) {
    if (room_ == 0) {
      const auto& first = bars[i++];
      add(first.open_time + interval, first.close, first.low, first.high);
      continue;
    }
    const auto count = static_cast<size_t>(std::min<uint64_t>(room_, bars.size() - i));
    auto& b = buckets_.back();
    const auto part = bars.subspan(i, count);
    auto lowest = b.lowest;
    auto highest = b.highest;
    for (const auto& each : part) {
      lowest = std::min(lowest, each.low);
      highest = std::max(highest, each.high);
    }
    b.lowest = lowest;
    b.highest = highest;
    b.to = part.back().open_time + interval;
    b.last = part.back().close;
    room_ -= count;
    i += count;
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
