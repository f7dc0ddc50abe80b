#pragma once

#include "storage/failure.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <string>

namespace supreme::storage {

/// The documented views that may be read from outside.
enum class view : uint8_t {
  positions = 1,
  trades = 2,
  orders = 3,
  refusals = 4,
  nodes = 5,
  units = 6,
  node_history = 7,
  actor_history = 8,
  config_versions = 9,
  modes = 10,
  equity = 11,
  signals = 12,
  slots = 13,
  parked = 14,
  quarantine = 15,
  breakers = 16,
};

/// One page of a view. `next` is the cursor of the following page, absent on the last one.
struct page {
  nlohmann::json rows =
    nlohmann::json::array(); ///< decimals and 64-bit ids as exact text, times as ISO 8601
  std::optional<std::string> next;
};

/// Reads for people: the gateway, `audit why`, the demo's summary. Uses the reader role. Blocking,
/// one thread at a time per object; throws store_failure.
class reader {
public:
  virtual ~reader() = default;
  /// `filters` are column = text; an unknown column or an unusable cursor throws a definitive
  /// store_failure. `limit` is 1..defaults::page_rows_max. Newest first, except positions, units,
  /// nodes and breakers (by name).
  [[nodiscard]] virtual page list(view v, const std::map<std::string, std::string>& filters,
                                  size_t limit, const std::optional<std::string>& cursor) = 0;
  /// Everything that led to an order and came of it, in order of time; nothing when there is no
  /// such order.
  [[nodiscard]] virtual std::optional<nlohmann::json> why(const std::string& client_order_id) = 0;
  /// Counts for the session summary and /status: bars, steps, signals, orders by state, refusals by
  /// code, fills, last equity per account.
  [[nodiscard]] virtual nlohmann::json summary() = 0;
};

} // namespace supreme::storage
