// Goal: nobody does through the API what the role does not allow, halts work whatever else happens,
// and a change is made once. Method: a server on loopback over a scripted backend that keeps the
// rules of modes.

#include "api/routes.hpp"
#include "tests/api/gateway_fixture.hpp"

#include <string>

using namespace supreme;
using namespace supreme::api;
using namespace supreme::api::tests;
using namespace std::chrono_literals;
using trading::trading_mode;

namespace {

const std::string halt_all = R"({"scope":"global","reason":"drill"})";
const std::string breaker = R"({"account":"main","scope":"strategy","name":"trend","reason":"r"})";

/// A good body for a change.
std::string body_of(const route& r) {
  switch (r.does) {
    case endpoint::latch_breaker:
    case endpoint::release_breaker:
      return breaker;
    case endpoint::accept_drawdown:
      return R"({"account":"main","reason":"r"})";
    default:
      return R"({"scope":"account","name":"main","reason":"r"})";
  }
}

} // namespace

using rights_test = gateway_test;

TEST_F(rights_test, each_role_has_exactly_its_routes) {
  options.gateway.failures_max = 1000;
  start();
  const std::map<std::string, config::api_role> roles{{viewer, config::api_role::viewer},
                                                      {trader, config::api_role::trader},
                                                      {risk, config::api_role::risk},
                                                      {admin, config::api_role::admin}};
  for (const auto& known : routes()) {
    std::string path = known.path;
    if (const auto at = path.find("{id}"); at != std::string::npos)
      path.replace(at, 4, "m1-7");
    const auto ask = [&](const std::string& token) {
      http_client client{port()};
      return known.method == verb::post ? client.post(path, token, body_of(known), new_key()).status
                                        : client.get(path, token).status;
    };
    const bool is_open = known.needs == api::access::open;
    EXPECT_EQ(ask(""), is_open ? 200U : 401U) << path;
    EXPECT_EQ(ask("no-such-token"), is_open ? 200U : 401U) << path;
    for (const auto& [token, role] : roles) {
      const auto status = ask(token);
      const bool may = allows(known.needs, role);
      EXPECT_EQ(status == 403, !may) << path << ' ' << token << ' ' << status;
      EXPECT_EQ(status == 200 || status == 409, may) << path << ' ' << token << ' ' << status;
    }
  }
}

TEST_F(rights_test, a_refused_token_learns_how_to_come_back) {
  start();
  const auto missing = get("/api/v1/orders", "");
  EXPECT_EQ(missing.status, 401U);
  EXPECT_EQ(missing.header("www-authenticate"), "Bearer realm=\"supreme\"");
  const auto wrong = get("/api/v1/orders", "wrong");
  EXPECT_EQ(wrong.header("www-authenticate"), "Bearer realm=\"supreme\", error=\"invalid_token\"");
  EXPECT_EQ(get("/api/v1/orders", "", "Authorization: Basic dmVyYTp2ZXJh\r\n").status, 401U);
  EXPECT_EQ(get("/api/v1/orders", "",
                std::string{"Authorization: Bearer "} + viewer + "\r\nAuthorization: Bearer x\r\n")
              .status,
            400U);
}

TEST_F(rights_test, without_tokens_nobody_is_let_in) {
  options.gateway.tokens.clear();
  start();
  EXPECT_EQ(get("/api/v1/orders").status, 401U);
  EXPECT_EQ(post("/api/v1/halt", trader, halt_all).status, 401U);
  EXPECT_TRUE(backend_->changes().empty());
}

TEST_F(rights_test, wrong_tokens_lock_their_address_for_a_while) {
  options.gateway.failures_max = 3;
  options.gateway.lockout_window = 60s;
  start();
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(get("/api/v1/orders", "guess").status, 401U);
  const auto locked = get("/api/v1/orders", viewer);
  EXPECT_EQ(locked.status, 429U) << "not even a good token is looked at";
  EXPECT_EQ(locked.header("retry-after"), "60");
  EXPECT_EQ(get("/healthz", "").status, 200U);
  advance(60s);
  EXPECT_EQ(get("/api/v1/orders", viewer).status, 200U);
  EXPECT_EQ(metric("supreme_http_auth_failures_total{reason=\"wrong\"}"), 3);
  EXPECT_EQ(metric("supreme_http_auth_failures_total{reason=\"locked\"}"), 1);
}

