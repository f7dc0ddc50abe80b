#pragma once

#include "actors/address_cache.hpp"
#include "actors/unit_context.hpp"
#include "trading/orders/strategy_slot.hpp"

#include <optional>
#include <vector>

namespace supreme::actors {

struct strategy_state {
  static inline const char* name = "strategy";
  unit_context context;
  address_cache addresses;
  std::vector<trading::strategy_slot> slots;
  uint64_t conductor_epoch = 0;           ///< highest heard
  std::optional<protocols::step_id> last; ///< step whose result is below
  std::vector<trading::signal> signals;   ///< emitted at `last`; emitted again when it is repeated
  bool recovering = false;
};

/// One instance of a strategy: its slots, rebuilt from history and rows whenever it does not stand
/// exactly at the step before. A strategy that throws ends the actor; the supervisor restarts or
/// quarantines it.
protocols::strategy::behavior_type
make_strategy(protocols::strategy::stateful_pointer<strategy_state> self, unit_context context);

/// A signal is stored and sent with every decision on it. Throws std::length_error, the strategy's
/// own defect, when its reason or inputs exceed what a row holds
/// (defaults::signal_reason_bytes_max, signal_inputs_max).
void require_storable(const trading::signal& s);

struct quarantined_state {
  static inline const char* name = "quarantined";
  std::chrono::nanoseconds looked_at{0};
};

/// Stands in for a strategy that was taken out of service: answers every step with silence, so that
/// the others go on, and ends itself once the strategy's halt has been lifted by a person.
protocols::strategy::behavior_type
make_quarantined_strategy(protocols::strategy::stateful_pointer<quarantined_state> self,
                          unit_context context);

} // namespace supreme::actors
