#pragma once

#include "protocols/interfaces.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace supreme::actors {

struct connect_to {
  std::string host;
  uint16_t port = 0;
};

} // namespace supreme::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::actors::connect_to)

namespace supreme::actors {

/// Opens a link to a peer's gatekeeper, in its own thread: CAF connects one at a time and blocks on
/// a black-holed host, so the address is probed first.
using connector = caf::typed_actor<caf::replies_to<connect_to>::with<protocols::gatekeeper>>;

/// How a gatekeeper is reached; over mutual TLS in production, in memory in tests.
using dial_function =
  std::function<caf::expected<protocols::gatekeeper>(const std::string& host, uint16_t port)>;

struct connector_state {
  static inline const char* name = "connector";
};

connector::behavior_type make_connector(connector::stateful_pointer<connector_state> self,
                                        dial_function dial, protocols::hello mine);

/// Whether something accepts TCP connections there within `deadline`. Blocking.
[[nodiscard]] bool probe(const std::string& host, uint16_t port,
                         std::chrono::milliseconds deadline);

} // namespace supreme::actors
