#include "actors/feed/feed.hpp"

#include "actors/cluster/units.hpp"
#include "venues/feed_history.hpp"

namespace supreme::actors {

std::vector<std::shared_ptr<venues::bar_history>>
open_histories(const config::cluster_settings& settings, const config::feed_settings& feed,
               uint32_t shard) {
  std::vector<std::shared_ptr<venues::bar_history>> histories;
  for (const auto& id : symbols_of(feed, shard))
    histories.push_back(venues::open_history(settings, feed, id));
  return histories;
}

} // namespace supreme::actors
