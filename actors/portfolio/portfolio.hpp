#pragma once

#include "actors/unit_context.hpp"

#include <deque>
#include <map>
#include <optional>

namespace supreme::actors {

struct portfolio_state {
  static inline const char* name = "portfolio";
  struct waiting_booking {
    protocols::book_fills request;
    caf::typed_response_promise<protocols::fills_booked> promise;
  };
  unit_context context;
  bool ready = false; ///< rows are read
  storage::account_snapshot rows;
  std::map<trading::client_order_id, trading::slot_id> slot_of; ///< of orders that may still fill
  /// The newest bookings, so that a repeated question is answered without reading: (trade id,
  /// notice).
  std::deque<protocols::fill_notice> recent;
  std::deque<waiting_booking> queue; ///< one booking at a time: each computes from the one before
  bool booking = false;
};

/// The books of one account. Applies each fill exactly once, in the transaction that stores it;
/// positions, cash and equity.
protocols::portfolio::behavior_type
make_portfolio(protocols::portfolio::stateful_pointer<portfolio_state> self, unit_context context);

} // namespace supreme::actors
