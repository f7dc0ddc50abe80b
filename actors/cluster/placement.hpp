#pragma once

#include "actors/cluster/units.hpp"

#include <map>
#include <string>
#include <vector>

namespace supreme::actors {

/// A node as placement sees it.
struct placement_node {
  std::string name;
  config::labels labels;
};

/// unit → node. Units that fit no live node are absent.
using assignment = std::map<std::string, std::string>;

/// Where every unit belongs, computed alike by every node that sees the same live nodes and the
/// same configuration. Rendezvous hashing (Thaler and Ravishankar, 1998) with bounded loads: groups
/// of units go, in listed order, to the best-scoring eligible node that does not yet hold its share
/// of groups of that kind, so that N instances spread over N nodes. Pure.
[[nodiscard]] assignment place(const std::vector<unit_spec>& units,
                               const std::vector<placement_node>& live);

[[nodiscard]] bool eligible(const unit_spec& unit, const placement_node& node);

} // namespace supreme::actors
