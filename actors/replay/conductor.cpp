#include "actors/replay/conductor.hpp"

#include "actors/log.hpp"
#include "actors/replay/resume.hpp"
#include "config/defaults.hpp"
#include "config/strategy_instances.hpp"
#include "trading/check.hpp"

#include <algorithm>

namespace supreme::actors {

namespace {

namespace limits = config::defaults;
using namespace std::chrono_literals;
using self_pointer = conductor::stateful_pointer<conductor_state>;

/// First wait before a step is repeated: the usual cause is a unit on its way to another node.
constexpr auto retry_initial = 20ms;
constexpr auto retry_max = 250ms;
/// Each life counts its attempts from its own number on, so that guards which have heard an earlier
/// life obey this one at once.
constexpr unsigned attempts_per_life_bits = 32;

const config::cluster_settings& settings_of(const conductor_state& st) {
  return st.context.config->settings;
}

void plan(self_pointer self);

/// Gives the step under way up and begins it anew a little later. Never skips, never guesses.
void retry(self_pointer self, const std::string& why) {
  auto& st = self->state;
  auto wait = std::min<std::chrono::milliseconds>(retry_initial * (1u << std::min(st.failures, 4u)),
                                                  retry_max);
  if (st.failures++ == 0)
    log(log_level::warning, conductor_state::name, "step_interrupted",
        "step " + std::to_string(st.step + 1) + ": " + why);
  ++st.attempt;
  self->delayed_send(self, wait, protocols::tick_atom_v, st.attempt);
}

/// Asks a unit one question of the current attempt. Late answers and answers to older attempts are
/// ignored.
template <class Handle, class Answer, class Question>
void ask(self_pointer self, const std::string& unit, Question question,
         std::function<void(const Answer&)> take) {
  auto& st = self->state;
  auto attempt = st.attempt;
  auto current = [self, attempt] { return self->state.attempt == attempt; };
  find_unit(
    self, st.addresses, st.context.names, unit,
    [self, current, question = std::move(question), take](const protocols::unit_address& found) {
      if (!current())
        return;
      self->request(caf::actor_cast<Handle>(found.handle), limits::step_deadline, question)
        .then(
          [current, take](const Answer& answer) {
            if (current())
              take(answer);
          },
          [self, current, unit = found.unit](const caf::error& why) {
            if (!current())
              return;
            self->state.addresses.forget(self, unit);
            retry(self, unit + ": " + protocols::describe(why));
          });
    },
    [self, current, unit](caf::error& why) {
      if (current())
        retry(self, unit + ": " + protocols::describe(why));
    });
}

/// One answer of the current phase is in; true when it was the last.
bool last_answer(conductor_state& st) {
  SUPREME_CHECK(st.work.open > 0, "a phase gets as many answers as it asked for");
  return --st.work.open == 0;
}

std::vector<protocols::mark> all_marks(const conductor_state& st) {
  std::vector<protocols::mark> marks;
  for (const auto& [id, m] : st.marks)
    marks.push_back(m);
  return marks;
}

// -- commit -----------------------------------------------------------------------

void commit(self_pointer self) {
  auto& st = self->state;
  storage::step_transaction t;
  t.replay = st.context.spec.subject;
  t.conductor = st.context.claim();
  t.step = st.work.id.step;
  t.event_time = st.work.id.event_time;
  t.bars = st.work.bars.size();
  for (const auto& [account, count] : st.work.signals)
    t.signals += count;
  t.equity = st.work.equity;
  t.finished = !st.merger.next_need() && st.merger.exhausted();
  auto attempt = st.attempt;
  bool finished = t.finished;
  self->request(st.context.books, limits::ledger_deadline, transactions{std::move(t)})
    .then(
      [self, attempt, finished](const outcomes& done) {
        auto& state = self->state;
        if (state.attempt != attempt)
          return;
        using storage::commit_status;
        auto status = done.front().status;
        if (status == commit_status::fenced) {
          self->quit(protocols::make_error(protocols::fault::not_owner, done.front().text));
          return;
        }
        SUPREME_CHECK(status == commit_status::applied || status == commit_status::unchanged,
                      "a step in order commits");
        state.step = state.work.id.step;
        state.event_time = state.work.id.event_time;
        state.finished = finished;
        if (state.failures != 0)
          log(log_level::info, conductor_state::name, "step_resumed",
              "step " + std::to_string(state.step) + " after " + std::to_string(state.failures)
                + " attempts");
        state.failures = 0;
        plan(self);
      },
      [self, attempt](const caf::error& why) {
        if (self->state.attempt == attempt)
          retry(self, protocols::describe(why));
      });
}

// -- (d) all orders at rest ---------------------------------------------------------

void rest(self_pointer self) {
  auto& work = self->state.work;
  work.open = work.orders.size();
  if (work.open == 0) {
    commit(self);
    return;
  }
  for (const auto& [account, orders] : work.orders)
    ask<protocols::executor, protocols::step_rested>(self, executor_unit(account),
                                                     protocols::rest_step{work.id, orders},
                                                     [self](const protocols::step_rested&) {
                                                       if (last_answer(self->state))
                                                         commit(self);
                                                     });
}

// -- (c) decisions ------------------------------------------------------------------

void decide(self_pointer self) {
  auto& st = self->state;
  for (const auto& account : settings_of(st).accounts)
    if (account.policy.speaks_unasked())
      st.work.signals.try_emplace(account.id, 0);
  st.work.open = st.work.signals.size();
  if (st.work.open == 0) {
    commit(self);
    return;
  }
  auto marks = all_marks(st);
  for (const auto& [account, count] : st.work.signals)
    ask<protocols::risk_guard, protocols::step_decided>(
      self, guard_unit(account), protocols::decide_step{st.work.id, count, marks},
      [self, account = account](const protocols::step_decided& decided) {
        auto& work = self->state.work;
        if (!decided.orders.empty())
          work.orders[account] = decided.orders;
        if (last_answer(self->state))
          rest(self);
      });
}

// -- (b) fills, then the close --------------------------------------------------------

void ask_strategies(self_pointer self, const config::strategy_settings& s) {
  auto& st = self->state;
  protocols::step_event event;
  event.id = st.work.id;
  if (auto fills = st.work.fills.find(s.account); fills != st.work.fills.end())
    event.fills = fills->second;
  for (uint32_t instance = 0; instance < s.instances; ++instance) {
    auto slots = config::instruments_of(s, instance);
    event.definition = strategy_definition(s, instance);
    event.bars.clear();
    for (const auto& b : st.work.bars) {
      if (std::find(slots.begin(), slots.end(), b.instrument) != slots.end())
        event.bars.push_back(b);
    }
    ask<protocols::strategy, protocols::step_done>(
      self, strategy_unit(s.id, instance), event,
      [self, account = s.account](const protocols::step_done& done) {
        if (done.signals != 0)
          self->state.work.signals[account] += done.signals;
        if (last_answer(self->state))
          decide(self);
      });
  }
}

void close_bars(self_pointer self) {
  auto& st = self->state;
  const auto& settings = settings_of(st);
  for (const auto& b : st.work.bars)
    st.marks[b.instrument] = {b.instrument, b.close, b.close_time()};
  st.work.open = settings.accounts.size();
  for (const auto& s : settings.strategies)
    st.work.open += s.instances;
  for (const auto& account : settings.accounts)
    ask<protocols::portfolio, protocols::equity_report>(
      self, portfolio_unit(account.id), protocols::mark_step{st.work.id, all_marks(st)},
      [self](const protocols::equity_report& r) {
        self->state.work.equity.push_back({r.account, r.equity, r.cash});
        if (last_answer(self->state))
          decide(self);
      });
  for (const auto& s : settings.strategies)
    ask_strategies(self, s);
}

// -- (a) the market, then the books ---------------------------------------------------

void settle(self_pointer self, const std::vector<protocols::account_step>& moved) {
  auto& work = self->state.work;
  work.open = moved.size();
  for (const auto& [trades, ended] : moved)
    ask<protocols::executor, protocols::step_settled>(
      self, executor_unit(trades.account), protocols::settle_step{work.id, trades, ended},
      [self](const protocols::step_settled& settled) {
        self->state.work.fills[settled.account] = settled.fills;
        if (last_answer(self->state))
          close_bars(self);
      });
}

void move_market(self_pointer self) {
  auto& st = self->state;
  const auto& settings = settings_of(st);
  auto moved = std::make_shared<std::vector<protocols::account_step>>();
  st.work.open = settings.venues.size();
  if (st.work.open == 0) {
    close_bars(self);
    return;
  }
  for (const auto& v : settings.venues)
    ask<protocols::venue_port, protocols::venue_stepped>(
      self, venue_unit(v.id), protocols::venue_step{st.work.id, st.work.bars},
      [self, moved](const protocols::venue_stepped& stepped) {
        moved->insert(moved->end(), stepped.accounts.begin(), stepped.accounts.end());
        if (!last_answer(self->state))
          return;
        if (moved->empty())
          close_bars(self);
        else
          settle(self, *moved);
      });
}

// -- steps ----------------------------------------------------------------------------

/// Begins the step in hand, or the same step again.
void begin(self_pointer self) {
  auto& st = self->state;
  auto bars = std::move(st.work.bars);
  auto id = st.work.id;
  st.work = {};
  st.work.bars = std::move(bars);
  st.work.id = id;
  st.work.id.attempt = ++st.attempt;
  move_market(self);
}

/// How long the step must still wait to keep the configured speed; 0 when it is due.
std::chrono::nanoseconds time_until_due(conductor_state& st, trading::timestamp event_time) {
  auto speed = settings_of(st).replay.speed;
  if (speed == 0)
    return 0ns;
  auto now = st.context.node_lease->clock().since_boot();
  if (!st.pace)
    st.pace = {now, event_time};
  auto due = st.pace->first + (event_time - st.pace->second) / speed;
  return std::max(due - now, std::chrono::nanoseconds{0});
}

void begin_when_due(self_pointer self) {
  auto& st = self->state;
  if (auto wait = time_until_due(st, st.work.id.event_time); wait > 0ns)
    self->delayed_send(self, wait, protocols::tick_atom_v, ++st.attempt);
  else
    begin(self);
}

void fetch(self_pointer self, const bar_merger::need& need) {
  protocols::bar_query query{{}, need.after, {}, static_cast<uint32_t>(limits::feed_batch_bars)};
  auto& st = self->state;
  auto attempt = st.attempt;
  find_unit(
    self, st.addresses, st.context.names, need.unit,
    [self, attempt, query](const protocols::unit_address& found) {
      if (self->state.attempt != attempt)
        return;
      self
        ->request(caf::actor_cast<protocols::feed>(found.handle), limits::history_deadline,
                  protocols::fetch_atom_v, query)
        .then(
          [self, attempt, unit = found.unit](const protocols::bar_batch& batch) {
            if (self->state.attempt != attempt)
              return;
            self->state.merger.refill(unit, batch.bars, batch.end_of_input);
            plan(self);
          },
          [self, attempt, unit = found.unit](const caf::error& why) {
            if (self->state.attempt != attempt)
              return;
            self->state.addresses.forget(self, unit);
            retry(self, unit + ": " + protocols::describe(why));
          });
    },
    [self, attempt, unit = need.unit](caf::error& why) {
      if (self->state.attempt == attempt)
        retry(self, unit + ": " + protocols::describe(why));
    });
}

/// Marks the run finished when the last step could not know that it was the last.
void commit_end(self_pointer self) {
  auto& st = self->state;
  if (st.step == 0)
    return; // There was nothing to replay.
  st.work = {};
  st.work.id = {
    st.context.spec.subject,   st.context.epoch, st.step, st.event_time, {}, ++st.attempt,
    st.context.config->version};
  commit(self);
}

/// What comes next: read on, wait for the pace, begin a step, or be done.
void plan(self_pointer self) {
  auto& st = self->state;
  if (st.finished) {
    log(log_level::info, conductor_state::name, "finished", std::to_string(st.step) + " steps");
    return;
  }
  if (!st.work.bars.empty() && st.work.id.step == st.step + 1) {
    begin_when_due(self);
    return;
  }
  if (auto need = st.merger.next_need()) {
    fetch(self, *need);
    return;
  }
  if (st.merger.exhausted()) {
    commit_end(self);
    return;
  }
  st.work = {};
  st.work.bars = st.merger.take();
  auto time = st.work.bars.front().close_time();
  st.work.id = {st.context.spec.subject,   st.context.epoch, st.step + 1, time, st.event_time, 0,
                st.context.config->version};
  begin_when_due(self);
}

} // namespace

conductor::behavior_type make_conductor(conductor::stateful_pointer<conductor_state> self,
                                        unit_context context) {
  self->state.context = std::move(context);
  self->state.attempt = self->state.context.number << attempts_per_life_bits;
  self->set_down_handler([self](const caf::down_msg& down) {
    // A request to a dead actor would only fail at its deadline.
    auto& st = self->state;
    if (!st.addresses.drop(down.source) || st.finished)
      return;
    auto why = "a unit went down: " + protocols::describe(down.reason);
    if (st.resumed)
      retry(self, why);
    else
      self->quit(protocols::make_error(protocols::fault::recovering, why));
  });
  resume_run(
    self,
    [self] {
      self->state.resumed = true;
      plan(self);
    },
    [self](const caf::error& why) { self->quit(why); });
  return {[self](protocols::tick_atom, uint64_t attempt) {
    if (attempt == self->state.attempt)
      plan(self);
  }};
}

} // namespace supreme::actors
