#pragma once

#include "actors/cluster/placement.hpp"
#include "actors/unit_context.hpp"

#include <caf/all.hpp>

#include <functional>
#include <map>
#include <optional>
#include <set>

namespace supreme::actors {

/// Starts one unit's actor. May throw: the unit counts as crashed.
using unit_factory = std::function<caf::actor(caf::actor_system&, const unit_context&)>;

/// How the host brings units to life; filled in by the process, so that nothing here depends on
/// what the units are.
struct unit_factories {
  std::map<unit_kind, unit_factory> make;
  /// Takes the place of a strategy that crashed too often: present, and silent.
  unit_factory make_quarantined;
};

struct unit_host_settings {
  std::string node;
  unit_factories factories;
  directory names;
  ledger books;
  std::shared_ptr<lease> node_lease;
  /// Called when supervision gives up: the process ends and its own supervisor decides. Must not
  /// return in production.
  std::function<void(const std::string& why)> give_up;
};

} // namespace supreme::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::actors::registrar)

namespace supreme::actors {

/// The node's supervisor: claims the units that belong here, starts them, restarts what crashes,
/// gives away what belongs elsewhere, and stops everything when the lease runs out. Dynamically
/// typed on purpose: it monitors and stops actors of every kind.
///   cluster_news       reconcile with what is wanted
///   registrar          the registrar it speaks through (sent once, at start)
///   tick_atom          look at the lease
struct unit_host_state {
  static inline const char* name = "unit-host";

  struct running {
    unit_spec spec;
    uint64_t epoch = 0;
    caf::actor handle;                             ///< null while waiting to be restarted
    std::vector<std::chrono::nanoseconds> crashes; ///< inside the restart window
    std::chrono::nanoseconds started_at{0};
    uint32_t transient_failures =
      0; ///< with less than a restart window between them: only stretches the backoff
    bool quarantined = false;
    uint64_t generation = 0; ///< of the restart timer
  };

  unit_host_settings settings;
  registrar registry;
  uint64_t incarnation = 0;
  std::optional<cluster_news> news;
  std::map<std::string, running> units;
  /// A gateway that has lost its unit with the lease serves on, because people must see why and be
  /// able to try: it trades nothing, and what it changes it changes in the rows. It is taken over
  /// again with the unit, or ends when another node has that.
  std::map<std::string, running> serving_on;
  std::set<std::string> claiming;
  std::set<std::pair<std::string, uint64_t>> live;
  std::chrono::nanoseconds joined_at{0};  ///< when a node last joined
  std::chrono::nanoseconds changed_at{0}; ///< when the node set last changed at all
  uint64_t acknowledged = 0;
};

caf::behavior make_unit_host(caf::stateful_actor<unit_host_state>* self,
                             unit_host_settings settings);

} // namespace supreme::actors
