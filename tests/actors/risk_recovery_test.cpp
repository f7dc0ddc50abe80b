// Goal: a guard that is killed and started again decides exactly as one that has lived all along,
// also where its account's policy looks at the past: breakers, drawdown that acts by itself, rates
// and sizes from closed trades. Method: test_cluster with such policies; the guard is killed at
// every message of some steps, and at every step of a whole run; the rows must be those of an
// undisturbed run.
// The same holds where a person latches a breaker, releases it or accepts a drawdown.
#include "tests/actors/cluster_text.hpp"
#include "tests/actors/test_cluster.hpp"
#include "tests/support/sanitized.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <optional>

namespace supreme::tests {
namespace {

struct policy_case {
  const char* name;
  cluster_text text;
  std::vector<std::string> decisions; ///< what some of them must hold: the past mattered
};

const std::vector<policy_case>& cases() {
  static const std::vector<policy_case> all{
    {"breakers_and_rates",
     {.main_policy = R"([accounts.rates]
max_orders = 3
window_ms = 300000
duplicate_window_ms = 120000
max_repeated_executions = 5
[[accounts.breakers]]
scope = "strategy"
name = "trend"
consecutive_losses = 2
cool_down_s = 300
probe_deadline_s = 600
)"},
     {"\"breaker_open\",\"guard\""}},
    {"drawdown",
     {.main_policy = R"([accounts.drawdown]
points = [{ drawdown_bps = 20, scale_bps = 8000 }, { drawdown_bps = 40, scale_bps = 5000 }]
no_entries_bps = 40
reduce_bps = 40
flatten_bps = 60
recovery_bps = 10
)"},
     {"\"drawdown\",\"guard\"", "risk/"}},
    {"kelly",
     {.trend_size = "{ mode = \"kelly\", min_trades = 5, floor_bps = 2500, shrinkage_trades = 5, "
                    "fraction_bps = 10000 }"},
     {"\"quantity_zero\",\"guard\""}},
  };
  return all;
}

class guard_recovery : public ::testing::TestWithParam<size_t> {
protected:
  static constexpr uint64_t bars = 60;

  std::unique_ptr<test_cluster> start() const {
    auto cluster =
      std::make_unique<test_cluster>(cluster_settings{cases()[GetParam()].text.to_toml(), bars});
    cluster->start_node("n1");
    return cluster;
  }

  static void finish(test_cluster& cluster) {
    ASSERT_TRUE(cluster.run_until([&] { return cluster.finished(); })) << cluster.story();
  }

