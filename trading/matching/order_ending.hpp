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
};

/// What the order is then. Throws nothing; `none` has no state and answers expired.
[[nodiscard]] constexpr order_state state_of(order_ending e) noexcept {
  return e == order_ending::nothing_to_close ? order_state::cancelled : order_state::expired;
}

} // namespace supreme::trading
