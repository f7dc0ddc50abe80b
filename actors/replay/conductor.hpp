#pragma once

#include "actors/address_cache.hpp"
#include "actors/replay/bar_merger.hpp"
#include "actors/unit_context.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace supreme::actors {

struct conductor_state {
  static inline const char* name = "conductor";

  /// The step under way; forgotten and begun anew whenever an answer is missing.
  struct step_work {
    protocols::step_id id;
    std::vector<trading::bar> bars;
    size_t open = 0; ///< answers still to come in the current phase
    std::map<trading::account_id, std::vector<protocols::fill_notice>> fills;
    std::map<trading::account_id, uint32_t> signals;
    std::map<trading::account_id, std::vector<trading::client_order_id>> orders;
    std::vector<storage::equity_sample> equity;
  };

  unit_context context;
  address_cache addresses;
  bar_merger merger;
  std::map<trading::instrument_id, protocols::mark> marks; ///< last close of each instrument
  uint64_t step = 0;                                       ///< last finished
  trading::timestamp event_time;                           ///< of it
  bool finished = false;
  bool resumed = false; ///< the last step and every mark are known
  uint64_t attempt =
    0; ///< of anything: answers to an older one are ignored; rises from life to life
  uint32_t failures = 0; ///< in a row
  step_work work;
  /// Pacing: process time and event time of the first paced step.
  std::optional<std::pair<std::chrono::nanoseconds, trading::timestamp>> pace;
};

/// Nothing is asked of a conductor; it drives.
using conductor = caf::typed_actor<caf::reacts_to<protocols::tick_atom, uint64_t>>;

/// Drives one run in lockstep: (a) the venue matches what rests and the fills are booked, (b)
/// strategies get fills, then the close, (c) guards decide exactly those signals, (d) executors
/// report all orders at rest; then the progress row commits. Each phase is idempotent and is
/// repeated to whoever owns the unit by then, never skipped; it waits for counted answers, never
/// for time.
conductor::behavior_type make_conductor(conductor::stateful_pointer<conductor_state> self,
                                        unit_context context);

} // namespace supreme::actors