TEST_F(rights_test, a_lock_never_keeps_anybody_from_halting) {
  options.gateway.failures_max = 1;
  start();
  EXPECT_EQ(get("/api/v1/orders", "guess").status, 401U);
  EXPECT_EQ(post("/api/v1/halt", "guess", halt_all).status, 429U);
  EXPECT_EQ(post("/api/v1/resume", risk, halt_all).status, 429U);
  EXPECT_EQ(post("/api/v1/halt", trader, halt_all).status, 200U);
}

TEST_F(rights_test, requests_without_a_token_lock_nobody_out) {
  options.gateway.failures_max = 1;
  start();
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(get("/api/v1/orders", "").status, 401U);
  EXPECT_EQ(get("/api/v1/orders", viewer).status, 200U);
}

TEST_F(rights_test, no_token_and_no_connection_string_reaches_log_or_answer) {
  start();
  std::string answers;
  answers += get("/api/v1/orders", "wrong-token-text").body;
  answers += get("/api/v1/orders", viewer).body;
  answers += get("/api/v1/orders?token=in-the-query", viewer).body;
  backend_->fail_with(storage::failure_kind::transient);
  answers += get("/api/v1/orders", viewer).body;
  answers += post("/api/v1/halt", trader, halt_all).body;
  server_->stop();
  for (const auto* secret : {"wrong-token-text", viewer, trader, "in-the-query"}) {
    EXPECT_EQ(answers.find(secret), std::string::npos) << secret;
    EXPECT_EQ(log().find(secret), std::string::npos) << secret;
  }
  EXPECT_EQ(answers.find("secret-dsn"), std::string::npos);
  EXPECT_NE(log().find("wrong_token from 127.0.0.1"), std::string::npos) << log();
}

TEST_F(rights_test, a_halt_reaches_the_backend_with_who_and_why) {
  start();
  const auto answer = post("/api/v1/halt", trader,
                           R"({"scope":"strategy","name":"trend","reason":"losing \"money\" €"})");
  EXPECT_EQ(answer.status, 200U) << answer.body;
  EXPECT_EQ(answer.json(), nlohmann::json({{"scope", "strategy"},
                                           {"name", "trend"},
                                           {"mode", "halted"},
                                           {"outcome", "applied"},
                                           {"principal", "tom"}}));
  const auto changes = backend_->changes();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].scope, storage::mode_scope::strategy);
  EXPECT_EQ(changes[0].name, "trend");
  EXPECT_EQ(changes[0].mode, trading_mode::halted);
  EXPECT_EQ(changes[0].principal, "tom");
  EXPECT_EQ(changes[0].reason, "losing \"money\" €");
  EXPECT_EQ(post("/api/v1/halt", trader, R"({"scope":"strategy","name":"trend","reason":"again"})")
              .json()["outcome"],
            "unchanged");
  EXPECT_EQ(metric("supreme_http_mode_changes_total{mode=\"halted\",outcome=\"applied\"}"), 1);
}

TEST_F(rights_test, who_halted_cannot_be_the_one_who_resumes) {
  start();
  EXPECT_EQ(post("/api/v1/halt", risk, halt_all).status, 200U);
  const auto alone = post("/api/v1/resume", risk, halt_all);
  EXPECT_EQ(alone.status, 409U);
  EXPECT_EQ(alone.code(), "needs_second_person");
  EXPECT_EQ(post("/api/v1/resume", trader, halt_all).status, 403U);
  EXPECT_EQ(post("/api/v1/resume", second_risk, halt_all).status, 200U);
}

