// Goal: the routes and the database understand each other: every view and filter exists, modes keep
// their rules, and a database that goes away and comes back costs a few answers and nothing else.
// Method: a server on loopback over a migrated database of its own.

#include "api/routes.hpp"
#include "api/storage_backend.hpp"
#include "storage/migrate.hpp"
#include "storage/open.hpp"
#include "storage/sha256.hpp"
#include "tests/api/gateway_fixture.hpp"
#include "tests/config/sample.hpp"
#include "tests/support/postgres_fixture.hpp"

#include <pqxx/pqxx>

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

using namespace supreme;
using namespace supreme::api;
using namespace supreme::api::tests;
using supreme::tests::sample_cluster;
using trading::trading_mode;

namespace {

constexpr const char* viewer = "viewer-token";
constexpr const char* trader = "trader-token";
constexpr const char* risk = "risk-token";
constexpr const char* second_risk = "second-risk-token";

class database_test : public supreme::tests::postgres_test {
protected:
  std::string template_name() const override { return "api"; }
  void prepare_template(const std::string& conninfo) override { storage::migrate(conninfo); }

  void SetUp() override {
    postgres_test::SetUp();
    if (IsSkipped() || HasFatalFailure())
      return;
    const storage_factories stores{
      [where = conninfo()] { return storage::open_postgres_reader(where); },
      [where = conninfo()] { return storage::open_postgres_ledger(where); },
      [where = conninfo()] { return storage::open_postgres_cluster(where); }};
    server_options options;
    options.gateway.log = [](log_level, std::string_view, std::string_view) {};
    options.gateway.tokens = {stored_token("vera", config::api_role::viewer, viewer),
                              stored_token("tom", config::api_role::trader, trader),
                              stored_token("rita", config::api_role::risk, risk),
                              stored_token("rob", config::api_role::risk, second_risk)};
    auto started =
      server::start(options,
                    std::make_shared<storage_backend>(stores,
                                                      [this](const storage::mode_change& change) {
                                                        const std::lock_guard lock{mutex_};
                                                        told_.push_back(change);
                                                      }),
                    std::make_shared<prometheus::Registry>());
    ASSERT_TRUE(started) << started.error();
    server_ = std::move(started).value();
  }

  void TearDown() override {
    server_.reset();
    postgres_test::TearDown();
  }

  /// Runs SQL as the superuser, beside this test's database.
  void administer(const std::string& sql) {
    pqxx::connection connection{conninfo() + " dbname=postgres"};
    pqxx::nontransaction session{connection};
    session.exec(sql);
  }
  /// Ends all connections to this test's database, as a restart of the server would.
  void cut_connections() {
    administer("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '"
               + database() + "'");
  }
  /// Whether the server takes new connections to this test's database.
  void allow_connections(bool allowed) {
    administer("ALTER DATABASE \"" + database() + "\" ALLOW_CONNECTIONS "
               + (allowed ? "true" : "false"));
  }
  std::vector<storage::mode_change> told() {
    const std::lock_guard lock{mutex_};
    return told_;
  }

  http_answer get(const std::string& target) {
    return http_client{server_->port()}.get(target, viewer);
  }
  http_answer post(const std::string& route, const std::string& token, const std::string& body) {
    return http_client{server_->port()}.post("/api/v1/" + route, token, body,
                                             "key-" + std::to_string(++keys_));
  }
  /// The configuration, the account and a node, as a running cluster would have made them.
  storage::unit_claim populate() {
    const auto cluster = storage::open_postgres_cluster(conninfo());
    EXPECT_EQ(
      cluster->apply_config(sample_cluster(), storage::sha256_hex(sample_cluster()), "ada", 0), 1U);
    storage::open_postgres_ledger(conninfo())
      ->open_account(trading::account_id{"main"}, trading::venue_id{"sim"},
                     {{trading::asset_id{"USDT"}, trading::decimal::literal("1000")}});
    storage::node_registration node;
    node.node = "n1";
    node.runtime_id = "runtime-n1";
    node.cluster = "demo";
    node.build = "build";
    node.messages = "messages";
    node.host = "127.0.0.1";
    node.port = 7301;
    node.labels = {{"zone", "a"}};
    node.ttl_ms = 600'000;
    const auto registered = cluster->register_node(node);
    EXPECT_GT(registered.incarnation, 0U) << registered.refusal;
    incarnation_ = registered.incarnation;
    const auto epoch = cluster->claim("strategy/trend/0", "n1", incarnation_);
    EXPECT_TRUE(epoch);
    return {"strategy/trend/0", epoch.value_or(0)};
  }

  uint64_t incarnation_ = 0;
  std::unique_ptr<server> server_;

private:
  std::mutex mutex_;
  std::vector<storage::mode_change> told_;
  unsigned keys_ = 0;
};

} // namespace

