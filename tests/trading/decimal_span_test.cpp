// Goal: what is asked of many values at once is what asking each by itself would say, on every
// length and alignment, at the ends of the range too. Method: RapidCheck against plain loops.

#include "tests/trading/generators.hpp"

#include "trading/market/decimal_span.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace supreme::trading {
namespace {

std::vector<decimal> any_decimals(size_t least) {
  const auto count = *rc::gen::inRange<size_t>(least, 70);
  return *rc::gen::container<std::vector<decimal>>(count, tests::any_decimal());
}

std::vector<timestamp> any_times() {
  auto raw =
    *rc::gen::container<std::vector<int64_t>>(*rc::gen::inRange<size_t>(0, 70), tests::any_int64());
  if (*rc::gen::inRange(0, 4) != 0)
    std::sort(raw.begin(), raw.end());
  if (*rc::gen::arbitrary<bool>())
    raw.erase(std::unique(raw.begin(), raw.end()), raw.end());
  std::vector<timestamp> times;
  for (const auto ns : raw)
    times.push_back(timestamp::from_ns(ns));
  return times;
}

RC_GTEST_PROP(decimal_span, a_range_is_from_the_least_to_the_largest, ()) {
  const auto values = any_decimals(1);
  const auto [least, largest] = std::minmax_element(values.begin(), values.end());
  RC_ASSERT((range_of(values) == decimal_range{*least, *largest}));
}

RC_GTEST_PROP(decimal_span, a_sum_is_exact, ()) {
  const auto values = any_decimals(0);
  exact_sum sum;
  for (const auto each : values)
    sum.add(each);
  RC_ASSERT(sum_of(values).value() == sum.value());
  RC_ASSERT(sum_of(values).to_double() == sum.to_double());
}

RC_GTEST_PROP(decimal_span, order_is_that_of_all_neighbours, ()) {
  const auto times = any_times();
  bool in_order = true;
  bool rising = true;
  for (size_t i = 1; i < times.size(); ++i) {
    in_order &= times[i - 1] <= times[i];
    rising &= times[i - 1] < times[i];
  }
  RC_ASSERT(is_in_order(times) == in_order);
  RC_ASSERT(is_rising(times) == rising);
}

TEST(decimal_span, order_is_broken_by_any_one_pair) {
  for (const size_t count : {2U, 8U, 9U, 16U, 17U, 30U}) {
    for (size_t wrong = 1; wrong < count; ++wrong) {
      std::vector<timestamp> times;
      for (size_t i = 0; i < count; ++i)
        times.push_back(timestamp::from_ns(static_cast<int64_t>(i) * 10));
      times[wrong] = times[wrong - 1];
      EXPECT_TRUE(is_in_order(times));
      EXPECT_FALSE(is_rising(times)) << count << " times, " << wrong;
      times[wrong] = times[wrong] - nanoseconds{1};
      EXPECT_FALSE(is_in_order(times)) << count << " times, " << wrong;
    }
  }
}

RC_GTEST_PROP(decimal_span, scaled_values_are_added_to_the_last_bit, ()) {
  const auto values = any_decimals(0);
  const double factor = *rc::gen::elementOf(std::vector<double>{0.1, -3.7e-5, 1e9});
  std::vector<double> sums(values.size(), 0.3);
  auto expected = sums;
  add_scaled(sums, values, factor);
  for (size_t i = 0; i < values.size(); ++i)
    expected[i] += factor * static_cast<double>(values[i].raw());
  RC_ASSERT(sums == expected);
}

RC_GTEST_PROP(decimal_span, doubles_become_decimals_only_where_all_are_within_half_the_range, ()) {
  auto units = *rc::gen::container<std::vector<double>>(
    *rc::gen::inRange<size_t>(0, 40),
    rc::gen::map(rc::gen::inRange<int64_t>(-4'000'000'000'000, 4'000'000'000'000),
                 [](int64_t x) { return static_cast<double>(x) / 4; }));
  bool all = true;
  if (!units.empty() && *rc::gen::arbitrary<bool>()) {
    constexpr auto endless = std::numeric_limits<double>::infinity();
    constexpr auto none = std::numeric_limits<double>::quiet_NaN();
    units[*rc::gen::inRange<size_t>(0, units.size())] =
      *rc::gen::elementOf(std::vector<double>{none, endless, -endless, 0x1p63, -0x1p62, 1e300});
    all = false;
  }
  if (!units.empty() && all)
    units.front() =
      *rc::gen::elementOf(std::vector<double>{-0.0, 0.5, -0.5, 0x1.fffffffffffffp61, 1.0});
  std::vector<decimal> out(units.size());
  RC_ASSERT(to_decimals(units, out) == all);
  for (size_t i = 0; all && i < units.size(); ++i)
    RC_ASSERT(out[i].raw() == std::llround(units[i]));
}

} // namespace
} // namespace supreme::trading
