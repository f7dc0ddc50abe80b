#pragma once

#include "actors/cluster/connector.hpp"
#include "config/settings.hpp"
#include "protocols/interfaces.hpp"

#include <caf/all.hpp>

#include <string>

namespace supreme::commands {

/// CAF as every process of the cluster must run it: heartbeats on, few workers, finite throughput,
/// mutual TLS with the node CA and nothing else. Throws verb_error when a certificate file cannot
/// be read: libcaf_openssl would fall back to anonymous ciphers.
class mesh_config : public caf::actor_system_config {
public:
  explicit mesh_config(const config::tls_settings& tls);
};

/// Publishes the one actor of this process; throws verb_error naming host and port when that is not
/// possible.
void publish(caf::actor_system& system, const protocols::gatekeeper& gate,
             const config::listen_settings& where);

/// Reaches another process's gatekeeper over mutual TLS, after a probe of its own.
[[nodiscard]] actors::dial_function make_dial(caf::actor_system& system);

/// Blocks until SIGINT or SIGTERM arrives. Call block_stop_signals() before any thread starts.
void block_stop_signals();
int wait_for_stop_signal();

/// Ends the process at once: the orderly part is over, and correctness never depends on it.
[[noreturn]] void end_process(int code);

} // namespace supreme::commands
