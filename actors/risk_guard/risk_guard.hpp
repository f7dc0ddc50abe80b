#pragma once

#include "actors/address_cache.hpp"
#include "actors/risk_guard/account_past.hpp"
#include "actors/unit_context.hpp"
#include "trading/risk/pre_trade.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace supreme::actors {

struct risk_guard_state {
  static inline const char* name = "risk-guard";
  /// Signals of the newest attempt at the newest step.
  struct collection {
    protocols::step_id id;
    std::map<trading::decision_key, protocols::signal_emission> signals;
    /// The account at this attempt, read while its signals are still arriving: nothing but this
    /// guard changes it until they are decided. Its past has been read up to here as well.
    std::optional<storage::account_snapshot> rows;
    bool reading = false;
    caf::error unreadable;
  };
  struct question {
    protocols::decide_step step;
    caf::typed_response_promise<protocols::step_decided> promise;
  };
  unit_context context;
  address_cache addresses;
  uint64_t conductor_epoch = 0;
  collection collected;
  account_past past;
  std::set<std::string> told; ///< what was found at the last step, so that it is told once
  std::optional<trading::timestamp> told_up_to;
  std::optional<std::vector<trading::breaker_report>> told_breakers; ///< by this life
  std::optional<question> waiting;                                   ///< for its signals to arrive
  trading::trading_mode latch = trading::trading_mode::active;
};

/// The single writer of an account's risk. Decides exactly the signals the conductor counted, in
/// (slot, leg) order, and approves an order only after its intent is committed. Its memory is a
/// cache: every decision starts from the rows, and where the account's policy looks at the past,
/// from all that was committed since the last one.
protocols::risk_guard::behavior_type
make_risk_guard(protocols::risk_guard::stateful_pointer<risk_guard_state> self,
                unit_context context);

} // namespace supreme::actors
