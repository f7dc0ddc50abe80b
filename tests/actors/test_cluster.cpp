#include "tests/actors/test_cluster.hpp"

#include "actors/feed/feed.hpp"
#include "actors/venue/venue_host.hpp"
#include "config/loader.hpp"
#include "tests/actors/finite_history.hpp"
#include "trading/check.hpp"

#include <algorithm>
#include <sstream>

namespace supreme::tests {

namespace {

constexpr const char* venue_host_name = "venue.test";
constexpr const char* cluster_name = "test";
constexpr uint16_t mesh_port = 7300;
const trading::timestamp market_start = *trading::timestamp::parse("2026-01-01T00:00:00Z");

config::cluster_settings parse(const std::string& toml) {
  auto parsed = config::parse_cluster(toml, "test configuration");
  if (auto* settings = std::get_if<config::cluster_settings>(&parsed))
    return std::move(*settings);
  std::string all;
  for (const auto& problem : std::get<config::problems>(parsed))
    all += problem.to_string() + "\n";
  throw std::runtime_error(all);
}

caf::resumable* job_of(const caf::actor& handle) {
  return dynamic_cast<caf::resumable*>(caf::actor_cast<caf::abstract_actor*>(handle));
}

/// A venue's process has one unit, which it calls by its own name.
actors::directory::behavior_type make_venue_names(actors::directory::pointer,
                                                  protocols::unit_address port) {
  return {
    [port](protocols::resolve_atom, const std::string&) { return port; },
    [port](const actors::resolve_local& q) -> caf::result<protocols::unit_address> {
      if (q.unit != port.unit)
        return protocols::make_error(protocols::fault::not_here, q.unit);
      return port;
    },
    [](const actors::local_unit&) {},
    [](const actors::cluster_news&) {},
  };
}

protocols::hello hello_of(const std::string& node) {
  return {cluster_name, "test-build", protocols::message_set_hash(), node, 0};
}

} // namespace

test_cluster::test_cluster(cluster_settings settings)
  : settings_(std::move(settings)),
    folder_(fast_parent()),
    random_(settings_.seed),
    database_(
      std::make_shared<storage::memory_database>([this] { return system_.clock().wall(); })) {
  commit_config(settings_.config);
  open_venue();
}

test_cluster::~test_cluster() {
  database_->set_faults(nullptr);
  for (auto& [name, n] : nodes_) {
    if (n->running)
      kill_node(name);
  }
  for (const auto& actor : venue_actors_)
    system_.kill(caf::actor_cast<caf::weak_actor_ptr>(actor));
}

void test_cluster::commit_config(const std::string& toml) {
  storage::memory_cluster_store store{database_};
  auto newest = store.latest_config();
  auto version =
    store.apply_config(toml, storage::sha256_hex(toml), "test", newest ? newest->version : 0);
  SUPREME_CHECK(version.has_value(), "a test commits one configuration at a time");
}

void test_cluster::set_faults(storage::memory_database::fault_source source) {
  database_->set_faults([this, source = std::move(source)](std::string_view call) {
    return acting_ && source ? source(call) : storage::injected_fault::none;
  });
}

// -- the venue --------------------------------------------------------------------

void test_cluster::open_venue() {
  auto configured = parse(settings_.config);
  venues::bar_venue_settings settings;
  settings.id = configured.venues.at(0).id;
  settings.ledger_file = ledger_path();
  settings.instruments = configured.instruments;
  settings.costs = settings_.costs;
  for (const auto& account : configured.accounts)
    settings.deposits[account.id] = account.initial;
  auto opened = venues::bar_venue::open(settings);
  if (!opened)
    throw std::runtime_error(opened.error().to_string());
  engine_ = std::move(opened).value();
  auto host =
    system_.actors().spawn(actors::make_venue_host, engine_, settings.id, &system_.clock(),
                           [](const std::string& why) { throw std::runtime_error(why); });
  protocols::unit_address port;
  port.unit = actors::venue_unit(settings.id);
  port.node = "venue-sim";
  port.handle = caf::actor_cast<caf::strong_actor_ptr>(host);
  auto names = system_.actors().spawn(make_venue_names, port);
  venue_gate_ = system_.actors().spawn(actors::make_gatekeeper, hello_of(port.node), names,
                                       [](const std::string&) {});
  venue_actors_ = {caf::actor_cast<caf::actor>(host), caf::actor_cast<caf::actor>(names),
                   caf::actor_cast<caf::actor>(venue_gate_)};
}

void test_cluster::restart_venue() {
  venue_gate_ = nullptr;
  for (const auto& actor : std::exchange(venue_actors_, {}))
    system_.kill(caf::actor_cast<caf::weak_actor_ptr>(actor));
  // The file is locked by its owner, which must be gone before the next one opens it.
  engine_.reset();
  open_venue();
}

// -- nodes ------------------------------------------------------------------------

void test_cluster::note_life(process& n, const std::string& unit, const caf::actor& handle) {
  std::erase_if(n.lives,
                [](const life& l) { return !caf::actor_cast<caf::strong_actor_ptr>(l.actor); });
  n.lives.push_back({unit, caf::actor_cast<caf::weak_actor_ptr>(handle), job_of(handle)});
  if (n.stopped)
    stopped_jobs_.insert(job_of(handle));
}

actors::unit_factories test_cluster::make_factories(const std::shared_ptr<process>& n) {
  auto factories = actors::trading_factories(false);
  auto end = settings_.end.value_or(market_start + settings_.bars * 1min);
  factories.make[actors::unit_kind::feed] = [end](caf::actor_system& system,
                                                  const actors::unit_context& context) {
    const auto& settings = context.config->settings;
    std::vector<std::shared_ptr<venues::bar_history>> histories;
    for (auto& h : actors::open_histories(settings, *settings.find_feed(context.spec.subject),
                                          context.spec.index))
      histories.push_back(std::make_shared<finite_history>(std::move(h), end));
    return caf::actor_cast<caf::actor>(system.spawn(actors::make_feed, std::move(histories)));
  };
  if (hook_)
    hook_(n->name, factories);
  auto watched = [this, n](actors::unit_factory make) -> actors::unit_factory {
    return [this, n, make](caf::actor_system& system, const actors::unit_context& context) {
      ++starts_[context.spec.name];
      auto handle = make(system, context);
      note_life(*n, context.spec.name, handle);
      return handle;
    };
  };
  for (auto& [kind, make] : factories.make)
    make = watched(make);
  factories.make_quarantined = watched(factories.make_quarantined);
  return factories;
}

caf::expected<protocols::gatekeeper> test_cluster::dial(const std::string& from,
                                                        const std::string& host) {
  auto unreachable = caf::make_error(caf::sec::cannot_connect_to_node, host);
  if (links_ && !links_(from, host))
    return unreachable;
  if (host == venue_host_name)
    return venue_gate_ ? caf::expected<protocols::gatekeeper>{venue_gate_} : unreachable;
  auto found = nodes_.find(host);
  if (found == nodes_.end() || !found->second->running)
    return unreachable;
  return found->second->handles.gate;
}

void test_cluster::start_node(const std::string& name,
                              const std::map<std::string, std::string>& labels) {
  SUPREME_CHECK(!runs(name), "a node is started when it is not running");
  auto n = std::make_shared<process>();
  n->name = name;
  n->labels = labels;
  n->lease = std::make_shared<actors::lease>(system_.clock());
  n->running = true;
  nodes_[name] = n;
  actors::node_parts parts;
  auto& r = parts.registration.registration;
  r.node = name;
  r.runtime_id = name + "#" + std::to_string(++processes_);
  r.cluster = cluster_name;
  r.build = "test-build";
  r.messages = protocols::message_set_hash();
  r.host = name;
  r.port = mesh_port;
  r.labels = labels;
  parts.ledger_rows = std::make_shared<storage::memory_ledger_store>(database_);
  parts.cluster_rows = std::make_shared<storage::memory_cluster_store>(database_);
  parts.node_lease = n->lease;
  parts.dial = [this, name](const std::string& host, uint16_t) { return dial(name, host); };
  parts.factories = make_factories(n);
  parts.give_up = [n](const std::string& why) { n->surrendered = why; };
  parts.detached = false;
  n->handles = actors::start_node(system_.actors(), std::move(parts));
  note_life(*n, "", caf::actor_cast<caf::actor>(n->handles.books));
  note_life(*n, "", caf::actor_cast<caf::actor>(n->handles.names));
  note_life(*n, "", caf::actor_cast<caf::actor>(n->handles.registry));
  note_life(*n, "", n->handles.host);
  note_life(*n, "", caf::actor_cast<caf::actor>(n->handles.gate));
}

void test_cluster::kill_node(const std::string& name) {
  auto n = nodes_.at(name);
  SUPREME_CHECK(n->running, "a node is killed when it is running");
  if (n->stopped)
    continue_node(name);
  n->running = false;
  n->handles = {};
  // Supervisors first, so that nobody is started again meanwhile.
  auto lives = std::move(n->lives);
  std::reverse(lives.begin(), lives.end());
  std::stable_partition(lives.begin(), lives.end(), [](const life& l) { return l.unit.empty(); });
  for (const auto& l : lives)
    system_.kill(l.actor);
}

void test_cluster::stop_node(const std::string& name) {
  auto& n = *nodes_.at(name);
  n.stopped = true;
  for (const auto& l : n.lives)
    stopped_jobs_.insert(l.job);
}

void test_cluster::continue_node(const std::string& name) {
  auto& n = *nodes_.at(name);
  n.stopped = false;
  for (const auto& l : n.lives)
    stopped_jobs_.erase(l.job);
}

bool test_cluster::kill_unit(const std::string& unit) {
  for (auto& [name, n] : nodes_) {
    if (!n->running || n->stopped)
      continue;
    for (auto l = n->lives.rbegin(); l != n->lives.rend(); ++l) {
      auto strong = caf::actor_cast<caf::strong_actor_ptr>(l->actor);
      if (l->unit != unit || !strong
          || caf::actor_cast<caf::abstract_actor*>(strong)->getf(
            caf::abstract_actor::is_terminated_flag))
        continue;
      system_.kill(l->actor);
      return true;
    }
  }
  return false;
}

void test_cluster::end_surrendered() {
  for (auto& [name, n] : nodes_) {
    if (!n->running || !n->surrendered)
      continue;
    surrenders_.emplace_back(name, *std::exchange(n->surrendered, std::nullopt));
    kill_node(name);
  }
}

bool test_cluster::runs(const std::string& name) const {
  auto found = nodes_.find(name);
  return found != nodes_.end() && found->second->running;
}

std::vector<std::string> test_cluster::running_nodes() const {
  std::vector<std::string> names;
  for (const auto& [name, n] : nodes_) {
    if (n->running)
      names.push_back(name);
  }
  return names;
}

bool test_cluster::stopped(const std::string& name) const { return nodes_.at(name)->stopped; }

size_t test_cluster::starts(const std::string& unit) const {
  auto found = starts_.find(unit);
  return found == starts_.end() ? 0 : found->second;
}

size_t test_cluster::events(const std::string& actor, const std::string& kind) const {
  auto all = database_->actor_events();
  return static_cast<size_t>(std::count_if(
    all.begin(), all.end(), [&](const auto& e) { return e.actor == actor && e.kind == kind; }));
}

std::map<std::string, std::string> test_cluster::living_units() const {
  std::map<std::string, std::string> units;
  for (const auto& [name, n] : nodes_) {
    for (const auto& l : n->lives) {
      auto strong = caf::actor_cast<caf::strong_actor_ptr>(l.actor);
      if (!l.unit.empty() && strong
          && !caf::actor_cast<caf::abstract_actor*>(strong)->getf(
            caf::abstract_actor::is_terminated_flag))
        units[l.unit] = name;
    }
  }
  return units;
}

// -- time -------------------------------------------------------------------------

bool test_cluster::is_stopped(const caf::resumable* job) const {
  return stopped_jobs_.count(job) != 0;
}

bool test_cluster::run_one() {
  auto& jobs = system_.scheduler().jobs;
  std::vector<size_t> ready;
  for (size_t i = 0; i < jobs.size(); ++i) {
    if (stopped_jobs_.empty() || !is_stopped(jobs[i]))
      ready.push_back(i);
    if (settings_.seed == 0 && !ready.empty())
      break;
  }
  if (ready.empty())
    return false;
  auto chosen = settings_.seed == 0 ? ready.front() : ready[random_() % ready.size()];
  auto first = jobs.begin();
  std::rotate(first, first + static_cast<std::ptrdiff_t>(chosen),
              first + static_cast<std::ptrdiff_t>(chosen) + 1);
  acting_ = true;
  system_.scheduler().run_once();
  acting_ = false;
  ++messages_;
  return true;
}

void test_cluster::advance() {
  if (run_one()) {
    system_.pass(settings_.message_cost);
  } else {
    // While every node is down there is nothing to wait for but time itself.
    system_.pass(std::max(system_.next_timer().value_or(1ms), nanoseconds{1}));
  }
  end_surrendered();
}

bool test_cluster::run_until(const std::function<bool()>& done, nanoseconds limit) {
  auto end = system_.clock().since_boot() + limit;
  while (!done()) {
    if (system_.clock().since_boot() >= end)
      return false;
    advance();
  }
  return true;
}

void test_cluster::run_for(nanoseconds time) {
  (void)run_until([] { return false; }, time);
}

bool test_cluster::finished() const {
  return storage::memory_ledger_store{database_}.load_progress("main").finished;
}

uint64_t test_cluster::steps() const {
  return storage::memory_ledger_store{database_}.load_progress("main").step;
}

std::string test_cluster::story() const {
  std::ostringstream out;
  for (const auto& e : database_->actor_events())
    out << e.node << " #" << e.incarnation << " " << e.actor << " (" << e.epoch << ") " << e.kind
        << ": " << e.detail << "\n";
  out << "steps finished: " << steps() << ", messages: " << messages_
      << ", process time: " << system_.clock().since_boot().count() / 1'000'000 << " ms\n";
  for (const auto& [unit, name] : living_units())
    out << "alive: " << unit << " on " << name << "\n";
  return out.str();
}

} // namespace supreme::tests
