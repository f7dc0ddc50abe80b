// Goal: a sampled series stays within its buckets and loses neither its ends nor its extremes,
// whatever its length. Method: random series against their own minimum, maximum, first and last
// value; every bucket against the values of its stretch.

#include "tests/trading/generators.hpp"

#include "trading/backtest/series.hpp"

#include "trading/check.hpp"

#include <algorithm>

namespace supreme::trading {
namespace {

RC_GTEST_PROP(sampled_series, keeps_its_ends_and_extremes_in_bounded_memory, ()) {
  const auto limit = static_cast<size_t>(2 * *rc::gen::inRange(1, 20));
  const auto values =
    *rc::gen::resize(400, rc::gen::nonEmpty(rc::gen::container<std::vector<int64_t>>(
                            rc::gen::inRange<int64_t>(-1'000, 1'000))));
  series_sampler sampler{limit};
  for (size_t i = 0; i < values.size(); ++i)
    sampler.add(timestamp::from_ns(static_cast<int64_t>(i)), decimal::from_raw(values[i]));
  const auto& buckets = sampler.buckets();
  RC_ASSERT(buckets.size() <= limit);
  RC_ASSERT(buckets.front().first.raw() == values.front());
  RC_ASSERT(buckets.back().last.raw() == values.back());
  int64_t next = 0;
  for (const auto& b : buckets) {
    RC_ASSERT(b.from.ns() == next);
    next = b.to.ns() + 1;
    const auto from = values.begin() + b.from.ns();
    const auto [lowest, highest] = std::minmax_element(from, values.begin() + next);
    RC_ASSERT(b.lowest.raw() == *lowest);
    RC_ASSERT(b.highest.raw() == *highest);
    RC_ASSERT(b.first.raw() == *from);
    RC_ASSERT(b.last.raw() == values[static_cast<size_t>(b.to.ns())]);
  }
  RC_ASSERT(next == static_cast<int64_t>(values.size()));
}

TEST(sampled_series, uses_at_least_half_of_its_buckets) {
  series_sampler sampler{8};
  for (int i = 0; i < 1'000; ++i) {
    sampler.add(timestamp::from_ns(i), {});
    if (i >= 8) {
      EXPECT_GE(sampler.buckets().size(), 4u) << i;
    }
  }
}

TEST(sampled_series, shows_how_far_a_value_moved_between) {
  series_sampler sampler{2};
  sampler.add(timestamp::from_ns(1), decimal::from_raw(5), decimal::from_raw(3),
              decimal::from_raw(9));
  EXPECT_EQ(sampler.buckets().front().lowest.raw(), 3);
  EXPECT_EQ(sampler.buckets().front().highest.raw(), 9);
}

TEST(sampled_series, folds_in_pairs_alone) {
  EXPECT_THROW(series_sampler{3}, contract_violation);
  EXPECT_THROW(series_sampler{0}, contract_violation);
}

} // namespace
} // namespace supreme::trading
