// Goal: numbers that people read are grouped, rounded where that is said, and never NaN. Method:
// values at the edges of a group and of the range, and a run's progress.

#include "commands/number_text.hpp"
#include "commands/progress_line.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace supreme::commands {
namespace {

using trading::decimal;

TEST(number_text, sets_commas_between_groups_of_three) {
  EXPECT_EQ(grouped(uint64_t{0}), "0");
  EXPECT_EQ(grouped(uint64_t{999}), "999");
  EXPECT_EQ(grouped(uint64_t{1'000}), "1,000");
  EXPECT_EQ(grouped(uint64_t{1'234'567}), "1,234,567");
  EXPECT_EQ(grouped(decimal::literal("-123")), "-123");
  EXPECT_EQ(grouped(decimal::literal("-1234.56789")), "-1,234.56789");
}

TEST(number_text, shows_money_with_two_digits_after_the_point) {
  EXPECT_EQ(grouped_cents(decimal::literal("1234")), "1,234.00");
  EXPECT_EQ(grouped_cents(decimal::literal("0.5")), "0.50");
  EXPECT_EQ(grouped_cents(decimal::literal("0.125")), "0.12");
  EXPECT_EQ(grouped_cents(decimal::literal("-0.135")), "-0.14");
  EXPECT_EQ(grouped_cents(decimal::from_raw(std::numeric_limits<int64_t>::min())).front(), '-');
}

TEST(number_text, shows_what_is_undefined_as_a_dash) {
  EXPECT_EQ(percent(std::nullopt), "–");
  EXPECT_EQ(rounded(std::nullopt), "–");
  EXPECT_EQ(percent(0.12346), "12.35 %");
  EXPECT_EQ(rounded(-1234.5), "-1,234.50");
}

TEST(number_text, tells_how_far_a_run_is_and_how_long_it_takes_yet) {
  EXPECT_EQ(progress_text({1'000'000, 1'000'000, {}}, 0.25, 0.5),
            "25 %  1,000,000 bars  2,000,000 bars/s  2 s left");
  EXPECT_EQ(progress_text({10, 10, {}}, 0, 0), "0 %  10 bars");
}

} // namespace
} // namespace supreme::commands