TEST_F(rights_test, a_halt_never_loosens_and_a_resume_never_tightens) {
  start();
  const std::string reducing = R"({"scope":"global","reason":"r","mode":"reducing"})";
  EXPECT_EQ(post("/api/v1/resume", risk, reducing).code(), "would_tighten");
  EXPECT_EQ(post("/api/v1/halt", trader, reducing).status, 200U);
  EXPECT_EQ(post("/api/v1/halt", risk, halt_all).status, 200U);
  EXPECT_EQ(post("/api/v1/halt", trader, reducing).code(), "would_loosen");
  EXPECT_EQ(post("/api/v1/resume", second_risk, reducing).status, 200U);
  EXPECT_EQ(backend_->current_mode(storage::mode_scope::global, ""), trading_mode::reducing);
}

TEST_F(rights_test, an_unknown_name_is_told) {
  start();
  const auto answer =
    post("/api/v1/halt", trader, R"({"scope":"account","name":"nobody","reason":"r"})");
  EXPECT_EQ(answer.status, 404U);
  EXPECT_EQ(answer.code(), "unknown_scope");
}

TEST_F(rights_test, bodies_that_are_not_exactly_right_change_nothing) {
  start();
  for (const auto* body :
       {"", "{", "[]", "null", "{}", R"({"scope":"global"})",
        R"({"scope":"global","reason":"r","reason":"r"})",
        R"({"scope":"global","reason":"r","force":true})", R"({"scope":"global","reason":1e400})",
        R"({"scope":"global","reason":"r","mode":"active"})", R"({"scope":"GLOBAL","reason":"r"})",
        "{\"scope\":\"global\",\"reason\":\"\xff\"}"}) {
    const auto answer = post("/api/v1/halt", trader, body);
    EXPECT_EQ(answer.status, 400U) << body;
    EXPECT_TRUE(answer.code() == "bad_json" || answer.code() == "bad_field") << body;
  }
  http_client client{port()};
  EXPECT_EQ(
    client.post("/api/v1/halt", trader, halt_all, new_key(), "Content-Type: text/plain\r\n").status,
    415U);
  EXPECT_EQ(get("/healthz").status, 200U);
  EXPECT_TRUE(backend_->changes().empty());
}

TEST_F(rights_test, a_body_is_plain_json_with_a_key) {
  start();
  const auto send = [&](const std::string& key, const std::string& more) {
    return http_client{port()}.post("/api/v1/halt", trader, halt_all, key, more).code();
  };
  EXPECT_EQ(send("", ""), "idempotency_key_missing");
  EXPECT_EQ(send("a b", ""), "idempotency_key_missing");
  EXPECT_EQ(send(std::string(65, 'k'), ""), "idempotency_key_missing");
  EXPECT_EQ(send("k", "Idempotency-Key: k2\r\n"), "malformed_request");
  EXPECT_EQ(send("k", "Content-Encoding: gzip\r\n"), "unsupported_media_type");
  EXPECT_EQ(send("k", "Content-Type: application/json; charset=latin1\r\n"),
            "unsupported_media_type");
  EXPECT_TRUE(backend_->changes().empty());
  EXPECT_EQ(
    send("k", "Content-Encoding: identity\r\nContent-Type: application/json; charset=UTF-8\r\n"),
    "");
  EXPECT_EQ(backend_->changes().size(), 1U);
}

TEST_F(rights_test, the_same_key_gets_the_first_answer_without_doing_it_again) {
  start();
  http_client client{port()};
  const auto first = client.post("/api/v1/halt", trader, halt_all, "same");
  const auto again = client.post("/api/v1/halt", trader, halt_all, "same");
  EXPECT_EQ(again.status, 200U);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(first.header("idempotency-replayed"), "");
  EXPECT_EQ(again.header("idempotency-replayed"), "true");
  EXPECT_NE(again.header("x-request-id"), first.header("x-request-id"));
  EXPECT_EQ(again.headers.count("x-request-id"), 1U);
  EXPECT_EQ(backend_->changes().size(), 1U);
  const auto other =
    client.post("/api/v1/halt", trader, R"({"scope":"global","reason":"other"})", "same");
  EXPECT_EQ(other.status, 422U);
  EXPECT_EQ(other.code(), "idempotency_key_reused");
  EXPECT_EQ(backend_->changes().size(), 1U);
}

