#include "actors/cluster/registrar.hpp"

#include "actors/log.hpp"
#include "config/loader.hpp"

namespace supreme::actors {

namespace {

using self_pointer = registrar::stateful_pointer<registrar_state>;

const config::lease_settings& lease_of(const registrar_state& st) {
  return st.config ? st.config->settings.lease : st.settings.lease;
}

void note_failure(registrar_state& st, const storage::store_failure& why) {
  if (st.failures++ == 0)
    log(log_level::error, registrar_state::name, "database_lost", why.what());
}

void note_success(registrar_state& st) {
  if (st.failures != 0)
    log(log_level::info, registrar_state::name, "database_back",
        "after " + std::to_string(st.failures) + " failed attempts");
  st.failures = 0;
}

void join(registrar_state& st) {
  auto registration = st.settings.registration;
  registration.ttl_ms = lease_of(st).ttl_ms;
  auto answer = st.store->register_node(registration);
  st.incarnation = answer.incarnation;
  if (answer.incarnation != 0) {
    st.last_refusal.clear();
    log(log_level::info, registrar_state::name, "joined",
        "as incarnation " + std::to_string(answer.incarnation));
  } else if (answer.refusal != st.last_refusal) {
    // Said once: a node waits here for its own dead predecessor to expire.
    st.last_refusal = answer.refusal;
    log(log_level::warning, registrar_state::name, "join_refused", answer.refusal);
  }
}

/// Parses the newest committed version; a version that does not parse is not acted on.
void read_config(registrar_state& st, uint64_t version) {
  if (version == 0 || (st.config && st.config->version == version && !st.config_doubtful))
    return;
  auto row = st.store->config(version);
  if (!row)
    return;
  st.config_doubtful = false;
  auto parsed = config::parse_cluster(row->text, "configuration version " + std::to_string(version),
                                      config::cluster_text::committed);
  if (auto* settings = std::get_if<config::cluster_settings>(&parsed)) {
    st.config = std::make_shared<committed_config>(committed_config{version, std::move(*settings)});
    log(log_level::info, registrar_state::name, "config_read",
        "version " + std::to_string(version));
    for (const auto& plugin : st.config->settings.strategy_plugins)
      log(log_level::info, registrar_state::name, "strategy_library",
          plugin.path + " with SHA-256 " + plugin.sha256);
    return;
  }
  for (const auto& problem : std::get<config::problems>(parsed))
    log(log_level::error, registrar_state::name, "config_unusable", problem.to_string());
}

void renew(self_pointer self) {
  auto& st = self->state;
  const auto& timing = lease_of(st);
  if (st.node_lease->ledger_stuck(std::chrono::milliseconds{timing.ttl_ms})) {
    log(log_level::error, registrar_state::name, "ledger_stuck",
        "the ledger hangs: heartbeat withheld");
    return;
  }
  auto sent = st.node_lease->clock().since_boot();
  auto view =
    st.store->renew(st.settings.registration.node, st.incarnation, timing.ttl_ms, st.acknowledged);
  if (!view.alive) {
    log(log_level::error, registrar_state::name, "declared_dead",
        "incarnation " + std::to_string(st.incarnation) + " has expired: joining anew");
    st.node_lease->expire();
    st.incarnation = 0;
    st.acknowledged = 0;
    st.config_doubtful = true;
  } else {
    st.node_lease->renew(sent, std::chrono::milliseconds{timing.self_fence_ms});
    read_config(st, view.config_version);
  }
  caf::anon_send(st.listener, cluster_news{st.incarnation, std::move(view), st.config});
}

void tick(self_pointer self) {
  auto& st = self->state;
  if (st.leaving)
    return;
  try {
    if (st.incarnation == 0)
      join(st);
    if (st.incarnation != 0)
      renew(self);
    note_success(st);
  } catch (const storage::store_failure& why) {
    note_failure(st, why);
  }
  self->delayed_send(self, std::chrono::milliseconds{lease_of(st).renew_ms},
                     protocols::tick_atom_v);
}

template <class T, class F>
caf::result<T> ask_store(registrar_state& st, F&& f) {
  try {
    if constexpr (std::is_void_v<T>) {
      f(*st.store);
      return caf::unit;
    } else {
      return f(*st.store);
    }
  } catch (const storage::store_failure& why) {
    note_failure(st, why);
    return protocols::make_error(protocols::fault::database, why.what());
  }
}

caf::result<void> leave(registrar_state& st) {
  st.leaving = true;
  st.node_lease->expire();
  return ask_store<void>(st, [&](auto& s) {
    if (st.incarnation != 0)
      s.leave(st.settings.registration.node, st.incarnation);
  });
}

} // namespace

registrar::behavior_type make_registrar(registrar::stateful_pointer<registrar_state> self,
                                        std::shared_ptr<storage::cluster_store> store,
                                        std::shared_ptr<lease> node_lease,
                                        registrar_settings settings, caf::actor listener) {
  auto& st = self->state;
  st.store = std::move(store);
  st.node_lease = std::move(node_lease);
  st.settings = std::move(settings);
  st.listener = std::move(listener);
  self->send(self, protocols::tick_atom_v);
  return {
    [self](protocols::tick_atom) { tick(self); },
    [self](const claim_unit& c) {
      return ask_store<claimed_unit>(self->state, [&](auto& s) {
        claimed_unit answer;
        // A claim of an incarnation that is no longer ours must not succeed under the new one.
        if (c.incarnation == self->state.incarnation && !self->state.leaving)
          answer.epoch =
            s.claim(c.unit, self->state.settings.registration.node, c.incarnation).value_or(0);
        if (answer.epoch != 0 && c.needs_number)
          answer.number = s.next_incarnation();
        return answer;
      });
    },
    [self](const release_unit& r) {
      return ask_store<void>(self->state, [&](auto& s) {
        s.release(r.unit, self->state.settings.registration.node, r.incarnation, r.epoch);
      });
    },
    [self](protocols::resolve_atom) {
      return ask_store<uint64_t>(self->state, [](auto& s) { return s.next_incarnation(); });
    },
    [self](const acknowledge_config& a) { self->state.acknowledged = a.version; },
    [self](storage::actor_event& e) {
      e.node = self->state.settings.registration.node;
      e.incarnation = self->state.incarnation;
      try {
        self->state.store->record_event(e);
      } catch (const storage::store_failure& why) {
        note_failure(self->state, why);
        log(log_level::warning, registrar_state::name, "event_not_stored", e.actor + " " + e.kind);
      }
    },
    [self](leave_cluster) { return leave(self->state); },
  };
}

} // namespace supreme::actors
