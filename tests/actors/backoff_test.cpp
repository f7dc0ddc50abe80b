// Goal: waits before another try grow, stay bounded, differ between those who failed together, and
// repeat in a repeated run. Method: the pure function.
#include "actors/backoff.hpp"

#include <gtest/gtest.h>

#include <set>

namespace supreme::tests {
namespace {

namespace limits = config::defaults;
using std::chrono::milliseconds;

milliseconds longest_wait(uint32_t failures) {
  milliseconds longest{0};
  for (int who = 0; who < 1000; ++who)
    longest = std::max(longest, actors::backoff(failures, "node-" + std::to_string(who)));
  return longest;
}

TEST(backoff, doubles_its_ceiling_up_to_the_limit) {
  auto ceiling = limits::backoff_initial;
  for (uint32_t failures = 1; failures < 20; ++failures) {
    EXPECT_LE(longest_wait(failures), ceiling) << failures;
    EXPECT_GT(longest_wait(failures), ceiling * 9 / 10) << failures;
    ceiling = std::min<milliseconds>(ceiling * limits::backoff_factor, limits::backoff_max);
  }
  EXPECT_LE(longest_wait(4'000'000'000u), limits::backoff_max);
}

TEST(backoff, always_waits) {
  for (int who = 0; who < 1000; ++who) {
    EXPECT_GE(actors::backoff(1, std::to_string(who)), milliseconds{1});
    EXPECT_GE(actors::backoff(0, std::to_string(who)), milliseconds{1});
  }
}

TEST(backoff, spreads_those_who_failed_together) {
  std::set<milliseconds> waits;
  for (int who = 0; who < 100; ++who)
    waits.insert(actors::backoff(5, "node-" + std::to_string(who)));
  EXPECT_GT(waits.size(), 80u);
  EXPECT_EQ(actors::backoff(5, "node-1"), actors::backoff(5, "node-1"));
}

} // namespace
} // namespace supreme::tests
