#pragma once

#include "storage/ledger_store.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace supreme::tests {

/// Short ways to write transactions of account "main", instrument "BTCUSDT", strategy "trend",
/// venue "sim".
struct desk {
  storage::unit_claim guard, strategy, executor, portfolio;
  std::string account = "main";
  std::string instrument = "BTCUSDT";

  /// An approved order; `cause` names the decision.
  [[nodiscard]] storage::decide_transaction decide(const std::string& cause,
                                                   trading::side direction, std::string_view size,
                                                   std::string_view reserve_cash) const;
  /// A verdict that the guard itself refused.
  [[nodiscard]] storage::decide_transaction refuse(const std::string& cause,
                                                   trading::refusal why) const;
  [[nodiscard]] storage::submit_transaction submit(const trading::client_order_id& id,
                                                   uint64_t incarnation) const;
  [[nodiscard]] storage::report_transaction report(const trading::client_order_id& id,
                                                   trading::order_state state) const;
  /// A fill of the order, with positions computed by trading::apply_fill from what the ledger holds
  /// now.
  [[nodiscard]] storage::fill_transaction fill(storage::ledger_store& ledger,
                                               const storage::order_row& order,
                                               const std::string& trade, std::string_view price,
                                               std::string_view size, std::string_view fee = "0",
                                               const std::string& fee_asset = "USDT") const;
  [[nodiscard]] storage::decide_transaction
  fused(storage::decide_transaction t, uint64_t incarnation, int64_t valid_for_ms = 2000) const;
};

[[nodiscard]] inline trading::decimal operator""_d(const char* text, size_t size) {
  return trading::decimal::literal(std::string_view{text, size});
}

/// Commits one transaction alone.
[[nodiscard]] storage::outcome commit(storage::ledger_store& ledger, const storage::transaction& t);

} // namespace supreme::tests
