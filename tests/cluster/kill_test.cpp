// Goal: kill -9 of any node at any moment of a replay loses, repeats and changes nothing: signals,
// verdicts, orders, fills, positions and equity are row for row those of an undisturbed run, and
// the venue's own ledger agrees. Method: real processes over mutual TLS, a private PostgreSQL,
// recorded or generated bars; seeded kills, the seed in every message. SUPREME_KILL_RUNS sets the
// number of disturbed runs, SUPREME_KILL_SEED where they start.
#include "commands/session_summary.hpp"
#include "storage/open.hpp"
#include "tests/cluster/running_cluster.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <iostream>
#include <random>

namespace supreme::tests {
namespace {

using namespace std::chrono_literals;

/// Long enough for any number of takeovers on a busy machine.
constexpr auto run_patience = 180s;

uint32_t number_from(const char* variable, uint32_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : static_cast<uint32_t>(std::stoul(text));
}

commands::demo_options replay_of(const std::filesystem::path& folder) {
  commands::demo_options options;
  options.lockstep = true;
  options.gateway_port = 0;
  options.replay_files = {(folder / "BTCUSDT_1m_2026-04-19_2026-04-21.csv").string(),
                          (folder / "ETHUSDT_1m_2026-04-19_2026-04-21.csv").string()};
  return options;
}

void expect_identity(running_cluster& cluster) {
  for (const auto& difference :
       commands::compare_with_venue(cluster.site().database, cluster.site().venue_ledger.string()))
    ADD_FAILURE() << difference;
  // The first node's signed heads; it has signed some by the end of a run, unless it was killed
  // before.
  auto anchors = cluster.site().anchor_file.string();
  auto report = storage::open_postgres_auditor(cluster.site().database)
                  ->verify(std::filesystem::exists(anchors) ? anchors : "");
  for (const auto& defect : report.defects)
    ADD_FAILURE() << defect.where << ": " << defect.what;
}

std::vector<std::string> run_undisturbed(const commands::demo_options& options) {
  running_cluster cluster{options};
  cluster.wait_until("EXISTS (SELECT FROM trading.replays WHERE finished)", run_patience);
  expect_identity(cluster);
  return replay_rows(cluster);
}

/// What a kill met: orders between T1 and T4, by state.
std::string orders_in_flight(running_cluster& cluster) {
  std::string text;
  for (const auto& line :
       cluster.lines("SELECT state, count(*) FROM trading.orders WHERE is_open GROUP BY 1"))
    text += (text.empty() ? "" : ", ") + line;
  return text.empty() ? "none" : text;
}

/// Holds the account at a moment when an order is committed as SUBMITTING and its outcome is not:
/// the submit is on its way or at the venue, T3 waits. While it is held nobody can write the
/// account.
class held_account {
public:
  explicit held_account(running_cluster& cluster)
    : connection_(cluster.site().database), hold_(connection_) {
    // The account is held for as long as the test needs it, whatever the server allows others.
    hold_.exec("SET LOCAL idle_in_transaction_session_timeout = 0");
    // A lock taken too late is given back with its subtransaction, and the next order is waited
    // for.
    hold_.exec(
      "DO $$ DECLARE give_up constant timestamptz := clock_timestamp() + interval '120 s'; BEGIN "
      "LOOP "
      "  IF clock_timestamp() > give_up THEN RAISE EXCEPTION 'no order was met in SUBMITTING'; END "
      "IF; "
      "  CONTINUE WHEN NOT EXISTS (SELECT FROM trading.orders WHERE state = 'submitting'); "
      "  BEGIN "
      "    PERFORM FROM trading.accounts FOR UPDATE; "
      "    IF EXISTS (SELECT FROM trading.orders WHERE state = 'submitting') THEN RETURN; END IF; "
      "    RAISE SQLSTATE 'S0001'; "
      "  EXCEPTION WHEN SQLSTATE 'S0001' THEN NULL; "
      "  END; "
      "END LOOP; END $$");
  }
  /// The dead must not speak: what a killed process has sent before its end is not carried out once
  /// the account is free. Until its session is gone, whoever waits for the account is ended.
  void end_sessions_of_the_dead(running_cluster& cluster, size_t sessions_left) {
    auto gone = eventually(
      [&] {
        (void)cluster.lines("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                            + std::to_string(connection_.backendpid())
                            + " = ANY (pg_blocking_pids(pid))");
        return ledger_sessions(cluster) <= sessions_left;
      },
      10s);
    if (!gone)
      throw std::runtime_error("the dead node's session stays");
  }

