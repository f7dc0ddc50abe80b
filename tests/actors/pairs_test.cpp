// Goal: a strategy on pairs of instruments trades in a cluster, both legs at a time, and its actor
// rebuilt at any moment leaves the rows of an undisturbed run. Method: test_cluster with an account
// that may sell short beside those of every test; the strategy's actor is killed at messages all
// over a busy stretch, and the node that it lives on once.
#include "tests/actors/cluster_text.hpp"
#include "tests/actors/test_cluster.hpp"

namespace supreme::tests {
namespace {

constexpr uint64_t bars = 70;
const std::string unit = "strategy/spread/0";

std::string config_with_pairs() {
  return cluster_text{}.to_toml() + R"(
[[accounts]]
id = "hedged"
venue = "sim"
quote = "USDT"
shard = "h"
[accounts.initial]
USDT = "50000"
[accounts.limits]
allow_short = true
collar_bps = 100
taker_fee_bps = "10"

[[strategies]]
id = "spread"
kind = "pairs"
account = "hedged"
feed = "minute"
instruments = ["BTCUSDT", "ETHUSDT"]
size = { mode = "fixed_notional", amount = "5000" }
[strategies.parameters]
window = 8
entry_z = 1.2
exit_z = 0.4
stop_z = 2.4
max_bars = 10
)";
}

std::unique_ptr<test_cluster> start(std::initializer_list<const char*> nodes) {
  auto cluster = std::make_unique<test_cluster>(cluster_settings{config_with_pairs(), bars});
  for (const char* name : nodes)
    cluster->start_node(name);
  return cluster;
}

const cluster_rows& undisturbed() {
  static const cluster_rows rows = [] {
    auto cluster = start({"n1"});
    if (!cluster->run_until([&] { return cluster->finished(); }))
      throw std::runtime_error(cluster->story());
    return cluster->rows();
  }();
  return rows;
}

/// Why the finished run is not what it must be; empty when it is.
std::string judge(test_cluster& cluster) {
  if (!cluster.run_until([&] { return cluster.finished(); }))
    return "the run does not end\n" + cluster.story();
  if (auto difference = first_difference(undisturbed(), cluster.rows()); !difference.empty())
    return difference + "\n" + cluster.story();
  const auto problems = cluster.contradictions();
  return problems.empty() ? "" : problems.front();
}

size_t lines_with(const std::vector<std::string>& lines, const std::string& text) {
  return static_cast<size_t>(std::count_if(lines.begin(), lines.end(), [&](const auto& line) {
    return line.find(text) != std::string::npos;
  }));
}

TEST(pairs_in_a_cluster, trade_both_legs) {
  auto cluster = start({"n1"});
  ASSERT_EQ(judge(*cluster), "");
  const auto rows = cluster->rows();
  for (const char* leg : {"spread/BTCUSDT", "spread/ETHUSDT"}) {
    EXPECT_GT(lines_with(rows.decisions, leg), 10U);
    EXPECT_GT(lines_with(rows.orders, leg), 6U);
  }
  EXPECT_GT(lines_with(rows.decisions, "Spread is low enough to enter"), 2U);
  EXPECT_GT(lines_with(rows.decisions, "Spread is high enough to enter"), 2U);
  EXPECT_GT(lines_with(rows.decisions, "Spread came back to its mean"), 2U);
}

TEST(pairs_in_a_cluster, leave_the_same_rows_when_their_actor_is_rebuilt) {
  uint64_t begin = 0;
  uint64_t end = 0;
  {
    auto cluster = start({"n1"});
    ASSERT_TRUE(cluster->run_until([&] { return cluster->steps() == 30; }));
    begin = cluster->messages();
    ASSERT_TRUE(cluster->run_until([&] { return cluster->steps() == 45; }));
    end = cluster->messages();
  }
  ASSERT_LT(begin, end);
  // Not a divisor of the messages of a step, so that every place in a step has its turn.
  constexpr uint64_t stride = 23;
  for (auto at = begin; at <= end; at += stride) {
    auto cluster = start({"n1"});
    ASSERT_TRUE(cluster->run_until([&] { return cluster->messages() == at; }));
    ASSERT_TRUE(cluster->kill_unit(unit));
    ASSERT_EQ(judge(*cluster), "") << "killed at message " << at;
    EXPECT_GT(cluster->starts(unit), 1U);
  }
}

TEST(pairs_in_a_cluster, go_on_elsewhere_when_their_node_dies) {
  auto cluster = start({"n1", "n2"});
  ASSERT_TRUE(cluster->run_until([&] { return cluster->steps() == 40; }));
  const auto home = cluster->living_units().at(unit);
  cluster->kill_node(home);
  ASSERT_EQ(judge(*cluster), "");
  EXPECT_GT(cluster->starts(unit), 1U);
}

} // namespace
} // namespace supreme::tests
