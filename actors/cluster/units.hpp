#pragma once

#include "config/settings.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace supreme::actors {

/// Values are shown in logs by name; never reused.
enum class unit_kind : uint8_t {
  feed = 1,
  strategy = 2,
  guard = 3,
  executor = 4,
  portfolio = 5,
  conductor = 6,
  gateway = 7,
};

[[nodiscard]] const char* to_string(unit_kind k) noexcept;

/// A label that a node with a gateway address carries by itself.
inline constexpr const char* gateway_label = "gateway";

/// Something that lives on exactly one node at a time.
struct unit_spec {
  std::string name; ///< "strategy/trend/0"
  unit_kind kind = unit_kind::feed;
  std::string subject;  ///< what it is of: feed, strategy, account or run name
  uint32_t index = 0;   ///< shard or instance
  std::string affinity; ///< units with equal affinity and equal `where` live together
  config::placement where;
  uint64_t definition = 0; ///< hash of the settings it runs by: a changed one restarts it
};

[[nodiscard]] std::string feed_unit(const std::string& feed, uint32_t shard);
[[nodiscard]] std::string strategy_unit(const trading::strategy_id& id, uint32_t instance);
[[nodiscard]] std::string guard_unit(const trading::account_id& id);
[[nodiscard]] std::string executor_unit(const trading::account_id& id);
[[nodiscard]] std::string portfolio_unit(const trading::account_id& id);
[[nodiscard]] std::string conductor_unit(const std::string& run);
/// Not placed: a venue's process is addressed by its configuration.
[[nodiscard]] std::string venue_unit(const trading::venue_id& id);

/// All units of a configuration in the order in which they are placed. `config_version` is part of
/// the conductor's and the gateway's definition, because they act on the configuration as a whole.
[[nodiscard]] std::vector<unit_spec> list_units(const config::cluster_settings& settings,
                                                uint64_t config_version);

/// Instruments of one shard of a feed, dealt out like slots, in configured (csv: name) order.
[[nodiscard]] std::vector<trading::instrument_id> symbols_of(const config::feed_settings& f,
                                                             uint32_t shard);
/// The shard that serves an instrument; nothing when the feed does not have it.
[[nodiscard]] std::optional<uint32_t> shard_of(const config::feed_settings& f,
                                               const trading::instrument_id& id);

/// Hash of the settings one strategy instance runs by; strategies and conductor compare it.
[[nodiscard]] uint64_t strategy_definition(const config::strategy_settings& s, uint32_t instance);

} // namespace supreme::actors
