// Goal: what clients send is read strictly, and one way only. Method: tables of good and bad texts
// against the pure parsers, and properties over random bytes.

#include "api/http.hpp"
#include "api/idempotency.hpp"
#include "api/mode_request.hpp"
#include "api/risk_request.hpp"
#include "api/strict_json.hpp"
#include "api/target.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

using namespace std::string_literals;
using namespace supreme;
using namespace supreme::api;

namespace {

header_fields accept(std::string_view value) { return {{{"Accept", value}}}; }

std::string halt_error(const std::string& body) {
  const auto parsed = parse_mode_request(body, true);
  return parsed ? "" : parsed.error().text;
}

} // namespace

TEST(target, splits_path_and_query) {
  const auto parsed = parse_target("/api/v1/orders?limit=5&state=filled+or%20not");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->segments, (std::vector<std::string>{"api", "v1", "orders"}));
  EXPECT_EQ(parsed->query.at("limit"), "5");
  EXPECT_EQ(parsed->query.at("state"), "filled or not");
  EXPECT_EQ(parsed->path, "/api/v1/orders");
}

TEST(target, reads_the_root_and_the_absolute_form) {
  EXPECT_TRUE(parse_target("/")->segments.empty());
  EXPECT_TRUE(parse_target("http://localhost:8080")->segments.empty());
  EXPECT_EQ(parse_target("HTTP://localhost/healthz")->segments,
            std::vector<std::string>{"healthz"});
  EXPECT_EQ(parse_target("http://localhost?a=b")->query.at("a"), "b");
}

TEST(target, does_not_take_a_slash_at_the_end_for_the_same_path) {
  EXPECT_EQ(parse_target("/a/")->segments, (std::vector<std::string>{"a", ""}));
  EXPECT_EQ(parse_target("//a")->segments, (std::vector<std::string>{"", "a"}));
}

TEST(target, refuses_what_could_be_read_in_two_ways) {
  for (const auto& text :
       {""s,          "*"s,        "orders"s,     "http://"s,
        "http:///x"s, "/%"s,       "/%4"s,        "/%zz"s,
        "/a%2fb"s,    "/a%2Fb"s,   "/.."s,        "/a/../b"s,
        "/%2e%2e/b"s, "/a#b"s,     "/a%00b"s,     "/a%0d%0ab"s,
        "/a\0b"s,     "/%ff"s,     "/%c0%af"s,    "/%ed%a0%80"s,
        "/a?b"s,      "/a?=b"s,    "/a?b=1&b=2"s, "/a?b=1&%62=2"s,
        "/a?b=%"s,    "/a?b=%00"s, "/a?&b=1"s,    "/a?b=" + std::string(2049, 'x')})
    EXPECT_FALSE(parse_target(text)) << text;
  std::string many = "/a?";
  for (int i = 0; i < 100; ++i)
    many += "p" + std::to_string(i) + "=1&";
  EXPECT_FALSE(parse_target(many));
}

RC_GTEST_PROP(target, decodes_what_it_encodes, (const std::string& text)) {
  const bool plain = is_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
                       return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
                     });
  const auto again = percent_decode(percent_encode(text), false);
  RC_ASSERT(again.has_value() == plain);
  if (plain)
    RC_ASSERT(*again == text);
}

TEST(utf8, knows_the_edges_of_each_length) {
  for (const auto& good : {"\xc2\x80"s, "\xdf\xbf"s, "\xe0\xa0\x80"s, "\xed\x9f\xbf"s,
                           "\xee\x80\x80"s, "\xf0\x90\x80\x80"s, "\xf4\x8f\xbf\xbf"s, "\x7f"s})
    EXPECT_TRUE(is_utf8(good));
  for (const auto& bad :
       {"\x80"s, "\xc1\xbf"s, "\xc2"s, "\xe0\x9f\xbf"s, "\xed\xa0\x80"s, "\xf0\x8f\xbf\xbf"s,
        "\xf4\x90\x80\x80"s, "\xf5\x80\x80\x80"s, "\xe2\x82"s, "\xe2\x28\xa1"s})
    EXPECT_FALSE(is_utf8(bad));
}

