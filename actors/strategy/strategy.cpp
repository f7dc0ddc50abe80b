#include "actors/strategy/strategy.hpp"

#include "actors/strategy/recovery.hpp"
#include "config/defaults.hpp"
#include "trading/check.hpp"

#include <stdexcept>

namespace supreme::actors {

namespace {

namespace limits = config::defaults;
using self_pointer = protocols::strategy::stateful_pointer<strategy_state>;
using done_promise = caf::typed_response_promise<protocols::step_done>;

void emit(self_pointer self, const protocols::step_id& id, const protocols::unit_address& guard) {
  auto& st = self->state;
  auto handle = caf::actor_cast<protocols::risk_guard>(guard.handle);
  for (const auto& s : st.signals)
    self->send(handle, protocols::signal_emission{id, st.context.spec.name, st.context.epoch, s});
}

/// Sends the signals on their way, then reports their number: the guard waits for exactly that
/// many.
void report(self_pointer self, const protocols::step_id& id, done_promise promise) {
  auto& st = self->state;
  protocols::step_done done{st.context.spec.name, id.step, static_cast<uint32_t>(st.signals.size()),
                            false};
  if (st.signals.empty()) {
    promise.deliver(done);
    return;
  }
  auto guard = guard_unit(st.signals.front().account);
  find_unit(
    self, st.addresses, st.context.names, guard,
    [self, id, done, promise](const protocols::unit_address& found) mutable {
      emit(self, id, found);
      promise.deliver(done);
    },
    [promise](caf::error& why) mutable { promise.deliver(why); });
}

} // namespace

void require_storable(const trading::signal& s) {
  if (s.reason.size() > limits::signal_reason_bytes_max)
    throw std::length_error("a signal of " + s.key.slot.str() + " has a reason of "
                            + std::to_string(s.reason.size()) + " bytes, at most "
                            + std::to_string(limits::signal_reason_bytes_max) + " are stored");
  if (s.inputs.size() > limits::signal_inputs_max)
    throw std::length_error("a signal of " + s.key.slot.str() + " has "
                            + std::to_string(s.inputs.size()) + " inputs, at most "
                            + std::to_string(limits::signal_inputs_max) + " are stored");
}

namespace {

void take(self_pointer self, const protocols::step_event& e) {
  auto& st = self->state;
  st.signals.clear();
  st.last = e.id;
  for (auto& slot : st.slots) {
    const auto width = slot.legs().size();
    for (const auto& f : e.fills) {
      if (auto leg = slot.find_leg(f.slot); leg < width)
        slot.on_fill(leg, {f.slot_after.size, f.slot_after.average_price()}, f.account_seq);
    }
    for (const auto& b : e.bars) {
      if (auto leg = slot.find_leg(b.instrument); leg < width)
        slot.on_bar(leg, b, st.signals);
    }
  }
  for (const auto& s : st.signals)
    require_storable(s);
}

bool stands_before(const strategy_state& st, const protocols::step_id& id) {
  return st.last ? st.last->run == id.run && st.last->event_time == id.previous_time
                 : id.previous_time == trading::timestamp{};
}

bool stands_at(const strategy_state& st, const protocols::step_id& id) {
  return st.last && st.last->run == id.run && st.last->event_time == id.event_time;
}

void recover_then_take(self_pointer self, const protocols::step_event& e, done_promise promise) {
  auto& st = self->state;
  st.recovering = true;
  st.slots = make_slots(st.context);
  recover_slots(
    self, e.id.previous_time,
    [self, e, promise]() mutable {
      self->state.recovering = false;
      take(self, e);
      report(self, e.id, promise);
    },
    [self, promise](const caf::error& why) mutable {
      // Half-rebuilt slots are worthless: begin anew with the next attempt.
      self->state.recovering = false;
      self->state.last.reset();
      promise.deliver(why);
    });
}

caf::result<protocols::step_done> on_step(self_pointer self, const protocols::step_event& e) {
  auto& st = self->state;
  if (e.id.conductor_epoch < st.conductor_epoch)
    return protocols::make_error(protocols::fault::not_owner, "a newer conductor has been heard");
  st.conductor_epoch = e.id.conductor_epoch;
  if (e.definition != st.context.spec.definition)
    return protocols::make_error(protocols::fault::wrong_config,
                                 st.context.spec.name + " runs by other settings");
  if (st.recovering)
    return protocols::make_error(protocols::fault::recovering);
  auto promise = self->make_response_promise<protocols::step_done>();
  if (stands_at(st, e.id)) {
    report(self, e.id, promise);
  } else if (stands_before(st, e.id)) {
    take(self, e);
    report(self, e.id, promise);
  } else {
    recover_then_take(self, e, promise);
  }
  return promise;
}

} // namespace

protocols::strategy::behavior_type
make_strategy(protocols::strategy::stateful_pointer<strategy_state> self, unit_context context) {
  self->state.context = std::move(context);
  self->state.slots = make_slots(self->state.context);
  self->set_down_handler(
    [self](const caf::down_msg& down) { self->state.addresses.drop(down.source); });
  return {[self](const protocols::step_event& e) { return on_step(self, e); }};
}

namespace {

/// How often a silent stand-in asks whether it may go.
constexpr auto resume_check = std::chrono::seconds{1};

void look_for_resume(protocols::strategy::stateful_pointer<quarantined_state> self,
                     const unit_context& context) {
  auto now = context.node_lease->clock().since_boot();
  if (now - self->state.looked_at < resume_check)
    return;
  self->state.looked_at = now;
  const auto* settings =
    context.config->settings.find_strategy(trading::strategy_id{context.spec.subject});
  SUPREME_CHECK(settings != nullptr, "a strategy unit is configured");
  self->request(context.books, limits::ledger_deadline, load_account{settings->account})
    .then(
      [self, id = context.spec.subject](const storage::account_snapshot& rows) {
        auto mode = rows.strategy_modes.find(id);
        if (mode == rows.strategy_modes.end() || mode->second != trading::trading_mode::halted)
          self->quit(caf::exit_reason::normal);
      },
      [](const caf::error&) {}); // Asked again at the next step.
}

} // namespace

protocols::strategy::behavior_type
make_quarantined_strategy(protocols::strategy::stateful_pointer<quarantined_state> self,
                          unit_context context) {
  self->state.looked_at = context.node_lease->clock().since_boot();
  return {[self, context](const protocols::step_event& e) {
    look_for_resume(self, context);
    return protocols::step_done{context.spec.name, e.id.step, 0, true};
  }};
}

} // namespace supreme::actors
