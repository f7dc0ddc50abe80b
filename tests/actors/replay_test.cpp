// Goal: a run of the whole cluster leaves the same rows on one node and on three, in whatever order
// messages are handled, and the rows agree with the venue's own ledger. Method: test_cluster: real
// nodes on one thread with a manual clock, a memory database and a real simulated venue.
#include "tests/actors/cluster_text.hpp"
#include "tests/actors/test_cluster.hpp"

namespace supreme::tests {
namespace {

constexpr uint64_t bars = 240;

/// What a run on one node leaves, nothing having happened to it.
const cluster_rows& undisturbed() {
  static const cluster_rows rows = [] {
    test_cluster cluster{{cluster_text{}.to_toml(), bars}};
    cluster.start_node("n1");
    if (!cluster.run_until([&] { return cluster.finished(); }))
      throw std::runtime_error(cluster.story());
    return cluster.rows();
  }();
  return rows;
}

void expect_the_same(test_cluster& cluster) {
  ASSERT_TRUE(cluster.run_until([&] { return cluster.finished(); })) << cluster.story();
  EXPECT_EQ(first_difference(undisturbed(), cluster.rows()), "") << cluster.story();
  auto problems = cluster.contradictions();
  EXPECT_TRUE(problems.empty()) << problems.front();
}

TEST(replay, trades_enough_to_prove_something) {
  const auto& rows = undisturbed();
  EXPECT_EQ(rows.steps.size(), bars);
  EXPECT_GT(rows.fills.size(), 200u);
  auto refused = std::count_if(rows.decisions.begin(), rows.decisions.end(), [](const auto& d) {
    return d.find("\"none\",\"guard\"") == std::string::npos;
  });
  EXPECT_GT(refused, 5);
  EXPECT_GT(std::count_if(rows.fills.begin(), rows.fills.end(),
                          [](const auto& f) { return f.rfind("side", 0) == 0; }),
            20);
}

TEST(replay, on_one_node_agrees_with_the_venue) {
  test_cluster cluster{{cluster_text{}.to_toml(), bars}};
  cluster.start_node("n1");
  expect_the_same(cluster);
}

TEST(replay, on_three_nodes_leaves_the_same_rows) {
  test_cluster cluster{{cluster_text{}.to_toml(), bars}};
  for (const char* name : {"n1", "n2", "n3"})
    cluster.start_node(name);
  expect_the_same(cluster);
  std::set<std::string> used;
  for (const auto& [unit, node] : cluster.living_units())
    used.insert(node);
  EXPECT_EQ(used.size(), 3u);
}

TEST(replay, with_an_account_spread_over_three_nodes_leaves_the_same_rows) {
  test_cluster cluster{{cluster_text{.spread_main = true}.to_toml(), bars}};
  cluster.start_node("n1", {{"role", "guard"}});
  cluster.start_node("n2", {{"role", "executor"}});
  cluster.start_node("n3", {{"role", "portfolio"}});
  expect_the_same(cluster);
}

TEST(replay, with_more_instances_leaves_the_same_rows) {
  test_cluster cluster{{cluster_text{.trend_instances = 3}.to_toml(), bars}};
  cluster.start_node("n1");
  cluster.start_node("n2");
  expect_the_same(cluster);
}

TEST(replay, leaves_the_same_rows_in_whatever_order_messages_are_handled) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    test_cluster cluster{{cluster_text{}.to_toml(), bars, seed}};
    for (const char* name : {"n1", "n2", "n3"})
      cluster.start_node(name);
    expect_the_same(cluster);
    if (HasFatalFailure())
      return;
  }
}

TEST(replay, is_repeatable_message_by_message) {
  auto run = [] {
    test_cluster cluster{{cluster_text{}.to_toml(), 60, 5}};
    cluster.start_node("n1");
    cluster.start_node("n2");
    EXPECT_TRUE(cluster.run_until([&] { return cluster.finished(); }));
    return std::pair{cluster.messages(), cluster.system().clock().since_boot()};
  };
  EXPECT_EQ(run(), run());
}

TEST(replay, keeps_the_configured_speed) {
  // 60 event minutes at 600 event seconds per second.
  test_cluster cluster{{cluster_text{.speed = 600}.to_toml(), 60}};
  cluster.start_node("n1");
  ASSERT_TRUE(cluster.run_until([&] { return cluster.steps() >= 1; }));
  auto first = cluster.system().clock().since_boot();
  ASSERT_TRUE(cluster.run_until([&] { return cluster.finished(); }));
  auto took = cluster.system().clock().since_boot() - first;
  EXPECT_NEAR(std::chrono::duration<double>(took).count(), 5.9, 0.1);
}

TEST(replay, goes_on_at_another_node_when_the_conductor_leaves) {
  test_cluster cluster{{cluster_text{}.to_toml(), bars}};
  for (const char* name : {"n1", "n2", "n3"})
    cluster.start_node(name);
  ASSERT_TRUE(cluster.run_until([&] { return cluster.steps() >= 40; }));
  auto before = cluster.living_units().at("conductor/main");
  cluster.kill_node(before);
  ASSERT_TRUE(cluster.run_until([&] { return cluster.steps() >= 41; })) << cluster.story();
  EXPECT_NE(cluster.living_units().at("conductor/main"), before);
  expect_the_same(cluster);
}

} // namespace
} // namespace supreme::tests
