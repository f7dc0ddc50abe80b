// Goal: whatever is killed, stopped or lost, and whenever, a run ends with exactly the rows of an
// undisturbed one: no order twice, none lost, none of unknown outcome, positions equal to the fills
// and to the venue. Method: test_cluster with one fault at every message of a busy step, and with
// many random faults from a seed. A failure names its seed; SUPREME_CRASH_SEED=n runs that one
// alone, SUPREME_CRASH_SEEDS=n runs more of them, SUPREME_CRASH_LOG=file shows what the actors say.
#include "actors/log.hpp"
#include "config/defaults.hpp"
#include "tests/actors/cluster_text.hpp"
#include "tests/actors/test_cluster.hpp"
#include "tests/support/sanitized.hpp"

#include <cstdlib>

namespace supreme::tests {
namespace {

struct layout {
  const char* name;
  bool spread;
  std::vector<std::pair<std::string, std::map<std::string, std::string>>> nodes;
};

const layout one_node{"one node", false, {{"n1", {}}}};
const layout three_nodes{"three nodes", false, {{"n1", {}}, {"n2", {}}, {"n3", {}}}};
const layout spread_account{
  "a spread account",
  true,
  {{"n1", {{"role", "guard"}}}, {"n2", {{"role", "executor"}}}, {"n3", {{"role", "portfolio"}}}}};

const cluster_rows& undisturbed(uint64_t bars) {
  static std::map<uint64_t, cluster_rows> known;
  auto found = known.find(bars);
  if (found != known.end())
    return found->second;
  test_cluster cluster{{cluster_text{}.to_toml(), bars}};
  cluster.start_node("n1");
  if (!cluster.run_until([&] { return cluster.finished(); }))
    throw std::runtime_error(cluster.story());
  return known[bars] = cluster.rows();
}

std::unique_ptr<test_cluster> start(const layout& where, uint64_t bars, uint64_t seed = 0) {
  auto cluster = std::make_unique<test_cluster>(
    cluster_settings{cluster_text{.spread_main = where.spread}.to_toml(), bars, seed});
  for (const auto& [name, labels] : where.nodes)
    cluster->start_node(name, labels);
  return cluster;
}

/// Why the finished run is not what it must be; empty when it is.
std::string judge(test_cluster& cluster, uint64_t bars) {
  if (!cluster.run_until([&] { return cluster.finished(); }))
    return "the run does not end\n" + cluster.story();
  if (auto difference = first_difference(undisturbed(bars), cluster.rows()); !difference.empty())
    return difference + "\n" + cluster.story();
  auto problems = cluster.contradictions();
  return problems.empty() ? "" : problems.front() + "\n" + cluster.story();
}

// -- one fault at every message -----------------------------------------------------

/// Messages between the moments at which the two steps were finished, in an undisturbed run.
std::pair<uint64_t, uint64_t> messages_of_steps(const layout& where, uint64_t bars, uint64_t after,
                                                uint64_t up_to) {
  auto cluster = start(where, bars);
  EXPECT_TRUE(cluster->run_until([&] { return cluster->steps() == after; }));
  auto first = cluster->messages();
  EXPECT_TRUE(cluster->run_until([&] { return cluster->steps() == up_to; }));
  return {first, cluster->messages()};
}

// Steps 25 to 28 hold fills and orders of both accounts and of the slow feed's instrument.
constexpr uint64_t busy_bars = 32;
constexpr uint64_t busy_after = 24;
constexpr uint64_t busy_up_to = 28;

void disturb_every_message(const layout& where, uint64_t stride, const std::string& what,
                           const std::function<void(test_cluster&)>& disturb) {
  auto [first, last] = messages_of_steps(where, busy_bars, busy_after, busy_up_to);
  ASSERT_LT(first, last);
  for (auto at = first; at <= last; at += stride * neighbour_stride) {
    auto cluster = start(where, busy_bars);
    ASSERT_TRUE(cluster->run_until([&] { return cluster->messages() == at; }));
    disturb(*cluster);
    auto why = judge(*cluster, busy_bars);
    ASSERT_EQ(why, "") << what << " on " << where.name << " at message " << at;
  }
}

class every_message : public ::testing::TestWithParam<const char*> {};

TEST_P(every_message, can_be_the_last_of_a_unit) {
  const std::string unit = GetParam();
  disturb_every_message(one_node, 1, unit + " killed",
                        [&](test_cluster& c) { ASSERT_TRUE(c.kill_unit(unit)); });
}

TEST_P(every_message, can_be_the_last_of_a_unit_of_a_spread_account) {
  const std::string unit = GetParam();
  disturb_every_message(spread_account, 3, unit + " killed",
                        [&](test_cluster& c) { ASSERT_TRUE(c.kill_unit(unit)); });
}

INSTANTIATE_TEST_SUITE_P(units, every_message,
                         ::testing::Values("conductor/main", "guard/main", "executor/main",
                                           "portfolio/main", "strategy/trend/0", "strategy/trend/1",
                                           "feed/minute/0"),
                         [](const auto& param) {
                           std::string name = param.param;
                           std::replace(name.begin(), name.end(), '/', '_');
                           return name;
                         });

class every_message_of_a_node : public ::testing::TestWithParam<const char*> {};

TEST_P(every_message_of_a_node, can_be_its_last) {
  const std::string node = GetParam();
  disturb_every_message(
    spread_account, 5, node + " killed and started again 1 s later", [&](test_cluster& c) {
      c.kill_node(node);
      c.run_for(1s);
      auto labels = std::find_if(spread_account.nodes.begin(), spread_account.nodes.end(),
                                 [&](const auto& n) { return n.first == node; });
      c.start_node(node, labels->second);
    });
}

TEST_P(every_message_of_a_node, can_be_its_last_for_ever) {
  const std::string node = GetParam();
  disturb_every_message(three_nodes, 5, node + " killed",
                        [&](test_cluster& c) { c.kill_node(node); });
}

TEST_P(every_message_of_a_node, can_be_its_last_before_a_long_stop) {
  // Stopped for longer than its lease, it wakes up as a zombie whose units live elsewhere.
  const std::string node = GetParam();
  disturb_every_message(three_nodes, 5, node + " stopped for 8 s", [&](test_cluster& c) {
    c.stop_node(node);
    c.run_for(8s);
    c.continue_node(node);
  });
}

INSTANTIATE_TEST_SUITE_P(nodes, every_message_of_a_node, ::testing::Values("n1", "n2", "n3"),
                         [](const auto& param) { return std::string{param.param}; });

TEST(every_message_of_the_only_node, can_be_its_last) {
  disturb_every_message(one_node, 3, "n1 killed and started again", [](test_cluster& c) {
    c.kill_node("n1");
    c.start_node("n1");
  });
}

TEST(every_message_of_the_venue, can_be_its_last) {
  disturb_every_message(one_node, 1, "the venue restarted",
                        [](test_cluster& c) { c.restart_venue(); });
}

TEST(every_store_call, can_fail) {
  for (auto fault : {storage::injected_fault::before, storage::injected_fault::after}) {
    auto count_calls = [&](uint64_t fail_at) {
      auto cluster = start(one_node, busy_bars);
      EXPECT_TRUE(cluster->run_until([&] { return cluster->steps() == busy_after; }));
      auto calls = std::make_shared<uint64_t>(0);
      cluster->set_faults([calls, fail_at, fault](std::string_view) {
        return ++*calls == fail_at ? fault : storage::injected_fault::none;
      });
      auto why = judge(*cluster, busy_bars);
      EXPECT_EQ(why, "") << "store call " << fail_at << " failed "
                         << (fault == storage::injected_fault::before ? "before" : "after")
                         << " it was done";
      return *calls;
    };
    auto calls = count_calls(0);
    for (uint64_t at = 1; at <= calls && !HasFailure(); ++at)
      (void)count_calls(at);
  }
}

// -- many random faults -------------------------------------------------------------

constexpr uint64_t random_bars = 90;

/// Faults from a seed. Whoever may be killed how often follows the supervisor's own rules: a
/// strategy that crashes more than three times in a minute is quarantined, which changes what is
/// traded; everything else may crash for ever.
class fault_dice {
public:
  fault_dice(test_cluster& cluster, const layout& where, uint64_t seed)
    : cluster_(cluster), where_(where), random_(seed), mean_distance_(60 + random_() % 600) {
    wait_for_next();
    cluster_.set_faults([this](std::string_view) {
      if (!stores_fail_ || random_() % 20 != 0)
        return storage::injected_fault::none;
      return random_() % 2 == 0 ? storage::injected_fault::before : storage::injected_fault::after;
    });
  }

