#pragma once

#include "actors/cluster/gatekeeper.hpp"
#include "actors/cluster/unit_host.hpp"

#include <functional>
#include <memory>

namespace supreme::actors {

/// What a node is made of besides its units. The stores are used by one actor each.
struct node_parts {
  registrar_settings registration;
  std::shared_ptr<storage::ledger_store> ledger_rows;
  std::shared_ptr<storage::cluster_store> cluster_rows;
  std::shared_ptr<lease> node_lease;
  dial_function dial;
  unit_factories factories;
  std::function<void(const std::string& why)>
    give_up; ///< see unit_host_settings; also when one of the node's own actors ended
  /// Whether blocking actors get a thread of their own: always, except on CAF's testing scheduler.
  bool detached = true;
};

struct node_handles {
  ledger books;
  directory names;
  registrar registry;
  caf::actor host;
  protocols::gatekeeper gate;
};

/// Starts a node's own actors: ledger, connector, directory, unit host, registrar, gatekeeper. The
/// registrar joins the cluster at once.
[[nodiscard]] node_handles start_node(caf::actor_system& system, node_parts parts);

/// Factories of all unit kinds but the gateway, which `api` brings.
[[nodiscard]] unit_factories trading_factories(bool detached);

/// The greeting of this process.
[[nodiscard]] protocols::hello make_hello(const storage::node_registration& registration);

} // namespace supreme::actors
