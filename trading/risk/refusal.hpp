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
};

[[nodiscard]] const char* to_string(refusal r) noexcept;
[[nodiscard]] std::optional<refusal> parse_refusal(std::string_view code) noexcept;

} // namespace supreme::trading
