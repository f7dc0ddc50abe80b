#pragma once

#include "storage/ledger_store.hpp"
#include "storage/reader.hpp"
#include "trading/risk/pre_trade.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <string>

namespace supreme::api {

/// What the routes are answered from. Every call may block and throws storage::store_failure when
/// the outside world fails. change_mode(), command_risk() and current_mode() are called by one
/// thread, everything else by another; each side calls one at a time, the two sides at the same
/// time.
class backend {
public:
  virtual ~backend() = default;

  /// One page of a view. `filters` are column = text and `limit` is 1..page_rows_max; a cursor that
  /// is not one throws a definitive failure.
  [[nodiscard]] virtual storage::page list(storage::view v,
                                           const std::map<std::string, std::string>& filters,
                                           size_t limit,
                                           const std::optional<std::string>& cursor) = 0;
  /// Everything that led to an order and came of it; nothing when there is no such order.
  [[nodiscard]] virtual std::optional<nlohmann::json> why(const std::string& client_order_id) = 0;
  [[nodiscard]] virtual nlohmann::json status() = 0;
  [[nodiscard]] virtual nlohmann::json cluster() = 0;
  [[nodiscard]] virtual nlohmann::json actors() = 0;
  [[nodiscard]] virtual nlohmann::json strategies() = 0;
  /// Whether requests can be served; otherwise `why` says in one sentence what is missing. Reports
  /// a failing outside world as not ready instead of throwing.
  [[nodiscard]] virtual bool ready(std::string& why) = 0;

  [[nodiscard]] virtual storage::change_outcome change_mode(const storage::mode_change& change) = 0;
  /// `unknown_scope`: the account has no such breaker, or nothing that looks at its drawdown.
  [[nodiscard]] virtual storage::change_outcome
  command_risk(const storage::command_request& request) = 0;
  /// The mode that was set for exactly this scope, `active` when none was.
  [[nodiscard]] virtual trading::trading_mode current_mode(storage::mode_scope scope,
                                                           const std::string& name) = 0;
  /// Tells the guards about a restriction that the database could not record. False when nobody
  /// could be told.
  [[nodiscard]] virtual bool announce_unrecorded(const storage::mode_change& change) = 0;
};

/// "global", "account", "strategy" or "instrument".
[[nodiscard]] const char* to_string(storage::mode_scope scope) noexcept;
[[nodiscard]] std::optional<storage::mode_scope> parse_mode_scope(std::string_view text) noexcept;

} // namespace supreme::api