  static size_t ledger_sessions(running_cluster& cluster) {
    return std::stoull(cluster.value(
      "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'supreme ledger'"));
  }

private:
  pqxx::connection connection_;
  pqxx::work hold_;
};

/// Orders whose outcome an executor of a later epoch had to find out: found at the venue, or proven
/// never to have come there.
uint64_t resolved_later(running_cluster& cluster) {
  return std::stoull(
    cluster.value("SELECT count(DISTINCT d.order_id) FROM trading.order_events d JOIN "
                  "trading.order_events r USING (order_id) "
                  "WHERE d.kind = 'decided' AND d.to_state = 'submitting' AND r.from_state IN "
                  "('submitting', 'unknown') "
                  "AND r.kind IN ('reported', 'resubmitting') "
                  "AND d.recorded_at < (SELECT min(c.recorded_at) FROM cluster.node_events c WHERE "
                  "c.unit = r.actor AND c.epoch = r.epoch)"));
}

struct kill_plan {
  const char* unit;       ///< the node that holds this dies
  bool restart;           ///< and is started again
  bool during_submission; ///< at the moment an order stands in SUBMITTING: between T1 and T3
};

constexpr std::array<kill_plan, 8> plans{{{"conductor/main", false, false},
                                          {"guard/main", true, true},
                                          {"strategy/trend/0", false, false},
                                          {"guard/main", false, true},
                                          {"conductor/main", true, true},
                                          {"strategy/trend/1", true, false},
                                          {"executor/main", false, true},
                                          {"guard/main", true, false}}};

TEST(cluster_kill, any_node_may_die_at_any_moment_and_the_rows_stay_the_same) {
  SUPREME_SHARED_PATH(bars, "data/bars/binance_spot");
  auto options = replay_of(bars);
  auto expected = run_undisturbed(options);
  ASSERT_GT(expected.size(), 3000u);
  auto seed = number_from("SUPREME_KILL_SEED", 1);
  auto runs = number_from("SUPREME_KILL_RUNS", 4);
  for (uint32_t run = 0; run < runs; ++run) {
    auto plan = plans[(seed + run) % plans.size()];
    std::mt19937_64 random{seed + run};
    auto when = std::uniform_int_distribution<uint64_t>{100, 2900}(random);
    SCOPED_TRACE("seed " + std::to_string(seed + run) + ": kill the holder of " + plan.unit
                 + " at step " + std::to_string(when));
    running_cluster cluster{options};
    cluster.wait_until("EXISTS (SELECT FROM trading.replays WHERE step >= " + std::to_string(when)
                         + ")",
                       run_patience);
    auto victim = cluster.holder(plan.unit);
    ASSERT_FALSE(victim.empty());
    bool executor_dies = cluster.holder("executor/main") == victim;
    auto held = plan.during_submission ? std::make_unique<held_account>(cluster) : nullptr;
    auto sessions = held_account::ledger_sessions(cluster);
    cluster.kill_node(victim);
    auto killed_at = cluster.step();
    auto in_flight = orders_in_flight(cluster);
    if (held) {
      EXPECT_NE(in_flight.find("submitting"), std::string::npos) << in_flight;
      held->end_sessions_of_the_dead(cluster, sessions - 1);
      held.reset();
    }
    if (plan.restart)
      cluster.start_node(victim);
    cluster.wait_until("EXISTS (SELECT FROM trading.replays WHERE finished)", run_patience);
    EXPECT_LT(killed_at, 3058u) << "the run was over before the kill";
    expect_identity(cluster);
    EXPECT_EQ(first_difference(expected, replay_rows(cluster)), "");
    auto resolved = resolved_later(cluster);
    if (plan.during_submission && executor_dies) {
      EXPECT_GT(resolved, 0u) << "no row shows that a later executor resolved the order";
    }
    std::cout << "seed " << seed + run << ": killed " << victim << " (" << plan.unit << ") at step "
              << killed_at << ", " << (plan.restart ? "started again" : "left dead")
              << ", orders between T1 and T4: " << in_flight
              << ", resolved by a later executor: " << resolved << std::endl;
    if (HasFailure())
      return;
  }
}

TEST(cluster_kill, an_account_spread_over_three_nodes_gives_identical_rows) {
  SUPREME_SHARED_PATH(bars, "data/bars/binance_spot");
  auto options = replay_of(bars);
  auto expected = run_undisturbed(options);
  options.spread_account = true;
  EXPECT_EQ(first_difference(expected, run_undisturbed(options)), "");
}

TEST(cluster_kill, the_venue_may_die_and_come_back) {
  SUPREME_SHARED_PATH(bars, "data/bars/binance_spot");
  auto options = replay_of(bars);
  auto expected = run_undisturbed(options);
  running_cluster cluster{options};
  cluster.wait_until("EXISTS (SELECT FROM trading.replays WHERE step >= 700)", run_patience);
  cluster.kill_venue();
  cluster.start_venue();
  cluster.wait_until("EXISTS (SELECT FROM trading.replays WHERE finished)", run_patience);
  expect_identity(cluster);
  EXPECT_EQ(first_difference(expected, replay_rows(cluster)), "");
}

} // namespace
} // namespace supreme::tests