  cluster_rows undisturbed() const {
    auto cluster = start();
    finish(*cluster);
    return cluster->rows();
  }
};

TEST_P(guard_recovery, decides_alike_when_it_is_killed_at_every_step) {
  const auto expected = undisturbed();
  for (uint64_t step = 1; step < bars; step += neighbour_stride) {
    auto cluster = start();
    // The guard begins with the run, a little before or after its first step.
    ASSERT_TRUE(cluster->run_until(
      [&] { return cluster->steps() >= step && cluster->kill_unit("guard/main"); }))
      << "step " << step;
    finish(*cluster);
    ASSERT_EQ(first_difference(expected, cluster->rows()), "") << "step " << step;
  }
}

TEST_P(guard_recovery, decides_alike_when_it_is_killed_at_any_message_of_a_step) {
  const auto expected = undisturbed();
  constexpr uint64_t after = 40, up_to = 42;
  auto probe = start();
  ASSERT_TRUE(probe->run_until([&] { return probe->steps() == after; }));
  const auto first = probe->messages();
  ASSERT_TRUE(probe->run_until([&] { return probe->steps() == up_to; }));
  for (auto at = first; at <= probe->messages(); at += neighbour_stride) {
    auto cluster = start();
    ASSERT_TRUE(cluster->run_until([&] { return cluster->messages() == at; }));
    ASSERT_TRUE(cluster->kill_unit("guard/main"));
    finish(*cluster);
    ASSERT_EQ(first_difference(expected, cluster->rows()), "") << "message " << at;
  }
}

TEST_P(guard_recovery, is_of_a_run_in_which_the_past_decides_and_is_found) {
  auto cluster = start();
  finish(*cluster);
  const auto rows = cluster->rows();
  for (const auto& text : cases()[GetParam()].decisions)
    EXPECT_TRUE(std::any_of(rows.decisions.begin(), rows.decisions.end(),
                            [&](const auto& d) { return d.find(text) != std::string::npos; }))
      << text;
  // Moves of breakers and of the drawdown's stage are rows of the actors' history.
  const bool moves = cases()[GetParam()].text.trend_size.empty();
  EXPECT_EQ(cluster->events("guard/main", "risk_finding") > 0, moves);
}

INSTANTIATE_TEST_SUITE_P(policies, guard_recovery, ::testing::Values(0, 1, 2),
                         [](const auto& param) { return std::string{cases()[param.param].name}; });

// -- a person's word -----------------------------------------------------------------------------

using command_script = std::map<uint64_t, storage::command_request>; ///< after which step

constexpr uint64_t commanded_bars = 60;

storage::command_request say(trading::risk_command_kind kind, const std::string& who) {
  const trading::breaker_key trend{trading::breaker_scope::strategy, "trend"};
  const bool of_breaker = kind != trading::risk_command_kind::accept_drawdown;
  return {
    trading::account_id{"main"}, {kind, of_breaker ? trend : trading::breaker_key{}}, who, "drill"};
}

struct commanded_run {
  cluster_rows rows;
  std::vector<trading::breaker_report> breakers;
  size_t mode_changes = 0;
};

/// A run in which a person says something, and in which the guard is killed after this step.
commanded_run run_with(const std::string& policy, const command_script& script,
                       std::optional<uint64_t> kill_after = {}) {
  test_cluster cluster{{cluster_text{.main_policy = policy}.to_toml(), commanded_bars}};
  cluster.start_node("n1");
  storage::memory_ledger_store rows{cluster.database()};
  const auto reach = [&](uint64_t step) {
    EXPECT_TRUE(cluster.run_until([&] { return cluster.steps() >= step; })) << cluster.story();
  };
  auto steps = script;
  if (kill_after)
    steps.try_emplace(*kill_after); // After what is said at the same step.
  for (const auto& [step, said] : steps) {
    reach(step);
    if (!said.principal.empty()) {
      EXPECT_EQ(rows.command_risk(said), storage::change_outcome::applied);
    }
    if (step == kill_after) {
      EXPECT_TRUE(cluster.run_until([&] { return cluster.kill_unit("guard/main"); }));
    }
  }
  EXPECT_TRUE(cluster.run_until([&] { return cluster.finished(); })) << cluster.story();
  EXPECT_TRUE(cluster.contradictions().empty());
  const auto audit = cluster.database()->audit_rows();
  const auto mode_changes = std::count_if(
    audit.begin(), audit.end(), [](const auto& row) { return row.kind == "mode_changed"; });
  return {cluster.rows(), cluster.database()->breakers(trading::account_id{"main"}),
          static_cast<size_t>(mode_changes)};
}

/// The run is the same wherever its guard was killed.
void expect_the_same_when_killed(const std::string& policy, const command_script& script,
                                 const commanded_run& calm) {
  for (uint64_t step = 1; step < commanded_bars; step += neighbour_stride) {
    const auto killed = run_with(policy, script, step);
    ASSERT_EQ(first_difference(calm.rows, killed.rows), "") << "step " << step;
    ASSERT_EQ(calm.breakers, killed.breakers) << "step " << step;
  }
}

/// How often decisions of strategy trend ended like this at the steps after `from` up to `to`.
size_t count_between(const cluster_rows& rows, uint64_t from, uint64_t to,
                     const std::string& refusal) {
  std::map<int64_t, uint64_t> step_at;
  for (const auto& line : rows.steps) {
    const auto step = nlohmann::json::parse(line);
    step_at[step.at("event_time_ns").get<int64_t>()] = step.at("step").get<uint64_t>();
  }
  return static_cast<size_t>(
    std::count_if(rows.decisions.begin(), rows.decisions.end(), [&](const std::string& line) {
      const auto decision = nlohmann::json::parse(line);
      const auto& wish = decision.at(2);
      const auto step = step_at.at(wish.at("event_time_ns").get<int64_t>());
      return wish.at("strategy") == "trend" && decision.at(5) == refusal && step > from
             && step <= to;
    }));
}

/// How often a decision of an account ended like this.
size_t count_of(const cluster_rows& rows, const std::string& account, const std::string& refusal) {
  return static_cast<size_t>(
    std::count_if(rows.decisions.begin(), rows.decisions.end(), [&](const std::string& line) {
      const auto decision = nlohmann::json::parse(line);
      return decision.at(2).at("account") == account && decision.at(5) == refusal;
    }));
}

TEST(breaker_recovery, a_global_breaker_reduces_everybody_once_wherever_its_guard_is_killed) {
  const auto policy = R"([[accounts.breakers]]
scope = "global"
consecutive_losses = 2
)";
  const auto calm = run_with(policy, {});
  ASSERT_EQ(calm.breakers.size(), 1u);
  EXPECT_EQ(calm.breakers[0].state, trading::breaker_state::open);
  EXPECT_EQ(calm.mode_changes, 1u);
  EXPECT_GT(count_of(calm.rows, "main", "breaker_open"), 0u);
  EXPECT_GT(count_of(calm.rows, "side", "reducing"), 0u);
  for (uint64_t step = 1; step < commanded_bars; step += neighbour_stride) {
    const auto killed = run_with(policy, {}, step);
    EXPECT_EQ(killed.breakers, calm.breakers) << "step " << step;
    EXPECT_EQ(killed.mode_changes, 1u) << "step " << step;
    EXPECT_EQ(count_of(killed.rows, "main", "breaker_open"),
              count_of(calm.rows, "main", "breaker_open"))
      << "step " << step;
  }
}

TEST(breaker_recovery, a_global_breaker_waits_for_no_signal_of_its_account) {
  // The second step comes a minute after the first: that opens it.
  const auto policy = R"([[accounts.breakers]]
scope = "global"
stale_feed_ms = 60000
)";
  test_cluster cluster{{cluster_text{.main_policy = policy}.to_toml(), commanded_bars}};
  cluster.start_node("n1");
  ASSERT_TRUE(cluster.run_until([&] { return cluster.steps() >= 3; })) << cluster.story();
  for (const auto& row : cluster.rows().decisions)
    ASSERT_NE(nlohmann::json::parse(row).at(2).at("account"), "main");
  storage::memory_ledger_store rows{cluster.database()};
  EXPECT_EQ(rows.load_account(trading::account_id{"side"}).mode, trading::trading_mode::reducing);
}