TEST(accept_header, follows_the_closest_range) {
  EXPECT_TRUE(accepts({}, "application/json"));
  for (const auto* good : {"*/*", "application/*", "application/json", "APPLICATION/JSON;q=0.1",
                           "text/html, */*;q=0.8", "application/json;charset=utf-8", "", " , "})
    EXPECT_TRUE(accepts(accept(good), "application/json")) << good;
  for (const auto* bad :
       {"text/html", "text/*", "application/json;q=0", "application/json;q=0.000, */*", "*/*;q=0",
        "application/xml, application/*;q=0", "json"})
    EXPECT_FALSE(accepts(accept(bad), "application/json")) << bad;
}

TEST(content_type, is_json_in_utf8_only) {
  for (const auto* good :
       {"application/json", "Application/JSON", "application/json; charset=utf-8",
        "application/json;charset=\"UTF-8\"", "application/json;"})
    EXPECT_TRUE(is_json(good)) << good;
  for (const auto* bad :
       {"", "text/plain", "application/jsonp", "application/json; charset=utf-16",
        "application/json;x=1", "application/problem+json", "application/x-www-form-urlencoded"})
    EXPECT_FALSE(is_json(bad)) << bad;
}

TEST(strict_json, parses_every_kind_of_value) {
  const auto parsed =
    parse_strict_json(R"( {"a":[1,-2,3.5,true,false,null,{"b":"\u20ac"}],"c":{}} )", 8);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, nlohmann::json::parse(R"({"a":[1,-2,3.5,true,false,null,{"b":"€"}],"c":{}})"));
}

TEST(strict_json, refuses_what_other_parsers_let_pass) {
  for (const auto& text : {R"({"a":1,"a":2})"s,
                           R"({"a":{"b":1,"b":1}})"s,
                           R"({"a":1,"\u0061":2})"s,
                           "{} {}"s,
                           "{}x"s,
                           ""s,
                           "{"s,
                           "[1,]"s,
                           "{\"a\":1,}"s,
                           "'a'"s,
                           "NaN"s,
                           "Infinity"s,
                           "-Infinity"s,
                           "1e400"s,
                           "01"s,
                           "+1"s,
                           "// c\n1"s,
                           "/* c */1"s,
                           "\"\x01\""s,
                           "\"\xff\""s,
                           "\"\xc0\xaf\""s,
                           R"("\ud800")"s,
                           "{}\0garbage"s,
                           "\0"s,
                           "{a:1}"s,
                           "True"s})
    EXPECT_FALSE(parse_strict_json(text, 8)) << text;
}

