#include "api/server.hpp"

#include "api/connection.hpp"
#include "api/hex.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <mutex>
#include <thread>
#include <vector>

namespace supreme::api {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// Random bytes that begin the ids of this server's requests.
constexpr size_t request_id_prefix_bytes = 6;

std::string place_of(const config::listen_settings& listen) {
  return listen.host + " port " + std::to_string(listen.port);
}

/// Opens the port, or says in one sentence why not.
std::string open_acceptor(tcp::acceptor& acceptor, const config::listen_settings& listen) {
  const auto cannot = "cannot serve HTTP on " + place_of(listen) + ": ";
  error_code error;
  const auto address =
    asio::ip::make_address(listen.host == "localhost" ? "127.0.0.1" : listen.host, error);
  if (error)
    return cannot + "the host must be an IP address or \"localhost\"";
  if (!address.is_loopback())
    return cannot
           + "tokens would cross the network unencrypted; bind a loopback address such as "
             "127.0.0.1 and put "
             "a proxy with TLS before it";
  const tcp::endpoint endpoint{address, listen.port};
  acceptor.open(endpoint.protocol(), error);
  // Without it, a restart would have to wait until the last connections of its predecessor have
  // expired.
  if (!error)
    acceptor.set_option(tcp::acceptor::reuse_address{true}, error);
  if (!error)
    acceptor.bind(endpoint, error);
  if (!error)
    acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error == asio::error::address_in_use)
    return cannot + "another process uses this port";
  return error ? cannot + error.message() : "";
}

} // namespace

class server::implementation {
public:
  implementation(server_options options, std::shared_ptr<backend> from,
                 std::shared_ptr<prometheus::Registry> registry)
    : listen_(options.listen),
      reads_("api reads", options.limits.reads_waiting_max),
      commands_("api commands", options.limits.commands_waiting_max),
      metrics_(std::make_shared<gateway_metrics>(std::move(registry))),
      context_(std::make_shared<connection_context>(
        connection_context{io_,
                           reads_,
                           commands_,
                           options.limits,
                           metrics_,
                           options.gateway.log,
                           gateway{std::move(options.gateway), std::move(from), metrics_},
                           random_hex(request_id_prefix_bytes),
                           0,
                           false,
                           {},
                           0,
                           0,
                           [this] { on_closed(); }})),
      acceptor_(io_),
      accept_pause_(io_),
      drain_timer_(io_) {}

  ~implementation() { stop(); }

  /// Empty, or why it cannot serve.
  std::string start() {
    if (auto why = open_acceptor(acceptor_, listen_); !why.empty())
      return why;
    error_code error;
    port_ = acceptor_.local_endpoint(error).port();
    accept();
    thread_ = start_quiet_thread("api http", [this] { run(); });
    return {};
  }

  uint16_t port() const noexcept { return port_; }

  void stop() {
    const std::lock_guard lock{stop_mutex_};
    if (thread_.joinable()) {
      asio::post(io_, [this] { drain(); });
      thread_.join();
    }
    commands_.stop();
    reads_.stop();
    // Connections whose last handler never ran end with the io_context, when nothing here may be
    // called.
    context_->on_closed = nullptr;
  }

private:
  void run() {
    for (;;) {
      try {
        io_.run();
        return;
      } catch (const std::exception& e) {
        // The connection that threw is gone with its handler; the others go on.
        context_->log(log_level::error, "connection_dropped", e.what());
      }
    }
  }

  void accept() {
    acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
      if (!acceptor_.is_open())
        return;
      if (error) {
        on_accept_error(error);
        return;
      }
      // First, so that nothing that one client causes keeps others from being accepted.
      accept();
      if (context_->serving < context_->limits.connections_max)
        connection::make(context_, std::move(socket))->start();
      else if (context_->refusing < context_->limits.refusals_max)
        connection::make(context_, std::move(socket))->start_refusal();
      else
        metrics_->connection_refused();
    });
  }

  void on_accept_error(const error_code& error) {
    // A client that left before it was accepted is nobody's trouble. Anything else is most likely a
    // lack of descriptors, which trying again at once would not cure.
    if (error == asio::error::connection_aborted) {
      accept();
      return;
    }
    context_->log(log_level::error, "not_accepting", place_of(listen_) + ": " + error.message());
    accept_pause_.expires_after(config::defaults::http_accept_pause);
    accept_pause_.async_wait([this](const error_code& cancelled) {
      if (!cancelled && acceptor_.is_open())
        accept();
    });
  }

  /// From here on the I/O thread runs out of work by itself.
  void drain() {
    context_->stopping = true;
    error_code ignored;
    acceptor_.close(ignored);
    accept_pause_.cancel();
    drain_timer_.expires_after(context_->limits.drain_deadline);
    drain_timer_.async_wait([this](const error_code& cancelled) {
      if (!cancelled)
        for_each_open([](connection& c) { c.close(); });
    });
    for_each_open([](connection& c) { c.drain(); });
    if (context_->open.empty())
      drain_timer_.cancel();
  }

  void on_closed() {
    if (context_->stopping && context_->open.empty())
      drain_timer_.cancel();
  }

  template <class Action>
  void for_each_open(const Action& action) {
    std::vector<std::shared_ptr<connection>>
      open; // An action may end a connection, which leaves the set.
    for (auto* c : context_->open)
      open.push_back(c->shared_from_this());
    for (const auto& c : open)
      action(*c);
  }

  const config::listen_settings listen_;
  std::mutex stop_mutex_;
  worker reads_;
  worker commands_;
  std::shared_ptr<gateway_metrics> metrics_;
  asio::io_context io_{1};
  std::shared_ptr<connection_context> context_;
  tcp::acceptor acceptor_;
  asio::steady_timer accept_pause_;
  asio::steady_timer drain_timer_;
  uint16_t port_ = 0;
  std::thread thread_;
};

server::server(std::unique_ptr<implementation> made) : implementation_(std::move(made)) {}

server::~server() = default;

trading::result<std::unique_ptr<server>, std::string>
server::start(server_options options, std::shared_ptr<backend> from,
              std::shared_ptr<prometheus::Registry> registry) {
  auto made =
    std::make_unique<implementation>(std::move(options), std::move(from), std::move(registry));
  if (auto why = made->start(); !why.empty())
    return why;
  return std::unique_ptr<server>{new server{std::move(made)}};
}

uint16_t server::port() const noexcept { return implementation_->port(); }

void server::stop() { implementation_->stop(); }

} // namespace supreme::api
