// Goal: a message arrives after its latency, in order, at the same time in every replay.
// Method: single messages by hand; order and range for random ones.

#include "tests/trading/generators.hpp"

#include "trading/check.hpp"
#include "trading/matching/latency.hpp"

#include <set>

namespace supreme::trading {
namespace {

using namespace std::chrono_literals;

timestamp at(nanoseconds ns) { return timestamp::from_ns(ns.count()); }

TEST(latency, without_jitter_is_its_base) {
  latency_line line{{.base = 5ms}};
  EXPECT_EQ(line.send(at(1s)), at(1s + 5ms));
  EXPECT_EQ(line.send(at(2s)), at(2s + 5ms));
}

TEST(latency, jitter_is_drawn_anew_for_each_message_and_the_same_in_each_replay) {
  const latency l{.base = 1ms, .jitter_max = 1ms, .seed = 7};
  std::set<nanoseconds> seen;
  for (uint64_t n = 0; n < 100; ++n) {
    seen.insert(*latency_of(l, n));
    EXPECT_EQ(latency_of(l, n), latency_of(l, n));
  }
  EXPECT_EQ(seen.size(), 100u);
  EXPECT_NE(latency_of(l, 0), latency_of({.base = 1ms, .jitter_max = 1ms, .seed = 8}, 0));
}

TEST(latency, jitter_reaches_both_ends) {
  std::set<nanoseconds> seen;
  for (uint64_t n = 0; n < 100; ++n)
    seen.insert(*latency_of({.base = 10ns, .jitter_max = 2ns}, n));
  EXPECT_EQ(seen, (std::set<nanoseconds>{10ns, 11ns, 12ns}));
}

TEST(latency, refuses_what_no_timestamp_can_say) {
  constexpr nanoseconds max{std::numeric_limits<int64_t>::max()};
  latency_line line{{.base = 2ns}};
  EXPECT_FALSE(line.send(at(max - 1ns)));
  EXPECT_EQ(line.send(at(max - 2ns)), at(max));
  // Some jitter fits and some does not.
  int fits = 0;
  for (uint64_t n = 0; n < 100; ++n)
    fits += latency_of({.base = max / 2, .jitter_max = max}, n) ? 1 : 0;
  EXPECT_GT(fits, 20);
  EXPECT_LT(fits, 80);
}

TEST(latency, is_not_negative) {
  EXPECT_THROW((latency_line{{.base = -1ns}}), contract_violation);
  EXPECT_THROW((latency_line{{.jitter_max = -1ns}}), contract_violation);
}

RC_GTEST_PROP(latency_property, no_message_overtakes_another_or_takes_less_than_its_time, ()) {
  const latency l{.base = nanoseconds{*rc::gen::inRange(0, 1'000)},
                  .jitter_max = nanoseconds{*rc::gen::inRange(0, 1'000)},
                  .seed = *rc::gen::arbitrary<uint64_t>()};
  latency_line line{l};
  timestamp now;
  timestamp last;
  for (uint64_t n = 0; n < 50; ++n) {
    now = now + nanoseconds{*rc::gen::inRange(0, 500)};
    const auto arrival = *line.send(now);
    const auto alone = now + *latency_of(l, n);
    RC_ASSERT(arrival == std::max(alone, last));
    RC_ASSERT((alone >= now + l.base && alone <= now + l.base + l.jitter_max));
    last = arrival;
  }
}

} // namespace
} // namespace supreme::trading
