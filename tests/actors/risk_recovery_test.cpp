// Goal: a guard that is killed and started again decides exactly as one that has lived all along,
// also where its account's policy looks at the past: breakers, drawdown that acts by itself, rates
// and sizes from closed trades. Method: test_cluster with such policies; the guard is killed at
// every message of some steps, and at every step of a whole run; the rows must be those of an
// undisturbed run.
#include "tests/actors/cluster_text.hpp"
#include "tests/actors/test_cluster.hpp"

#include <algorithm>

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
  for (uint64_t step = 1; step < bars; ++step) {
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
  for (auto at = first; at <= probe->messages(); ++at) {
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

} // namespace
} // namespace supreme::tests
