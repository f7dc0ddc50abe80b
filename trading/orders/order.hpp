#pragma once

#include "trading/market/trade.hpp"
#include "trading/orders/signal.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace supreme::trading {

enum class order_type : uint8_t { market = 1, limit = 2, stop = 3, stop_limit = 4 };

/// Where an order stands. Stored by name; values are never reused.
enum class order_state : uint8_t {
  intent = 1,     ///< committed, provably never sent
  submitting = 2, ///< may have been sent; outcome open
  unknown = 3,    ///< sent or perhaps sent, and the answer was lost: being asked for
  open = 4,       ///< the venue has accepted it
  partially_filled = 5,
  filled = 6,        ///< terminal
  cancelled = 7,     ///< terminal
  rejected = 8,      ///< terminal: the venue said no
  expired = 9,       ///< terminal
  abandoned = 10,    ///< terminal: an intent that was never sent and never will be
  not_accepted = 11, ///< terminal: proven that the venue never had it
};

[[nodiscard]] const char* to_string(order_state s) noexcept;
[[nodiscard]] std::optional<order_state> parse_order_state(std::string_view text) noexcept;
[[nodiscard]] const char* to_string(order_type t) noexcept;
[[nodiscard]] std::optional<order_type> parse_order_type(std::string_view text) noexcept;

[[nodiscard]] bool is_terminal(order_state s) noexcept;
/// Whether the edge from → to is legal. Staying in place is legal (reports repeat); terminal states
/// have no edges, except that a late fill moves cancelled/expired/not_accepted/abandoned/rejected
/// orders' fill columns, which does not change the state and is alarmed.
[[nodiscard]] bool may_move(order_state from, order_state to) noexcept;

/// What the guard decided to send. Quantity > 0, a lot multiple; limit_price only for limit kinds,
/// stop_price only for stop kinds.
///
/// A reduce-only order closes what other orders of its slot have opened and never more; the venue
/// cancels it when nothing is left that it could close (matching/opened_size.hpp).
struct order {
  client_order_id id;
  decision_key key;
  strategy_id strategy;
  account_id account;
  venue_id venue;
  instrument_id instrument;
  side direction = side::buy;
  order_type type = order_type::market;
  quantity size;
  std::optional<price> limit_price;
  std::optional<price> stop_price;
  bool reduce_only = false;
  price decision_price; ///< the mark it was decided at; the price waited for when it is protective
  timestamp event_time; ///< event time of the decision

  friend bool operator==(const order&, const order&) = default;
};

/// Whether an order waits at the venue to close what its slot's entry opens: a stop or a target. It
/// reserves nothing, because it adds no exposure.
[[nodiscard]] constexpr bool is_protective(order_type type, bool reduce_only) noexcept {
  return reduce_only && type != order_type::market;
}
/// Whether an order leaves at once what its slot holds. At the market it takes back the slot's
/// older entries on its other side, see withdraws().
[[nodiscard]] constexpr bool is_exit(order_type type, bool reduce_only) noexcept {
  return reduce_only && type == order_type::market;
}
[[nodiscard]] inline bool is_protective(const order& o) noexcept {
  return is_protective(o.type, o.reduce_only);
}

/// One execution reported by the venue.
struct fill {
  venue_id venue;
  account_id account;
  trade_id id;
  client_order_id order;
  instrument_id instrument;
  side direction = side::buy;
  price at;
  quantity size; ///< > 0
  money fee;     ///< ≥ 0 charged, < 0 rebate
  asset_id fee_asset;
  timestamp event_time;

  friend bool operator==(const fill&, const fill&) = default;
};

} // namespace supreme::trading
