#pragma once

#include "actors/unit_context.hpp"
#include "venues/bar_history.hpp"

#include <memory>
#include <vector>

namespace supreme::actors {

struct feed_state {
  static inline const char* name = "feed";
  std::vector<std::shared_ptr<venues::bar_history>>
    histories; ///< in the order of the shard's symbols
};

/// Serves the bars of one shard. Spawn detached in production: files block. Throws when a file is
/// defective: the feed as a whole is refused, because half a history would make wrong decisions.
protocols::feed::behavior_type
make_feed(protocols::feed::stateful_pointer<feed_state> self,
          std::vector<std::shared_ptr<venues::bar_history>> histories);

/// Opens the histories of one shard of a configured feed. Throws std::runtime_error naming file,
/// line and reason.
[[nodiscard]] std::vector<std::shared_ptr<venues::bar_history>>
open_histories(const config::cluster_settings& settings, const config::feed_settings& feed,
               uint32_t shard);

} // namespace supreme::actors
