#pragma once

#include "tests/trading/csv.hpp"

#include "trading/market/bar.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace supreme::tests {

/// Bars from a recorded file with the columns ts (epoch milliseconds of the open), open … volume.
inline std::vector<trading::bar> read_bars(const std::filesystem::path& path,
                                           const char* instrument, trading::nanoseconds interval) {
  const csv_table table{path};
  std::vector<trading::bar> bars;
  for (size_t row = 0; row < table.size(); ++row) {
    const auto value = [&](const char* column) {
      return trading::decimal::literal(table.cell(row, column));
    };
    bars.push_back({.instrument = trading::instrument_id{instrument},
                    .open_time = trading::timestamp::from_ms(std::stoll(table.cell(row, "ts"))),
                    .interval = interval,
                    .open = value("open"),
                    .high = value("high"),
                    .low = value("low"),
                    .close = value("close"),
                    .volume = value("volume")});
  }
  return bars;
}

inline std::vector<trading::bar> read_minute_bars(const std::filesystem::path& path,
                                                  const char* instrument) {
  return read_bars(path, instrument, std::chrono::minutes{1});
}

} // namespace supreme::tests