TEST(strict_json, refuses_deep_nesting_before_it_has_read_it) {
  EXPECT_TRUE(parse_strict_json("[[[1]]]", 3));
  EXPECT_FALSE(parse_strict_json("[[[[1]]]]", 3));
  EXPECT_FALSE(parse_strict_json(R"({"a":[{"b":[]}]})", 3));
  EXPECT_FALSE(parse_strict_json(std::string(60'000, '['), 16));
}

RC_GTEST_PROP(strict_json, agrees_with_the_plain_parser_on_what_it_accepts,
              (const std::string& text)) {
  if (const auto parsed = parse_strict_json(text, 16))
    RC_ASSERT(*parsed == nlohmann::json::parse(text));
}

TEST(mode_request, reads_a_halt) {
  const auto parsed =
    parse_mode_request(R"({"scope":"account","name":"main","reason":"fat finger"})", true);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->scope, storage::mode_scope::account);
  EXPECT_EQ(parsed->name, "main");
  EXPECT_EQ(parsed->reason, "fat finger");
  EXPECT_EQ(parsed->mode, trading::trading_mode::halted);
  EXPECT_EQ(parsed->principal, "");
}

TEST(mode_request, knows_the_modes_of_each_direction) {
  const auto mode_of = [](const std::string& mode, bool is_halt) {
    return parse_mode_request(R"({"scope":"global","reason":"r","mode":")" + mode + "\"}", is_halt);
  };
  EXPECT_EQ(mode_of("reducing", true)->mode, trading::trading_mode::reducing);
  EXPECT_EQ(mode_of("halted", true)->mode, trading::trading_mode::halted);
  EXPECT_FALSE(mode_of("active", true));
  EXPECT_EQ(mode_of("reducing", false)->mode, trading::trading_mode::reducing);
  EXPECT_EQ(mode_of("active", false)->mode, trading::trading_mode::active);
  EXPECT_FALSE(mode_of("halted", false));
  EXPECT_FALSE(mode_of("", true));
}

TEST(mode_request, names_the_member_that_is_wrong) {
  EXPECT_NE(halt_error(R"({"scope":"global","reason":"r","extra":1})").find("'extra'"),
            std::string::npos);
  EXPECT_NE(halt_error(R"({"reason":"r"})").find("'scope'"), std::string::npos);
  EXPECT_NE(halt_error(R"({"scope":"planet","reason":"r"})").find("'scope'"), std::string::npos);
  EXPECT_NE(halt_error(R"({"scope":"account","reason":"r"})").find("'name'"), std::string::npos);
  EXPECT_NE(halt_error(R"({"scope":"global","name":"x","reason":"r"})").find("name"),
            std::string::npos);
  EXPECT_NE(halt_error(R"({"scope":"global"})").find("'reason'"), std::string::npos);
  EXPECT_NE(halt_error(R"({"scope":"global","reason":"  "})").find("'reason'"), std::string::npos);
  EXPECT_NE(halt_error(R"({"scope":"global","reason":7})").find("'reason'"), std::string::npos);
  EXPECT_NE(halt_error(R"({"scope":"global","reason":null})").find("'reason'"), std::string::npos);
  EXPECT_NE(halt_error(R"({"scope":"global","reason":"a\nb"})").find("'reason'"),
            std::string::npos);
  EXPECT_NE(halt_error(R"({"scope":"global","reason":"a\u0000b"})").find("'reason'"),
            std::string::npos);
  EXPECT_NE(
    halt_error(R"({"scope":"global","reason":")" + std::string(501, 'r') + "\"}").find("'reason'"),
    std::string::npos);
  EXPECT_NE(halt_error("[]").find("object"), std::string::npos);
}

TEST(idempotency_key, is_short_and_plain) {
  EXPECT_TRUE(is_idempotency_key("0d7ee7d2-70f1-4b0e-9c8f-0a8f6c2b1f55"));
  EXPECT_TRUE(is_idempotency_key(std::string(64, 'k')));
  for (const auto& bad : {""s, std::string(65, 'k'), "a b"s, "a\tb"s, "ä"s, "a\0b"s, "a\"b"s})
    EXPECT_FALSE(is_idempotency_key(bad));
}

TEST(idempotency_store, forgets_the_oldest_answer_and_never_one_in_progress) {
  idempotency_store store{2};
  const auto print = storage::sha256("body");
  using state = idempotency_store::state;
  EXPECT_EQ(store.begin("open", print).found, state::started);
  for (const auto* key : {"a", "b", "c"}) {
    EXPECT_EQ(store.begin(key, print).found, state::started);
    store.finish(key, response{});
  }
  EXPECT_EQ(store.begin("open", print).found, state::in_progress);
  EXPECT_EQ(store.begin("c", print).found, state::done);
  EXPECT_EQ(store.begin("b", print).found, state::done);
  EXPECT_EQ(store.begin("b", storage::sha256("other")).found, state::reused);
  EXPECT_EQ(store.begin("a", print).found, state::started);
}

TEST(idempotency_store, starts_anew_after_forgetting) {
  idempotency_store store{2};
  const auto print = storage::sha256("body");
  EXPECT_EQ(store.begin("a", print).found, idempotency_store::state::started);
  store.forget("a");
  EXPECT_EQ(store.begin("a", print).found, idempotency_store::state::started);
  store.finish("a", response{});
  store.forget("a");
  EXPECT_EQ(store.begin("a", print).found, idempotency_store::state::started);
}

TEST(problems, have_a_code_and_title_of_their_own) {
  std::set<std::string> codes;
  std::set<std::string> titles;
  unsigned next = 1;
  for (const auto& spec : problem_specs()) {
    EXPECT_EQ(static_cast<unsigned>(spec.value), next++) << spec.code;
    EXPECT_TRUE(codes.insert(spec.code).second) << spec.code;
    EXPECT_TRUE(titles.insert(spec.title).second) << spec.title;
    EXPECT_GE(spec.status, 400U);
    EXPECT_LT(spec.status, 600U);
  }
}

TEST(quoting, shows_nothing_that_could_steer_a_terminal_or_a_log) {
  EXPECT_EQ(quote("ab"), "'ab'");
  EXPECT_EQ(quote("a\x1b[2J\nb\xff"), "'a?[2J?b?'");
  EXPECT_EQ(quote(std::string(500, 'x')), "'" + std::string(60, 'x') + "...'");
}

TEST(risk_request, reads_whose_breaker_is_meant) {
  using kind = trading::risk_command_kind;
  const auto parsed =
    parse_risk_request(R"({"account":"main","scope":"instrument","name":"BTCUSDT","reason":"r"})",
                       kind::latch_breaker);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->account.str(), "main");
  EXPECT_EQ(
    parsed->command,
    (trading::risk_command{kind::latch_breaker, {trading::breaker_scope::instrument, "BTCUSDT"}}));
  EXPECT_EQ(parsed->reason, "r");
  EXPECT_EQ(parsed->principal, "");
  const auto own =
    parse_risk_request(R"({"account":"main","scope":"account","reason":"r"})", kind::latch_breaker);
  ASSERT_TRUE(own);
  EXPECT_EQ(own->command.breaker, (trading::breaker_key{trading::breaker_scope::account, "main"}));
  const auto all =
    parse_risk_request(R"({"account":"main","scope":"global","reason":"r"})", kind::latch_breaker);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->command.breaker, (trading::breaker_key{trading::breaker_scope::global, ""}));
}

