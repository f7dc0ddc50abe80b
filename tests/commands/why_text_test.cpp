// Goal: the timeline of an order reads like a story: what was wanted, what each check saw, what the
// venue said. Method: one complete answer of the reader against the complete text; and any JSON at
// all gives text.

#include "commands/why_text.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace supreme::tests {
namespace {

using nlohmann::json;

json sample() {
  return json::parse(R"({
    "order": {"id": "m1-3", "direction": "buy", "size": "0.01000000", "instrument": "BTCUSDT",
              "type": "market", "limit_price": null, "stop_price": null, "account": "main",
              "venue": "sim", "venue_order": "77", "state": "filled", "filled": "0.01000000",
              "reason": ""},
    "configuration": {"version": "4", "applied_by": "alice"},
    "events": [
      {"at": "2026-04-19T13:57:00.5+00:00", "what": "signal", "who": "trend", "node": "node-a",
       "epoch": "3",
       "detail": {"slot": "trend/BTCUSDT", "cause": "BTCUSDT/60s/1776607020000", "leg": 0,
                  "wanted": "long", "reference_price": "100.50000000", "reason": "macd crossed",
                  "inputs": [["macd", "0.12345678"], ["signal", "-0.5"]]}},
      {"at": "2026-04-19T13:57:00.5+00:00", "what": "verdict", "who": "guard/main",
       "node": "node-b", "epoch": "2",
       "detail": {"refusal": "none", "decided_by": "guard", "direction": "buy", "size": "0.01000000",
                  "mark": "100.50000000", "worst_price": "101.51", "reserve_cash": "1.02",
                  "max_position": null, "config_version": "4",
                  "checks": [{"code": "max_quantity", "passed": true, "limit": "10", "seen": "0.01"}]}},
      {"at": "2026-04-19T13:57:00+00:00", "what": "submitted", "who": "executor/main",
       "node": "node-b", "epoch": "2",
       "detail": {"from": "intent", "to": "submitting", "detail": "incarnation 7", "fill": null}},
      {"at": "2026-04-19T13:58:00.123456+00:00", "what": "fill", "who": "portfolio/main",
       "node": "node-b", "epoch": "2",
       "detail": {"from": "submitting", "to": "filled", "detail": "trade 17: 0.01 at 100.51",
                  "fill": {"fee": "0.00100510", "fee_asset": "USDT", "position_after": "0.01",
                           "slot_after": "0.01", "account_seq": "12"}}}
    ]})");
}

TEST(why_text, tells_the_whole_story) {
  EXPECT_EQ(commands::why_text(sample()),
            R"(order m1-3: buy 0.01 BTCUSDT market
account main, venue sim, venue's id 77
now filled, filled 0.01 of 0.01
configuration version 4, applied by alice

2026-04-19 13:57:00.500000  signal  by trend  on node-a  epoch 3
      wants long for slot trend/BTCUSDT
      because: macd crossed
      seen: macd 0.12345678, signal -0.5
      decided on BTCUSDT/60s/1776607020000, leg 0, reference price 100.5

2026-04-19 13:57:00.500000  verdict  by guard/main  on node-b  epoch 2
      accepted by the guard: buy 0.01 at mark 100.5
      passed max_quantity: saw 0.01 limit 10
      worst price 101.51, reserves cash 1.02, configuration version 4

2026-04-19 13:57:00.000000  submitted  by executor/main  on node-b  epoch 2
      intent -> submitting, incarnation 7

2026-04-19 13:58:00.123456  fill  by portfolio/main  on node-b  epoch 2
      submitting -> filled, trade 17: 0.01 at 100.51
      fee 0.0010051 USDT, position then 0.01, slot then 0.01, account event 12
)");
}

TEST(why_text, names_the_check_that_refused) {
  auto found = sample();
  auto& verdict = found["events"][1]["detail"];
  verdict["refusal"] = "cash";
  verdict["checks"].push_back({{"code", "cash"}, {"passed", false}, {"limit", "1"}, {"seen", "2"}});
  const auto text = commands::why_text(found);
  EXPECT_NE(text.find("refused by the guard for cash\n"), std::string::npos) << text;
  EXPECT_NE(text.find("REFUSED cash: saw 2 limit 1\n"), std::string::npos) << text;
}

TEST(why_text, keeps_a_venues_text_from_acting_on_the_terminal) {
  auto found = sample();
  found["order"]["reason"] = "no\x1b[2J\nfunds";
  const auto text = commands::why_text(found);
  EXPECT_NE(text.find("no?[2J?funds"), std::string::npos) << text;
}

/// JSON of every kind below the keys that the text looks at.
rc::Gen<json> any_json(int depth) {
  static const std::vector<std::string> keys{"order",  "events", "detail",       "fill",
                                             "checks", "inputs", "what",         "at",
                                             "epoch",  "size",   "configuration"};
  const auto scalar = rc::gen::element<json>(json{}, true, 7, -1.5, "signal", "verdict", "0.10",
                                             "2026-04-19T13:57:00+00:00", "T+00:00", "Z", "");
  if (depth == 0)
    return scalar;
  const auto inner = rc::gen::lazy([depth] { return any_json(depth - 1); });
  const auto list = rc::gen::map(rc::gen::container<std::vector<json>>(3, inner),
                                 [](const std::vector<json>& all) { return json(all); });
  const auto object = rc::gen::map(rc::gen::container<std::vector<std::pair<std::string, json>>>(
                                     6, rc::gen::pair(rc::gen::elementOf(keys), inner)),
                                   [](const std::vector<std::pair<std::string, json>>& all) {
                                     json out = json::object();
                                     for (const auto& [key, value] : all)
                                       out[key] = value;
                                     return out;
                                   });
  return rc::gen::oneOf(scalar, list, object);
}

TEST(why_text, makes_text_of_any_json) {
  EXPECT_TRUE(rc::check("any JSON gives text that ends a line", [] {
    const auto text = commands::why_text(*any_json(4));
    RC_ASSERT(!text.empty());
    RC_ASSERT(text.back() == '\n');
  }));
}

} // namespace
} // namespace supreme::tests