TEST(command_recovery, a_breaker_stays_where_a_person_put_it_wherever_its_guard_is_killed) {
  const auto policy = R"([[accounts.breakers]]
scope = "strategy"
name = "trend"
consecutive_losses = 1000
cool_down_s = 60
)";
  const command_script held{{15, say(trading::risk_command_kind::latch_breaker, "tom")}};
  auto released = held;
  released[40] = say(trading::risk_command_kind::release_breaker, "rita");
  const auto calm = run_with(policy, released);
  EXPECT_GT(count_between(calm.rows, 0, 15, "none"), 0u);
  EXPECT_EQ(count_between(calm.rows, 0, 15, "breaker_open"), 0u);
  EXPECT_GT(count_between(calm.rows, 15, 40, "breaker_open"), 0u);
  EXPECT_EQ(count_between(calm.rows, 40, commanded_bars, "breaker_open"), 0u);
  EXPECT_GT(count_between(calm.rows, 40, commanded_bars, "none"), 0u);
  ASSERT_EQ(calm.breakers.size(), 1u);
  EXPECT_EQ(calm.breakers[0].state, trading::breaker_state::closed);
  EXPECT_EQ(calm.breakers[0].trigger, trading::breaker_trigger::person);
  expect_the_same_when_killed(policy, released, calm);

  const auto to_the_end = run_with(policy, held, 30);
  EXPECT_GT(count_between(to_the_end.rows, 40, commanded_bars, "breaker_open"), 0u);
  ASSERT_EQ(to_the_end.breakers.size(), 1u);
  EXPECT_TRUE(to_the_end.breakers[0].latched);
}

TEST(command_recovery, an_accepted_drawdown_stays_accepted_wherever_its_guard_is_killed) {
  const auto policy = R"([accounts.drawdown]
no_entries_bps = 40
)";
  const command_script script{{30, say(trading::risk_command_kind::accept_drawdown, "rita")}};
  const auto refused = run_with(policy, {});
  EXPECT_GT(count_between(refused.rows, 20, commanded_bars, "drawdown"), 0u);
  EXPECT_EQ(count_between(refused.rows, 20, commanded_bars, "none"), 0u);
  const auto calm = run_with(policy, script);
  EXPECT_EQ(count_between(calm.rows, 20, 30, "none"), 0u);
  EXPECT_GT(count_between(calm.rows, 30, 40, "none"), 0u);
  EXPECT_GT(count_between(calm.rows, 50, commanded_bars, "drawdown"), 0u) << "of the new peak";
  expect_the_same_when_killed(policy, script, calm);
}

} // namespace
} // namespace supreme::tests
