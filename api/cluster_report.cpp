#include "api/cluster_report.hpp"

#include "config/kind_schema.hpp"
#include "config/risk_text.hpp"
#include "config/strategy_instances.hpp"

#include <algorithm>

namespace supreme::api {

namespace {

using nlohmann::json;

const storage::node_row* find_node(const storage::cluster_view& view, const std::string& name,
                                   uint64_t incarnation) {
  for (const auto& node : view.nodes)
    if (node.node == name && node.incarnation == incarnation)
      return &node;
  return nullptr;
}

/// Whether the node has been started again since: its earlier lives belong to the history.
bool is_superseded(const storage::cluster_view& view, const storage::node_row& node) {
  return std::any_of(view.nodes.begin(), view.nodes.end(), [&](const auto& other) {
    return other.node == node.node && other.incarnation > node.incarnation;
  });
}

bool is_held(const storage::cluster_view& view, const storage::unit_row& unit) {
  const auto* node = find_node(view, unit.holder, unit.holder_incarnation);
  return node != nullptr && node->live;
}

/// Where a unit is: its node while it is live, and the epoch.
json describe_holder(const storage::cluster_view& view, const storage::unit_row& unit) {
  return {
    {"node", unit.holder.empty() ? json{} : json(unit.holder)},
    {"live", is_held(view, unit)},
    {"epoch", std::to_string(unit.epoch)},
  };
}

json slot_names(const config::strategy_settings& strategy, uint32_t instance) {
  auto names = json::array();
  for (const auto& slot : slots_of(strategy, instance))
    names.push_back(slot.str());
  return names;
}

/// The strategy units that a configuration asks for, by name.
using strategy_units = std::map<std::string, std::pair<const config::strategy_settings*, uint32_t>>;

strategy_units configured_units(const config::cluster_settings* config) {
  strategy_units out;
  if (config != nullptr)
    for (const auto& strategy : config->strategies)
      for (uint32_t i = 0; i < strategy.instances; ++i)
        out.emplace(strategy_unit(strategy.id, i), std::pair{&strategy, i});
  return out;
}

/// The rows, and a free one for each configured strategy unit that has none, in name order.
json describe_units(const storage::cluster_view& view, const config::cluster_settings* config) {
  const auto configured = configured_units(config);
  std::map<std::string, storage::unit_row> units;
  for (const auto& [name, ignored] : configured)
    units.emplace(name, storage::unit_row{name, {}, 0, 0});
  for (const auto& row : view.units)
    units.insert_or_assign(row.unit, row);
  auto out = json::array();
  for (const auto& [name, row] : units) {
    auto unit = describe_holder(view, row);
    unit["unit"] = name;
    unit["kind"] = unit_kind(name);
    if (const auto at = configured.find(name); at != configured.end())
      unit["slots"] = slot_names(*at->second.first, at->second.second);
    out.push_back(std::move(unit));
  }
  return out;
}

json describe_parameters(const config::strategy_settings& strategy) {
  // Without the kind, or for what it does not know, the numbers themselves.
  json out(strategy.parameters);
  if (const auto* kind = trading::find_strategy_kind(strategy.kind))
    for (const auto& spec : kind->schema)
      if (const auto given = strategy.parameters.find(spec.name);
          given != strategy.parameters.end())
        out[spec.name] = config::describe_value(spec, given->second);
  return out;
}

trading::trading_mode mode_in(const mode_table& modes, const char* scope, const std::string& name) {
  const auto at = modes.find({scope, name});
  return at == modes.end() ? trading::trading_mode::active : at->second;
}

} // namespace

std::string_view unit_kind(std::string_view unit) noexcept {
  return unit.substr(0, unit.find('/'));
}

std::string strategy_unit(const trading::strategy_id& id, uint32_t instance) {
  return "strategy/" + id.str() + "/" + std::to_string(instance);
}

std::vector<trading::slot_id> slots_of(const config::strategy_settings& strategy,
                                       uint32_t instance) {
  std::vector<trading::slot_id> slots;
  for (const auto& instrument : config::instruments_of(strategy, instance))
    slots.push_back(trading::make_slot(strategy.id, instrument));
  return slots;
}

json describe_cluster(const storage::cluster_view& view, const config::cluster_settings* config) {
  auto nodes = json::array();
  for (const auto& node : view.nodes) {
    if (is_superseded(view, node))
      continue;
    auto held = json::array();
    for (const auto& unit : view.units)
      if (unit.holder == node.node && unit.holder_incarnation == node.incarnation)
        held.push_back(unit.unit);
    nodes.push_back({
      {"node", node.node},
      {"live", node.live},
      {"incarnation", std::to_string(node.incarnation)},
      {"host", node.host},
      {"port", node.port},
      {"labels", node.labels},
      {"config_version", std::to_string(node.config_version)},
      {"config_acknowledged", node.config_version == view.config_version},
      {"age_ms", std::to_string(node.age_ms)},
      {"units", std::move(held)},
    });
  }
  return {
    {"cluster", config != nullptr ? json(config->id) : json{}},
    {"config_version", std::to_string(view.config_version)},
    {"nodes", std::move(nodes)},
    {"units", describe_units(view, config)},
  };
}

json describe_actors(const storage::cluster_view& view, const config::cluster_settings* config) {
  return {{"items", describe_units(view, config)}};
}

json describe_strategies(const storage::cluster_view& view, const config::cluster_settings& config,
                         const mode_table& modes) {
  std::map<std::string, storage::unit_row> rows;
  for (const auto& row : view.units)
    rows.emplace(row.unit, row);
  auto items = json::array();
  for (const auto& strategy : config.strategies) {
    auto instruments = json::array();
    for (const auto& instrument : strategy.instruments)
      instruments.push_back(instrument.str());
    auto units = json::array();
    for (uint32_t i = 0; i < strategy.instances; ++i) {
      const auto name = strategy_unit(strategy.id, i);
      const auto row = rows.find(name);
      auto described = describe_holder(view, row == rows.end() ? storage::unit_row{} : row->second);
      described["unit"] = name;
      described["slots"] = slot_names(strategy, i);
      units.push_back(std::move(described));
    }
    const auto mode =
      std::max({mode_in(modes, "global", ""), mode_in(modes, "account", strategy.account.str()),
                mode_in(modes, "strategy", strategy.id.str())});
    items.push_back({
      {"strategy", strategy.id.str()},
      {"kind", strategy.kind},
      {"account", strategy.account.str()},
      {"feed", strategy.feed},
      {"instruments", std::move(instruments)},
      {"instances", strategy.instances},
      {"parameters", describe_parameters(strategy)},
      {"sizing", config::flatten(strategy.size)},
      {"labels", strategy.where},
      {"mode", trading::to_string(mode)},
      {"units", std::move(units)},
    });
  }
  return {{"config_version", std::to_string(view.config_version)}, {"items", std::move(items)}};
}

json describe_strategy_kinds() {
  auto items = json::array();
  for (const auto& kind : trading::strategy_kinds())
    items.push_back(json(config::describe_kind(kind)));
  return {{"items", std::move(items)}};
}

} // namespace supreme::api
