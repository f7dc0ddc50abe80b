#pragma once

#include "venues/history/csv_columns.hpp"
#include "venues/history/csv_lines.hpp"
#include "venues/history/data_defect.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace supreme::venues {

enum class csv_outcome : uint8_t { row = 1, defect = 2, end = 3 };

/// The rows of a data file (CSV, plain or gzip): a line that names the columns, then rows of as
/// many fields. Numbers are plain decimals; fraction digits beyond the eighth are rounded half-even
/// and counted. No quotes, no spaces, no empty lines. A UTF-8 byte order mark is skipped.
///
/// A template, because every field of every row passes here: `Reader` derives from this and says
///   static constexpr std::array<csv_column, n> columns; example; rows_max;
///   bool read(uint8_t meaning, const char*& at, const char* end): takes a field with a meaning of
///     its own, through the functions below;
///   bool check(): whether the row is possible and follows the row before.
///
/// One owner; not thread-safe.
template <class Reader>
class csv_table {
public:
  /// Reads on to the next row. A defect concerns one line, and the next call goes on behind it;
  /// where nothing sensible can follow (header, damaged gzip data) the next call returns end.
  [[nodiscard]] csv_outcome next() {
    if (finished_)
      return csv_outcome::end;
    switch (lines_.next()) {
      case csv_lines::outcome::line:
        return header_read_ ? read_row() : read_header();
      case csv_lines::outcome::defect:
        return report(lines_.reason());
      case csv_lines::outcome::end:
        break;
    }
    finished_ = true;
    return csv_outcome::end;
  }

  /// The defect of the last call, if that was its outcome.
  [[nodiscard]] const data_defect& defect() const noexcept { return defect_; }
  [[nodiscard]] const std::string& file() const noexcept { return file_; }
  /// Good rows so far.
  [[nodiscard]] uint64_t rows() const noexcept { return rows_; }
  /// Numbers so far that had more than eight fraction digits.
  [[nodiscard]] uint64_t rounded_values() const noexcept { return rounded_values_; }
  /// Line that the last call ended with.
  [[nodiscard]] uint64_t line() const noexcept { return lines_.number(); }
  /// Whether the file is still what it was when it was opened; false when it could not be opened.
  [[nodiscard]] bool is_unchanged() const { return lines_.is_unchanged(); }

  /// At the end: throws defective_data when there were no rows, or the file was changed meanwhile.
  void require_whole() const {
    if (rows_ == 0)
      throw defective_data{{file_, line(), "no rows after the header", ""}};
    if (!is_unchanged())
      throw defective_data{{file_, 0, "the file was changed while it was read", ""}};
  }

protected:
  /// A file that cannot be opened is the first defect.
  explicit csv_table(const std::string& path) : lines_(path), file_(path) {}

  /// Each takes the field at `at` and goes to its end, or fails with the column's name.
  [[nodiscard]] bool read_decimal(const char*& at, const char* end, trading::decimal& to) {
    if (const char* const behind = csv::quick_decimal(at, end, to)) {
      at = behind;
      return true;
    }
    return accept(csv::read_decimal(take_text(at, end), to, rounded_values_));
  }
  [[nodiscard]] bool read_time(const char*& at, const char* end) {
    int64_t value = 0;
    if (const char* const behind = csv::quick_whole(at, end, value);
        behind != nullptr && !__builtin_mul_overflow(value, columns_.unit().ns, &time_ns_)) {
      at = behind;
      return true;
    }
    return accept(csv::read_time(take_text(at, end), columns_.unit(), time_ns_));
  }
  [[nodiscard]] static std::string_view take_text(const char*& at, const char* end) {
    const char* const comma = csv::find_comma(at, end);
    return {std::exchange(at, comma), comma};
  }

  [[nodiscard]] bool fail(std::string reason) {
    reason_ = std::move(reason);
    return false;
  }
  /// Whether there is no complaint about the field in hand.
  [[nodiscard]] bool accept(csv::complaint c) {
    return c.empty() || fail(columns_.name_of(field_) + std::string{c});
  }

  [[nodiscard]] const csv_columns& columns_of_file() const noexcept { return columns_; }
  [[nodiscard]] int64_t time_ns() const noexcept { return time_ns_; }

  struct table_place {
    csv_lines::place lines;
    bool header_read = false;
    uint64_t rows = 0;
  };
  [[nodiscard]] table_place table_here() const { return {lines_.here(), header_read_, rows_}; }
  void table_go_to(const table_place& p) {
    lines_.go_to(p.lines);
    header_read_ = p.header_read;
    rows_ = p.rows;
    finished_ = false;
  }

  csv_lines lines_;

private:
  [[nodiscard]] Reader& self() noexcept { return static_cast<Reader&>(*this); }

  [[nodiscard]] csv_outcome read_header() {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    std::string_view line = lines_.text();
    if (line.starts_with(byte_order_mark))
      line.remove_prefix(byte_order_mark.size());
    if (auto reason = columns_.name(line, Reader::columns, Reader::example); !reason.empty())
      return report(std::move(reason));
    header_read_ = true;
    return next();
  }

  [[nodiscard]] csv_outcome read_row() {
    const std::string_view line = lines_.text();
    if (rows_ >= Reader::rows_max) {
      finished_ = true;
      return report("more than " + std::to_string(Reader::rows_max) + " rows");
    }
    if (line.empty())
      return report("empty line");
    if (!read_fields(line.data(), line.data() + line.size())) {
      // A wrong number of columns explains whatever else seems wrong with the line.
      const auto count = static_cast<size_t>(std::ranges::count(line, ',')) + 1;
      if (count != columns_.size())
        reason_ = std::to_string(count) + " columns where the header names "
                  + std::to_string(columns_.size());
      return report(std::exchange(reason_, {}));
    }
    if (!self().check())
      return report(std::exchange(reason_, {}));
    ++rows_;
    return csv_outcome::row;
  }

  [[nodiscard]] bool read_fields(const char* at, const char* end) {
    const size_t count = columns_.size();
    for (field_ = 0; field_ < count; ++field_) {
      if (field_ > 0 && (at == end || *at++ != ','))
        return false;
      switch (columns_.meaning(field_)) {
        case csv_columns::ignored:
          at = csv::find_comma(at, end);
          break;
        case csv_columns::time:
          if (!read_time(at, end))
            return false;
          break;
        default:
          if (!self().read(columns_.meaning(field_), at, end))
            return false;
      }
    }
    return at == end;
  }

  [[nodiscard]] csv_outcome report(std::string reason) {
    defect_ = {file_, lines_.number(), std::move(reason), quoted_line(lines_.text())};
    // Without columns no row can be read.
    finished_ = finished_ || lines_.is_over() || !header_read_;
    return csv_outcome::defect;
  }

  std::string file_;
  csv_columns columns_;
  size_t field_ = 0; ///< column in hand
  int64_t time_ns_ = 0;
  data_defect defect_;
  std::string reason_; ///< of the defect in hand
  uint64_t rows_ = 0;
  uint64_t rounded_values_ = 0;
  bool header_read_ = false;
  bool finished_ = false;
};

} // namespace supreme::venues
