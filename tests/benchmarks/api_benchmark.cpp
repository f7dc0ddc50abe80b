// Goal: what the gateway's checks and routing cost per request.
// Method: /healthz of a gateway beside the smallest server that Beast can be, in the same process
// and asked by the same client over one kept connection, because only the ratio carries over
// between machines.

#include "api/server.hpp"

#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <prometheus/registry.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

namespace supreme::api {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::string_view request =
  "GET /healthz HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n";

/// /healthz needs nobody behind it.
class no_backend final : public backend {
public:
  storage::page list(storage::view, const std::map<std::string, std::string>&, size_t,
                     const std::optional<std::string>&) override {
    throw std::logic_error("not measured");
  }
  std::optional<nlohmann::json> why(const std::string&) override {
    throw std::logic_error("not measured");
  }
  nlohmann::json status() override { throw std::logic_error("not measured"); }
  nlohmann::json cluster() override { throw std::logic_error("not measured"); }
  nlohmann::json actors() override { throw std::logic_error("not measured"); }
  nlohmann::json strategies() override { throw std::logic_error("not measured"); }
  bool ready(std::string&) override { throw std::logic_error("not measured"); }
  storage::change_outcome change_mode(const storage::mode_change&) override {
    throw std::logic_error("not measured");
  }
  storage::change_outcome command_risk(const storage::command_request&) override {
    throw std::logic_error("not measured");
  }
  trading::trading_mode current_mode(storage::mode_scope, const std::string&) override {
    throw std::logic_error("not measured");
  }
  bool announce_unrecorded(const storage::mode_change&) override {
    throw std::logic_error("not measured");
  }
};

/// Answers every request of one client with the same body; checks, limits, routes and counts
/// nothing.
class smallest_server {
public:
  smallest_server() : acceptor_(io_, {asio::ip::address_v4::loopback(), 0}), socket_(io_) {
    acceptor_.async_accept(socket_, [this](const boost::system::error_code& error) {
      if (!error)
        read();
    });
    thread_ = std::thread{[this] { io_.run(); }};
  }
  ~smallest_server() {
    io_.stop();
    thread_.join();
  }
  uint16_t port() const { return acceptor_.local_endpoint().port(); }

private:
  void read() {
    socket_.set_option(asio::ip::tcp::no_delay{true});
    request_ = {};
    http::async_read(socket_, buffer_, request_,
                     [this](const boost::system::error_code& error, size_t) {
                       if (!error)
                         write();
                     });
  }
  void write() {
    answer_ = {http::status::ok, 11};
    answer_.set(http::field::content_type, "application/json");
    answer_.body() = R"({"alive":true})";
    answer_.prepare_payload();
    http::async_write(socket_, answer_, [this](const boost::system::error_code& error, size_t) {
      if (!error)
        read();
    });
  }

  asio::io_context io_{1};
  asio::ip::tcp::acceptor acceptor_;
  asio::ip::tcp::socket socket_;
  boost::beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> answer_;
  std::thread thread_;
};

/// Sends requests and reads answers over one connection.
class asking {
public:
  explicit asking(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("cannot connect");
  }
  ~asking() { ::close(socket_); }

  /// Sends `count` requests at once and reads that many answers; both servers end each with the
  /// same body.
  void ask(size_t count) {
    std::string text;
    for (size_t i = 0; i < count; ++i)
      text += request;
    if (::send(socket_, text.data(), text.size(), MSG_NOSIGNAL)
        != static_cast<ssize_t>(text.size()))
      throw std::runtime_error("cannot send");
    while (count > 0) {
      char chunk[65536];
      const auto size = ::recv(socket_, chunk, sizeof chunk, 0);
      if (size <= 0)
        throw std::runtime_error("the server left");
      pending_.append(chunk, static_cast<size_t>(size));
      for (size_t at = 0; (at = pending_.find(R"({"alive":true})")) != std::string::npos; --count)
        pending_.erase(0, at + 14);
    }
  }

private:
  int socket_;
  std::string pending_;
};

void run(benchmark::State& state, uint16_t port) {
  asking client{port};
  const auto batch = static_cast<size_t>(state.range(0));
  for (auto _ : state)
    client.ask(batch);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void gateway_healthz(benchmark::State& state) {
  server_options options;
  options.gateway.log = [](log_level, std::string_view, std::string_view) {};
  auto started = server::start(options, std::make_shared<no_backend>(),
                               std::make_shared<prometheus::Registry>());
  if (!started)
    throw std::runtime_error(started.error());
  run(state, (*started)->port());
}
BENCHMARK(gateway_healthz)->Arg(1)->Arg(16)->UseRealTime();

void smallest_beast_server(benchmark::State& state) {
  const smallest_server server;
  run(state, server.port());
}
BENCHMARK(smallest_beast_server)->Arg(1)->Arg(16)->UseRealTime();

} // namespace
} // namespace supreme::api

BENCHMARK_MAIN();
