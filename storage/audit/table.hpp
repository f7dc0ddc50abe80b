#pragma once

#include "storage/audit/defect_list.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace supreme::storage {

/// A value as the comparison sees it: exact shortest decimals, times as integers of microseconds,
/// "t" and "f", canonical JSON, text as it is; nothing for NULL.
using cell = std::optional<std::string>;
using cells = std::vector<cell>;

/// A table that the audit trail accounts for, in the order in which both sides list its columns.
struct table_shape {
  std::string_view name; ///< "trading.orders"
  std::vector<std::string_view> columns;
  size_t key_columns;     ///< the first so many columns name a row
  std::string_view owner; ///< the column that says whose rows to compare; empty: all at once
};

/// Every such table. Columns that are left out are surrogate numbers, which no row of the trail can
/// know.
[[nodiscard]] std::span<const table_shape> audited_tables();
/// One of them; the name must be known.
[[nodiscard]] const table_shape& audited_table(std::string_view name);

/// The rows that one table should have. Compact, because a trail may account for many.
class expected_table {
public:
  explicit expected_table(const table_shape& shape) : shape_(&shape) {}

  /// Adds the row, or replaces the one with its key.
  void put(const cells& row);
  /// Checks a row that is there: each column that differs, and a row that should not be, is a
  /// defect.
  void compare(const cells& row, defect_list& defects);
  /// Rows that should be there and were not compared are missing.
  void finish(defect_list& defects);
  [[nodiscard]] size_t compared() const { return compared_; }

private:
  struct expected_row {
    std::string content;
    bool seen = false;
  };
  [[nodiscard]] std::string place(const cells& row) const;

  const table_shape* shape_;
  std::map<std::string, expected_row> rows_;
  size_t compared_ = 0;
};

/// Expected tables by name; a table that was never put into expects no rows.
class expected_tables {
public:
  [[nodiscard]] expected_table& operator[](std::string_view name);

private:
  std::map<std::string_view, expected_table> tables_;
};

/// Joined so that different rows never give the same text.
[[nodiscard]] std::string join(std::span<const cell> row);
[[nodiscard]] cells split(const std::string& content);

[[nodiscard]] inline cell number(int64_t value) { return std::to_string(value); }
[[nodiscard]] inline cell truth(bool value) { return value ? "t" : "f"; }

} // namespace supreme::storage
