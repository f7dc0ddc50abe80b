#pragma once

#include "actors/address_cache.hpp"
#include "actors/unit_context.hpp"
#include "api/server.hpp"
#include "api/storage_backend.hpp"

#include <memory>

namespace supreme::api {

/// A mode that the rows carry by now, on its way to the guards.
struct announce_mode {
  storage::mode_change change;
};

} // namespace supreme::api

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::api::announce_mode)

namespace supreme::api {

struct gateway_settings {
  server_options server;
  storage_factories stores;
  std::shared_ptr<prometheus::Registry> metrics;
};

struct gateway_state {
  static inline const char* name = "gateway";
  actors::unit_context context;
  actors::address_cache addresses;
  std::unique_ptr<server> http;
};

using gateway_unit = caf::typed_actor<caf::reacts_to<announce_mode>>;

/// Owns the HTTP server while this node holds the gateway unit. Spawn detached: stopping the server
/// waits for open answers. A port that is taken ends the actor; its supervisor tries again, and
/// trading does not notice.
gateway_unit::behavior_type make_gateway(gateway_unit::stateful_pointer<gateway_state> self,
                                         actors::unit_context context, gateway_settings settings);

} // namespace supreme::api
