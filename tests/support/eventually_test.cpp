// Goal: a wait ends when its condition holds, and no later than its limit.
// Method: conditions that count how often they are asked.

#include "tests/support/eventually.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace supreme::tests {
namespace {

using namespace std::chrono_literals;

TEST(eventually, asks_until_the_condition_holds) {
  int asked = 0;
  EXPECT_TRUE(eventually([&] { return ++asked == 3; }, 1h));
  EXPECT_EQ(asked, 3);
}

TEST(eventually, gives_up_at_its_limit) {
  EXPECT_FALSE(eventually([] { return false; }, 0ms));
}

TEST(eventually, asks_once_more_when_the_limit_has_passed) {
  int asked = 0;
  EXPECT_TRUE(eventually([&] { return ++asked == 2; }, 0ms));
}

TEST(eventually, lets_an_exception_out) {
  EXPECT_THROW((void)eventually([]() -> bool { throw std::runtime_error("gone"); }, 1h),
               std::runtime_error);
}

} // namespace
} // namespace supreme::tests
