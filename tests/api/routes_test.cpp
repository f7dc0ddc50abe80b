// Goal: every route answers what docs/api.md says, over real sockets. Method: a server on loopback
// over a scripted backend; requests as a client sends them.

#include "api/routes.hpp"
#include "tests/api/gateway_fixture.hpp"

#include <set>
#include <string>

using namespace supreme;
using namespace supreme::api;
using namespace supreme::api::tests;

using routes_test = gateway_test;

namespace {

std::string concrete(std::string path) {
  if (const auto at = path.find("{id}"); at != std::string::npos)
    path.replace(at, 4, "m1-7");
  return path;
}

} // namespace

TEST_F(routes_test, every_get_route_answers_json_and_its_head_the_same_without_a_body) {
  start();
  http_client client{port()};
  for (const auto& known : routes()) {
    if (known.method != verb::get || known.does == endpoint::metrics)
      continue;
    const auto path = concrete(known.path);
    const auto got = client.get(path, viewer);
    EXPECT_EQ(got.status, 200U) << path << got.body;
    EXPECT_EQ(got.header("content-type"), "application/json") << path;
    EXPECT_TRUE(got.json().is_object()) << path;
    auto text = get_text(path, viewer);
    text.replace(0, 3, "HEAD");
    client.send(text);
    const auto head = client.read(true);
    EXPECT_EQ(head.status, 200U) << path;
    EXPECT_EQ(head.header("content-length"), got.header("content-length")) << path;
    EXPECT_EQ(head.body, "") << path;
  }
}

TEST_F(routes_test, the_root_lists_every_route) {
  start();
  std::set<std::string> listed;
  const auto index = get("/", "").json();
  for (const auto& item : index["items"])
    listed.insert(item["method"].get<std::string>() + " " + item["path"].get<std::string>());
  EXPECT_EQ(listed.size(), routes().size());
  EXPECT_TRUE(listed.count("GET /api/v1/orders/{id}/why"));
  EXPECT_TRUE(listed.count("POST /api/v1/halt"));
}

TEST_F(routes_test, every_answer_carries_the_headers_that_keep_browsers_out) {
  start();
  for (const auto& answer :
       {get("/healthz"), get("/api/v1/orders"), get("/nothing"), get("/api/v1/orders", "wrong")}) {
    EXPECT_EQ(answer.header("x-content-type-options"), "nosniff");
    EXPECT_EQ(answer.header("content-security-policy"),
              "default-src 'none'; frame-ancestors 'none'");
    EXPECT_EQ(answer.header("cache-control"), "no-store");
    EXPECT_EQ(answer.header("referrer-policy"), "no-referrer");
    EXPECT_FALSE(answer.header("x-request-id").empty());
  }
}

TEST_F(routes_test, a_request_keeps_its_id_when_it_is_harmless) {
  start();
  EXPECT_EQ(get("/healthz", "", "X-Request-Id: trace-1.A_b\r\n").header("x-request-id"),
            "trace-1.A_b");
  const std::set<std::string> ids{
    get("/healthz").header("x-request-id"),
    get("/healthz").header("x-request-id"),
    get("/healthz", "", "X-Request-Id: a b\r\n").header("x-request-id"),
    get("/healthz", "", "X-Request-Id: \xc3\xa4\r\n").header("x-request-id"),
    get("/healthz", "", "X-Request-Id: " + std::string(65, 'x') + "\r\n").header("x-request-id"),
  };
  EXPECT_EQ(ids.size(), 5U);
  EXPECT_EQ(ids.count("a b"), 0U);
}

TEST_F(routes_test, problems_tell_code_status_and_request) {
  start();
  const auto answer = get("/api/v1/nothing?secret=value", viewer, "X-Request-Id: my-id\r\n");
  EXPECT_EQ(answer.status, 404U);
  EXPECT_EQ(answer.header("content-type"), "application/problem+json");
  const auto body = answer.json();
  EXPECT_EQ(body["type"], "urn:supreme:problem:not_found");
  EXPECT_EQ(body["code"], "not_found");
  EXPECT_EQ(body["status"], 404);
  EXPECT_EQ(body["instance"], "/api/v1/nothing");
  EXPECT_EQ(body["request_id"], "my-id");
  EXPECT_FALSE(body["title"].get<std::string>().empty());
  EXPECT_FALSE(body["detail"].get<std::string>().empty());
}

TEST_F(routes_test, knows_only_the_exact_paths) {
  start();
  for (const auto* path : {"/api", "/api/v1", "/api/v1/", "/api/v1/orders/", "/api/v1//orders",
                           "/API/v1/orders", "/api/v1/orders/m1-7", "/api/v1/orders//why",
                           "/api/v1/orders/m1-7/why/", "/healthz/x", "/favicon.ico"})
    EXPECT_EQ(get(path).status, 404U) << path;
  EXPECT_EQ(get("/api/v1/%6frders").status, 200U);
  EXPECT_EQ(get("http://localhost/api/v1/orders").status, 200U);
}

