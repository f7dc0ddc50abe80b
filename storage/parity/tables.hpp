#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace supreme::storage {

/// What a run of the cluster leaves behind and a backtest says as well.
enum class parity_table : uint8_t {
  signals = 0,
  verdicts = 1,
  checks = 2,     ///< one row for each line of a verdict
  orders = 3,     ///< as they were decided
  order_ends = 4, ///< what became of them; the same rows of the cluster, known only later
  fills = 5,
  movements = 6,
  steps = 7,
  equity = 8,
  positions = 9, ///< this and the following: as they are at the end of the run
  slots = 10,
  balances = 11,
};
inline constexpr size_t parity_table_count = 12;

/// The name of the cluster's table; order_ends are of "orders".
[[nodiscard]] std::string_view to_string(parity_table t) noexcept;

/// The compared columns. Left out is what may differ between two equal runs: epochs, nodes, times
/// of the process, and ids that the database or the venue drew. An order is known by its decision.
[[nodiscard]] std::span<const std::string_view> columns_of(parity_table t) noexcept;

/// One row as text that both sides write alike: exact shortest decimals, ISO 8601 in UTC,
/// `no_value` for nothing. Values stand in the order of the columns.
struct parity_row {
  std::string key; ///< for people, too; names the row within its table
  std::vector<std::string> values;
};

inline constexpr std::string_view no_value = "-";

/// Rows by table.
using parity_rows = std::array<std::vector<parity_row>, parity_table_count>;

[[nodiscard]] inline std::vector<parity_row>& rows_of(parity_rows& rows, parity_table t) {
  return rows[static_cast<size_t>(t)];
}

/// "trend/BTCUSDT BTCUSDT/60s/1776607020000 0.0": slot, cause, leg and child of a decision.
[[nodiscard]] std::string decision_key_text(std::string_view slot, std::string_view cause,
                                            uint64_t leg, uint64_t child);

} // namespace supreme::storage
