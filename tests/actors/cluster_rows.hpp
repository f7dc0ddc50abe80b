#pragma once

#include "storage/memory/memory_database.hpp"

#include <string>
#include <vector>

namespace supreme::tests {

/// What a run left behind, without what may differ between two equal runs: epochs, incarnations,
/// order ids, times of the process. Each line is one row; lines of one kind stand in an order that
/// does not depend on who wrote first.
struct cluster_rows {
  std::vector<std::string> decisions; ///< signals with their verdicts
  std::vector<std::string> orders;    ///< with the state they ended in
  std::vector<std::string> fills;
  std::vector<std::string> holdings; ///< positions, slots, balances
  std::vector<std::string> steps;    ///< with equity

  friend bool operator==(const cluster_rows&, const cluster_rows&) = default;
};

[[nodiscard]] cluster_rows read_rows(const std::shared_ptr<storage::memory_database>& database);

/// The first line in which two runs differ, for people; empty when they are equal.
[[nodiscard]] std::string first_difference(const cluster_rows& expected, const cluster_rows& seen);

/// Everything in which the rows contradict themselves or the venue's ledger, one sentence each:
/// duplicate or orphaned venue orders, lost or doubled fills, positions and cash that do not add
/// up, orders of open outcome, reservations nobody holds, epochs that fall. Only for a cluster at
/// rest.
[[nodiscard]] std::vector<std::string>
find_contradictions(const std::shared_ptr<storage::memory_database>& database,
                    const std::string& venue_ledger);

} // namespace supreme::tests
