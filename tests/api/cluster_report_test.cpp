// Goal: the cluster is described as it is: who lives, who holds what, who owns which slot. Method:
// the pure functions over hand-made rows.

#include "api/cluster_report.hpp"

#include <gtest/gtest.h>

#include <set>

using namespace supreme;
using namespace supreme::api;
using trading::trading_mode;

namespace {

storage::node_row node(const std::string& name, uint64_t incarnation, bool live,
                       uint64_t config_version) {
  storage::node_row out;
  out.node = name;
  out.incarnation = incarnation;
  out.host = "127.0.0.1";
  out.port = 7301;
  out.labels = {{"zone", "a"}};
  out.config_version = config_version;
  out.live = live;
  out.age_ms = 5;
  return out;
}

config::strategy_settings strategy(const std::string& id, std::vector<std::string> instruments,
                                   uint32_t instances) {
  config::strategy_settings out;
  out.id = trading::strategy_id{id};
  out.kind = "momentum";
  out.account = trading::account_id{"main"};
  out.feed = "random";
  for (auto& name : instruments)
    out.instruments.emplace_back(std::move(name));
  out.instances = instances;
  out.parameters = {{"fast", 10}};
  out.size = {trading::sizing_mode::fixed_notional, trading::decimal::literal("12.5")};
  return out;
}

storage::cluster_view two_nodes() {
  storage::cluster_view view;
  view.nodes = {node("n1", 4, true, 3), node("n2", 5, false, 2)};
  view.units = {
    {"guard/main", "n1", 4, 7}, {"strategy/trend/0", "n2", 5, 2}, {"feed/random/0", "", 0, 9}};
  view.config_version = 3;
  return view;
}

config::cluster_settings settings() {
  config::cluster_settings out;
  out.id = "demo";
  out.strategies = {strategy("trend", {"A", "B", "C", "D", "E"}, 2)};
  return out;
}

nlohmann::json find(const nlohmann::json& items, const char* key, const std::string& value) {
  for (const auto& item : items)
    if (item[key] == value)
      return item;
  return nullptr;
}

} // namespace

TEST(slots, belong_to_instances_by_their_number) {
  const auto spread = strategy("trend", {"A", "B", "C", "D", "E"}, 3);
  const auto names = [&](uint32_t instance) {
    std::vector<std::string> out;
    for (const auto& slot : slots_of(spread, instance))
      out.push_back(slot.str());
    return out;
  };
  EXPECT_EQ(names(0), (std::vector<std::string>{"trend/A", "trend/D"}));
  EXPECT_EQ(names(1), (std::vector<std::string>{"trend/B", "trend/E"}));
  EXPECT_EQ(names(2), (std::vector<std::string>{"trend/C"}));
  EXPECT_TRUE(names(7).empty());
}

TEST(slots, of_a_pair_stay_together) {
  auto spread = strategy("spread", {"A", "B", "C", "D", "E", "F"}, 2);
  spread.kind = "pairs";
  std::vector<std::string> first;
  for (const auto& slot : slots_of(spread, 0))
    first.push_back(slot.str());
  EXPECT_EQ(first, (std::vector<std::string>{"spread/A", "spread/B", "spread/E", "spread/F"}));
}

TEST(slots, are_owned_by_exactly_one_instance_each) {
  for (uint32_t instances = 1; instances <= 8; ++instances) {
    const auto spread = strategy("s", {"A", "B", "C", "D", "E", "F"}, instances);
    std::multiset<std::string> owned;
    for (uint32_t i = 0; i < instances; ++i)
      for (const auto& slot : slots_of(spread, i))
        owned.insert(slot.str());
    EXPECT_EQ(owned, (std::multiset<std::string>{"s/A", "s/B", "s/C", "s/D", "s/E", "s/F"}))
      << instances;
  }
}

TEST(cluster_report, tells_liveness_labels_and_acknowledged_version) {
  const auto config = settings();
  const auto report = describe_cluster(two_nodes(), &config);
  EXPECT_EQ(report["cluster"], "demo");
  EXPECT_EQ(report["config_version"], "3");
  const auto n1 = find(report["nodes"], "node", "n1");
  EXPECT_EQ(n1["live"], true);
  EXPECT_EQ(n1["incarnation"], "4");
  EXPECT_EQ(n1["labels"], nlohmann::json({{"zone", "a"}}));
  EXPECT_EQ(n1["config_acknowledged"], true);
  EXPECT_EQ(n1["units"], nlohmann::json::array({"guard/main"}));
  const auto n2 = find(report["nodes"], "node", "n2");
  EXPECT_EQ(n2["live"], false);
  EXPECT_EQ(n2["config_acknowledged"], false);
}

TEST(cluster_report, tells_holder_epoch_and_slots_of_every_unit) {
  const auto config = settings();
  const auto units = describe_cluster(two_nodes(), &config)["units"];
  const auto guard = find(units, "unit", "guard/main");
  EXPECT_EQ(guard["kind"], "guard");
  EXPECT_EQ(guard["node"], "n1");
  EXPECT_EQ(guard["live"], true);
  EXPECT_EQ(guard["epoch"], "7");
  EXPECT_FALSE(guard.contains("slots"));
  const auto first = find(units, "unit", "strategy/trend/0");
  EXPECT_EQ(first["live"], false) << "its holder is dead";
  EXPECT_EQ(first["slots"], nlohmann::json::array({"trend/A", "trend/C", "trend/E"}));
  const auto feed = find(units, "unit", "feed/random/0");
  EXPECT_TRUE(feed["node"].is_null());
  EXPECT_EQ(feed["epoch"], "9");
}

