// Goal: times read and write ISO 8601 exactly, over the whole range of nanoseconds.
// Method: a table of known instants (checked with `date -u`), text that must be refused, a round-
// trip property.

#include "trading/market/timestamp.hpp"

#include "tests/trading/generators.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace supreme::trading {
namespace {

constexpr int64_t second = 1'000'000'000;

TEST(timestamp, reads_and_writes_iso_8601) {
  const std::pair<const char*, int64_t> table[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"2026-04-19T13:56:00Z", 1'776'606'960 * second},
    {"2024-02-29T23:59:59Z", 1'709'251'199 * second},
    {"1969-12-31T23:59:59Z", -1 * second},
    {"1969-12-31T23:59:59.999999999Z", -1},
    {"1970-01-01T00:00:00.500Z", second / 2},
    {"1970-01-01T00:00:00.000001Z", 1'000},
    {"1970-01-01T00:00:00.000000001Z", 1},
    {"2262-04-11T23:47:16.854775807Z", std::numeric_limits<int64_t>::max()},
    {"1677-09-21T00:12:43.145224192Z", std::numeric_limits<int64_t>::min()},
  };
  for (const auto& [text, ns] : table) {
    const auto parsed = timestamp::parse(text);
    ASSERT_TRUE(parsed.has_value()) << text;
    EXPECT_EQ(parsed->ns(), ns) << text;
    EXPECT_EQ(timestamp::from_ns(ns).to_string(), text);
  }
}

TEST(timestamp, reads_any_number_of_fraction_digits_up_to_nine) {
  EXPECT_EQ(timestamp::parse("1970-01-01T00:00:00.5Z")->ns(), 500'000'000);
  EXPECT_EQ(timestamp::parse("1970-01-01T00:00:00.12Z")->ns(), 120'000'000);
  EXPECT_EQ(timestamp::parse("1970-01-01T00:00:00.1234567Z")->ns(), 123'456'700);
}

TEST(timestamp, refuses_everything_else) {
  for (const char* text : {"",
                           "Z",
                           "2026-04-19",
                           "2026-04-19T13:56:00",
                           "2026-04-19T13:56:00+00:00",
                           "2026-04-19 13:56:00Z",
                           "2026-04-19T13:56Z",
                           "2026-4-19T13:56:00Z",
                           "2026-02-29T00:00:00Z",
                           "2026-00-10T00:00:00Z",
                           "2026-13-01T00:00:00Z",
                           "2026-01-32T00:00:00Z",
                           "2026-01-01T24:00:00Z",
                           "2026-01-01T00:60:00Z",
                           "2026-01-01T00:00:60Z",
                           "2026-01-01T00:00:00.Z",
                           "2026-01-01T00:00:00.1234567890Z",
                           "2026-01-01T00:00:00,5Z",
                           "2026-01-01T00:00:00.-5Z",
                           "-026-01-01T00:00:00Z",
                           "2026-01-01T00:00:00ZZ",
                           "2262-04-11T23:47:16.854775808Z",
                           "1677-09-21T00:12:43.145224191Z",
                           "0001-01-01T00:00:00Z",
                           "9999-12-31T23:59:59Z"})
    EXPECT_FALSE(timestamp::parse(text).has_value()) << text;
}

TEST(timestamp, rounds_milliseconds_down) {
  EXPECT_EQ(timestamp::from_ns(1'999'999).ms(), 1);
  EXPECT_EQ(timestamp::from_ns(-1).ms(), -1);
  EXPECT_EQ(timestamp::from_ns(-1'000'000).ms(), -1);
  EXPECT_EQ(timestamp::from_ms(1'776'606'960'000).to_string(), "2026-04-19T13:56:00Z");
}

TEST(timestamp, keeps_milliseconds_out_of_range_at_the_end_of_it) {
  EXPECT_EQ(timestamp::from_ms(std::numeric_limits<int64_t>::max()).to_string(),
            "2262-04-11T23:47:16.854Z");
  EXPECT_EQ(timestamp::from_ms(std::numeric_limits<int64_t>::min()).to_string(),
            "1677-09-21T00:12:43.146Z");
}

RC_GTEST_PROP(timestamp_property, text_round_trips, ()) {
  const auto time = timestamp::from_ns(*tests::any_int64());
  const auto again = timestamp::parse(time.to_string());
  RC_ASSERT(again.has_value());
  RC_ASSERT(again->ns() == time.ns());
}

} // namespace
} // namespace supreme::trading
