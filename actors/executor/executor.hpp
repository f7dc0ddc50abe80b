#pragma once

#include "actors/address_cache.hpp"
#include "actors/unit_context.hpp"

#include <map>
#include <optional>
#include <set>

namespace supreme::actors {

struct executor_state {
  static inline const char* name = "executor";
  /// Values order the life of an order in this executor.
  enum class stage : uint8_t {
    proven_unsent = 1, ///< the venue never had it and never will from an earlier session
    sending = 2,       ///< T2 or the venue's answer is on its way
    at_rest = 3,       ///< the venue has it, or it is over
  };
  struct barrier {
    protocols::rest_step step;
    caf::typed_response_promise<protocols::step_rested> promise;
  };
  unit_context context;
  address_cache addresses;
  protocols::venue_port venue;
  bool ready = false; ///< session opened, rows and venue agree
  std::map<trading::client_order_id, stage>
    orders; ///< of the current step, and what was open at start
  std::map<trading::client_order_id, trading::slot_id>
    slots; ///< of them, for whoever books their fills
  /// The Knight check: every id that ever went out in this life. A second send of one halts the
  /// account.
  std::set<trading::client_order_id> sent;
  uint64_t last_trade_seq = 0; ///< newest trade known to be booked
  uint64_t conductor_epoch = 0;
  uint64_t current_step = 0;
  std::optional<barrier> waiting;
};

/// Sends an account's committed orders, each at most once, and finds out what became of them by
/// asking, never by sending again. Start-up and recovery are one path: open a session that shuts
/// out the ones before, read the rows, ask the venue about every order that is not at rest, and
/// book the trades that are missing. Whenever an outcome is lost it ends itself and starts that
/// way.
protocols::executor::behavior_type
make_executor(protocols::executor::stateful_pointer<executor_state> self, unit_context context);

} // namespace supreme::actors