TEST(cluster_report, lists_configured_strategy_units_that_nobody_took) {
  const auto config = settings();
  const auto units = describe_actors(two_nodes(), &config)["items"];
  EXPECT_EQ(units.size(), 4U);
  const auto second = find(units, "unit", "strategy/trend/1");
  EXPECT_TRUE(second["node"].is_null());
  EXPECT_EQ(second["live"], false);
  EXPECT_EQ(second["epoch"], "0");
  EXPECT_EQ(second["slots"], nlohmann::json::array({"trend/B", "trend/D"}));
}

TEST(cluster_report, lists_only_the_last_start_of_a_node) {
  auto view = two_nodes();
  view.nodes.push_back(node("n2", 9, true, 3));
  const auto nodes = describe_cluster(view, nullptr)["nodes"];
  ASSERT_EQ(nodes.size(), 2u);
  EXPECT_EQ(find(nodes, "node", "n2")["incarnation"], "9");
}

TEST(cluster_report, does_not_take_an_earlier_incarnation_for_the_living_one) {
  auto view = two_nodes();
  view.units[0].holder_incarnation = 3;
  const auto report = describe_cluster(view, nullptr);
  EXPECT_EQ(find(report["units"], "unit", "guard/main")["live"], false);
  EXPECT_TRUE(find(report["nodes"], "node", "n1")["units"].empty());
  EXPECT_TRUE(report["cluster"].is_null());
}

TEST(strategies_report, tells_parameters_sizing_and_where_each_instance_runs) {
  const auto report = describe_strategies(two_nodes(), settings(), {});
  ASSERT_EQ(report["items"].size(), 1U);
  const auto trend = report["items"][0];
  EXPECT_EQ(trend["strategy"], "trend");
  EXPECT_EQ(trend["kind"], "momentum");
  EXPECT_EQ(trend["instances"], 2);
  EXPECT_EQ(trend["parameters"], nlohmann::json({{"fast", 10.0}}));
  EXPECT_EQ(trend["sizing"], nlohmann::json({{"mode", "fixed_notional"}, {"amount", "12.5"}}));
  EXPECT_EQ(trend["mode"], "active");
  EXPECT_EQ(trend["units"][0]["node"], "n2");
  EXPECT_TRUE(trend["units"][1]["node"].is_null());
}

TEST(strategies_report, tells_choices_by_name_and_every_mode_of_sizing_by_its_own_keys) {
  auto config = settings();
  auto& trend = config.strategies.front();
  trend.parameters = {{"fast", 10}, {"direction", 2}};
  trend.size = {};
  trend.size.mode = trading::sizing_mode::risk_based;
  trend.size.share_ppb = 15'000'000;
  const auto report = describe_strategies(two_nodes(), config, {})["items"][0];
  EXPECT_EQ(report["parameters"], nlohmann::json({{"fast", 10.0}, {"direction", "both"}}));
  EXPECT_EQ(
    report["sizing"],
    nlohmann::json({{"mode", "risk_based"}, {"share_bps", "150"}, {"max_notional_bps", "10000"}}));
}

TEST(strategies_report, of_a_kind_that_is_not_loaded_tells_numbers) {
  auto config = settings();
  config.strategies.front().kind = "elsewhere";
  EXPECT_EQ(describe_strategies(two_nodes(), config, {})["items"][0]["parameters"],
            nlohmann::json({{"fast", 10.0}}));
}

TEST(strategy_kinds_report, tells_the_schema_of_every_parameter) {
  const auto kinds = describe_strategy_kinds()["items"];
  ASSERT_EQ(kinds.size(), trading::strategy_kinds().size());
  for (const auto& kind : trading::strategy_kinds()) {
    const auto told = find(kinds, "name", kind.name);
    EXPECT_EQ(told["text"], kind.text);
    EXPECT_EQ(told["instruments"], kind.width());
    ASSERT_EQ(told["parameters"].size(), kind.schema.size()) << kind.name;
    for (const auto& spec : kind.schema) {
      const auto p = find(told["parameters"], "name", spec.name);
      EXPECT_EQ(p["text"], spec.text);
      if (!spec.choices.empty()) {
        EXPECT_EQ(p["type"], "choice");
        EXPECT_EQ(p["choices"], nlohmann::json(spec.choices));
        EXPECT_EQ(p["default"], spec.choices.at(static_cast<size_t>(spec.initial)));
        continue;
      }
      EXPECT_EQ(p["type"], spec.integral ? "whole" : "number");
      EXPECT_EQ(p["minimum"], spec.minimum);
      EXPECT_EQ(p["maximum"], spec.maximum);
      EXPECT_EQ(p["default"], spec.initial);
    }
  }
}

TEST(strategies_report, shows_the_strictest_mode_that_applies) {
  const auto mode = [](const mode_table& modes) {
    return describe_strategies(two_nodes(), settings(), modes)["items"][0]["mode"];
  };
  EXPECT_EQ(mode({{{"strategy", "trend"}, trading_mode::reducing}}), "reducing");
  EXPECT_EQ(
    mode({{{"strategy", "trend"}, trading_mode::reducing}, {{"global", ""}, trading_mode::halted}}),
    "halted");
  EXPECT_EQ(mode({{{"account", "main"}, trading_mode::halted},
                  {{"strategy", "trend"}, trading_mode::active}}),
            "halted");
  EXPECT_EQ(mode({{{"account", "other"}, trading_mode::halted},
                  {{"strategy", "other"}, trading_mode::halted}}),
            "active");
}
