#pragma once

#include "storage/ledger_store.hpp"

#include <nlohmann/json.hpp>

namespace supreme::storage {

/// Reads one entry of an account's history, {"seq", "kind", "payload"}, and appends the event that
/// it is, if it is one. Throws a definitive store_failure for what no program wrote.
void read_account_event(const nlohmann::json& entry, account_events& out);

} // namespace supreme::storage
