#pragma once

#include "config/settings.hpp"
#include "storage/cluster_store.hpp"
#include "trading/risk/pre_trade.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace supreme::api {

/// Pure descriptions of the cluster for people and tools. Numbers that may need 64 bits are text,
/// as in the views.

/// "strategy/trend/0" is of the kind "strategy".
[[nodiscard]] std::string_view unit_kind(std::string_view unit) noexcept;

/// The units of a strategy: "strategy/<id>/<i>" for every instance i.
[[nodiscard]] std::string strategy_unit(const trading::strategy_id& id, uint32_t instance);

/// The slots that an instance owns, in the configuration's order.
[[nodiscard]] std::vector<trading::slot_id> slots_of(const config::strategy_settings& strategy,
                                                     uint32_t instance);

/// Nodes with liveness, labels and acknowledged version; units with holder, epoch and slots.
/// `config` is the committed configuration; strategy units that it asks for and nobody ever took
/// appear as free.
[[nodiscard]] nlohmann::json describe_cluster(const storage::cluster_view& view,
                                              const config::cluster_settings* config);

/// Each unit as an actor: what it is, where it runs.
[[nodiscard]] nlohmann::json describe_actors(const storage::cluster_view& view,
                                             const config::cluster_settings* config);

/// Modes by ("global" | "account" | "strategy" | "instrument", name), only those that were ever
/// set.
using mode_table = std::map<std::pair<std::string, std::string>, trading::trading_mode>;

/// The configured strategies with parameters, instances, where they run, and the strictest of the
/// global, the account's and their own mode.
[[nodiscard]] nlohmann::json describe_strategies(const storage::cluster_view& view,
                                                 const config::cluster_settings& config,
                                                 const mode_table& modes);

/// The kinds that strategies can be of, those of loaded libraries included, with the schema of
/// their parameters.
[[nodiscard]] nlohmann::json describe_strategy_kinds();

} // namespace supreme::api
