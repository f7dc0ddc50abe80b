#pragma once

#include "actors/node.hpp"
#include "storage/memory/memory_cluster_store.hpp"
#include "storage/memory/memory_database.hpp"
#include "storage/memory/memory_ledger_store.hpp"
#include "tests/actors/cluster_rows.hpp"
#include "tests/actors/test_system.hpp"
#include "tests/venues/temporary_folder.hpp"
#include "venues/simulated/bar_venue.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace supreme::tests {

struct cluster_settings {
  std::string config; ///< TOML, committed as version 1
  uint64_t bars = 60; ///< minutes of the generated market; every feed ends there …
  /// Who runs next: 0 = whoever waits longest; otherwise a seeded choice among all that wait, which
  /// keeps only what CAF promises, the order of messages between two actors.
  uint64_t seed = 0;
  nanoseconds message_cost = 20us;            ///< process time that one message takes
  std::optional<trading::timestamp> end = {}; ///< … or here: a recorded market has its own times
  trading::execution_costs costs{1'000'000, 1'000'000, 100'000, 0}; ///< of the venue
};

/// A whole cluster in one thread: real nodes (start_node) on one memory database, around a real
/// simulated venue on a real ledger file. Nodes can be killed, stopped and continued, started
/// again, and cut off; single units can be killed; all at any message. Two runs with the same
/// settings and the same calls are the same, message by message.
class test_cluster {
public:
  /// Changes the factories of a node before it starts.
  using factory_hook = std::function<void(const std::string& node, actors::unit_factories&)>;

  explicit test_cluster(cluster_settings settings);
  ~test_cluster();

  void start_node(const std::string& name, const std::map<std::string, std::string>& labels = {});
  /// kill -9: all actors of the node are gone before anybody else runs. Its rows stay until its
  /// lease expires.
  void kill_node(const std::string& name);
  /// SIGSTOP and SIGCONT: its actors run no more; timers and messages pile up.
  void stop_node(const std::string& name);
  void continue_node(const std::string& name);
  /// kill -9 of one unit's actor, wherever it lives; false when nobody runs it.
  bool kill_unit(const std::string& unit);
  /// Kills the venue's process and starts it again on its ledger.
  void restart_venue();

  [[nodiscard]] bool runs(const std::string& node) const;
  [[nodiscard]] std::vector<std::string> running_nodes() const;
  [[nodiscard]] bool stopped(const std::string& node) const;
  /// The node's own actors, and its right to act.
  [[nodiscard]] const actors::node_handles& handles(const std::string& node) const {
    return nodes_.at(node)->handles;
  }
  [[nodiscard]] const actors::lease& lease_of(const std::string& node) const {
    return *nodes_.at(node)->lease;
  }
  /// How often actors of this unit were started, on all nodes together.
  [[nodiscard]] size_t starts(const std::string& unit) const;
  /// Events of this kind that an actor recorded.
  [[nodiscard]] size_t events(const std::string& actor, const std::string& kind) const;
  /// Units whose actors live, by name, and the node each lives on (the newest, where there are
  /// several).
  [[nodiscard]] std::map<std::string, std::string> living_units() const;
  /// Nodes that ended themselves, in order, with the reason.
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& surrenders() const {
    return surrenders_;
  }

  void set_factory_hook(factory_hook hook) { hook_ = std::move(hook); }
  /// Nodes for which this answers false cannot connect to each other anew.
  void set_links(std::function<bool(const std::string& from, const std::string& host)> allowed) {
    links_ = std::move(allowed);
  }
  void commit_config(const std::string& toml);
  /// Faults of the database, seen by the nodes but not by the test's own questions.
  void set_faults(storage::memory_database::fault_source source);

  /// One message, or the next timer. `messages()` counts the former.
  void advance();
  [[nodiscard]] uint64_t messages() const { return messages_; }
  /// False when `done` did not come true within `limit` of process time.
  bool run_until(const std::function<bool()>& done, nanoseconds limit = 10min);
  void run_for(nanoseconds time);
  [[nodiscard]] bool finished() const;
  [[nodiscard]] uint64_t steps() const;

  [[nodiscard]] const std::shared_ptr<storage::memory_database>& database() const {
    return database_;
  }
  [[nodiscard]] cluster_rows rows() const { return read_rows(database_); }
  [[nodiscard]] std::vector<std::string> contradictions() const {
    return find_contradictions(database_, ledger_path());
  }
  [[nodiscard]] std::string ledger_path() const { return folder_.file("venue.ledger"); }
  [[nodiscard]] test_system& system() { return system_; }
  /// What happened to nodes and units, for people who look for the reason of a failure.
  [[nodiscard]] std::string story() const;

private:
  struct life {
    std::string unit;
    caf::weak_actor_ptr actor;
    caf::resumable* job = nullptr;
  };
  struct process {
    std::string name;
    std::map<std::string, std::string> labels;
    std::shared_ptr<actors::lease> lease;
    actors::node_handles handles;
    std::vector<life> lives; ///< of units and of the node's own actors
    bool running = false;
    bool stopped = false;
    std::optional<std::string> surrendered;
  };

  void open_venue();
  void note_life(process& n, const std::string& unit, const caf::actor& handle);
  [[nodiscard]] actors::unit_factories make_factories(const std::shared_ptr<process>& n);
  [[nodiscard]] caf::expected<protocols::gatekeeper> dial(const std::string& from,
                                                          const std::string& host);
  [[nodiscard]] bool run_one();
  [[nodiscard]] bool is_stopped(const caf::resumable* job) const;
  void end_surrendered();

  cluster_settings settings_;
  temporary_folder folder_;
  test_system system_;
  std::mt19937_64 random_;
  std::shared_ptr<storage::memory_database> database_;
  std::map<std::string, std::shared_ptr<process>> nodes_;
  std::shared_ptr<venues::bar_venue> engine_;
  std::vector<caf::actor> venue_actors_;
  protocols::gatekeeper venue_gate_;
  factory_hook hook_;
  std::function<bool(const std::string&, const std::string&)> links_;
  std::vector<std::pair<std::string, std::string>> surrenders_;
  std::set<const caf::resumable*> stopped_jobs_;
  uint64_t messages_ = 0;
  uint64_t processes_ = 0;
  std::map<std::string, size_t> starts_;
  bool acting_ = false; ///< a node's actor runs at this moment
};

} // namespace supreme::tests
