#pragma once

#include "config/defaults.hpp"
#include "trading/market/bar.hpp"
#include "venues/history/csv_table.hpp"
#include "venues/history/factor_reader.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>

namespace supreme::venues {

struct bar_file_settings {
  std::string path;
  trading::instrument_id instrument;
  trading::nanoseconds interval{0}; ///< > 0: a file does not say how long its bars are
  /// What bars are adjusted by, once they have been found to be possible; nullptr: nothing.
  std::shared_ptr<const factor_file> factors{};
};

/// Reads the rows of a bar file (see csv_table) in bounded memory: a time, which is the bar's open,
/// open, high, low, close and volume; further columns are allowed and ignored.
///
/// Each row must be a possible bar (trading::find_defect), later than the row before and not open
/// before that one has closed. Only bars of a day or more may do so by one hour: a local day is 23
/// hours long when clocks go forward. Gaps are allowed. With factors, bars are given as adjusted by
/// those of the UTC day they open on; a day without any is a defect.
///
/// One owner; not thread-safe.
class bar_reader : public csv_table<bar_reader> {
public:
  /// A place to go back to.
  struct place {
    table_place table;
    int64_t previous_open_ns = std::numeric_limits<int64_t>::min();
    [[nodiscard]] uint64_t rows() const noexcept { return table.rows; }
  };

  /// Called before the next part of the file is read: here() costs least then. Places inside a line
  /// that is too long are of no use.
  using chunk_observer = std::function<void(const bar_reader&)>;

  /// The interval must be positive. A file that cannot be opened is the first defect.
  explicit bar_reader(const bar_file_settings& settings, chunk_observer before_chunk = {});

  /// The bar of the last call, if a row was its outcome.
  [[nodiscard]] const trading::bar& current() const noexcept { return bar_; }
  /// Open time of the last good row in nanoseconds, the smallest number before the first.
  [[nodiscard]] int64_t previous_open_ns() const noexcept { return previous_open_ns_; }

  [[nodiscard]] place here() const { return {table_here(), previous_open_ns_}; }
  /// Goes back (or on) to a place of this very reader.
  void go_to(const place& p);

private:
  friend class csv_table<bar_reader>;

  enum value : uint8_t { open = csv_columns::first_meaning, high, low, close, volume };
  static constexpr std::array<csv_column, 5> columns{{
    {"open", open, true},
    {"high", high, true},
    {"low", low, true},
    {"close", close, true},
    {"volume", volume, true},
  }};
  static constexpr std::string_view example = "ts,open,high,low,close,volume";
  static constexpr uint64_t rows_max = config::defaults::csv_rows_max;

  [[nodiscard]] bool read(uint8_t meaning, const char*& at, const char* end) {
    switch (meaning) {
      case open:
        return read_decimal(at, end, bar_.open);
      case high:
        return read_decimal(at, end, bar_.high);
      case low:
        return read_decimal(at, end, bar_.low);
      case close:
        return read_decimal(at, end, bar_.close);
      default:
        return read_decimal(at, end, bar_.volume);
    }
  }
  [[nodiscard]] bool check();
  [[nodiscard]] bool adjust();

  std::shared_ptr<const factor_file> adjusting_;
  trading::bar bar_;
  int64_t previous_open_ns_ = std::numeric_limits<int64_t>::min();
};

} // namespace supreme::venues