TEST_F(rights_test, keys_of_different_people_and_routes_do_not_meet) {
  start();
  http_client client{port()};
  EXPECT_EQ(client.post("/api/v1/halt", trader, halt_all, "same").json()["principal"], "tom");
  EXPECT_EQ(client.post("/api/v1/halt", admin, halt_all, "same").json()["principal"], "ada");
  EXPECT_EQ(client.post("/api/v1/resume", admin, halt_all, "same").json()["outcome"], "applied");
  EXPECT_EQ(backend_->changes().size(), 3U);
}

TEST_F(rights_test, a_key_whose_request_failed_may_be_used_again) {
  start();
  http_client client{port()};
  backend_->fail_with(storage::failure_kind::transient);
  EXPECT_EQ(client.post("/api/v1/resume", risk, halt_all, "same").code(), "backend_unavailable");
  backend_->fail_with(storage::failure_kind::unknown);
  EXPECT_EQ(client.post("/api/v1/resume", risk, halt_all, "same").code(), "outcome_unknown");
  backend_->recover();
  EXPECT_EQ(client.post("/api/v1/resume", risk, halt_all, "same").json()["outcome"], "unchanged");
}

TEST_F(rights_test, a_key_in_progress_is_not_done_twice) {
  start();
  http_client first{port()};
  backend_->hold_commands();
  first.send(post_text("/api/v1/halt", trader, halt_all, "same"));
  backend_->wait_for_commands(1);
  EXPECT_EQ(http_client{port()}.post("/api/v1/halt", trader, halt_all, "same").code(),
            "request_in_progress");
  backend_->release();
  EXPECT_EQ(first.read().status, 200U);
  EXPECT_EQ(http_client{port()}
              .post("/api/v1/halt", trader, halt_all, "same")
              .header("idempotency-replayed"),
            "true");
  EXPECT_EQ(backend_->changes().size(), 1U);
}

TEST_F(rights_test, an_answer_that_came_too_late_is_there_for_the_next_try) {
  options.limits.answer_deadline = 200ms;
  start();
  backend_->hold_commands();
  const auto late = http_client{port()}.post("/api/v1/halt", trader, halt_all, "same");
  EXPECT_EQ(late.status, 503U);
  EXPECT_EQ(late.code(), "outcome_unknown");
  backend_->release();
  std::string code = "request_in_progress";
  http_answer again;
  while (code == "request_in_progress") {
    again = http_client{port()}.post("/api/v1/halt", trader, halt_all, "same");
    code = again.code();
  }
  EXPECT_EQ(again.status, 200U);
  EXPECT_EQ(again.json()["outcome"], "applied");
  EXPECT_EQ(backend_->changes().size(), 1U);
}

TEST_F(rights_test, a_slow_read_does_not_delay_a_halt) {
  start();
  backend_->hold_reads();
  http_client reader{port()};
  reader.send(get_text("/api/v1/orders", viewer));
  backend_->wait_for_reads(1);
  EXPECT_EQ(post("/api/v1/halt", trader, halt_all).status, 200U);
  EXPECT_FALSE(reader.is_readable());
  backend_->release();
  EXPECT_EQ(reader.read().status, 200U);
}

TEST_F(rights_test, a_halt_that_the_database_cannot_record_still_reaches_the_guards) {
  start();
  backend_->fail_with(storage::failure_kind::transient);
  const auto answer = post("/api/v1/halt", trader, halt_all);
  EXPECT_EQ(answer.status, 503U);
  EXPECT_EQ(answer.code(), "halt_not_recorded");
  ASSERT_EQ(backend_->announced().size(), 1U);
  EXPECT_EQ(backend_->announced()[0].mode, trading_mode::halted);
  EXPECT_EQ(post("/api/v1/resume", risk, halt_all).code(), "backend_unavailable");
  EXPECT_EQ(backend_->announced().size(), 1U) << "nothing is ever allowed without a record";
  backend_->deafen_guards();
  EXPECT_EQ(post("/api/v1/halt", trader, halt_all).code(), "backend_unavailable");
}

