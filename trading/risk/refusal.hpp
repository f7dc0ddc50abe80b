#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace supreme::trading {

/// Why a decision was refused. Stored and shown by its code (to_string); values and codes are never
/// reused.
enum class refusal : uint8_t {
  none = 0,
  halted = 1,              ///< "halted": a halt of any scope is in force
  reducing = 2,            ///< "reducing": only orders that reduce the position are allowed now
  not_owner = 3,           ///< "not_owner": a unit's epoch was superseded; the actor must stop
  stale_input = 4,         ///< "stale_input": the deciding price is older (event time) than allowed
  nothing_to_do = 5,       ///< "nothing_to_do": the slot already holds or has asked for its target
  quantity_zero = 6,       ///< "quantity_zero": sized to less than one lot
  off_tick = 7,            ///< "off_tick": price not a tick multiple
  off_lot = 8,             ///< "off_lot": quantity not a lot multiple
  min_notional = 9,        ///< "min_notional"
  max_quantity = 10,       ///< "max_quantity": a single order's quantity limit
  max_notional = 11,       ///< "max_notional": a single order's notional limit
  max_position = 12,       ///< "max_position": position plus everything open, worst case
  cash = 13,               ///< "cash": worst-case cost above free balance
  short_not_allowed = 14,  ///< "short_not_allowed"
  unknown_instrument = 15, ///< "unknown_instrument"
  overflow = 16,           ///< "overflow": the numbers leave the representable range
  breaker_open = 17,       ///< "breaker_open": a circuit breaker of any scope stands open
  drawdown = 18,           ///< "drawdown": too far below the equity peak for a new position
  order_rate = 19,         ///< "order_rate": too many orders within the window
  cancel_rate = 20,        ///< "cancel_rate": too many cancels within the window
  repeated_execution = 21, ///< "repeated_execution": executed again and again on one signal
  duplicate_order = 22,    ///< "duplicate_order": the same order within the window
  gross_exposure = 23,     ///< "gross_exposure": sum of all positions' worth, worst case
  net_exposure = 24,       ///< "net_exposure": long less short, worst case
  concentration = 25,      ///< "concentration": one instrument's share of equity, worst case
  open_orders = 26,        ///< "open_orders": too many at once
  price_collar = 27,       ///< "price_collar": a price of ours too far beyond the mark
  restricted = 28,         ///< "restricted": the instrument is on the restricted list
  session_closed = 29,     ///< "session_closed": outside the instrument's trading hours
  daily_loss = 30,         ///< "daily_loss": lost too much since the day's start
  margin = 31, ///< "margin": equity does not cover its share of what is held, worst case
};

[[nodiscard]] const char* to_string(refusal r) noexcept;
[[nodiscard]] std::optional<refusal> parse_refusal(std::string_view code) noexcept;

} // namespace supreme::trading
