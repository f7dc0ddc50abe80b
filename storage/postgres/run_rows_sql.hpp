#pragma once

#include "storage/parity/tables.hpp"

namespace supreme::storage {

/// Reads a table that is ordered by event time: event time in nanoseconds, key, then the columns.
/// `replay` is a quoted name. Names are compared by bytes, whatever the database's collation.
[[nodiscard]] std::string timed_rows_sql(parity_table t, const std::string& replay);
/// Reads positions, slots or balances: key, then the columns.
[[nodiscard]] std::string held_rows_sql(parity_table t);

} // namespace supreme::storage