TEST_F(routes_test, other_methods_learn_which_ones_there_are) {
  start();
  http_client client{port()};
  const auto ask = [&](const std::string& method, const std::string& path) {
    auto text = get_text(path, admin);
    client.send(method + text.substr(3));
    return client.read();
  };
  for (const auto* method : {"PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"}) {
    const auto answer = ask(method, "/api/v1/orders");
    EXPECT_EQ(answer.status, 405U) << method;
    EXPECT_EQ(answer.header("allow"), "GET, HEAD") << method;
  }
  EXPECT_EQ(ask("GET", "/api/v1/halt").status, 405U);
  EXPECT_EQ(ask("GET", "/api/v1/halt").header("allow"), "POST");
  EXPECT_EQ(ask("BREW", "/api/v1/orders").status, 501U);
}

TEST_F(routes_test, why_tells_an_order_or_that_there_is_none) {
  start();
  EXPECT_EQ(get("/api/v1/orders/m1-7/why").json()["order"], "m1-7");
  EXPECT_EQ(get("/api/v1/orders/m1-8/why").code(), "unknown_order");
  EXPECT_EQ(get("/api/v1/orders/" + std::string(37, 'x') + "/why").code(), "unknown_order");
  EXPECT_EQ(get("/api/v1/orders/a%27%3b--/why").code(), "unknown_order");
}

TEST_F(routes_test, lists_are_walked_page_by_page_along_the_links) {
  backend_->rows_per_view = 250;
  start();
  http_client client{port()};
  std::string target = "/api/v1/orders?account=ma%26in";
  std::vector<size_t> seen;
  for (int pages = 0; pages < 10 && !target.empty(); ++pages) {
    const auto answer = client.get(target, viewer);
    ASSERT_EQ(answer.status, 200U) << answer.body;
    const auto body = answer.json();
    for (const auto& item : body["items"])
      seen.push_back(item["n"]);
    const auto link = answer.header("link");
    if (body["next"].is_null()) {
      EXPECT_EQ(link, "");
      break;
    }
    const auto end = link.find(">; rel=\"next\"");
    ASSERT_NE(end, std::string::npos) << link;
    target = link.substr(1, end - 1);
  }
  ASSERT_EQ(seen.size(), 250U);
  for (size_t i = 0; i < seen.size(); ++i)
    EXPECT_EQ(seen[i], i);
  const auto calls = backend_->lists();
  ASSERT_EQ(calls.size(), 3U);
  for (const auto& call : calls) {
    EXPECT_EQ(call.v, storage::view::orders);
    EXPECT_EQ(call.limit, 100U);
    EXPECT_EQ(call.filters, (std::map<std::string, std::string>{{"account", "ma&in"}}));
  }
}

TEST_F(routes_test, limits_are_from_1_to_500) {
  backend_->rows_per_view = 600;
  start();
  EXPECT_EQ(get("/api/v1/fills?limit=1").json()["items"].size(), 1U);
  EXPECT_EQ(get("/api/v1/fills?limit=500").json()["items"].size(), 500U);
  for (const auto* bad :
       {"0", "501", "-1", "+1", "1.0", "1e2", "x", "", "%20", "99999999999999999999", "0x10"})
    EXPECT_EQ(get(std::string{"/api/v1/fills?limit="} + bad).code(), "bad_parameter") << bad;
}

TEST_F(routes_test, each_list_takes_its_own_filters_and_no_others) {
  start();
  http_client client{port()};
  for (const auto& known : routes()) {
    if (known.method != verb::get)
      continue;
    for (const auto& f : known.filters) {
      EXPECT_EQ(
        client.get(std::string{known.path} + "?" + f.parameter + "=some%27x", viewer).status, 200U)
        << known.path;
      EXPECT_EQ(backend_->lists().back().filters,
                (std::map<std::string, std::string>{{f.column, "some'x"}}));
      EXPECT_EQ(client.get(std::string{known.path} + "?" + f.parameter + "=", viewer).code(),
                "bad_parameter");
    }
    EXPECT_EQ(client.get(concrete(known.path) + "?other=1", viewer).code(), "unknown_parameter")
      << known.path;
    if (known.does != endpoint::list) {
      EXPECT_EQ(client.get(concrete(known.path) + "?limit=1", viewer).code(), "unknown_parameter")
        << known.path;
    }
  }
}

