// Goal: `audit verify` tells clean, defective and impossible apart, and `audit why` finds orders.
// Method: each test runs the whole program against a database of its own.

#include "tests/commands/database_verbs.hpp"
#include "storage/open.hpp"
#include "tests/config/sample.hpp"
#include "tests/storage/transactions.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

namespace supreme::tests {
namespace {

TEST_F(database_verbs, verify_finds_a_fresh_trail_clean) {
  ASSERT_EQ(call({"db", "migrate"}).code, 0);
  ASSERT_EQ(call({"config", "apply", file(sample_cluster())}).code, 0);
  const auto text = call({"audit", "verify"});
  EXPECT_EQ(text.code, 0) << text.err << text.out;
  EXPECT_NE(text.out.find(": clean\n"), std::string::npos) << text.out;
  const auto json = call({"audit", "verify", "--json"});
  EXPECT_EQ(json.code, 0) << json.err;
  EXPECT_TRUE(nlohmann::json::parse(json.out).at("clean").get<bool>());
}

TEST_F(database_verbs, verify_that_cannot_run_is_not_a_verification) {
  const auto result = call({"audit", "verify"});
  EXPECT_EQ(result.code, 2) << result.out;
  ASSERT_EQ(call({"db", "migrate"}).code, 0);
  EXPECT_EQ(call({"audit", "verify", "--anchors", "/nonexistent/anchors"}).code, 2);
}

TEST_F(database_verbs, why_of_an_order_that_does_not_exist_ends_with_one) {
  ASSERT_EQ(call({"db", "migrate"}).code, 0);
  const auto result = call({"audit", "why", "m1-1"});
  EXPECT_EQ(result.code, 1) << result.err;
  EXPECT_EQ(result.err, "there is no order \"m1-1\"\n");
}

/// Commits one filled order through the stores, as a node would, and returns its id.
class audited_trade : public database_verbs {
protected:
  void SetUp() override {
    database_verbs::SetUp();
    if (IsSkipped() || HasFatalFailure())
      return;
    ASSERT_EQ(call({"db", "migrate"}).code, 0);
    ASSERT_EQ(call({"config", "apply", file(sample_cluster())}).code, 0);
    trade();
  }

  storage::unit_claim own(storage::cluster_store& cluster, uint64_t incarnation,
                          const std::string& unit) const {
    return {unit, cluster.claim(unit, "n1", incarnation).value()};
  }

  void trade() {
    const auto cluster = storage::open_postgres_cluster(conninfo());
    const auto node = cluster->register_node({.node = "n1",
                                              .runtime_id = "r1",
                                              .cluster = "demo",
                                              .build = "b",
                                              .messages = "m",
                                              .host = "h",
                                              .port = 1,
                                              .labels = {},
                                              .ttl_ms = 60'000});
    ASSERT_GT(node.incarnation, 0u) << node.refusal;
    desk at;
    at.guard = own(*cluster, node.incarnation, "guard/main");
    at.strategy = own(*cluster, node.incarnation, "strategy/trend/0");
    at.executor = own(*cluster, node.incarnation, "executor/main");
    at.portfolio = own(*cluster, node.incarnation, "portfolio/main");
    const auto ledger = storage::open_postgres_ledger(conninfo());
    ledger->open_account(trading::account_id{"main"}, trading::venue_id{"sim"},
                         {{trading::asset_id{"USDT"}, trading::decimal::from_integer(1'000)}});
    const auto decided = commit(*ledger, at.decide("cause-1", trading::side::buy, "2", "203"));
    ASSERT_TRUE(decided.order) << decided.text;
    order_ = decided.order->order.id;
    const auto sent = commit(*ledger, at.submit(order_, cluster->next_incarnation()));
    ASSERT_TRUE(sent.order) << sent.text;
    const auto filled = commit(*ledger, at.fill(*ledger, *sent.order, "trade-1", "100.75", "2"));
    ASSERT_EQ(filled.status, storage::commit_status::applied) << filled.text;
  }

  trading::client_order_id order_;
};

TEST_F(audited_trade, is_explained_from_the_reason_to_the_position) {
  const auto result = call({"audit", "why", order_.str()});
  ASSERT_EQ(result.code, 0) << result.err;
  size_t at = 0;
  const std::vector<std::string> story{
    "order " + order_.str() + ": buy 2 BTCUSDT market\n",
    "now filled, filled 2 of 2\n",
    "signal  by trend",
    "because: macd crossed\n",
    "seen: macd 0.12345678, signal -0.5\n",
    "verdict  by guard/main  on n1",
    "accepted by the guard: buy 2 at mark 100.5\n",
    "passed max_quantity: saw 2 limit 10\n",
    "by executor/main",
    "intent -> submitting",
    "by portfolio/main",
    "submitting -> filled, trade trade-1: 2 at 100.75\n",
    "position then 2, slot then 2, account event 1\n",
  };
  for (const auto& part : story) {
    const auto found = result.out.find(part, at);
    ASSERT_NE(found, std::string::npos) << "no " << part << " after byte " << at << " of\n"
                                        << result.out;
    at = found;
  }
  const auto json = call({"audit", "why", order_.str(), "--json"});
  EXPECT_EQ(nlohmann::json::parse(json.out).at("order").at("id"), order_.str());
}

TEST_F(audited_trade, verifies_until_a_row_is_changed) {
  const auto clean = call({"audit", "verify"});
  EXPECT_EQ(clean.code, 0) << clean.out << clean.err;
  EXPECT_NE(clean.out.find("1 order, 1 fill and "), std::string::npos) << clean.out;
  {
    pqxx::connection superuser{conninfo()};
    pqxx::work change{superuser};
    change.exec("SET LOCAL session_replication_role = replica");
    change.exec("UPDATE trading.orders SET size = size + 1");
    change.commit();
  }
  const auto defective = call({"audit", "verify"});
  EXPECT_EQ(defective.code, 1) << defective.out << defective.err;
  EXPECT_NE(defective.out.find(order_.str()), std::string::npos) << defective.out;
  const auto json = nlohmann::json::parse(call({"audit", "verify", "--json"}).out);
  EXPECT_FALSE(json.at("clean").get<bool>());
  EXPECT_GE(json.at("defects").size(), 1u);
}

} // namespace
} // namespace supreme::tests
