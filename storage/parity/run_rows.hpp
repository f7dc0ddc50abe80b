#pragma once

#include "storage/parity/tables.hpp"
#include "trading/market/timestamp.hpp"

namespace supreme::storage {

/// The rows that a finished run of the cluster left, in the order of event time. Blocking; one
/// owner; throws store_failure.
class run_rows {
public:
  virtual ~run_rows() = default;
  /// Rows of one table with an event time not after `until` that were not handed out before. Steps
  /// without a bar, which only mark the end of a run, and their equity are no rows. For tables up
  /// to equity.
  [[nodiscard]] virtual std::vector<parity_row> next(parity_table t, trading::timestamp until) = 0;
  /// All rows of positions, slots or balances, except those in which everything is 0.
  [[nodiscard]] virtual std::vector<parity_row> held(parity_table t) = 0;
};

} // namespace supreme::storage
