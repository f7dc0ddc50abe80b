#pragma once

#include "trading/market/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace supreme::commands {

/// Seconds of a bar length like "30s", "15m", "1h", "1d" or "1w": 1 to four digits and a unit, at
/// least a second. Nothing for any other text.
[[nodiscard]] std::optional<int64_t> parse_bar_length(const std::string& text);

/// "1h" for 3600: the largest unit that divides it.
[[nodiscard]] std::string bar_length_text(int64_t seconds);

/// What a data file's name says: "BTCUSDT_1h_2022-01-01_2025-09-30.csv.gz" is about BTCUSDT and
/// bars of an hour. Fields stand between underscores; the first one that is a bar length ends the
/// instrument's name.
struct data_file_name {
  std::string instrument;            ///< empty where the name does not tell
  std::optional<int64_t> interval_s; ///< nothing where the name does not tell
};
[[nodiscard]] data_file_name read_data_file_name(const std::string& path);

/// An instrument's name taken apart: BTCUSDT is BTC priced in USDT, SPY is SPY priced in something
/// that its name does not tell.
struct traded_pair {
  trading::asset_id base;
  std::optional<trading::asset_id> quote;
};
/// Only suffixes that are known quotes count, and only where something is left before them.
[[nodiscard]] traded_pair split_instrument_name(const std::string& name);

} // namespace supreme::commands
