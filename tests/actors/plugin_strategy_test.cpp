// Goal: a strategy of a library trades in a cluster like a built-in one, and a node that cannot
// have the library does nothing by the configuration that names it. Method: test_cluster with a
// committed configuration that names a library of tests/plugins.
#include "config/loader.hpp"
#include "config/sha256.hpp"
#include "tests/actors/cluster_text.hpp"
#include "tests/actors/test_cluster.hpp"
#include "tests/plugins/test_plugin.hpp"

#include <fstream>
#include <sstream>

namespace supreme::tests {
namespace {

constexpr uint64_t bars = 120;

std::string library() { return test_plugin("sample"); }

std::string sha256_of_library() {
  std::ostringstream bytes;
  bytes << std::ifstream{library(), std::ios::binary}.rdbuf();
  return config::sha256_hex(bytes.str());
}

std::string config_with(const std::string& sha256) {
  return cluster_text{}.to_toml() + "[[strategy_plugins]]\npath = '" + library() + "'\nsha256 = \""
         + sha256 + R"("
[[strategies]]
id = "custom"
kind = "sample"
account = "side"
feed = "minute"
instruments = ["SOLUSDT"]
size = { mode = "fixed_quantity", amount = "2" }
[strategies.parameters]
length = 4
)";
}

ptrdiff_t lines_about(const std::vector<std::string>& lines, const std::string& slot) {
  return std::count_if(lines.begin(), lines.end(), [&](const std::string& line) {
    return line.find(slot) != std::string::npos;
  });
}

TEST(plugin_strategy, trades_and_leaves_the_same_rows_when_its_actor_is_killed) {
  test_cluster undisturbed{{config_with(sha256_of_library()), bars}};
  undisturbed.start_node("n1");
  ASSERT_TRUE(undisturbed.run_until([&] { return undisturbed.finished(); })) << undisturbed.story();
  EXPECT_GT(lines_about(undisturbed.rows().fills, "custom/SOLUSDT"), 10) << undisturbed.story();

  test_cluster cluster{{config_with(sha256_of_library()), bars}};
  cluster.start_node("n1");
  cluster.start_node("n2");
  ASSERT_TRUE(cluster.run_until([&] { return cluster.steps() > bars / 2; })) << cluster.story();
  ASSERT_TRUE(cluster.kill_unit("strategy/custom/0"));
  ASSERT_TRUE(cluster.run_until([&] { return cluster.finished(); })) << cluster.story();
  EXPECT_GE(cluster.starts("strategy/custom/0"), 2u);
  EXPECT_EQ(first_difference(undisturbed.rows(), cluster.rows()), "");
  const auto problems = cluster.contradictions();
  EXPECT_TRUE(problems.empty()) << problems.front();
}

TEST(plugin_strategy, is_not_placed_by_a_node_that_has_another_library) {
  // Of bytes that nobody has: nothing is loaded.
  const auto config = config_with(std::string(64, '0'));
  const auto parsed = config::parse_cluster(config, "version", config::cluster_text::committed);
  ASSERT_TRUE(std::holds_alternative<config::problems>(parsed));

  test_cluster cluster{{cluster_text{}.to_toml(), bars}};
  cluster.start_node("n1");
  ASSERT_TRUE(cluster.run_until([&] { return cluster.steps() > 5; })) << cluster.story();
  cluster.commit_config(config);
  ASSERT_TRUE(cluster.run_until([&] { return cluster.finished(); })) << cluster.story();
  EXPECT_EQ(cluster.starts("strategy/custom/0"), 0u);
  EXPECT_EQ(lines_about(cluster.rows().decisions, "custom/SOLUSDT"), 0);
}

} // namespace
} // namespace supreme::tests
