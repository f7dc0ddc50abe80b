#pragma once

#include "actors/cluster/directory.hpp"
#include "protocols/interfaces.hpp"

#include <functional>

namespace supreme::actors {

/// Called for every refused peer with one sentence; for the history tables.
using refusal_hook = std::function<void(const std::string&)>;

struct gatekeeper_state {
  static inline const char* name = "gatekeeper";
};

/// Whether two processes may talk; empty = yes, else why not.
[[nodiscard]] std::string compare_hello(const protocols::hello& mine,
                                        const protocols::hello& theirs);

/// Immortal and the only published actor: a published port would keep a dead one for ever.
protocols::gatekeeper::behavior_type
make_gatekeeper(protocols::gatekeeper::stateful_pointer<gatekeeper_state> self,
                protocols::hello mine, directory local, refusal_hook on_refusal);

} // namespace supreme::actors
