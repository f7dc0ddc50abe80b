#pragma once

#include "api/gateway.hpp"
#include "api/log.hpp"
#include "api/metrics.hpp"
#include "api/server.hpp"
#include "api/worker.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>

namespace supreme::api {

class connection;

/// What all connections of a server share, and what stays until the last of them is gone. Used by
/// the I/O thread only.
struct connection_context {
  boost::asio::io_context& io;
  worker& reads;
  worker& commands;
  const server_limits limits;
  const std::shared_ptr<gateway_metrics> metrics;
  const log_function log;
  gateway answers;
  const std::string request_id_prefix; ///< random per server, so that ids of two nodes never meet
  uint64_t requests = 0;               ///< counts the ids
  bool stopping = false;
  std::unordered_set<connection*> open;
  size_t serving = 0;              ///< of those, that are being served
  size_t refusing = 0;             ///< of those, that are being told that there are too many
  std::function<void()> on_closed; ///< called after a connection has left
};

/// One client. Reads one request at a time and answers it before it looks at the next, so pipelined
/// requests are answered in order. Every state has a deadline. All members are used by the I/O
/// thread only.
class connection : public std::enable_shared_from_this<connection> {
public:
  virtual ~connection() = default;

  /// Serves the client until either side ends it.
  virtual void start() = 0;
  /// Tells the client that there are too many connections already, and ends.
  virtual void start_refusal() = 0;
  /// The server stops: ends now when idle, otherwise after the answer that is being made.
  virtual void drain() = 0;
  /// Ends now.
  virtual void close() = 0;

  [[nodiscard]] static std::shared_ptr<connection> make(std::shared_ptr<connection_context> context,
                                                        boost::asio::ip::tcp::socket socket);
};

} // namespace supreme::api
