#pragma once

#include "actors/cluster/lease.hpp"
#include "config/settings.hpp"
#include "protocols/interfaces.hpp"
#include "storage/cluster_store.hpp"

#include <caf/all.hpp>

#include <memory>

namespace supreme::actors {

/// A committed configuration version, parsed once per node.
struct committed_config {
  uint64_t version = 0;
  config::cluster_settings settings;
};
using config_ptr = std::shared_ptr<const committed_config>;

// Local messages between the registrar and its node.

/// What a heartbeat brought. `config` is null until a first version is committed.
struct cluster_news {
  uint64_t incarnation = 0; ///< of this node; a new one means that everything held before is lost
  storage::cluster_view view;
  config_ptr config;
};
struct claim_unit {
  std::string unit;
  uint64_t incarnation = 0;
  bool needs_number = false;
};
/// epoch 0: somebody else holds it.
struct claimed_unit {
  uint64_t epoch = 0;
  uint64_t number = 0;
};
struct release_unit {
  std::string unit;
  uint64_t incarnation = 0;
  uint64_t epoch = 0;
};
struct acknowledge_config {
  uint64_t version = 0;
};
struct leave_cluster {};

} // namespace supreme::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::actors::cluster_news)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::actors::claim_unit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::actors::claimed_unit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::actors::release_unit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::actors::acknowledge_config)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::actors::leave_cluster)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::storage::actor_event)

namespace supreme::actors {

/// The node's voice in the cluster tables: registers, renews, claims and releases. It sends
/// `cluster_news` to its listener after every renewal. When the database is away it keeps trying,
/// and the lease runs out by itself; when its incarnation was declared dead it registers again
/// under a new one.
using registrar = caf::typed_actor<
  caf::reacts_to<protocols::tick_atom>, caf::replies_to<claim_unit>::with<claimed_unit>,
  caf::replies_to<release_unit>::with<void>,
  caf::replies_to<protocols::resolve_atom>::with<uint64_t>, // a fresh executor number
  caf::reacts_to<acknowledge_config>, caf::reacts_to<storage::actor_event>,
  caf::replies_to<leave_cluster>::with<void>>;

struct registrar_settings {
  storage::node_registration registration; ///< ttl_ms is replaced by the configuration's
  config::lease_settings lease;            ///< until a configuration is known
};

struct registrar_state {
  static inline const char* name = "registrar";
  std::shared_ptr<storage::cluster_store> store;
  std::shared_ptr<lease> node_lease;
  registrar_settings settings;
  caf::actor listener;
  uint64_t incarnation = 0;
  uint64_t acknowledged = 0;
  config_ptr config;
  bool config_doubtful =
    false; ///< it is read again although its number is the same: the database may be another one
  uint32_t failures = 0; ///< in a row; logged when it begins and when it ends
  std::string last_refusal;
  bool leaving = false;
};

/// Spawn detached in production: the store blocks. `listener` gets cluster_news.
registrar::behavior_type make_registrar(registrar::stateful_pointer<registrar_state> self,
                                        std::shared_ptr<storage::cluster_store> store,
                                        std::shared_ptr<lease> node_lease,
                                        registrar_settings settings, caf::actor listener);

} // namespace supreme::actors
