#include "api/gateway_actor.hpp"

#include "actors/log.hpp"

namespace supreme::api {

namespace {

using self_pointer = gateway_unit::stateful_pointer<gateway_state>;

void write_log(log_level level, std::string_view event, std::string_view text) {
  auto to = actors::log_level::error;
  switch (level) {
    case log_level::debug:
      to = actors::log_level::debug;
      break;
    case log_level::info:
      to = actors::log_level::info;
      break;
    case log_level::warning:
      to = actors::log_level::warning;
      break;
    case log_level::error:
      break;
  }
  actors::log(to, gateway_state::name, event, text);
}

/// The rows already hold; this only spares the guards the next read.
void tell_guard(self_pointer self, const trading::account_id& account, trading::trading_mode mode) {
  auto& st = self->state;
  actors::find_unit(
    self, st.addresses, st.context.names, actors::guard_unit(account),
    [self, mode](const protocols::unit_address& guard) {
      self->send(caf::actor_cast<protocols::risk_guard>(guard.handle), protocols::mode_atom_v,
                 std::string{trading::to_string(mode)});
    },
    [account](const caf::error& why) {
      actors::log(actors::log_level::warning, gateway_state::name, "guard_not_told",
                  account.str() + ": " + protocols::describe(why));
    });
}

void announce(self_pointer self, const storage::mode_change& change) {
  for (const auto& account : self->state.context.config->settings.accounts) {
    bool meant =
      change.scope == storage::mode_scope::global
      || (change.scope == storage::mode_scope::account && change.name == account.id.str());
    if (meant)
      tell_guard(self, account.id, change.mode);
  }
}

} // namespace

gateway_unit::behavior_type make_gateway(gateway_unit::stateful_pointer<gateway_state> self,
                                         actors::unit_context context, gateway_settings settings) {
  auto& st = self->state;
  st.context = std::move(context);
  self->set_down_handler(
    [self](const caf::down_msg& down) { self->state.addresses.drop(down.source); });
  auto hook = [to = caf::actor_cast<gateway_unit>(self)](const storage::mode_change& change) {
    caf::anon_send(to, announce_mode{change});
  };
  settings.server.gateway.log = write_log;
  auto backend = std::make_shared<storage_backend>(settings.stores, hook);
  auto started = server::start(settings.server, backend, settings.metrics);
  if (!started) {
    actors::log(actors::log_level::error, gateway_state::name, "not_serving", started.error());
    self->quit(protocols::make_error(protocols::fault::recovering, started.error()));
  } else {
    st.http = std::move(started).value();
    actors::log(actors::log_level::info, gateway_state::name, "serving",
                "http://" + settings.server.listen.host + ":" + std::to_string(st.http->port()));
  }
  return {[self](const announce_mode& a) { announce(self, a.change); }};
}

} // namespace supreme::api