TEST_F(routes_test, a_cursor_that_is_none_is_the_clients_mistake) {
  backend_->rows_per_view = 10;
  start();
  EXPECT_EQ(get("/api/v1/orders?cursor=zzz").code(), "bad_parameter");
  EXPECT_EQ(get("/api/v1/orders?cursor=" + std::string(2049, '1')).code(), "bad_target");
  backend_->fail_with(storage::failure_kind::definitive, "22P02");
  EXPECT_EQ(get("/api/v1/config?version=abc").code(), "bad_parameter");
  backend_->fail_with(storage::failure_kind::definitive, "42P01");
  EXPECT_EQ(get("/api/v1/config?version=abc").code(), "internal");
}

TEST_F(routes_test, a_failing_database_is_told_without_its_internals) {
  start();
  for (const auto kind : {storage::failure_kind::transient, storage::failure_kind::unknown}) {
    backend_->fail_with(kind, "57P01");
    for (const auto* path :
         {"/api/v1/orders", "/api/v1/status", "/api/v1/cluster", "/api/v1/orders/m1-7/why"}) {
      const auto answer = get(path);
      EXPECT_EQ(answer.status, 503U) << path;
      EXPECT_EQ(answer.header("retry-after"), "1") << path;
      EXPECT_EQ(answer.body.find("secret"), std::string::npos) << answer.body;
    }
  }
  backend_->recover();
  backend_->throw_something();
  const auto broken = get("/api/v1/orders", viewer, "X-Request-Id: broken-1\r\n");
  EXPECT_NE(log().find("4 read_failed request broken-1: secret-internals"), std::string::npos)
    << log();
  EXPECT_EQ(broken.status, 500U);
  EXPECT_EQ(broken.body.find("secret"), std::string::npos) << broken.body;
  backend_->recover();
  EXPECT_EQ(get("/api/v1/orders").status, 200U);
  EXPECT_EQ(metric("supreme_http_backend_failures_total{kind=\"transient\"}"), 4);
  EXPECT_EQ(metric("supreme_http_backend_failures_total{kind=\"unknown\"}"), 4);
}

TEST_F(routes_test, readiness_follows_the_backend_and_is_asked_for_once_a_while) {
  start();
  EXPECT_EQ(get("/readyz", "").status, 200U);
  backend_->fail_with(storage::failure_kind::transient);
  EXPECT_EQ(get("/readyz", "").status, 200U) << "the answer of a moment ago serves everybody";
  EXPECT_EQ(backend_->reads(), 1U);
  advance(config::defaults::http_readiness_age_max);
  const auto answer = get("/readyz", "");
  EXPECT_EQ(answer.status, 503U);
  EXPECT_EQ(answer.code(), "not_ready");
  EXPECT_EQ(get("/healthz", "").status, 200U) << "the process itself is alive";
  backend_->recover();
  advance(config::defaults::http_readiness_age_max);
  EXPECT_EQ(get("/readyz", "").json()["ready"], true);
}

TEST_F(routes_test, answers_only_in_what_the_client_accepts) {
  start();
  EXPECT_EQ(get("/api/v1/orders", viewer, "Accept: text/html\r\n").status, 406U);
  EXPECT_EQ(get("/api/v1/orders", viewer, "Accept: text/html, */*;q=0.1\r\n").status, 200U);
  EXPECT_EQ(get("/metrics", "", "Accept: application/json\r\n").status, 406U);
  EXPECT_EQ(
    get("/metrics", "",
        "Accept: application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5\r\n")
      .status,
    200U);
}

TEST_F(routes_test, counts_what_it_answers) {
  start();
  {
    http_client client{port()};
    EXPECT_EQ(client.get("/api/v1/orders", viewer).status, 200U);
    EXPECT_EQ(client.get("/api/v1/orders", viewer).status, 200U);
    EXPECT_EQ(client.get("/api/v1/orders", "").status, 401U);
    EXPECT_EQ(client.get("/nothing").status, 404U);
    const auto text = client.get("/metrics").body;
    EXPECT_NE(text.find("# TYPE supreme_http_requests_total counter"), std::string::npos);
  }
  EXPECT_EQ(
    metric("supreme_http_requests_total{method=\"GET\",route=\"/api/v1/orders\",status=\"200\"}"),
    2);
  EXPECT_EQ(
    metric("supreme_http_requests_total{method=\"GET\",route=\"/api/v1/orders\",status=\"401\"}"),
    1);
  EXPECT_EQ(metric("supreme_http_requests_total{method=\"GET\",route=\"none\",status=\"404\"}"), 1);
  EXPECT_EQ(metric("supreme_http_request_seconds_count{route=\"/api/v1/orders\"}"), 3);
  EXPECT_EQ(metric("supreme_http_auth_failures_total{reason=\"missing\"}"), 1);
}

TEST_F(routes_test, metrics_can_be_kept_from_everybody) {
  options.gateway.expose_metrics = false;
  start();
  EXPECT_EQ(get("/metrics").status, 404U);
  EXPECT_EQ(get("/").body.find("/metrics"), std::string::npos);
}
