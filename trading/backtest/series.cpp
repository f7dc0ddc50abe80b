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