  /// To be called between two messages.
  void roll() {
    while (!later_.empty() && later_.begin()->first <= now()) {
      auto action = std::move(later_.begin()->second);
      later_.erase(later_.begin());
      action();
    }
    for (const auto& [name, labels] : where_.nodes) {
      // Whatever ended a node, its own supervisor starts it again after a while.
      if (!cluster_.runs(name) && returning_.insert(name).second)
        after(random_time(4s), [this, name = name, labels = labels] {
          returning_.erase(name);
          if (!cluster_.runs(name))
            cluster_.start_node(name, labels);
        });
    }
    if (cluster_.messages() < next_)
      return;
    wait_for_next();
    strike();
  }

  void end() { cluster_.set_faults(nullptr); }
  [[nodiscard]] const std::string& story() const { return story_; }

private:
  [[nodiscard]] nanoseconds now() const { return cluster_.system().clock().since_boot(); }
  nanoseconds random_time(nanoseconds most) {
    return nanoseconds{static_cast<int64_t>(random_() % static_cast<uint64_t>(most.count()))};
  }
  void after(nanoseconds wait, std::function<void()> action) {
    later_.emplace(now() + wait, std::move(action));
  }
  void wait_for_next() { next_ = cluster_.messages() + 1 + random_() % (2 * mean_distance_); }
  void note(const std::string& text) {
    story_ += std::to_string(cluster_.messages()) + ": " + text + "\n";
  }

