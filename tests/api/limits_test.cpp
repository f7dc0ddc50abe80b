// Goal: no client costs more than its share, whatever it does or leaves undone, and stopping is
// orderly. Method: a server on loopback with limits of a few bytes and milliseconds; the test waits
// for what the server does, never for time.

#include "tests/api/gateway_fixture.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <future>
#include <memory>
#include <string>
#include <vector>

using namespace supreme;
using namespace supreme::api;
using namespace supreme::api::tests;
using namespace std::chrono_literals;

namespace {

const std::string halt_all = R"({"scope":"global","reason":"drill"})";

/// A POST's head that announces a body of that size.
std::string head_of_post(const std::string& token, const std::string& framing) {
  return "POST /api/v1/halt HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token
         + "\r\nContent-Type: application/json\r\nIdempotency-Key: k\r\n" + framing + "\r\n";
}

} // namespace

class limits_test : public gateway_test {
protected:
  /// Asks until the server counts that many connections, this asking one included.
  void wait_for_connections(int count) {
    const auto wanted = "supreme_http_connections " + std::to_string(count) + "\n";
    http_client client{port()};
    for (int i = 0; i < 100'000; ++i)
      if (client.get("/metrics").body.find(wanted) != std::string::npos)
        return;
    FAIL() << "the server never had " << count << " connections";
  }
};

TEST_F(limits_test, refuses_a_header_that_is_too_large) {
  start();
  http_client client{port()};
  client.send("GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + std::string(9'000, 'x') + "\r\n\r\n");
  const auto answer = client.read();
  EXPECT_EQ(answer.status, 431U);
  EXPECT_EQ(answer.code(), "header_too_large");
  EXPECT_EQ(answer.header("connection"), "close");
  EXPECT_TRUE(client.closed_by_server());
}

TEST_F(limits_test, refuses_a_header_without_end_at_the_limit) {
  start();
  for (const auto& line :
       {"GET /" + std::string(20'000, 'a'), "GET / HTTP/1.1\r\n" + std::string(20'000, 'n'),
        "GET / HTTP/1.1\r\nn: " + std::string(20'000, 'v')}) {
    http_client client{port()};
    client.send(line);
    EXPECT_EQ(client.read().status, 431U) << line.substr(0, 20);
  }
}

TEST_F(limits_test, accepts_a_header_just_below_the_limit) {
  start();
  http_client client{port()};
  client.send("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: " + std::string(8'000, 'x')
              + "\r\n\r\n");
  EXPECT_EQ(client.read().status, 200U);
}

TEST_F(limits_test, refuses_a_body_that_is_too_large_before_it_comes) {
  start();
  http_client client{port()};
  client.send(head_of_post(trader, "Content-Length: 65537\r\n"));
  const auto answer = client.read();
  EXPECT_EQ(answer.status, 413U);
  EXPECT_EQ(answer.code(), "body_too_large");
  EXPECT_TRUE(client.closed_by_server());
}

TEST_F(limits_test, refuses_chunks_that_add_up_to_too_much) {
  start();
  http_client client{port()};
  client.send(head_of_post(trader, "Transfer-Encoding: chunked\r\n"));
  const std::string chunk = "8000\r\n" + std::string(0x8000, ' ') + "\r\n";
  for (int i = 0; i < 3; ++i)
    client.send(chunk);
  EXPECT_EQ(client.read().status, 413U);
}

TEST_F(limits_test, the_largest_body_is_read_and_judged) {
  start();
  std::string body = halt_all;
  body.append(64 * 1024 - body.size(), ' ');
  EXPECT_EQ(post("/api/v1/halt", trader, body).status, 200U);
}

TEST_F(limits_test, a_client_that_sends_its_header_slowly_is_cut_off) {
  options.limits.header_timeout = 30ms;
  start();
  http_client client{port()};
  client.send("GET / HTTP/1.1\r\nHost:");
  const auto answer = client.read();
  EXPECT_EQ(answer.status, 408U);
  EXPECT_EQ(answer.code(), "request_timeout");
  EXPECT_TRUE(client.closed_by_server());
}

TEST_F(limits_test, a_client_that_trickles_does_not_win_time) {
  options.limits.header_timeout = 50ms;
  start();
  http_client client{port()};
  client.send("GET / HTTP/1.1\r\n");
  // One byte a time, as long as the server listens: only its deadline for the whole header ends
  // this.
  while (!client.is_readable() && client.send("x")) {
  }
  const auto status = client.read().status;
  EXPECT_TRUE(status == 408 || status == 431) << status;
}

TEST_F(limits_test, a_client_that_sends_its_body_slowly_is_cut_off) {
  options.limits.body_timeout = 30ms;
  start();
  http_client client{port()};
  client.send(head_of_post(trader, "Content-Length: 10\r\n") + "{");
  EXPECT_EQ(client.read().status, 408U);
  EXPECT_TRUE(client.closed_by_server());
  EXPECT_TRUE(backend_->changes().empty());
}

TEST_F(limits_test, idle_and_silent_connections_are_closed) {
  options.limits.idle_timeout = 30ms;
  options.limits.header_timeout = 30ms;
  start();
  http_client silent{port()};
  EXPECT_TRUE(silent.closed_by_server());
  http_client idle{port()};
  EXPECT_EQ(idle.get("/healthz").status, 200U);
  EXPECT_TRUE(idle.closed_by_server());
}

TEST_F(limits_test, a_client_that_does_not_read_is_cut_off) {
  options.limits.write_timeout = 30ms;
  // Only writing may be late here: making such an answer takes seconds with sanitizers on a busy
  // machine, and a refusal of 500 bytes leaves a connection that nobody has to cut off.
  options.limits.answer_deadline = 10min;
  backend_->rows_per_view = 500;
  backend_->row_bytes = 40'000;
  start();
  http_client client{port(), 4096};
  client.send(get_text("/api/v1/orders?limit=500", viewer));
  backend_->wait_for_reads(1);
  wait_for_connections(1);
  const auto received = client.read_to_end();
  EXPECT_TRUE(received.starts_with("HTTP/1.1 200")) << received.substr(0, 600);
  EXPECT_LT(received.size(), 500U * 40'000U);
}

TEST_F(limits_test, more_connections_than_allowed_are_told_so) {
  options.limits.connections_max = 2;
  start();
  http_client first{port()};
  auto second = std::make_unique<http_client>(port());
  EXPECT_EQ(first.get("/healthz").status, 200U);
  EXPECT_EQ(second->get("/healthz").status, 200U);
  {
    http_client third{port()};
    const auto answer = third.read();
    EXPECT_EQ(answer.status, 503U);
    EXPECT_EQ(answer.code(), "too_many_connections");
    EXPECT_EQ(answer.header("connection"), "close");
  }
  EXPECT_EQ(metric("supreme_http_connections_refused_total"), 1);
  EXPECT_EQ(first.get("/healthz").status, 200U) << "who was there first is served on";
  second.reset();
  unsigned status = 503;
  while (status == 503) {
    http_client next{port()};
    next.send(get_text("/healthz"));
    status = next.read().status;
  }
  EXPECT_EQ(status, 200U);
}

TEST_F(limits_test, connections_beyond_those_that_are_told_are_just_closed) {
  options.limits.connections_max = 1;
  options.limits.refusals_max = 1;
  options.limits.linger = 10s;
  start();
  http_client served{port()};
  EXPECT_EQ(served.get("/healthz").status, 200U);
  http_client told{port()};
  EXPECT_EQ(told.read().status, 503U);
  http_client untold{port()};
  EXPECT_EQ(untold.read_to_end(), "");
}

TEST_F(limits_test, more_reads_than_may_wait_are_refused_at_once) {
  options.limits.reads_waiting_max = 1;
  start();
  backend_->hold_reads();
  http_client running{port()};
  running.send(get_text("/api/v1/orders", viewer));
  backend_->wait_for_reads(1);
  http_client a{port()};
  http_client b{port()};
  a.send(get_text("/api/v1/fills", viewer));
  b.send(get_text("/api/v1/fills", viewer));
  // One of them waits, the other is refused; which is which depends on who arrives first.
  pollfd both[] = {{a.descriptor(), POLLIN, 0}, {b.descriptor(), POLLIN, 0}};
  ASSERT_EQ(::poll(both, 2, 10'000), 1);
  auto& refused = both[0].revents != 0 ? a : b;
  auto& waiting = both[0].revents != 0 ? b : a;
  const auto answer = refused.read();
  EXPECT_EQ(answer.status, 503U);
  EXPECT_EQ(answer.code(), "busy");
  EXPECT_EQ(answer.header("retry-after"), "1");
  backend_->release();
  EXPECT_EQ(running.read().status, 200U);
  EXPECT_EQ(waiting.read().status, 200U);
  EXPECT_EQ(refused.get("/api/v1/fills", viewer).status, 200U) << "the connection is still good";
}

TEST_F(limits_test, an_answer_that_takes_too_long_is_not_waited_for) {
  options.limits.answer_deadline = 100ms;
  start();
  backend_->hold_reads();
  http_client running{port()};
  http_client waiting{port()};
  running.send(get_text("/api/v1/orders", viewer));
  backend_->wait_for_reads(1);
  waiting.send(get_text("/api/v1/orders", viewer));
  EXPECT_EQ(running.read().code(), "backend_slow");
  EXPECT_EQ(waiting.read().code(), "busy");
  backend_->release();
  EXPECT_EQ(backend_->reads(), 1U) << "what nobody waits for any more is not begun";
  // Both connections go on, and the late answer does not turn up as somebody else's.
  EXPECT_EQ(running.get("/healthz").json()["alive"], true);
  EXPECT_EQ(waiting.get("/healthz").json()["alive"], true);
}

TEST_F(limits_test, expectations_are_met_or_refused_before_the_body) {
  start();
  http_client client{port()};
  client.send(head_of_post(
    trader, "Expect: 100-continue\r\nContent-Length: " + std::to_string(halt_all.size()) + "\r\n"));
  EXPECT_EQ(client.read().status, 100U);
  client.send(halt_all);
  EXPECT_EQ(client.read().status, 200U);
  http_client refused{port()};
  refused.send(head_of_post("wrong", "Expect: 100-continue\r\nContent-Length: 10\r\n"));
  EXPECT_EQ(refused.read().status, 401U) << "the body of a stranger is not asked for";
  http_client strange{port()};
  strange.send(head_of_post(trader, "Expect: miracles\r\nContent-Length: 10\r\n"));
  EXPECT_EQ(strange.read().status, 417U);
}

TEST_F(limits_test, pipelined_requests_are_answered_in_order) {
  start();
  http_client client{port()};
  client.send(get_text("/api/v1/orders?limit=1", viewer)
              + post_text("/api/v1/halt", trader, halt_all, "k") + get_text("/nothing", viewer)
              + get_text("/healthz"));
  EXPECT_TRUE(client.read().json().contains("items"));
  EXPECT_EQ(client.read().json()["outcome"], "applied");
  EXPECT_EQ(client.read().status, 404U);
  EXPECT_EQ(client.read().json()["alive"], true);
}

TEST_F(limits_test, connections_are_kept_or_closed_as_the_client_says) {
  start();
  http_client kept{port()};
  EXPECT_EQ(kept.get("/healthz").header("connection"), "");
  EXPECT_EQ(kept.get("/healthz", "", "Connection: close\r\n").header("connection"), "close");
  EXPECT_TRUE(kept.closed_by_server());
  http_client old{port()};
  old.send("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const auto answer = old.read();
  EXPECT_EQ(answer.version, "HTTP/1.0");
  EXPECT_EQ(answer.header("connection"), "keep-alive");
  old.send("GET /healthz HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.read().status, 200U);
  EXPECT_TRUE(old.closed_by_server());
}

TEST_F(limits_test, a_client_that_leaves_during_its_request_harms_nobody) {
  start();
  backend_->hold_reads();
  {
    http_client client{port()};
    client.send(get_text("/api/v1/orders", viewer));
    backend_->wait_for_reads(1);
    const linger reset{1, 0};
    ::setsockopt(client.descriptor(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  }
  backend_->release();
  wait_for_connections(1);
  EXPECT_EQ(get("/api/v1/orders").status, 200U);
}

TEST_F(limits_test, stopping_lets_running_requests_finish) {
  start();
  http_client idle{port()};
  EXPECT_EQ(idle.get("/healthz").status, 200U);
  backend_->hold_reads();
  http_client busy{port()};
  busy.send(get_text("/api/v1/orders", viewer));
  backend_->wait_for_reads(1);
  auto stopping = std::async(std::launch::async, [this] { server_->stop(); });
  EXPECT_TRUE(idle.closed_by_server());
  backend_->release();
  const auto answer = busy.read();
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.header("connection"), "close");
  stopping.get();
  EXPECT_THROW(http_client{port()}, std::runtime_error);
}

TEST_F(limits_test, stopping_does_not_wait_for_clients_that_never_finish) {
  options.limits.drain_deadline = 30ms;
  start();
  http_client partial{port()};
  EXPECT_EQ(partial.get("/healthz").status, 200U);
  partial.send("GET / HTTP/1.1\r\nHo");
  server_->stop();
  EXPECT_EQ(partial.read_to_end(), "");
  server_->stop();
}

TEST_F(limits_test, stopping_waits_for_the_call_that_is_running) {
  options.limits.drain_deadline = 10ms;
  start();
  backend_->hold_commands();
  http_client client{port()};
  client.send(post_text("/api/v1/halt", trader, halt_all, "k"));
  backend_->wait_for_commands(1);
  auto stopping = std::async(std::launch::async, [this] { server_->stop(); });
  EXPECT_EQ(client.read_to_end(), "");
  backend_->release();
  stopping.get();
  EXPECT_EQ(backend_->changes().size(), 1U);
}

TEST_F(limits_test, starts_again_on_the_port_it_has_just_left) {
  start();
  const auto same = port();
  http_client client{same};
  EXPECT_EQ(client.get("/healthz").status, 200U);
  server_.reset();
  options.listen.port = same;
  start();
  EXPECT_EQ(get("/healthz").status, 200U);
}

TEST_F(limits_test, says_which_port_is_taken) {
  start();
  auto second = options;
  second.listen.port = port();
  const auto refused = server::start(second, backend_, registry_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), "cannot serve HTTP on 127.0.0.1 port " + std::to_string(port())
                               + ": another process uses this port");
}

TEST_F(limits_test, serves_on_loopback_only) {
  for (const auto* host : {"0.0.0.0", "::", "192.0.2.1", "example.org", "", "127.0.0.1 "}) {
    options.listen.host = host;
    const auto refused = server::start(options, backend_, registry_);
    ASSERT_FALSE(refused) << host;
    EXPECT_NE(refused.error().find("cannot serve HTTP on"), std::string::npos);
  }
  for (const auto* host : {"localhost", "127.0.0.1"}) {
    options.listen.host = host;
    start();
    EXPECT_EQ(get("/healthz").status, 200U);
  }
}
