#pragma once

#include "config/settings.hpp"
#include "protocols/messages.hpp"
#include "storage/ledger_store.hpp"

#include <optional>
#include <string>

namespace supreme::actors {

/// The T4 that books one trade on top of `rows`, which then stand as they will after it. Pure.
[[nodiscard]] storage::fill_transaction
book_trade(storage::account_snapshot& rows, const trading::fill& f, const trading::slot_id& slot,
           const trading::instrument& traded, const storage::unit_claim& portfolio);

/// Cash plus positions at the marks; a position without a mark counts at its cost. Throws
/// std::overflow_error outside the range.
[[nodiscard]] protocols::equity_report value_account(const storage::account_snapshot& rows,
                                                     const config::account_settings& account,
                                                     const std::vector<protocols::mark>& marks,
                                                     uint64_t step);

} // namespace supreme::actors