  void strike() {
    switch (random_() % 16) {
      case 0:
        kill_node();
        break;
      case 1:
        stop_node();
        break;
      case 2:
        note("venue restarted");
        cluster_.restart_venue();
        break;
      case 3:
        note("stores fail for a while");
        stores_fail_ = true;
        after(random_time(1s), [this] { stores_fail_ = false; });
        break;
      default:
        kill_unit();
        break;
    }
  }

  [[nodiscard]] std::string any_running_node() {
    std::vector<std::string> names;
    for (const auto& name : cluster_.running_nodes()) {
      if (!cluster_.stopped(name))
        names.push_back(name);
    }
    return names.empty() ? "" : names[random_() % names.size()];
  }

  void kill_node() {
    if (auto name = any_running_node(); !name.empty()) {
      note(name + " killed");
      cluster_.kill_node(name);
    }
  }

  void stop_node() {
    auto name = any_running_node();
    if (name.empty())
      return;
    note(name + " stopped");
    cluster_.stop_node(name);
    after(random_time(6s), [this, name] {
      if (cluster_.runs(name) && cluster_.stopped(name)) {
        note(name + " continued");
        cluster_.continue_node(name);
      }
    });
  }

  void kill_unit() {
    auto units = cluster_.living_units();
    if (units.empty())
      return;
    auto chosen =
      std::next(units.begin(), static_cast<std::ptrdiff_t>(random_() % units.size()))->first;
    if (chosen.rfind("strategy/", 0) == 0) {
      auto& kills = kills_[chosen];
      std::erase_if(kills, [&](auto at) { return at < now() - config::defaults::restart_window; });
      if (kills.size() == config::defaults::restarts_max)
        return;
      kills.push_back(now());
    }
    note(chosen + " killed on " + units[chosen]);
    cluster_.kill_unit(chosen);
  }

  test_cluster& cluster_;
  const layout& where_;
  std::mt19937_64 random_;
  uint64_t mean_distance_;
  uint64_t next_ = 0;
  bool stores_fail_ = false;
  std::multimap<nanoseconds, std::function<void()>> later_;
  std::set<std::string> returning_;
  std::map<std::string, std::vector<nanoseconds>> kills_;
  std::string story_;
};

uint64_t number_from_environment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::stoull(text);
}

/// Empty, or what went wrong.
std::string run_with_faults(const layout& where, uint64_t seed) {
  auto cluster = start(where, random_bars, seed);
  fault_dice dice{*cluster, where, seed};
  auto faults_end = cluster->system().clock().since_boot() + 20min;
  while (!cluster->finished() && cluster->system().clock().since_boot() < faults_end) {
    cluster->advance();
    dice.roll();
  }
  dice.end();
  auto why = judge(*cluster, random_bars);
  return why.empty() ? "" : why + "\nfaults:\n" + dice.story();
}

void run_seeds(const layout& where) {
  if (const char* file = std::getenv("SUPREME_CRASH_LOG"))
    actors::open_log("test", file, "debug");
  auto first = number_from_environment("SUPREME_CRASH_SEED", 1);
  constexpr uint64_t seeds = 40 / neighbour_stride;
  auto count = number_from_environment("SUPREME_CRASH_SEEDS",
                                       std::getenv("SUPREME_CRASH_SEED") != nullptr ? 1 : seeds);
  for (auto seed = first; seed < first + count; ++seed)
    ASSERT_EQ(run_with_faults(where, seed), "")
      << "on " << where.name << ": SUPREME_CRASH_SEED=" << seed;
}

TEST(random_faults, change_nothing_on_one_node) { run_seeds(one_node); }
TEST(random_faults, change_nothing_on_three_nodes) { run_seeds(three_nodes); }
TEST(random_faults, change_nothing_for_a_spread_account) { run_seeds(spread_account); }

} // namespace
} // namespace supreme::tests
