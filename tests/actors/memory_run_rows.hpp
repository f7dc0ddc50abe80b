#pragma once

#include "storage/memory/memory_database.hpp"
#include "storage/parity/run_rows.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace supreme::tests {

/// The rows that a run left in a memory database, as the comparison reads them from PostgreSQL.
/// Read once; a copy begins anew.
class memory_run_rows final : public storage::run_rows {
public:
  explicit memory_run_rows(const std::shared_ptr<storage::memory_database>& database);

  [[nodiscard]] std::vector<storage::parity_row> next(storage::parity_table t,
                                                      trading::timestamp until) override;
  [[nodiscard]] std::vector<storage::parity_row> held(storage::parity_table t) override;

  [[nodiscard]] size_t count(storage::parity_table t) const {
    return rows_[static_cast<size_t>(t)].size();
  }
  /// Signals that became no order.
  [[nodiscard]] size_t refusals() const {
    return count(storage::parity_table::signals) - count(storage::parity_table::orders);
  }
  /// Rows one of whose values is this text.
  [[nodiscard]] size_t count_with(storage::parity_table t, const std::string& value) const {
    const auto& rows = rows_[static_cast<size_t>(t)];
    return static_cast<size_t>(std::count_if(rows.begin(), rows.end(), [&](const auto& each) {
      const auto& values = each.second.values;
      return std::find(values.begin(), values.end(), value) != values.end();
    }));
  }
  /// Replaces a text in every key and value.
  void rename(const std::string& from, const std::string& to);

private:
  using timed_row = std::pair<trading::timestamp, storage::parity_row>;

  class reading;

  std::array<std::vector<timed_row>, storage::parity_table_count> rows_;
  std::array<size_t, storage::parity_table_count> handed_out_{};
};

} // namespace supreme::tests