TEST_F(database_test, every_list_and_every_filter_is_known_to_its_view) {
  populate();
  for (const auto& known : routes()) {
    if (known.does != endpoint::list)
      continue;
    const auto plain = get(known.path);
    EXPECT_EQ(plain.status, 200U) << known.path << plain.body;
    for (const auto& f : known.filters) {
      const auto filtered = get(std::string{known.path} + "?" + f.parameter + "=1");
      EXPECT_EQ(filtered.status, 200U) << known.path << ' ' << f.parameter << filtered.body;
      EXPECT_EQ(get(std::string{known.path} + "?" + f.parameter + "=%27;x").status / 100,
                std::string{f.parameter} == "version" ? 4U : 2U)
        << known.path << ' ' << f.parameter;
    }
    for (const auto* cursor : {"zzz", "5b5d", "5b315d", "00"})
      EXPECT_EQ(get(std::string{known.path} + "?cursor=" + cursor).code(), "bad_parameter")
        << known.path << ' ' << cursor;
  }
}

TEST_F(database_test, describes_an_empty_database) {
  EXPECT_EQ(get("/api/v1/status").json()["fills"], 0);
  EXPECT_TRUE(get("/api/v1/cluster").json()["nodes"].empty());
  EXPECT_TRUE(get("/api/v1/strategies").json()["items"].empty());
  EXPECT_EQ(get("/api/v1/orders/m1-1/why").code(), "unknown_order");
  EXPECT_EQ(get("/readyz").code(), "not_ready");
}

TEST_F(database_test, describes_nodes_units_and_strategies) {
  const auto claim = populate();
  const auto cluster = get("/api/v1/cluster").json();
  EXPECT_EQ(cluster["cluster"], "demo");
  ASSERT_EQ(cluster["nodes"].size(), 1U);
  EXPECT_EQ(cluster["nodes"][0]["labels"]["zone"], "a");
  EXPECT_EQ(cluster["nodes"][0]["live"], true);
  EXPECT_EQ(cluster["nodes"][0]["units"], nlohmann::json::array({claim.unit}));
  const auto strategies = get("/api/v1/strategies").json();
  ASSERT_FALSE(strategies["items"].empty());
  EXPECT_EQ(strategies["items"][0]["strategy"], "trend");
  EXPECT_EQ(strategies["items"][0]["units"][0]["node"], "n1");
  EXPECT_EQ(strategies["items"][0]["units"][0]["epoch"], std::to_string(claim.epoch));
  EXPECT_EQ(get("/readyz").status, 200U);
}

TEST_F(database_test, walks_a_history_without_gaps_or_repeats) {
  auto claim = populate();
  const auto cluster = storage::open_postgres_cluster(conninfo());
  for (int i = 0; i < 6; ++i) {
    ASSERT_TRUE(cluster->release(claim.unit, "n1", incarnation_, claim.epoch));
    claim.epoch = cluster->claim(claim.unit, "n1", incarnation_).value();
  }
  const auto all = get("/api/v1/nodes/history?limit=500").json()["items"];
  ASSERT_GE(all.size(), 13U);
  std::set<std::string> seen;
  size_t walked = 0;
  for (std::string target = "/api/v1/nodes/history?limit=2"; !target.empty();) {
    const auto answer = get(target);
    ASSERT_EQ(answer.status, 200U) << answer.body;
    const auto page = answer.json();
    for (const auto& item : page["items"]) {
      EXPECT_EQ(item, all[walked++]);
      seen.insert(item.dump());
    }
    const auto link = answer.header("link");
    target = link.empty() ? "" : link.substr(1, link.find('>') - 1);
  }
  EXPECT_EQ(walked, all.size());
  EXPECT_EQ(seen.size(), all.size());
}

TEST_F(database_test, shows_a_configuration_with_its_text_only_when_asked_for) {
  populate();
  const auto overview = get("/api/v1/config").json()["items"];
  ASSERT_EQ(overview.size(), 1U);
  EXPECT_EQ(overview[0]["applied_by"], "ada");
  EXPECT_FALSE(overview[0].contains("text"));
  EXPECT_EQ(get("/api/v1/config?version=1").json()["items"][0]["text"], sample_cluster());
}

