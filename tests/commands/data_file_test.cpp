// Goal: a data file's name tells what it is about, and nothing is guessed that it does not tell.
// Method: names as they are met, and names that almost look like them.

#include "commands/data_file.hpp"

#include <gtest/gtest.h>

namespace supreme::commands {
namespace {

void expect_name(const char* path, const char* instrument, std::optional<int64_t> interval_s) {
  const auto named = read_data_file_name(path);
  EXPECT_EQ(named.instrument, instrument) << path;
  EXPECT_EQ(named.interval_s, interval_s) << path;
}

TEST(data_file, is_named_after_its_instrument_and_bar_length) {
  expect_name("a/BTCUSDT_1h_2022-01-01_2025-09-30.csv.gz", "BTCUSDT", 3'600);
  expect_name("SPY_1d.csv", "SPY", 86'400);
  expect_name("EURUSD_1d_2007_2016.csv", "EURUSD", 86'400);
  expect_name("ES_201312_1m_20131007_20131011.csv", "ES_201312", 60);
  expect_name("/x_1h/BTCUSDT_15m.csv", "BTCUSDT", 900);
}

TEST(data_file, may_leave_open_how_long_its_bars_are) {
  expect_name("BTCUSDT.csv", "BTCUSDT", std::nullopt);
  expect_name("BTCUSDT_hourly.csv", "BTCUSDT", std::nullopt);
  expect_name("1h.csv", "", 3'600);
}

TEST(data_file, has_bar_lengths_of_whole_units) {
  EXPECT_EQ(parse_bar_length("30s"), 30);
  EXPECT_EQ(parse_bar_length("1w"), 604'800);
  for (const auto* text : {"", "h", "0m", "-1m", "1.5h", "1y", "12345m", "1 h", "1hh"})
    EXPECT_EQ(parse_bar_length(text), std::nullopt) << text;
}

TEST(data_file, says_a_bar_length_in_its_largest_unit) {
  for (const auto* text : {"1s", "90s", "1m", "90m", "4h", "1d", "1w"})
    EXPECT_EQ(bar_length_text(*parse_bar_length(text)), text);
}

TEST(data_file, takes_an_instrument_apart_at_a_quote_that_is_known) {
  const auto split = [](const char* name) {
    const auto pair = split_instrument_name(name);
    return pair.base.str() + "/" + (pair.quote ? pair.quote->str() : "");
  };
  EXPECT_EQ(split("BTCUSDT"), "BTC/USDT");
  EXPECT_EQ(split("BTCUSD"), "BTC/USD");
  EXPECT_EQ(split("EURUSD"), "EUR/USD");
  EXPECT_EQ(split("SPY"), "SPY/");
  EXPECT_EQ(split("USDT"), "USDT/");
}

} // namespace
} // namespace supreme::commands
