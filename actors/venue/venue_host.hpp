#pragma once

#include "protocols/interfaces.hpp"
#include "actors/clock.hpp"
#include "venues/simulated/bar_venue.hpp"

#include <memory>

namespace supreme::actors {

struct venue_host_state {
  static inline const char* name = "simulated-venue";
  std::shared_ptr<venues::bar_venue> engine;
};

/// The simulated venue's port in its own process: every answer leaves after its records are on the
/// disk. Spawn detached: the ledger file blocks. A ledger that cannot be written ends the process
/// through `give_up`: what was asked is in doubt then.
protocols::venue_port::behavior_type
make_venue_host(protocols::venue_port::stateful_pointer<venue_host_state> self,
                std::shared_ptr<venues::bar_venue> engine, trading::venue_id id,
                const process_clock* clock, std::function<void(const std::string&)> give_up);

} // namespace supreme::actors
