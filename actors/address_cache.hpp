#pragma once

#include "actors/cluster/directory.hpp"
#include "config/defaults.hpp"

#include <map>
#include <string>

namespace supreme::actors {

/// Handles an actor has looked up. It is dropped on DOWN or on a failed request, because a handle
/// never heals.
class address_cache {
public:
  [[nodiscard]] const protocols::unit_address* find(const std::string& unit) const {
    auto found = by_unit_.find(unit);
    return found == by_unit_.end() ? nullptr : &found->second;
  }

  template <class Self>
  void store(Self* self, const protocols::unit_address& address) {
    forget(self, address.unit);
    self->monitor(caf::actor_cast<caf::actor>(address.handle));
    by_unit_[address.unit] = address;
  }

  template <class Self>
  void forget(Self* self, const std::string& unit) {
    auto found = by_unit_.find(unit);
    if (found == by_unit_.end())
      return;
    self->demonitor(found->second.handle->address());
    by_unit_.erase(found);
  }

  /// Drops what is down; true when something was.
  bool drop(const caf::actor_addr& source) {
    return std::erase_if(
             by_unit_, [&](const auto& entry) { return entry.second.handle->address() == source; })
           != 0;
  }

private:
  std::map<std::string, protocols::unit_address> by_unit_;
};

/// Calls `found` with a unit's address, from the cache at once or after asking the directory; else
/// `failed` with the reason. `cache` must live in the state of `self`.
template <class Self, class Found, class Failed>
void find_unit(Self* self, address_cache& cache, const directory& names, const std::string& unit,
               Found found, Failed failed) {
  if (const auto* known = cache.find(unit)) {
    found(*known);
    return;
  }
  self->request(names, config::defaults::resolve_deadline * 2, protocols::resolve_atom_v, unit)
    .then(
      [self, &cache, found](const protocols::unit_address& address) mutable {
        cache.store(self, address);
        found(address);
      },
      [failed](caf::error& why) mutable { failed(why); });
}

} // namespace supreme::actors
