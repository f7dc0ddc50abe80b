#pragma once

#include "venues/history/csv_values.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace supreme::venues {

/// A name that a column may have. Several names may have one meaning; a file has one column of each
/// meaning at most.
struct csv_column {
  std::string_view name;
  uint8_t meaning = 0; ///< as the reader numbers them, from csv_columns::first_meaning on
  /// Without a column of this meaning there is no file. The first name of a meaning counts.
  bool needed = false;
};

/// What the columns of a file mean, as its first line names them, in any order and any case. Times
/// are known to all files:
///   ts, time, timestamp, date, datetime, open_time: whole milliseconds since 1970 UTC, or ISO
///     8601, a date or a date and time with an optional offset (UTC without one);
///   ts_s, ts_ms, ts_us, ts_ns: whole seconds, milli-, micro- or nanoseconds since 1970 UTC;
///   transact_time: whole milliseconds.
/// Columns with other names are ignored.
class csv_columns {
public:
  static constexpr uint8_t ignored = 0;
  static constexpr uint8_t time = 1;
  static constexpr uint8_t first_meaning = 2;

  /// Why this is no header for such a file; empty when it is one. `example` is shown to who has
  /// none.
  [[nodiscard]] std::string name(std::string_view line, std::span<const csv_column> known,
                                 std::string_view example);

  [[nodiscard]] size_t size() const noexcept { return meanings_.size(); }
  [[nodiscard]] uint8_t meaning(size_t column) const noexcept { return meanings_[column]; }
  /// In lower case.
  [[nodiscard]] const std::string& name_of(size_t column) const noexcept { return names_[column]; }
  [[nodiscard]] bool has(uint8_t meaning) const noexcept;
  [[nodiscard]] const csv::time_unit& unit() const noexcept { return unit_; }

private:
  [[nodiscard]] std::string name_one(std::string_view text, std::span<const csv_column> known);
  [[nodiscard]] std::string find_missing(std::span<const csv_column> known,
                                         std::string_view example) const;

  std::vector<uint8_t> meanings_;
  std::vector<std::string> names_;
  csv::time_unit unit_;
};

} // namespace supreme::venues
