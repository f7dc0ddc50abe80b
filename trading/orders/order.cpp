#include "trading/orders/order.hpp"

#include "trading/names.hpp"

#include <array>

namespace supreme::trading {

namespace {

constexpr std::array<named<order_state>, 11> state_names{{
  {order_state::intent, "intent"},
  {order_state::submitting, "submitting"},
  {order_state::unknown, "unknown"},
  {order_state::open, "open"},
  {order_state::partially_filled, "partially_filled"},
  {order_state::filled, "filled"},
  {order_state::cancelled, "cancelled"},
  {order_state::rejected, "rejected"},
  {order_state::expired, "expired"},
  {order_state::abandoned, "abandoned"},
  {order_state::not_accepted, "not_accepted"},
}};

constexpr std::array<named<order_type>, 4> type_names{{
  {order_type::market, "market"},
  {order_type::limit, "limit"},
  {order_type::stop, "stop"},
  {order_type::stop_limit, "stop_limit"},
}};

constexpr uint32_t bit(order_state s) noexcept { return uint32_t{1} << static_cast<unsigned>(s); }

/// What the venue may turn out to have done with an order that was sent, whatever the first report
/// is: reports are lost, repeated and reordered.
constexpr uint32_t venue_outcomes = bit(order_state::open) | bit(order_state::partially_filled)
                                    | bit(order_state::filled) | bit(order_state::cancelled)
                                    | bit(order_state::rejected) | bit(order_state::expired)
                                    | bit(order_state::not_accepted);

/// The states that can follow `from`, itself not included.
constexpr uint32_t successors(order_state from) noexcept {
  switch (from) {
    case order_state::intent:
      return bit(order_state::submitting) | bit(order_state::abandoned);
    case order_state::submitting:
      return bit(order_state::unknown) | venue_outcomes;
    case order_state::unknown:
      return venue_outcomes;
    case order_state::open:
      return bit(order_state::partially_filled) | bit(order_state::filled)
             | bit(order_state::cancelled) | bit(order_state::expired);
    case order_state::partially_filled:
      return bit(order_state::filled) | bit(order_state::cancelled) | bit(order_state::expired);
    case order_state::filled:
    case order_state::cancelled:
    case order_state::rejected:
    case order_state::expired:
    case order_state::abandoned:
    case order_state::not_accepted:
      break;
  }
  return 0;
}

} // namespace

const char* to_string(order_state s) noexcept { return name_of(state_names, s); }

std::optional<order_state> parse_order_state(std::string_view text) noexcept {
  return value_of(state_names, text);
}

const char* to_string(order_type t) noexcept { return name_of(type_names, t); }

std::optional<order_type> parse_order_type(std::string_view text) noexcept {
  return value_of(type_names, text);
}

bool is_terminal(order_state s) noexcept { return successors(s) == 0; }

bool may_move(order_state from, order_state to) noexcept {
  return from == to || (successors(from) & bit(to)) != 0;
}

} // namespace supreme::trading
