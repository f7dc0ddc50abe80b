#pragma once

#include "storage/parity/tables.hpp"

namespace supreme::storage {

/// One value, or one row, that a run of the cluster and a backtest do not share.
struct parity_difference {
  parity_table table = parity_table::signals;
  std::string key;
  std::string column; ///< empty: one of the two has no such row
  std::string cluster;
  std::string backtest;

  /// One line: table, key, column, both values.
  [[nodiscard]] std::string to_string() const;
};

/// What a comparison has found so far.
struct parity_report {
  std::array<uint64_t, parity_table_count> rows{}; ///< compared, by table
  uint64_t differences = 0;
  std::vector<parity_difference> first; ///< only so many are kept

  [[nodiscard]] uint64_t rows_of(parity_table t) const { return rows[static_cast<size_t>(t)]; }
  /// "0 differences in 12 signals, ..., 3 balances".
  [[nodiscard]] std::string summary() const;
};

/// Compares rows with rows, column by column. Pure; one owner.
class parity_comparison {
public:
  /// Keeps the first `kept` differences and counts all of them.
  explicit parity_comparison(size_t kept) : kept_(kept) {}

  /// Rows of one table that belong together, in any order: rows of one key are compared, and a row
  /// without a partner is one difference. Throws contract_violation for a row that has not the
  /// table's number of columns.
  void compare(parity_table t, std::vector<parity_row> cluster, std::vector<parity_row> backtest);

  [[nodiscard]] const parity_report& report() const noexcept { return report_; }

private:
  void compare_values(parity_table t, const parity_row& cluster, const parity_row& backtest);
  void note(parity_difference found);

  size_t kept_;
  parity_report report_;
};

} // namespace supreme::storage
