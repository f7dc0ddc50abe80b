#pragma once

#include "api/backend.hpp"
#include "api/gateway.hpp"
#include "config/defaults.hpp"
#include "config/settings.hpp"
#include "trading/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace prometheus {
class Registry;
}

namespace supreme::api {

/// What one client may cost. Everything is as config/defaults.hpp says; tests make it smaller.
struct server_limits {
  size_t header_bytes_max = config::defaults::http_header_bytes_max;
  size_t body_bytes_max = config::defaults::http_body_bytes_max;
  size_t connections_max = config::defaults::http_connections_max;
  size_t refusals_max = config::defaults::http_refusals_max;
  size_t reads_waiting_max = config::defaults::http_reads_waiting_max;
  size_t commands_waiting_max = config::defaults::http_commands_waiting_max;
  size_t linger_bytes_max = config::defaults::http_linger_bytes_max;
  std::chrono::milliseconds header_timeout =
    config::defaults::http_timeout; ///< from the first byte
  std::chrono::milliseconds body_timeout = config::defaults::http_timeout;
  std::chrono::milliseconds write_timeout = config::defaults::http_timeout;
  std::chrono::milliseconds idle_timeout = config::defaults::http_idle_timeout;
  std::chrono::milliseconds answer_deadline = config::defaults::gateway_deadline;
  std::chrono::milliseconds linger = config::defaults::http_linger;
  std::chrono::milliseconds drain_deadline = config::defaults::http_drain_deadline;
};

struct server_options {
  /// A loopback address or "localhost"; port 0 takes any free one.
  config::listen_settings listen;
  gateway_options gateway;
  server_limits limits;
};

/// The HTTP/1.1 server of a node: one thread for all connections, one for reads of the backend and
/// one for changes, so that a slow read delays no halt. Plain HTTP, therefore only on loopback.
class server {
public:
  /// Listens and serves until stop(); the error is a sentence for the operator that names address
  /// and port.
  [[nodiscard]] static trading::result<std::unique_ptr<server>, std::string>
  start(server_options options, std::shared_ptr<backend> from,
        std::shared_ptr<prometheus::Registry> registry);

  ~server(); ///< as stop()
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// Where it listens, also when any port was asked for.
  [[nodiscard]] uint16_t port() const noexcept;

  /// Takes no more connections and requests, lets those that are being answered finish for up to
  /// the drain deadline, and waits for the call of the backend that is running, if any. May be
  /// called again. Not to be called by the backend.
  void stop();

private:
  class implementation;
  explicit server(std::unique_ptr<implementation> made);
  std::unique_ptr<implementation> implementation_;
};

} // namespace supreme::api