TEST(risk_request, names_the_member_that_is_wrong) {
  using kind = trading::risk_command_kind;
  const auto error = [](const char* body, kind k) {
    const auto parsed = parse_risk_request(body, k);
    return parsed ? std::string{"accepted"} : parsed.error().text;
  };
  const auto latch = kind::latch_breaker;
  EXPECT_NE(error(R"({"scope":"account","reason":"r"})", latch).find("'account'"),
            std::string::npos);
  EXPECT_NE(error(R"({"account":"main","reason":"r"})", latch).find("'scope'"), std::string::npos);
  EXPECT_NE(error(R"({"account":"main","scope":"all","reason":"r"})", latch).find("'scope'"),
            std::string::npos);
  EXPECT_NE(
    error(R"({"account":"main","scope":"global","name":"main","reason":"r"})", latch).find("name"),
    std::string::npos);
  EXPECT_NE(error(R"({"account":"main","scope":"strategy","reason":"r"})", latch).find("'name'"),
            std::string::npos);
  EXPECT_NE(
    error(R"({"account":"main","scope":"account","name":"main","reason":"r"})", latch).find("name"),
    std::string::npos);
  EXPECT_NE(error(R"({"account":"main","scope":"account"})", latch).find("'reason'"),
            std::string::npos);
  EXPECT_NE(error(R"({"account":"main","scope":"account","reason":"r"})", kind::accept_drawdown)
              .find("'scope'"),
            std::string::npos);
  EXPECT_FALSE(parse_risk_request("{", latch));
}
