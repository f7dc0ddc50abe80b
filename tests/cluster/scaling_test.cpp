// Goal: a strategy is scaled on the running cluster by a committed configuration, a node that is
// started takes its share, and trading does not stop meanwhile. Method: real processes, the
// generated market with its four instruments; the verb that a person uses, and the gateway's own
// answer.
#include "tests/api/http_client.hpp"
#include "tests/cluster/running_cluster.hpp"
#include "tests/support/eventually.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

namespace supreme::tests {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 120s;
/// What a failover may take; a change of units interrupts a step for about a heartbeat.
constexpr double interruption_max_s = 5;

std::string text_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream{file}.rdbuf();
  return text.str();
}

void replace_in(const std::filesystem::path& file, const std::string& from, const std::string& to) {
  auto text = text_of(file);
  auto at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  std::ofstream{file} << text.replace(at, from.size(), to);
}

/// GET /api/v1/cluster as a viewer. The gateway may be on its way to another node: 503 or nobody
/// who listens is not an answer yet.
nlohmann::json ask_cluster(running_cluster& cluster) {
  auto token = text_of(cluster.site().token_files.at("viewer"));
  token.erase(token.find_last_not_of('\n') + 1);
  try {
    auto answer =
      api::tests::http_client{cluster.site().gateway_port}.get("/api/v1/cluster", token);
    return answer.status == 200 ? answer.json() : nlohmann::json{};
  } catch (const std::runtime_error&) {
    return {};
  }
}

/// Whether every instance of strategy trend is held by a live node, owns a slot, and all follow
/// `version`.
bool trend_runs(const nlohmann::json& cluster, const std::string& version, size_t instances) {
  if (cluster.is_null() || cluster.at("config_version") != version)
    return false;
  std::set<std::string> slots;
  size_t held = 0;
  for (const auto& unit : cluster.at("units")) {
    if (unit.at("unit").get<std::string>().rfind("strategy/trend/", 0) != 0
        || !unit.contains("slots"))
      continue;
    if (!unit.at("live") || unit.at("slots").empty())
      return false;
    ++held;
    for (const auto& slot : unit.at("slots"))
      slots.insert(slot.get<std::string>());
  }
  return held == instances && slots.size() == 4;
}

/// Whether every unit is held, `count` nodes are live and none of them is idle.
bool spread_over(const nlohmann::json& cluster, size_t count) {
  auto held = [](const auto& unit) { return unit.at("live").template get<bool>(); };
  auto busy = [](const auto& node) { return node.at("live") && !node.at("units").empty(); };
  const auto& units = cluster.at("units");
  const auto& nodes = cluster.at("nodes");
  return std::all_of(units.begin(), units.end(), held)
         && std::count_if(nodes.begin(), nodes.end(), busy) == static_cast<std::ptrdiff_t>(count);
}

TEST(cluster_scaling, one_instance_becomes_four_on_more_nodes_while_trading_goes_on) {
  commands::demo_options options;
  options.lockstep = true;
  options.instances = 1;
  options.gateway_port = 0;
  running_cluster cluster{options};
  auto steps_from = [&](uint64_t from, uint64_t count) {
    cluster.wait_until(
      "EXISTS (SELECT FROM trading.replays WHERE step >= " + std::to_string(from + count) + ")",
      patience);
  };
  steps_from(0, 100);
  nlohmann::json seen;
  auto sees = [&](auto condition) {
    return eventually(
      [&] {
        seen = ask_cluster(cluster);
        return !seen.is_null() && condition();
      },
      patience);
  };
  ASSERT_TRUE(sees([&] { return trend_runs(seen, "1", 1); })) << seen.dump(1);

  auto scaled_at = cluster.step();
  replace_in(cluster.site().cluster_file, "instances = 1", "instances = 4");
  cluster.apply_config();
  ASSERT_TRUE(sees([&] { return trend_runs(seen, "2", 4); })) << seen.dump(1);
  steps_from(cluster.step(), 100);
  cluster.start_node("node-d");
  ASSERT_TRUE(sees([&] { return trend_runs(seen, "2", 4) && spread_over(seen, 4); }))
    << seen.dump(1);
  std::set<std::string> nodes;
  for (const auto& unit : seen.at("units")) {
    if (unit.at("unit").get<std::string>().rfind("strategy/trend/", 0) == 0)
      nodes.insert(unit.at("node").get<std::string>());
  }
  EXPECT_GE(nodes.size(), 2u) << seen.dump(1);

  steps_from(cluster.step(), 500);
  auto gap = std::stod(cluster.value("SELECT max(d) FROM (SELECT extract(epoch FROM recorded_at - "
                                     "lag(recorded_at) OVER (ORDER BY step)) d "
                                     "FROM trading.replay_steps WHERE step >= "
                                     + std::to_string(scaled_at) + ") x"));
  EXPECT_LT(gap, interruption_max_s) << "trading stood still";
  RecordProperty("longest_interruption_ms", static_cast<int>(gap * 1000));
  // Each of the four instruments is decided on under the new version, by the one instance that owns
  // it.
  cluster.wait_until("(SELECT count(DISTINCT s.instrument) FROM trading.verdicts v JOIN "
                     "trading.signals s USING (slot, cause, leg, child) "
                     "WHERE v.config_version = 2 AND s.strategy = 'trend') = 4",
                     patience);
}

} // namespace
} // namespace supreme::tests
