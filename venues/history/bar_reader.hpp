#pragma once

#include "trading/market/bar.hpp"
#include "venues/history/byte_stream.hpp"

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace supreme::venues {

/// What is wrong with a data file, and where.
struct data_defect {
  std::string file;
  uint64_t line = 0; ///< 1-based; 0 when the file as a whole is meant
  std::string reason;
  /// The line as it stands there, at most csv_quote_bytes_max of it, with \xNN for what does not
  /// print.
  std::string raw;

  /// "file:line: reason: raw".
  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const data_defect&, const data_defect&) = default;
};

struct bar_file_settings {
  std::string path;
  trading::instrument_id instrument;
  trading::nanoseconds interval{0}; ///< > 0: a file does not say how long its bars are
};

/// Reads the rows of a bar file (CSV, plain or gzip) in bounded memory.
///
/// The first line names the columns, in any order and any case: a time, open, high, low, close and
/// volume; further columns are allowed and ignored. The time is the bar's open:
///   ts, time, timestamp, date, datetime, open_time: whole milliseconds since 1970 UTC, or ISO
///   8601, a
///     date or a date and time with an optional offset (UTC without one);
///   ts_s, ts_ms, ts_us, ts_ns: whole seconds, milli-, micro- or nanoseconds since 1970 UTC.
/// Numbers are plain decimals; fraction digits beyond the eighth are rounded half-even and counted.
/// No quotes, no spaces, no empty lines; lines end in \n or \r\n, the last one, too: a file whose
/// last line has no end has been cut off somewhere inside a number. A UTF-8 byte order mark is
/// skipped.
///
/// Each row must be a possible bar (trading::find_defect), later than the row before and not open
/// before that one has closed. Only bars of a day or more may do so by one hour: a local day is 23
/// hours long when clocks go forward. Gaps are allowed.
///
/// One owner; not thread-safe.
class bar_reader {
public:
  enum class outcome : uint8_t { bar = 1, defect = 2, end = 3 };

  /// A place to go back to.
  struct place {
    std::unique_ptr<byte_stream::mark> stream;
    std::string unread; ///< the line that has been begun
    bool header_read = false;
    uint64_t line = 0;
    uint64_t rows = 0;
    int64_t previous_open_ns = std::numeric_limits<int64_t>::min();
  };

  /// Called before the next part of the file is read: here() costs least then. Places inside a line
  /// that is too long are of no use.
  using chunk_observer = std::function<void(const bar_reader&)>;

  /// The interval must be positive. A file that cannot be opened is the first defect.
  explicit bar_reader(const bar_file_settings& settings, chunk_observer before_chunk = {});

  /// Reads on to the next row. A defect concerns one line, and the next call goes on behind it;
  /// where nothing sensible can follow (header, damaged gzip data) the next call returns end.
  [[nodiscard]] outcome next();

  /// The bar of the last call, if that was its outcome.
  [[nodiscard]] const trading::bar& current() const noexcept { return bar_; }
  /// The defect of the last call, if that was its outcome.
  [[nodiscard]] const data_defect& defect() const noexcept { return defect_; }

  /// Good rows so far.
  [[nodiscard]] uint64_t rows() const noexcept { return rows_; }
  /// Numbers so far that had more than eight fraction digits.
  [[nodiscard]] uint64_t rounded_values() const noexcept { return rounded_values_; }
  /// Line that the last call ended with.
  [[nodiscard]] uint64_t line() const noexcept { return line_; }

  /// Open time of the last good row in nanoseconds, the smallest number before the first.
  [[nodiscard]] int64_t previous_open_ns() const noexcept { return previous_open_ns_; }

  [[nodiscard]] place here() const;
  /// Goes back (or on) to a place of this very reader.
  void go_to(const place& p);
  /// Whether the file is still what it was when it was opened; false when it could not be opened.
  [[nodiscard]] bool is_unchanged() const;

private:
  enum class column : uint8_t { ignored, time, open, high, low, close, volume };

  enum class line_outcome : uint8_t { whole, too_long, none };

  [[nodiscard]] line_outcome next_line(std::string_view& line);
  [[nodiscard]] bool fill();
  void skip_line();
  [[nodiscard]] outcome end_of_stream();

  [[nodiscard]] outcome read_header(std::string_view line);
  [[nodiscard]] bool name_columns(std::string_view line);
  [[nodiscard]] bool name_column(std::string_view text);
  [[nodiscard]] outcome read_row(std::string_view line);
  [[nodiscard]] bool read_fields(const char* at, const char* end);
  [[nodiscard]] bool read_field(const char*& at, const char* end);
  [[nodiscard]] bool read_decimal(const char*& at, const char* end, trading::decimal& to);
  [[nodiscard]] bool read_decimal_slowly(std::string_view text, trading::decimal& to);
  [[nodiscard]] bool read_time(const char*& at, const char* end);
  [[nodiscard]] bool read_time_text(std::string_view text);
  [[nodiscard]] bool check_bar();
  [[nodiscard]] bool fail(std::string reason);
  [[nodiscard]] outcome report(std::string_view line);
  [[nodiscard]] outcome report_and_finish(std::string_view line);

  std::string file_;
  chunk_observer before_chunk_;
  std::unique_ptr<byte_stream> stream_;
  std::vector<char> buffer_;
  size_t begin_ = 0; ///< unread bytes of the buffer
  size_t end_ = 0;

  std::vector<column> columns_;
  std::vector<std::string> names_;
  size_t field_ = 0; ///< column in hand
  int64_t time_unit_ns_ = 1'000'000;
  bool time_may_be_text_ = false;

  trading::bar bar_;
  data_defect defect_;
  std::string reason_; ///< of the defect in hand
  uint64_t line_ = 0;
  uint64_t rows_ = 0;
  uint64_t rounded_values_ = 0;
  int64_t previous_open_ns_ = std::numeric_limits<int64_t>::min();
  bool header_read_ = false;
  bool finished_ = false;
};

} // namespace supreme::venues
