// Goal: every node computes the same place for every unit, spreads what can be spread, keeps
// together what belongs together, and moves little when a node leaves; units and their definitions
// follow the configuration exactly. Method: tables and properties over random units, nodes and
// labels; no actors.
#include "actors/cluster/placement.hpp"
#include "actors/cluster/stable_hash.hpp"
#include "tests/actors/cluster_text.hpp"
#include "config/strategy_instances.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

namespace supreme::tests {
namespace {

using actors::placement_node;
using actors::unit_kind;
using actors::unit_spec;

unit_spec make_unit(const std::string& name, unit_kind kind = unit_kind::strategy,
                    config::placement where = {}) {
  unit_spec u;
  u.name = name;
  u.kind = kind;
  u.affinity = name;
  u.where = std::move(where);
  return u;
}

std::vector<unit_spec> make_units(size_t count, const std::string& prefix = "strategy/s/") {
  std::vector<unit_spec> units;
  for (size_t i = 0; i < count; ++i)
    units.push_back(make_unit(prefix + std::to_string(i)));
  return units;
}

std::vector<placement_node> make_nodes(size_t count) {
  std::vector<placement_node> nodes;
  for (size_t i = 0; i < count; ++i)
    nodes.push_back({"node-" + std::to_string(i), {}});
  return nodes;
}

std::map<std::string, size_t> load_of(const actors::assignment& places) {
  std::map<std::string, size_t> load;
  for (const auto& [unit, node] : places)
    ++load[node];
  return load;
}

// -- placement --------------------------------------------------------------------

TEST(placement, hashes_the_same_on_every_machine) {
  // Computed independently (Python): FNV-1a 64 with the splitmix64 finaliser.
  EXPECT_EQ(actors::stable_hash(""), 0xf52a15e9a9b5e89bu);
  EXPECT_EQ(actors::stable_hash("strategy/trend/0@node-a"), 0x5b98a6849f6b3eedu);
}

TEST(placement, is_empty_without_nodes) { EXPECT_TRUE(actors::place(make_units(3), {}).empty()); }

RC_GTEST_PROP(placement, does_not_depend_on_the_order_of_the_nodes, ()) {
  auto units = make_units(*rc::gen::inRange<size_t>(1, 30));
  auto nodes = make_nodes(*rc::gen::inRange<size_t>(1, 8));
  auto expected = actors::place(units, nodes);
  for (size_t i = nodes.size(); i > 1; --i)
    std::swap(nodes[i - 1], nodes[*rc::gen::inRange<size_t>(0, i)]);
  RC_ASSERT(actors::place(units, nodes) == expected);
}

RC_GTEST_PROP(placement, puts_every_unit_on_one_live_node, ()) {
  auto units = make_units(*rc::gen::inRange<size_t>(1, 30));
  auto nodes = make_nodes(*rc::gen::inRange<size_t>(1, 8));
  auto places = actors::place(units, nodes);
  RC_ASSERT(places.size() == units.size());
  for (const auto& [unit, node] : places)
    RC_ASSERT(std::any_of(nodes.begin(), nodes.end(),
                          [&, name = node](const auto& n) { return n.name == name; }));
}

RC_GTEST_PROP(placement, spreads_instances_evenly, ()) {
  auto units = make_units(*rc::gen::inRange<size_t>(1, 40));
  auto nodes = make_nodes(*rc::gen::inRange<size_t>(1, 8));
  auto load = load_of(actors::place(units, nodes));
  RC_ASSERT(load.size() == std::min(units.size(), nodes.size()));
  for (const auto& [node, count] : load) {
    RC_ASSERT(count >= units.size() / nodes.size());
    RC_ASSERT(count <= (units.size() + nodes.size() - 1) / nodes.size());
  }
}

TEST(placement, gives_each_of_n_nodes_one_of_n_instances) {
  for (size_t n = 1; n <= 12; ++n)
    EXPECT_EQ(load_of(actors::place(make_units(n), make_nodes(n))).size(), n);
}

RC_GTEST_PROP(placement, respects_labels, ()) {
  std::vector<unit_spec> units;
  std::vector<placement_node> nodes;
  const std::vector<std::string> zones{"a", "b", "c"};
  for (size_t i = 0, count = *rc::gen::inRange<size_t>(1, 20); i < count; ++i) {
    config::placement where;
    if (*rc::gen::arbitrary<bool>())
      where["zone"] = *rc::gen::elementOf(zones);
    units.push_back(make_unit("strategy/s/" + std::to_string(i), unit_kind::strategy, where));
  }
  for (size_t i = 0, count = *rc::gen::inRange<size_t>(1, 6); i < count; ++i)
    nodes.push_back(
      {"node-" + std::to_string(i), {{"zone", *rc::gen::elementOf(zones)}, {"rack", "1"}}});
  auto places = actors::place(units, nodes);
  for (const auto& u : units) {
    bool fits_somewhere = std::any_of(nodes.begin(), nodes.end(),
                                      [&](const auto& n) { return actors::eligible(u, n); });
    auto place = places.find(u.name);
    RC_ASSERT((place != places.end()) == fits_somewhere);
    if (place == places.end())
      continue;
    auto node = std::find_if(nodes.begin(), nodes.end(),
                             [&](const auto& n) { return n.name == place->second; });
    RC_ASSERT(actors::eligible(u, *node));
  }
}

TEST(placement, needs_every_label_of_a_unit) {
  auto unit = make_unit("u", unit_kind::guard, {{"zone", "a"}, {"disk", "fast"}});
  EXPECT_FALSE(actors::eligible(unit, {"n", {{"zone", "a"}}}));
  EXPECT_FALSE(actors::eligible(unit, {"n", {{"zone", "a"}, {"disk", "slow"}}}));
  EXPECT_TRUE(actors::eligible(unit, {"n", {{"zone", "a"}, {"disk", "fast"}, {"more", "x"}}}));
}

RC_GTEST_PROP(placement, keeps_the_units_of_an_account_together, ()) {
  std::vector<unit_spec> units;
  for (size_t i = 0, count = *rc::gen::inRange<size_t>(1, 10); i < count; ++i) {
    for (auto [kind, prefix] :
         {std::pair{unit_kind::portfolio, "portfolio/"},
          std::pair{unit_kind::executor, "executor/"}, std::pair{unit_kind::guard, "guard/"}}) {
      units.push_back(make_unit(prefix + std::to_string(i), kind));
      units.back().affinity = "account/" + std::to_string(i);
    }
  }
  auto nodes = make_nodes(*rc::gen::inRange<size_t>(1, 8));
  auto places = actors::place(units, nodes);
  for (size_t i = 0; i < units.size(); i += 3) {
    RC_ASSERT(places.at(units[i].name) == places.at(units[i + 1].name));
    RC_ASSERT(places.at(units[i].name) == places.at(units[i + 2].name));
  }
}

TEST(placement, separates_the_units_of_an_account_that_is_spread) {
  auto settings = cluster_text{.spread_main = true}.to_settings();
  auto places = actors::place(
    actors::list_units(settings, 1),
    {{"g", {{"role", "guard"}}}, {"e", {{"role", "executor"}}}, {"p", {{"role", "portfolio"}}}});
  EXPECT_EQ(places.at("guard/main"), "g");
  EXPECT_EQ(places.at("executor/main"), "e");
  EXPECT_EQ(places.at("portfolio/main"), "p");
  EXPECT_EQ(places.at("guard/side"), places.at("executor/side"));
}

/// Groups that moved although their node stayed.
size_t moved_without_need(const std::vector<unit_spec>& units,
                          const std::vector<placement_node>& nodes, size_t lost) {
  auto before = actors::place(units, nodes);
  auto left = nodes;
  left.erase(left.begin() + static_cast<std::ptrdiff_t>(lost));
  auto after = actors::place(units, left);
  size_t moved = 0;
  for (const auto& [unit, node] : before)
    moved += node != nodes[lost].name && after.at(unit) != node ? 1 : 0;
  return moved;
}

RC_GTEST_PROP(placement, moves_a_single_unit_of_a_kind_only_when_its_own_node_leaves, ()) {
  // Conductor, gateway, the only account: no share can be full, so this is rendezvous hashing as
  // published.
  auto units = make_units(1, "conductor/" + std::to_string(*rc::gen::inRange(0, 100'000)));
  auto nodes = make_nodes(*rc::gen::inRange<size_t>(2, 9));
  auto lost = *rc::gen::inRange<size_t>(0, nodes.size());
  RC_ASSERT(moved_without_need(units, nodes, lost) == 0u);
}

TEST(placement, moves_little_besides_what_must_move_when_a_node_leaves) {
  size_t needless = 0, needed = 0, worst = 0;
  for (size_t run = 0; run < 400; ++run) {
    auto units = make_units(12, "strategy/s" + std::to_string(run) + "/");
    auto nodes = make_nodes(4);
    auto before = actors::place(units, nodes);
    auto moved = moved_without_need(units, nodes, run % 4);
    needless += moved;
    worst = std::max(worst, moved);
    needed += load_of(before)[nodes[run % 4].name];
  }
  std::cout << needless << " needless of " << needed << " needed, worst " << worst << "\n";
  EXPECT_LT(needless, needed);
}

// -- units ------------------------------------------------------------------------

config::strategy_settings make_strategy(size_t instruments, uint32_t instances) {
  config::strategy_settings s;
  s.id = trading::strategy_id{"trend"};
  s.kind = "momentum";
  for (size_t i = 0; i < instruments; ++i)
    s.instruments.emplace_back("I" + std::to_string(i));
  s.instances = instances;
  return s;
}

RC_GTEST_PROP(units, deal_every_instrument_to_exactly_one_instance, ()) {
  auto instruments = *rc::gen::inRange<size_t>(1, 40);
  auto instances = *rc::gen::inRange<uint32_t>(1, static_cast<uint32_t>(instruments) + 1);
  auto s = make_strategy(instruments, instances);
  std::vector<trading::instrument_id> dealt;
  for (uint32_t i = 0; i < instances; ++i) {
    auto own = config::instruments_of(s, i);
    RC_ASSERT(!own.empty());
    dealt.insert(dealt.end(), own.begin(), own.end());
  }
  std::sort(dealt.begin(), dealt.end());
  auto all = s.instruments;
  std::sort(all.begin(), all.end());
  RC_ASSERT(dealt == all);
}

RC_GTEST_PROP(units, give_every_symbol_of_a_feed_to_the_shard_that_says_so, ()) {
  config::feed_settings f;
  f.shards = *rc::gen::inRange<uint32_t>(1, 6);
  for (int i = 0, count = *rc::gen::inRange(1, 20); i < count; ++i)
    f.start_prices[trading::instrument_id{"I" + std::to_string(i)}] =
      trading::decimal::from_integer(100);
  size_t total = 0;
  for (uint32_t shard = 0; shard < f.shards; ++shard) {
    for (const auto& id : actors::symbols_of(f, shard)) {
      RC_ASSERT(actors::shard_of(f, id) == shard);
      ++total;
    }
  }
  RC_ASSERT(total == f.start_prices.size());
  RC_ASSERT(!actors::shard_of(f, trading::instrument_id{"NONE"}));
}

std::map<std::string, uint64_t> definitions_of(const config::cluster_settings& settings,
                                               uint64_t version = 1) {
  std::map<std::string, uint64_t> result;
  for (const auto& u : actors::list_units(settings, version))
    result[u.name] = u.definition;
  return result;
}

/// Names of the units whose definition differs, or that only one of the two has.
std::set<std::string> changed_units(const std::function<void(config::cluster_settings&)>& change) {
  auto settings = cluster_text{}.to_settings();
  auto before = definitions_of(settings);
  change(settings);
  auto after = definitions_of(settings);
  std::set<std::string> changed;
  for (const auto& [name, definition] : before) {
    if (after.count(name) == 0 || after[name] != definition)
      changed.insert(name);
  }
  for (const auto& [name, definition] : after) {
    if (before.count(name) == 0)
      changed.insert(name);
  }
  return changed;
}

using names = std::set<std::string>;

TEST(units, are_listed_with_unique_names) {
  auto units = actors::list_units(cluster_text{}.to_settings(), 1);
  EXPECT_EQ(definitions_of(cluster_text{}.to_settings()).size(), units.size());
  EXPECT_EQ(units.size(),
            3u + 6u + 4u + 1u); // Feed shards, accounts, strategy instances, the conductor.
}

TEST(units, keep_the_conductor_beside_its_first_account_unless_it_is_placed_elsewhere) {
  auto settings = cluster_text{}.to_settings();
  auto first = settings.accounts.front().id;
  for (size_t count = 1; count <= 9; ++count) {
    auto places = actors::place(actors::list_units(settings, 1), make_nodes(count));
    for (const auto& unit : {actors::executor_unit(first), actors::portfolio_unit(first),
                             actors::conductor_unit("main")})
      EXPECT_EQ(places.at(unit), places.at(actors::guard_unit(first)))
        << unit << " on " << count << " nodes";
  }
  settings.replay.where = {{"zone", "quiet"}};
  auto nodes = make_nodes(3);
  nodes.push_back({"quiet", {{"zone", "quiet"}}});
  EXPECT_EQ(
    actors::place(actors::list_units(settings, 1), nodes).at(actors::conductor_unit("main")),
    "quiet");
}

TEST(units, keep_their_definition_while_their_settings_stay) {
  EXPECT_EQ(changed_units([](auto&) {}), names{});
  EXPECT_EQ(definitions_of(cluster_text{}.to_settings()),
            definitions_of(cluster_text{}.to_settings()));
}

TEST(units, change_the_conductor_with_every_version) {
  auto settings = cluster_text{}.to_settings();
  auto first = definitions_of(settings, 1), second = definitions_of(settings, 2);
  EXPECT_NE(first["conductor/main"], second["conductor/main"]);
  first.erase("conductor/main");
  second.erase("conductor/main");
  EXPECT_EQ(first, second);
}

TEST(units, change_a_strategy_with_its_parameters_only) {
  EXPECT_EQ(changed_units([](auto& s) { s.strategies[1].parameters.at("slow") = 9; }),
            names{"strategy/calm/0"});
}

TEST(units, change_the_guard_of_an_account_whose_strategy_is_sized_anew) {
  EXPECT_EQ(
    changed_units([](auto& s) { s.strategies[1].size.amount = trading::decimal::from_integer(2); }),
    (names{"guard/main", "executor/main", "portfolio/main"}));
}

TEST(units, change_an_account_with_its_limits) {
  EXPECT_EQ(changed_units([](auto& s) { s.accounts[1].limits.allow_short = true; }),
            (names{"guard/side", "executor/side", "portfolio/side"}));
}

TEST(units, change_only_the_instances_that_get_other_instruments) {
  // Of three instruments over two instances, number 0 holds the first and third, number 1 the
  // second.
  EXPECT_EQ(changed_units([](auto& s) { s.strategies[2].instances = 3; }),
            (names{"strategy/trend/0", "strategy/trend/2"}));
}

TEST(units, change_every_shard_that_serves_other_bars) {
  EXPECT_EQ(changed_units([](auto& s) { s.feeds[1].seed = 99; }), names{"feed/slow/0"});
}

TEST(units, change_with_their_placement) {
  EXPECT_EQ(changed_units([](auto& s) { s.strategies[1].where["zone"] = "a"; }),
            names{"strategy/calm/0"});
}

TEST(units, reckon_a_strategy_alike_in_conductor_and_unit) {
  auto settings = cluster_text{}.to_settings();
  auto definitions = definitions_of(settings);
  for (const auto& s : settings.strategies) {
    for (uint32_t i = 0; i < s.instances; ++i)
      EXPECT_EQ(actors::strategy_definition(s, i), definitions.at(actors::strategy_unit(s.id, i)));
  }
}

TEST(units, let_only_nodes_with_an_address_hold_the_gateway) {
  auto settings = cluster_text{}.to_settings();
  settings.gateway.enabled = true;
  auto units = actors::list_units(settings, 1);
  auto places =
    actors::place(units, {{"silent", {}}, {"serving", {{actors::gateway_label, "yes"}}}});
  EXPECT_EQ(places.at("gateway/0"), "serving");
}

} // namespace
} // namespace supreme::tests
