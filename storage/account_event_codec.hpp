#pragma once

#include "storage/ledger_store.hpp"

#include <nlohmann/json.hpp>

namespace supreme::storage {

/// Reads one entry of an account's history, {"seq", "kind", "payload"}, and appends the event that
/// it is, if it is one. Throws a definitive store_failure for what no program wrote.
void read_account_event(const nlohmann::json& entry, account_events& out);

/// Whether a report is the first that is known of an order after it was sent. What a halt ended, or
/// was proven never to have arrived, has no answer.
[[nodiscard]] constexpr bool answers(trading::order_state before,
                                     trading::order_state after) noexcept {
  return before == trading::order_state::submitting && after != trading::order_state::not_accepted;
}

} // namespace supreme::storage
