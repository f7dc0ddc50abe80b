#include "actors/cluster/unit_host.hpp"

#include "actors/backoff.hpp"
#include "actors/log.hpp"
#include "config/defaults.hpp"

#include <algorithm>
#include <array>

namespace supreme::actors {

namespace {

namespace limits = config::defaults;
using namespace std::chrono_literals;
using self_pointer = caf::stateful_actor<unit_host_state>*;
using running = unit_host_state::running;

/// A node that has just joined may be one of several that are starting: units are claimed when that
/// has settled.
constexpr auto join_settle = 700ms;
/// How often the lease is looked at; well below the slack between self-fence and ttl.
constexpr auto lease_tick = 100ms;

using restart_atom = caf::atom_constant<caf::atom("restart")>;

std::chrono::nanoseconds now(const unit_host_state& st) {
  return st.settings.node_lease->clock().since_boot();
}

void record(unit_host_state& st, const std::string& actor, const char* kind, uint64_t epoch,
            const std::string& detail) {
  log(log_level::info, actor, kind, detail);
  storage::actor_event event;
  event.actor = actor;
  event.kind = kind;
  event.epoch = epoch;
  event.detail = detail;
  caf::anon_send(st.registry, std::move(event));
}

void tell_directory(unit_host_state& st, const std::string& unit, uint64_t epoch, uint64_t number,
                    const caf::actor& handle) {
  protocols::unit_address address;
  address.unit = unit;
  address.epoch = epoch;
  address.node = st.settings.node;
  address.incarnation = number;
  address.handle = caf::actor_cast<caf::strong_actor_ptr>(handle);
  caf::anon_send(st.settings.names, local_unit{std::move(address)});
}

/// Failures of the world around a unit: it starts again from its rows, as often as it takes.
bool is_transient(const caf::error& why) {
  using protocols::fault;
  constexpr std::array transient{fault::database, fault::database_unknown, fault::unresolved,
                                 fault::venue,    fault::recovering,       fault::not_here};
  return why == caf::sec::request_timeout || why == caf::sec::request_receiver_down
         || std::any_of(transient.begin(), transient.end(),
                        [&](fault f) { return protocols::is(why, f); });
}

void stop_actor(self_pointer self, running& unit) {
  if (!unit.handle)
    return;
  self->demonitor(unit.handle);
  self->send_exit(unit.handle, caf::exit_reason::user_shutdown);
  tell_directory(self->state, unit.spec.name, unit.epoch, 0, nullptr);
  unit.handle = nullptr;
}

void start_actor(self_pointer self, const std::string& name, uint64_t number);

void schedule_restart(self_pointer self, running& unit, std::chrono::milliseconds wait) {
  ++unit.generation;
  self->delayed_send(self, wait, restart_atom::value, unit.spec.name, unit.generation);
}

void quarantine(self_pointer self, running& unit, const std::string& why) {
  auto& st = self->state;
  unit.quarantined = true;
  record(st, unit.spec.name, "quarantined", unit.epoch, why);
  // The row survives this node: nobody starts trading for the strategy until a person resumes it.
  storage::mode_change halt;
  halt.scope = storage::mode_scope::strategy;
  halt.name = unit.spec.subject;
  halt.mode = trading::trading_mode::halted;
  halt.principal = "supervisor";
  halt.reason =
    (unit.spec.name + " crashed too often: " + why).substr(0, limits::mode_reason_bytes_max);
  self->request(st.settings.books, limits::ledger_deadline, std::move(halt))
    .then([](storage::change_outcome) {},
          [name = unit.spec.name](const caf::error& failed) {
            log(log_level::error, name, "halt_not_stored", protocols::describe(failed));
          });
  start_actor(self, unit.spec.name, 0);
}

/// Units whose defect no other node would cure, and which must not take trading down with them: a
/// feed whose file is damaged is as damaged on the next node, and the gateway only watches. They
/// are tried again for as long as it takes, ever more slowly.
bool outlives_defects(unit_kind kind) {
  return kind == unit_kind::feed || kind == unit_kind::gateway;
}

void on_crash(self_pointer self, running& unit, const caf::error& why) {
  auto& st = self->state;
  auto text = protocols::describe(why);
  if (is_transient(why)) {
    log(log_level::warning, unit.spec.name, "interrupted", text);
    if (now(st) - unit.started_at >= limits::restart_window)
      unit.transient_failures = 0;
    ++unit.transient_failures;
    schedule_restart(self, unit,
                     backoff(unit.transient_failures, st.settings.node + "/" + unit.spec.name));
    return;
  }
  record(st, unit.spec.name, "crashed", unit.epoch, text);
  auto window_start = now(st) - limits::restart_window;
  auto& crashes = unit.crashes;
  crashes.erase(
    std::remove_if(crashes.begin(), crashes.end(), [&](auto at) { return at < window_start; }),
    crashes.end());
  crashes.push_back(now(st));
  if (crashes.size() <= limits::restarts_max || outlives_defects(unit.spec.kind)) {
    schedule_restart(
      self, unit,
      backoff(static_cast<uint32_t>(crashes.size()), st.settings.node + "/" + unit.spec.name));
  } else if (unit.spec.kind == unit_kind::strategy) {
    quarantine(self, unit, text);
  } else {
    record(st, unit.spec.name, "gave_up", unit.epoch, text);
    st.settings.give_up(unit.spec.name + " crashed more than "
                        + std::to_string(limits::restarts_max) + " times in "
                        + std::to_string(limits::restart_window.count()) + " s: " + text);
  }
}

void start_actor(self_pointer self, const std::string& name, uint64_t number) {
  auto& st = self->state;
  auto& unit = st.units.at(name);
  unit.started_at = now(st);
  unit_context context{st.settings.node,      unit.spec,         unit.epoch,        number,
                       st.news->config,       st.settings.names, st.settings.books, st.registry,
                       st.settings.node_lease};
  auto make = unit.quarantined ? st.settings.factories.make_quarantined
                               : st.settings.factories.make.at(unit.spec.kind);
  try {
    unit.handle = make(self->system(), context);
  } catch (const std::exception& why) {
    on_crash(self, unit, caf::make_error(caf::sec::runtime_error, std::string{why.what()}));
    return;
  }
  self->monitor(unit.handle);
  tell_directory(st, name, unit.epoch, number, unit.handle);
}

/// Executors stamp a number that nobody had before them, so that their rows tell one life from the
/// next; conductors count on from it.
bool needs_number(const unit_spec& spec) {
  return spec.kind == unit_kind::executor || spec.kind == unit_kind::conductor;
}

void restart(self_pointer self, const std::string& name) {
  auto& st = self->state;
  if (!needs_number(st.units.at(name).spec)) {
    start_actor(self, name, 0);
    return;
  }
  auto generation = st.units.at(name).generation;
  auto current = [self, name, generation]() -> running* {
    auto found = self->state.units.find(name);
    bool same = found != self->state.units.end() && found->second.generation == generation;
    return same ? &found->second : nullptr;
  };
  self->request(st.registry, limits::ledger_deadline, protocols::resolve_atom_v)
    .then(
      [self, name, current](uint64_t number) {
        if (current() != nullptr)
          start_actor(self, name, number);
      },
      [self, current](const caf::error& why) {
        if (auto* unit = current())
          on_crash(self, *unit,
                   is_transient(why) ? why : protocols::make_error(protocols::fault::database));
      });
}

void release(self_pointer self, const std::string& name, uint64_t epoch) {
  // Rows of a lost release are found again in the next news; nothing else depends on the answer.
  self
    ->request(self->state.registry, limits::ledger_deadline,
              release_unit{name, self->state.incarnation, epoch})
    .then([] {},
          [name](const caf::error& failed) {
            log(log_level::warning, name, "release_failed", protocols::describe(failed));
          });
}

void give_back(self_pointer self, const std::string& name, const std::string& why) {
  auto& st = self->state;
  auto found = st.units.find(name);
  if (found == st.units.end())
    return;
  stop_actor(self, found->second);
  auto epoch = found->second.epoch;
  st.units.erase(found);
  record(st, name, "released", epoch, why);
  release(self, name, epoch);
}

void drop_everything(self_pointer self, const std::string& why) {
  auto& st = self->state;
  if (!st.units.empty())
    log(log_level::error, unit_host_state::name, "fenced", why);
  for (auto& [name, unit] : st.units) {
    if (unit.spec.kind == unit_kind::gateway && unit.handle)
      st.serving_on[name] = std::move(unit);
    else
      stop_actor(self, unit);
  }
  st.units.clear();
  st.claiming.clear();
}

/// Whether a claimed unit's actor was there already, and is the one that is wanted.
bool adopt(self_pointer self, running& unit) {
  auto& st = self->state;
  auto found = st.serving_on.find(unit.spec.name);
  if (found == st.serving_on.end())
    return false;
  auto old = std::move(found->second);
  st.serving_on.erase(found);
  if (old.spec.definition != unit.spec.definition) {
    stop_actor(self, old);
    return false;
  }
  unit.handle = old.handle;
  unit.started_at = old.started_at;
  tell_directory(st, unit.spec.name, unit.epoch, 0, unit.handle);
  return true;
}

/// What has served on and belongs to another node by now, or to nobody, ends.
void end_serving_on(self_pointer self, const assignment& wanted) {
  auto& st = self->state;
  for (auto it = st.serving_on.begin(); it != st.serving_on.end();) {
    auto place = wanted.find(it->first);
    if (place != wanted.end() && place->second == st.settings.node) {
      ++it;
    } else {
      stop_actor(self, it->second);
      it = st.serving_on.erase(it);
    }
  }
}

void claim(self_pointer self, const unit_spec& spec) {
  auto& st = self->state;
  st.claiming.insert(spec.name);
  auto incarnation = st.incarnation;
  self
    ->request(st.registry, limits::ledger_deadline,
              claim_unit{spec.name, incarnation, needs_number(spec)})
    .then(
      [self, spec, incarnation](const claimed_unit& got) {
        auto& state = self->state;
        if (incarnation != state.incarnation)
          return;
        state.claiming.erase(spec.name);
        if (got.epoch == 0)
          return;
        running unit;
        unit.spec = spec;
        unit.epoch = got.epoch;
        state.units[spec.name] = std::move(unit);
        record(state, spec.name, "started", got.epoch, "on " + state.settings.node);
        if (!adopt(self, state.units.at(spec.name)))
          start_actor(self, spec.name, got.number);
      },
      [self, spec](const caf::error& why) {
        self->state.claiming.erase(spec.name);
        log(log_level::warning, spec.name, "claim_failed", protocols::describe(why));
      });
}

void note_nodes(unit_host_state& st) {
  std::set<std::pair<std::string, uint64_t>> live;
  for (const auto& n : st.news->view.nodes) {
    if (n.live)
      live.insert({n.node, n.incarnation});
  }
  if (live == st.live)
    return;
  bool joined = !std::includes(st.live.begin(), st.live.end(), live.begin(), live.end());
  st.changed_at = now(st);
  if (joined)
    st.joined_at = st.changed_at;
  st.live = std::move(live);
}

assignment wanted_places(const unit_host_state& st, const std::vector<unit_spec>& specs) {
  std::vector<placement_node> nodes;
  for (const auto& n : st.news->view.nodes) {
    if (n.live)
      nodes.push_back({n.node, n.labels});
  }
  return place(specs, nodes);
}

/// Gives back what is no longer wanted, has changed, or belongs to another node.
void give_back_unwanted(self_pointer self, const std::vector<unit_spec>& specs,
                        const assignment& wanted) {
  auto& st = self->state;
  const auto& timing = st.news->config->settings.lease;
  bool settled = now(st) - st.changed_at >= std::chrono::milliseconds{timing.rebalance_after_ms};
  std::set<std::string> moving;
  std::vector<std::pair<std::string, std::string>> leaving;
  for (const auto& [name, unit] : st.units) {
    auto spec =
      std::find_if(specs.begin(), specs.end(), [&, n = name](auto& s) { return s.name == n; });
    auto place = wanted.find(name);
    if (spec == specs.end()) {
      leaving.emplace_back(name, "no longer configured");
    } else if (spec->definition != unit.spec.definition) {
      leaving.emplace_back(name, "its configuration changed");
    } else if (place == wanted.end()) {
      leaving.emplace_back(name, "no node fits its placement");
    } else if (place->second != st.settings.node && settled) {
      // Units of one affinity move together; otherwise a few at a time, so that a flapping node
      // moves nothing.
      if (moving.count(unit.spec.affinity) != 0 || moving.size() < timing.moves_at_once) {
        moving.insert(unit.spec.affinity);
        leaving.emplace_back(name, "moves to " + place->second);
      }
    }
  }
  for (const auto& [name, why] : leaving)
    give_back(self, name, why);
}

/// Stops what the rows say is no longer ours.
void drop_superseded(self_pointer self) {
  auto& st = self->state;
  for (const auto& row : st.news->view.units) {
    auto found = st.units.find(row.unit);
    if (found == st.units.end() || row.epoch <= found->second.epoch)
      continue;
    record(st, row.unit, "superseded", found->second.epoch, "held by " + row.holder);
    stop_actor(self, found->second);
    st.units.erase(found);
  }
}

void claim_wanted(self_pointer self, const std::vector<unit_spec>& specs,
                  const assignment& wanted) {
  auto& st = self->state;
  if (now(st) - st.joined_at < join_settle)
    return;
  std::map<std::string, const storage::unit_row*> rows;
  for (const auto& row : st.news->view.units)
    rows[row.unit] = &row;
  for (const auto& spec : specs) {
    // The registrar renews the lease between claims; the rest waits for the next heartbeat.
    if (st.claiming.size() >= limits::claims_at_once)
      return;
    auto place = wanted.find(spec.name);
    if (place == wanted.end() || place->second != st.settings.node || st.units.count(spec.name) != 0
        || st.claiming.count(spec.name) != 0)
      continue;
    auto row = rows.find(spec.name);
    if (row == rows.end() || row->second->holder.empty()
        || st.live.count({row->second->holder, row->second->holder_incarnation}) == 0)
      claim(self, spec);
  }
}

/// Rows that still name this node for what it does not run (it fenced itself, or a release was
/// lost) are set free.
void release_leftovers(self_pointer self) {
  auto& st = self->state;
  for (const auto& row : st.news->view.units) {
    if (row.holder == st.settings.node && row.holder_incarnation == st.incarnation
        && st.units.count(row.unit) == 0 && st.claiming.count(row.unit) == 0)
      release(self, row.unit, row.epoch);
  }
}

void acknowledge(unit_host_state& st) {
  if (st.acknowledged == st.news->config->version)
    return;
  st.acknowledged = st.news->config->version;
  caf::anon_send(st.registry, acknowledge_config{st.acknowledged});
}

void reconcile(self_pointer self) {
  auto& st = self->state;
  if (!st.news->config)
    return;
  auto specs = list_units(st.news->config->settings, st.news->config->version);
  auto wanted = wanted_places(st, specs);
  drop_superseded(self);
  end_serving_on(self, wanted);
  give_back_unwanted(self, specs, wanted);
  release_leftovers(self);
  claim_wanted(self, specs, wanted);
  acknowledge(st);
}

void on_news(self_pointer self, cluster_news& news) {
  auto& st = self->state;
  if (news.incarnation != st.incarnation) {
    drop_everything(self, "this incarnation is over");
    st.incarnation = news.incarnation;
    st.acknowledged = 0;
  }
  if (!news.view.alive)
    return;
  caf::anon_send(st.settings.names, news);
  st.news = std::move(news);
  note_nodes(st);
  if (st.settings.node_lease->held())
    reconcile(self);
}

void on_tick(self_pointer self) {
  auto& st = self->state;
  // The node stops by itself before anybody may take its units over; the epochs make sure of the
  // rest.
  if (!st.settings.node_lease->held() && !st.units.empty())
    drop_everything(self, "the lease could not be renewed");
  self->delayed_send(self, lease_tick, protocols::tick_atom_v);
}

void on_down(self_pointer self, const caf::down_msg& down) {
  auto& st = self->state;
  for (auto it = st.serving_on.begin(); it != st.serving_on.end(); ++it) {
    if (it->second.handle.address() == down.source) {
      st.serving_on.erase(it);
      return;
    }
  }
  for (auto& [name, unit] : st.units) {
    if (!unit.handle || unit.handle.address() != down.source)
      continue;
    unit.handle = nullptr;
    tell_directory(st, name, unit.epoch, 0, nullptr);
    if (protocols::is(down.reason, protocols::fault::not_owner)) {
      record(st, name, "superseded", unit.epoch, protocols::describe(down.reason));
      st.units.erase(name);
    } else if (unit.quarantined && down.reason == caf::exit_reason::normal) {
      record(st, name, "resumed", unit.epoch, "the halt of the strategy was lifted");
      unit.quarantined = false;
      unit.crashes.clear();
      schedule_restart(self, unit, limits::backoff_initial);
    } else {
      on_crash(self, unit, down.reason);
    }
    return;
  }
}

} // namespace

caf::behavior make_unit_host(caf::stateful_actor<unit_host_state>* self,
                             unit_host_settings settings) {
  self->state.settings = std::move(settings);
  self->set_down_handler([self](const caf::down_msg& down) { on_down(self, down); });
  self->delayed_send(self, lease_tick, protocols::tick_atom_v);
  return {
    [self](const registrar& r) { self->state.registry = r; },
    [self](cluster_news& news) { on_news(self, news); },
    [self](protocols::tick_atom) { on_tick(self); },
    [self](restart_atom, const std::string& name, uint64_t generation) {
      auto found = self->state.units.find(name);
      if (found != self->state.units.end() && found->second.generation == generation
          && !found->second.handle)
        restart(self, name);
    },
  };
}

} // namespace supreme::actors