TEST_F(rights_test, a_command_over_a_breaker_reaches_the_backend_with_who_and_why) {
  start();
  const auto answer = post("/api/v1/breakers/latch", trader, breaker);
  EXPECT_EQ(answer.status, 200U) << answer.body;
  EXPECT_EQ(answer.json(), nlohmann::json({{"account", "main"},
                                           {"scope", "strategy"},
                                           {"name", "trend"},
                                           {"command", "latch_breaker"},
                                           {"outcome", "applied"},
                                           {"principal", "tom"}}));
  const auto given = backend_->commands_given();
  ASSERT_EQ(given.size(), 1U);
  EXPECT_EQ(given[0].account.str(), "main");
  EXPECT_EQ(given[0].command, (trading::risk_command{trading::risk_command_kind::latch_breaker,
                                                     {trading::breaker_scope::strategy, "trend"}}));
  EXPECT_EQ(given[0].principal, "tom");
  EXPECT_EQ(given[0].reason, "r");
  EXPECT_EQ(post("/api/v1/breakers/latch", risk, breaker).json()["outcome"], "unchanged");
  EXPECT_EQ(metric("supreme_http_risk_commands_total{command=\"latch_breaker\",outcome="
                   "\"applied\"}"),
            1);
}

TEST_F(rights_test, who_latched_a_breaker_cannot_be_the_one_who_releases_it) {
  start();
  EXPECT_EQ(post("/api/v1/breakers/latch", risk, breaker).status, 200U);
  EXPECT_EQ(post("/api/v1/breakers/release", trader, breaker).status, 403U);
  EXPECT_EQ(post("/api/v1/breakers/release", risk, breaker).code(), "needs_second_person");
  EXPECT_EQ(post("/api/v1/breakers/release", second_risk, breaker).json()["outcome"], "applied");
}

TEST_F(rights_test, only_who_may_resume_accepts_a_drawdown) {
  start();
  const std::string body = R"({"account":"main","reason":"we know"})";
  EXPECT_EQ(post("/api/v1/drawdown/accept", trader, body).status, 403U);
  EXPECT_EQ(post("/api/v1/drawdown/accept", risk, body).json(),
            nlohmann::json({{"account", "main"},
                            {"command", "accept_drawdown"},
                            {"outcome", "applied"},
                            {"principal", "rita"}}));
}

TEST_F(rights_test, a_command_over_a_rule_that_is_not_there_is_told) {
  start();
  for (const auto& [route, body] : std::map<std::string, std::string>{
         {"breakers/latch", R"({"account":"nobody","scope":"account","reason":"r"})"},
         {"drawdown/accept", R"({"account":"nobody","reason":"r"})"}}) {
    const auto answer = post("/api/v1/" + route, risk, body);
    EXPECT_EQ(answer.status, 404U);
    EXPECT_EQ(answer.code(), "unknown_rule");
  }
}

TEST_F(rights_test, a_command_that_the_database_cannot_record_is_told_and_may_be_tried_again) {
  start();
  backend_->fail_with(storage::failure_kind::transient);
  http_client client{port()};
  EXPECT_EQ(client.post("/api/v1/breakers/latch", trader, breaker, "same").code(),
            "backend_unavailable");
  backend_->recover();
  EXPECT_EQ(client.post("/api/v1/breakers/latch", trader, breaker, "same").json()["outcome"],
            "applied");
  EXPECT_EQ(
    client.post("/api/v1/breakers/latch", trader, breaker, "same").header("idempotency-replayed"),
    "true");
  EXPECT_EQ(backend_->commands_given().size(), 1U);
}
