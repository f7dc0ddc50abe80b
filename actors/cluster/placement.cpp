#include "actors/cluster/placement.hpp"

#include "actors/cluster/stable_hash.hpp"

#include <algorithm>
#include <tuple>

namespace supreme::actors {

namespace {

/// Units that share an affinity and a placement move as one; the first unit's kind stands for the
/// group.
struct group {
  std::string key;
  const unit_spec* first = nullptr;
  std::vector<const unit_spec*> members;
};

std::vector<group> group_units(const std::vector<unit_spec>& units) {
  std::vector<group> groups;
  std::map<std::pair<std::string, config::placement>, size_t> index;
  for (const auto& u : units) {
    auto [it, fresh] = index.try_emplace({u.affinity, u.where}, groups.size());
    if (fresh)
      groups.push_back({u.affinity, &u, {}});
    groups[it->second].members.push_back(&u);
  }
  return groups;
}

uint64_t score(const group& g, const placement_node& node) {
  return stable_hash(g.key + "@" + node.name);
}

} // namespace

bool eligible(const unit_spec& unit, const placement_node& node) {
  return std::all_of(unit.where.begin(), unit.where.end(), [&](const auto& wanted) {
    auto found = node.labels.find(wanted.first);
    return found != node.labels.end() && found->second == wanted.second;
  });
}

assignment place(const std::vector<unit_spec>& units, const std::vector<placement_node>& live) {
  auto groups = group_units(units);
  std::map<unit_kind, size_t> groups_of_kind;
  for (const auto& g : groups)
    ++groups_of_kind[g.first->kind];
  assignment result;
  std::map<std::pair<unit_kind, std::string>, size_t> load;
  for (const auto& g : groups) {
    std::vector<const placement_node*> candidates;
    for (const auto& node : live) {
      if (eligible(*g.first, node))
        candidates.push_back(&node);
    }
    if (candidates.empty())
      continue;
    auto kind = g.first->kind;
    // Every node holds `share` groups and as many as do not come out even hold one more. A full
    // node comes after every node with room; within both, the higher score wins, ties go by name.
    auto share = groups_of_kind[kind] / candidates.size();
    auto uneven = groups_of_kind[kind] % candidates.size();
    auto above =
      static_cast<size_t>(std::count_if(candidates.begin(), candidates.end(), [&](const auto* n) {
        return load[{kind, n->name}] > share;
      }));
    auto rank = [&](const placement_node* n) {
      auto held = load[{kind, n->name}];
      bool full = held > share || (held == share && above >= uneven);
      return std::tuple{full, ~score(g, *n), n->name};
    };
    const auto* best = *std::min_element(candidates.begin(), candidates.end(),
                                         [&](auto* a, auto* b) { return rank(a) < rank(b); });
    ++load[{kind, best->name}];
    for (const auto* member : g.members)
      result[member->name] = best->name;
  }
  return result;
}

} // namespace supreme::actors
