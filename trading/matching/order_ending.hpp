#pragma once

#include "trading/orders/order.hpp"

#include <cstdint>

namespace supreme::trading {

/// Why a simulated venue ends an order before all of it is filled.
enum class order_ending : uint8_t {
  none,             ///< it does not
  out_of_range,     ///< expired: no decimal holds its amounts
  nothing_to_close, ///< cancelled: reduce-only, and nothing is left that it could close
  unpaid,           ///< expired: the account's cash does not pay for what is left of it
  withdrawn,        ///< cancelled: an entry whose slot has an exit now, see withdraws()
};

/// What the order is then. Throws nothing; `none` has no state and answers expired.
[[nodiscard]] constexpr order_state state_of(order_ending e) noexcept {
  const bool is_cancelled = e == order_ending::nothing_to_close || e == order_ending::withdrawn;
  return is_cancelled ? order_state::cancelled : order_state::expired;
}

} // namespace supreme::trading
