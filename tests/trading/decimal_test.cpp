// Goal: decimals read and write exact text, and every rounding does what its name says.
// Method: tables of text and of small quotients worked out by hand, and the ends of the range.

#include "trading/market/decimal.hpp"

#include "trading/check.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace supreme::trading {
namespace {

constexpr decimal largest = decimal::from_raw(std::numeric_limits<int64_t>::max());
constexpr decimal smallest = decimal::from_raw(std::numeric_limits<int64_t>::min());

decimal dec(const char* text) { return decimal::literal(text); }

TEST(decimal, reads_exact_text) {
  const std::pair<const char*, int64_t> table[] = {
    {"0", 0},
    {"-0", 0},
    {"1", 100'000'000},
    {"+1.5", 150'000'000},
    {"-0.00000001", -1},
    {"007.10", 710'000'000},
    {"0.12345678000", 12'345'678},
    {"92233720368.54775807", std::numeric_limits<int64_t>::max()},
    {"-92233720368.54775808", std::numeric_limits<int64_t>::min()},
  };
  for (const auto& [text, raw] : table) {
    const auto value = decimal::parse(text);
    ASSERT_TRUE(value.has_value()) << text;
    EXPECT_EQ(value->raw(), raw) << text;
  }
}

TEST(decimal, refuses_text_that_is_no_exact_decimal) {
  for (const char* text :
       {"",    "-",     "+",   ".",   "1.",  ".5",  "-.5", "1e3",   " 1",   "1 ",
        "1,5", "1.5.0", "--1", "+-1", "0x1", "nan", "inf", "1_000", "1.0a", "1.00000000a"})
    EXPECT_FALSE(decimal::parse(text).has_value()) << '"' << text << '"';
  EXPECT_FALSE(decimal::parse(std::string_view{"1\0", 2}).has_value());
}

TEST(decimal, refuses_more_than_eight_fraction_digits) {
  EXPECT_FALSE(decimal::parse("0.123456789").has_value());
  EXPECT_FALSE(decimal::parse("0.000000001").has_value());
  EXPECT_FALSE(decimal::parse("1.0000000000000000000000000001").has_value());
}

TEST(decimal, refuses_text_outside_its_range) {
  for (const char* text : {"92233720368.54775808", "-92233720368.54775809", "92233720369",
                           "99999999999999999999999999", "-99999999999999999999999999"})
    EXPECT_FALSE(decimal::parse(text).has_value()) << text;
}

TEST(decimal, writes_the_shortest_exact_text) {
  const std::pair<int64_t, const char*> table[] = {
    {0, "0"},
    {1, "0.00000001"},
    {-1, "-0.00000001"},
    {1'250'000'000, "12.5"},
    {-1'250'000'000, "-12.5"},
    {100'000'000, "1"},
    {100'000'010, "1.0000001"},
    {std::numeric_limits<int64_t>::max(), "92233720368.54775807"},
    {std::numeric_limits<int64_t>::min(), "-92233720368.54775808"},
  };
  for (const auto& [raw, text] : table)
    EXPECT_EQ(decimal::from_raw(raw).to_string(), text);
}

TEST(decimal, treats_a_wrong_literal_as_a_broken_contract) {
  EXPECT_EQ(decimal::literal("2.5").raw(), 250'000'000);
  EXPECT_THROW((void)decimal::literal("two"), contract_violation);
}

TEST(decimal, never_wraps) {
  const decimal one = decimal::from_raw(1);
  EXPECT_THROW((void)(largest + one), std::overflow_error);
  EXPECT_THROW((void)(smallest - one), std::overflow_error);
  EXPECT_THROW((void)-smallest, std::overflow_error);
  EXPECT_THROW((void)smallest.abs(), std::overflow_error);
  EXPECT_THROW((void)multiply(largest, dec("1.00000001"), rounding::toward_zero),
               std::overflow_error);
  EXPECT_THROW((void)divide(largest, dec("0.99"), rounding::toward_zero), std::overflow_error);
  EXPECT_THROW((void)multiply_divide(largest, 2, 1, rounding::floor), std::overflow_error);
  EXPECT_THROW((void)decimal::from_integer(92'233'720'369), std::overflow_error);
  EXPECT_FALSE(checked_add(largest, one).has_value());
  EXPECT_FALSE(checked_subtract(smallest, one).has_value());
  EXPECT_FALSE(checked_multiply(smallest, dec("-1"), rounding::half_even).has_value());
  EXPECT_FALSE(checked_divide(smallest, dec("-1"), rounding::half_even).has_value());
  EXPECT_EQ(largest.abs(), largest);
  EXPECT_EQ(decimal::from_integer(-92'233'720'368).to_string(), "-92233720368");
}

TEST(decimal, has_no_quotient_by_zero) {
  EXPECT_FALSE(checked_divide(dec("1"), decimal{}, rounding::floor).has_value());
  EXPECT_FALSE(checked_multiply_divide(dec("1"), 1, 0, rounding::floor).has_value());
  EXPECT_FALSE(checked_multiply_divide_twice(dec("1"), 1, 0, 1, 1, rounding::floor).has_value());
  EXPECT_FALSE(checked_multiply_divide_twice(dec("1"), 1, 1, 1, 0, rounding::floor).has_value());
  EXPECT_FALSE(checked_multiply_divide_twice(dec("1"), -1, 1, 1, 1, rounding::floor).has_value());
  EXPECT_THROW((void)divide(dec("1"), decimal{}, rounding::floor), std::overflow_error);
  EXPECT_THROW((void)multiply_divide(dec("1"), 1, 0, rounding::floor), std::overflow_error);
}

TEST(decimal, cancels_each_with_each_before_it_multiplies_twice) {
  constexpr auto most = std::numeric_limits<int64_t>::max();
  constexpr auto large = int64_t{1} << 62;
  const auto a = decimal::from_raw(5);
  const auto third =
    decimal::from_raw(7'686'143'364'045'646'506); // 5·2⁶²/3; times `most` it has 128 bits.
  EXPECT_EQ(checked_multiply_divide_twice(a, most, most, large, 3, rounding::floor), third);
  EXPECT_EQ(checked_multiply_divide_twice(a, most, 3, large, most, rounding::floor), third);
  EXPECT_EQ(checked_multiply_divide_twice(a, large, most, most, 3, rounding::floor), third);
  EXPECT_EQ(checked_multiply_divide_twice(a, large, 3, most, most, rounding::floor), third);
  EXPECT_FALSE(checked_multiply_divide_twice(a, most, 1, most, 1, rounding::floor));
  EXPECT_EQ(checked_multiply_divide_twice(a, most, 1, 0, 1, rounding::floor), decimal{});
}

struct rounding_case {
  int64_t numerator;
  int64_t denominator;
  int64_t toward_zero;
  int64_t away_from_zero;
  int64_t floor;
  int64_t ceiling;
  int64_t half_even;
};

class decimal_rounding : public ::testing::TestWithParam<rounding_case> {};

TEST_P(decimal_rounding, goes_where_its_name_says) {
  const auto& c = GetParam();
  const auto rounded = [&c](rounding r) {
    return multiply_divide(decimal::from_raw(c.numerator), 1, c.denominator, r).raw();
  };
  EXPECT_EQ(rounded(rounding::toward_zero), c.toward_zero);
  EXPECT_EQ(rounded(rounding::away_from_zero), c.away_from_zero);
  EXPECT_EQ(rounded(rounding::floor), c.floor);
  EXPECT_EQ(rounded(rounding::ceiling), c.ceiling);
  EXPECT_EQ(rounded(rounding::half_even), c.half_even);
}

INSTANTIATE_TEST_SUITE_P(
  quotients, decimal_rounding,
  ::testing::Values(rounding_case{6, 2, 3, 3, 3, 3, 3}, rounding_case{5, 2, 2, 3, 2, 3, 2},
                    rounding_case{7, 2, 3, 4, 3, 4, 4}, rounding_case{-5, 2, -2, -3, -3, -2, -2},
                    rounding_case{-7, 2, -3, -4, -4, -3, -4},
                    rounding_case{5, -2, -2, -3, -3, -2, -2}, rounding_case{-7, -2, 3, 4, 3, 4, 4},
                    rounding_case{1, 3, 0, 1, 0, 1, 0}, rounding_case{2, 3, 0, 1, 0, 1, 1},
                    rounding_case{-1, 3, 0, -1, -1, 0, 0}, rounding_case{-2, 3, 0, -1, -1, 0, -1},
                    rounding_case{1, 2, 0, 1, 0, 1, 0}, rounding_case{-1, 2, 0, -1, -1, 0, 0},
                    rounding_case{0, 7, 0, 0, 0, 0, 0}));

TEST(decimal, multiplies_in_128_bits) {
  EXPECT_EQ(multiply(dec("76834.12"), dec("1000000"), rounding::half_even).to_string(),
            "76834120000");
  EXPECT_EQ(multiply(dec("0.00000001"), dec("0.5"), rounding::half_even).raw(), 0);
  EXPECT_EQ(multiply(dec("0.00000003"), dec("0.5"), rounding::half_even).raw(), 2);
  EXPECT_EQ(divide(dec("1"), dec("3"), rounding::ceiling).to_string(), "0.33333334");
  EXPECT_EQ(divide(dec("-1"), dec("3"), rounding::floor).to_string(), "-0.33333334");
}

TEST(decimal, rounds_to_multiples_of_a_step) {
  const decimal tick = dec("0.05");
  EXPECT_EQ(round_to_multiple(dec("1.07"), tick, rounding::floor), dec("1.05"));
  EXPECT_EQ(round_to_multiple(dec("1.07"), tick, rounding::ceiling), dec("1.1"));
  EXPECT_EQ(round_to_multiple(dec("1.075"), tick, rounding::half_even), dec("1.1"));
  EXPECT_EQ(round_to_multiple(dec("1.025"), tick, rounding::half_even), dec("1"));
  EXPECT_EQ(round_to_multiple(dec("-1.07"), tick, rounding::toward_zero), dec("-1.05"));
  EXPECT_EQ(round_to_multiple(dec("1.1"), tick, rounding::away_from_zero), dec("1.1"));
  EXPECT_TRUE(is_multiple(dec("1.1"), tick));
  EXPECT_TRUE(is_multiple(decimal{}, tick));
  EXPECT_FALSE(is_multiple(dec("1.12"), tick));
  EXPECT_FALSE(is_multiple(dec("1"), decimal{}));
  EXPECT_THROW((void)round_to_multiple(dec("1"), decimal{}, rounding::floor), contract_violation);
  EXPECT_THROW((void)round_to_multiple(largest, dec("1"), rounding::ceiling), std::overflow_error);
}

TEST(decimal, takes_doubles_rounded_half_even) {
  EXPECT_EQ(decimal::from_double(0.1)->to_string(), "0.1");
  EXPECT_EQ(decimal::from_double(-76834.12)->to_string(), "-76834.12");
  // These halves are exact in binary: n + 1/2 units are (2n + 1)·2⁻⁹·5⁻⁸ only when 5⁸ cancels.
  EXPECT_EQ(decimal::from_double(0.001953125)->raw(), 195'312); // 195312.5 units
  EXPECT_EQ(decimal::from_double(0.005859375)->raw(), 585'938); // 585937.5 units
  EXPECT_EQ(decimal::from_double(-0.001953125)->raw(), -195'312);
  EXPECT_EQ(decimal::from_double(-0.005859375)->raw(), -585'938);
}

TEST(decimal, tells_a_double_beside_a_half_from_the_half) {
  const double half = 0.001953125;
  EXPECT_EQ(decimal::from_double(std::nextafter(half, 1.0))->raw(), 195'313);
  const double odd_half = 0.005859375;
  EXPECT_EQ(decimal::from_double(std::nextafter(odd_half, 0.0))->raw(), 585'937);
  // Here the product with 1e8 is a half only because it is rounded itself: the exact one lies
  // 0.018 units above it, or 0.042 below.
  EXPECT_EQ(decimal::from_double(9540330.230986025)->raw(), 954'033'023'098'603);
  EXPECT_EQ(decimal::from_double(11286836.983076435)->raw(), 1'128'683'698'307'643);
}

TEST(decimal, has_no_value_for_doubles_it_cannot_hold) {
  using limits = std::numeric_limits<double>;
  for (const double value : {limits::quiet_NaN(), limits::infinity(), -limits::infinity(),
                             limits::max(), 92'233'720'368.55, -92'233'720'368.55, 1e11})
    EXPECT_FALSE(decimal::from_double(value).has_value()) << value;
  EXPECT_EQ(decimal::from_double(limits::denorm_min())->raw(), 0);
  EXPECT_EQ(decimal::from_double(-0.0)->raw(), 0);
  // The neighbours of the end: 92233720368.5477… has steps of about 1.5e-5.
  EXPECT_TRUE(decimal::from_double(92'233'720'368.5477).has_value());
  EXPECT_TRUE(decimal::from_double(-92'233'720'368.5477).has_value());
}

} // namespace
} // namespace supreme::trading
