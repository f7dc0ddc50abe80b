#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace supreme::commands::report {

struct column {
  std::string name;
  bool numeric = false; ///< aligned to the right
};

/// How many rows of any table are written: enough for people, and a bound for the page's size.
inline constexpr size_t table_rows_max = 1'000;

/// "The first 1,000 of 12,345 trades." as a paragraph; nothing when all are shown.
void write_cut_notice(std::ostream& out, size_t shown, size_t all, std::string_view what);

/// A table in the making, in a box that scrolls where the table is wider. Cells are escaped, and
/// cut where they are very long; the first cell of each row is its heading.
class table {
public:
  /// `rows` names what the rows are, in the plural: "trades".
  table(std::string rows, std::vector<column> columns)
    : rows_name_(std::move(rows)), columns_(std::move(columns)) {}

  /// As many cells as columns.
  void add(std::vector<std::string> cells) {
    if (++count_ <= table_rows_max)
      rows_.push_back(std::move(cells));
  }
  /// `label` tells those who do not see the table what it holds.
  void write(std::ostream& out, std::string_view label, std::string_view classes = {}) const;

private:
  std::string rows_name_;
  std::vector<column> columns_;
  std::vector<std::vector<std::string>> rows_;
  size_t count_ = 0; ///< with those that are left out
};

} // namespace supreme::commands::report
