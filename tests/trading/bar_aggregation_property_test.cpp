// Goal: longer bars say what the shorter ones of their time said together, and nothing else.
// Method: random walks of minutes with gaps, against a grouping of the same bars by their window
// that is written naively; hand-made bars for the ends.

#include "tests/trading/generators.hpp"

#include "trading/market/bar_aggregation.hpp"

#include <algorithm>
#include <chrono>
#include <map>

namespace supreme::trading {
namespace {

using std::chrono::minutes;

constexpr int64_t minute_ns = 60'000'000'000;

bar_record any_bar(int64_t minute) {
  const auto open = *rc::gen::inRange<int64_t>(50, 150);
  const auto close = *rc::gen::inRange<int64_t>(50, 150);
  const auto up = *rc::gen::inRange<int64_t>(0, 20);
  const auto down = *rc::gen::inRange<int64_t>(0, 20);
  return {timestamp::from_ns(minute * minute_ns),
          decimal::from_raw(open),
          decimal::from_raw(std::max(open, close) + up),
          decimal::from_raw(std::min(open, close) - down),
          decimal::from_raw(close),
          decimal::from_raw(*rc::gen::inRange<int64_t>(0, 1'000))};
}

std::vector<bar_record> any_minutes() {
  std::vector<bar_record> out;
  auto minute = *rc::gen::inRange<int64_t>(-200, 200);
  const auto count = *rc::gen::inRange(1, 80);
  for (int i = 0; i < count; ++i) {
    out.push_back(any_bar(minute));
    minute += *rc::gen::element(1, 1, 1, 1, 2, 17);
  }
  return out;
}

std::vector<bar_record> aggregate(std::span<const bar_record> bars, nanoseconds to) {
  memory_bars source{bars};
  aggregated_bars longer{source, minutes{1}, to};
  std::vector<bar_record> out;
  for (auto more = longer.next(); !more.empty(); more = longer.next())
    out.insert(out.end(), more.begin(), more.end());
  return out;
}

RC_GTEST_PROP(bar_aggregation, says_what_the_bars_of_its_time_say_together, ()) {
  const auto bars = any_minutes();
  const auto length = *rc::gen::element<int64_t>(1, 3, 5, 15);
  std::map<int64_t, std::vector<bar_record>> windows;
  for (const auto& b : bars) {
    const auto minute = b.open_time.ns() / minute_ns;
    windows[minute - ((minute % length) + length) % length].push_back(b);
  }
  std::vector<bar_record> expected;
  for (const auto& [minute, own] : windows) {
    const bool is_last = minute == windows.rbegin()->first;
    if (is_last && own.back().open_time.ns() / minute_ns != minute + length - 1)
      continue;
    bar_record b{timestamp::from_ns(minute * minute_ns),
                 own.front().open,
                 own.front().high,
                 own.front().low,
                 own.back().close,
                 {}};
    for (const auto& each : own) {
      b.high = std::max(b.high, each.high);
      b.low = std::min(b.low, each.low);
      b.volume += each.volume;
    }
    expected.push_back(b);
  }
  RC_ASSERT(aggregate(bars, minutes{length}) == expected);
}

TEST(bar_aggregation, gives_a_bar_as_soon_as_its_last_minute_is_there) {
  bar_aggregator a{minutes{1}, minutes{2}};
  std::vector<bar_record> out;
  const auto one = decimal::from_raw(1);
  a.add({timestamp::from_ns(0), one, one, one, one, one}, out);
  EXPECT_TRUE(out.empty());
  a.add({timestamp::from_ns(minute_ns), one, one, one, one, one}, out);
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out.front().volume.raw(), 2);
}

TEST(bar_aggregation, refuses_lengths_that_are_no_multiple) {
  EXPECT_THROW((bar_aggregator{minutes{2}, minutes{3}}), aggregation_error);
  EXPECT_THROW((bar_aggregator{minutes{2}, minutes{1}}), aggregation_error);
  EXPECT_THROW((bar_aggregator{minutes{0}, minutes{1}}), aggregation_error);
}

TEST(bar_aggregation, refuses_a_bar_that_reaches_beyond_its_longer_one) {
  bar_aggregator a{minutes{2}, minutes{4}};
  std::vector<bar_record> out;
  const auto one = decimal::from_raw(1);
  EXPECT_THROW(a.add({timestamp::from_ns(3 * minute_ns), one, one, one, one, one}, out),
               aggregation_error);
}

} // namespace
} // namespace supreme::trading
