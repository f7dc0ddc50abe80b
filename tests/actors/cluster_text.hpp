#pragma once

#include "config/settings.hpp"

#include <cstdint>
#include <string>

namespace supreme::tests {

/// Writes the configuration of a small cluster that has one of everything: two feeds (one sharded)
/// of different intervals, two accounts at one venue, three strategies (one of them, `trend`, on
/// three instruments), limits that refuse some orders.
struct cluster_text {
  uint32_t trend_instances = 2;
  uint64_t market_seed = 7;
  /// Guard, executor and portfolio of account main are pinned to nodes with the labels role=guard,
  /// role=executor and role=portfolio instead of living together.
  bool spread_main = false;
  std::string trend_amount = "9000";
  bool with_calm = true;        ///< strategy calm exists
  bool with_gateway = false;    ///< a gateway unit is wanted; its factory is the test's
  bool with_newcomer = false;   ///< a fourth strategy, of account side
  std::string main_policy = {}; ///< sections of account main's risk policy
  /// Another size of strategy trend than `trend_amount`, as an inline table.
  std::string trend_size = {};
  int main_collar_bps = 100;
  std::string main_notional_max = "10000";
  uint32_t moves_at_once = 2;
  int64_t speed = 0;

  [[nodiscard]] std::string to_toml() const;
  /// The same, parsed. Throws std::runtime_error naming every problem.
  [[nodiscard]] config::cluster_settings to_settings() const;
};

} // namespace supreme::tests
