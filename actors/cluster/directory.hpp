#pragma once

#include "actors/cluster/connector.hpp"
#include "actors/cluster/registrar.hpp"
#include "protocols/interfaces.hpp"

#include <map>
#include <string>
#include <vector>

namespace supreme::actors {

/// A unit that started or (null handle) stopped on this node.
struct local_unit {
  protocols::unit_address address;
};
/// As resolve, but only among the units of this node: what the gatekeeper answers to others.
struct resolve_local {
  std::string unit;
};

} // namespace supreme::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::actors::local_unit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::actors::resolve_local)

namespace supreme::actors {

/// name → handle + epoch. Answers from this node's own units, else through the holder's gatekeeper.
/// Handles never heal: a caller drops one on DOWN or on a failed request and asks again.
using directory = caf::typed_actor<
  caf::replies_to<protocols::resolve_atom, std::string>::with<protocols::unit_address>,
  caf::replies_to<resolve_local>::with<protocols::unit_address>, caf::reacts_to<local_unit>,
  caf::reacts_to<cluster_news>>;

struct directory_state {
  static inline const char* name = "directory";
  using resolve_promise = caf::typed_response_promise<protocols::unit_address>;
  struct question {
    std::string unit;
    resolve_promise promise;
  };
  /// A process elsewhere: a node, or a venue.
  struct peer {
    std::string host;
    uint16_t port = 0;
    uint64_t incarnation = 0;
    protocols::gatekeeper gate; ///< null until connected
    bool connecting = false;
    std::vector<question> waiting;
  };
  std::string node;
  connector link;
  std::map<std::string, protocols::unit_address> local;
  std::map<std::string, peer> peers;          ///< by node name, or by venue unit
  std::map<std::string, std::string> holders; ///< unit → live node
};

directory::behavior_type make_directory(directory::stateful_pointer<directory_state> self,
                                        std::string node, connector link);

} // namespace supreme::actors
