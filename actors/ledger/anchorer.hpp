#pragma once

#include "protocols/interfaces.hpp"
#include "storage/audit_anchor.hpp"
#include "storage/audit_heads.hpp"

#include <memory>

namespace supreme::actors {

using anchorer = caf::typed_actor<caf::reacts_to<protocols::tick_atom>>;

struct anchorer_state {
  static inline const char* name = "anchorer";
  std::shared_ptr<storage::audit_heads> heads;
  std::shared_ptr<storage::anchor_writer> file;
  bool failing = false; ///< said once when it begins, once when it ends
};

/// Signs the heads of all audit streams into this node's anchor file every
/// defaults::anchor_interval, so that a trail whose tail was cut off or that was rewritten as a
/// whole no longer matches what was signed outside the database. Spawn detached: file and database
/// block.
anchorer::behavior_type make_anchorer(anchorer::stateful_pointer<anchorer_state> self,
                                      std::shared_ptr<storage::audit_heads> heads,
                                      std::shared_ptr<storage::anchor_writer> file);

} // namespace supreme::actors