TEST_F(database_test, keeps_the_rules_of_halting_and_resuming) {
  populate();
  const std::string account = R"({"scope":"account","name":"main","reason":"fat finger"})";
  EXPECT_EQ(post("halt", risk, account).json()["outcome"], "applied");
  EXPECT_EQ(post("halt", trader, account).json()["outcome"], "unchanged");
  const auto modes = get("/api/v1/modes?scope=account&name=main").json()["items"];
  ASSERT_EQ(modes.size(), 1U);
  EXPECT_EQ(modes[0]["mode"], "halted");
  EXPECT_EQ(modes[0]["principal"], "rita");
  EXPECT_EQ(modes[0]["reason"], "fat finger");
  EXPECT_EQ(get("/api/v1/strategies").json()["items"][0]["mode"], "halted");
  EXPECT_EQ(post("resume", risk, account).code(), "needs_second_person");
  EXPECT_EQ(
    post("halt", trader, R"({"scope":"account","name":"main","reason":"r","mode":"reducing"})")
      .code(),
    "would_loosen");
  EXPECT_EQ(post("resume", second_risk, account).json()["outcome"], "applied");
  EXPECT_EQ(get("/api/v1/strategies").json()["items"][0]["mode"], "active");
  EXPECT_EQ(told().size(), 3U);
  EXPECT_EQ(post("halt", trader, R"({"scope":"account","name":"mian","reason":"r"})").code(),
            "unknown_scope");
  EXPECT_EQ(post("halt", trader, R"({"scope":"strategy","name":"trnd","reason":"r"})").code(),
            "unknown_scope");
  EXPECT_EQ(
    post("halt", trader, R"({"scope":"strategy","name":"trend","reason":"r"})").json()["outcome"],
    "applied");
  EXPECT_EQ(post("halt", trader, R"({"scope":"global","reason":"r"})").json()["outcome"],
            "applied");
}

TEST_F(database_test, keeps_the_rules_of_latching_and_releasing_breakers) {
  populate();
  auto with_breaker = sample_cluster();
  with_breaker.replace(with_breaker.find("[accounts.limits]"), 0, R"([[accounts.breakers]]
scope = "strategy"
name = "trend"
consecutive_losses = 3
cool_down_s = 60
)");
  ASSERT_TRUE(storage::open_postgres_cluster(conninfo())
                ->apply_config(with_breaker, storage::sha256_hex(with_breaker), "ada", 1));
  const std::string trend =
    R"({"account":"main","scope":"strategy","name":"trend","reason":"it buys the top"})";
  EXPECT_EQ(post("breakers/release", risk, trend).code(), "unknown_rule") << "nothing to release";
  EXPECT_EQ(post("breakers/latch", risk, trend).json()["outcome"], "applied");
  EXPECT_EQ(post("breakers/latch", trader, trend).json()["outcome"], "unchanged");
  const auto rows = get("/api/v1/breakers?account=main&state=open").json()["items"];
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0]["scope"], "strategy");
  EXPECT_EQ(rows[0]["name"], "trend");
  EXPECT_EQ(rows[0]["trigger"], "person");
  EXPECT_EQ(rows[0]["latched"], true);
  EXPECT_EQ(rows[0]["latched_by"], "rita");
  EXPECT_EQ(rows[0]["latch_reason"], "it buys the top");
  EXPECT_EQ(post("breakers/release", risk, trend).code(), "needs_second_person");
  EXPECT_EQ(post("breakers/release", second_risk, trend).json()["outcome"], "applied");
  EXPECT_TRUE(get("/api/v1/breakers").json()["items"].empty()) << "no guard has told of it yet";
  EXPECT_EQ(
    post("drawdown/accept", risk, R"({"account":"main","reason":"we know"})").json()["outcome"],
    "applied");
  EXPECT_EQ(post("drawdown/accept", risk, R"({"account":"mian","reason":"r"})").code(),
            "unknown_rule");
}

TEST_F(database_test, goes_on_after_its_connections_were_cut) {
  populate();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(get("/api/v1/status").status, 200U);
    EXPECT_EQ(get("/api/v1/cluster").status, 200U);
    EXPECT_EQ(post("halt", trader, R"({"scope":"global","reason":"r"})").status, 200U);
    cut_connections();
  }
}

TEST_F(database_test, tells_that_the_database_is_away_and_recovers_when_it_is_back) {
  populate();
  EXPECT_EQ(get("/api/v1/status").status, 200U);
  allow_connections(false);
  cut_connections();
  const auto answer = get("/api/v1/status");
  EXPECT_EQ(answer.code(), "backend_unavailable");
  EXPECT_EQ(answer.header("retry-after"), "1");
  EXPECT_EQ(answer.body.find(database()), std::string::npos) << answer.body;
  EXPECT_EQ(get("/readyz").code(), "not_ready");
  EXPECT_EQ(get("/healthz").status, 200U);
  EXPECT_EQ(post("halt", trader, R"({"scope":"global","reason":"r"})").code(), "halt_not_recorded");
  EXPECT_EQ(told().size(), 1U);
  EXPECT_EQ(post("resume", risk, R"({"scope":"global","reason":"r"})").code(),
            "backend_unavailable");
  EXPECT_EQ(told().size(), 1U);
  allow_connections(true);
  EXPECT_EQ(get("/api/v1/status").status, 200U);
  EXPECT_EQ(post("halt", trader, R"({"scope":"global","reason":"r"})").json()["outcome"],
            "applied");
}
