#include "actors/risk_guard/risk_guard.hpp"

#include "actors/log.hpp"
#include "actors/portfolio/bookkeeping.hpp"
#include "actors/risk_guard/decisions.hpp"
#include "config/defaults.hpp"
#include "trading/check.hpp"

#include <algorithm>
#include <memory>

namespace supreme::actors {

namespace {

namespace limits = config::defaults;
using self_pointer = protocols::risk_guard::stateful_pointer<risk_guard_state>;
using decided_promise = caf::typed_response_promise<protocols::step_decided>;

const config::account_settings& account_of(const unit_context& context) {
  const auto* found =
    context.config->settings.find_account(trading::account_id{context.spec.subject});
  SUPREME_CHECK(found != nullptr, "a guard's account is configured");
  return *found;
}

/// −1: `id` is older than what is collected; 0: the same attempt at the same step; 1: newer.
int compare(const protocols::step_id& id, const protocols::step_id& known) {
  auto a = std::tie(id.conductor_epoch, id.step, id.attempt);
  auto b = std::tie(known.conductor_epoch, known.step, known.attempt);
  return a < b ? -1 : (b < a ? 1 : 0);
}

/// Starts a new collection when the conductor has gone on; false when the message is late.
bool follow(risk_guard_state& st, const protocols::step_id& id) {
  auto order = compare(id, st.collected.id);
  if (order < 0)
    return false;
  if (order > 0) {
    st.collected = {};
    st.collected.id = id;
    if (st.waiting)
      st.waiting->promise.deliver(protocols::make_error(protocols::fault::stale_step));
    st.waiting.reset();
  }
  return true;
}

/// One step's decisions on their way through the ledger, in batches that fit one commit.
struct step_decision : std::enable_shared_from_this<step_decision> {
  self_pointer self;
  protocols::decide_step step;
  decided_promise promise;
  std::map<trading::decision_key, protocols::signal_emission> emissions;
  storage::account_snapshot rows;
  std::optional<protocols::unit_address> executor;
  std::vector<trading::made_decision> decisions;
  size_t next = 0;
  std::vector<protocols::approved_order> approved;
  bool decided_before = false; ///< an earlier attempt has made some of the step's orders
  protocols::step_decided answer;

  /// An executor on this node shares T1: its SUBMITTING is written with the intent.
  [[nodiscard]] std::optional<storage::fused_executor> fused() const {
    const auto& context = self->state.context;
    if (!executor || executor->node != context.node)
      return std::nullopt;
    return storage::fused_executor{{executor->unit, executor->epoch},
                                   executor->incarnation,
                                   account_of(context).receive_window_ms};
  }

  void start() {
    auto& st = self->state;
    auto keep = shared_from_this();
    find_unit(
      self, st.addresses, st.context.names, executor_unit(account_of(st.context).id),
      [keep](const protocols::unit_address& found) {
        keep->executor = found;
        keep->decide();
      },
      [keep](caf::error&) {
        keep->decide();
      }); // Decided all the same; the barrier finds the executor later.
  }

  void decide() {
    const auto& context = self->state.context;
    std::vector<trading::signal> signals;
    for (const auto& [key, e] : emissions)
      signals.push_back(e.signal);
    const auto& account = account_of(context);
    const auto equity = value_account(rows, account, step.marks, step.id.step).equity;
    auto present = self->state.past.at(step.id.event_time, equity);
    // An earlier attempt may have committed a part of the step.
    if (!self->state.past.remembers())
      present.stored = orders_of_step(rows, step.id.event_time, signals);
    decisions = decide_all(
      std::move(signals), rows,
      {&context.config->settings, &account, step.marks, step.id.event_time, self->state.latch},
      present.risk, present.stored);
    tell_findings(present.risk.take_findings());
    const auto* memory = present.risk.memory();
    tell_breakers(memory != nullptr ? memory->breakers().report()
                                    : std::vector<trading::breaker_report>{});
    commit_next();
  }

  /// What was found since the last step that was decided here; the past of an earlier life has been
  /// told. What goes on from step to step is told when it begins.
  void tell_findings(const std::vector<trading::risk_finding>& found) {
    auto& st = self->state;
    const auto before = std::exchange(st.told, {});
    for (const auto& f : found) {
      if (f.at <= st.told_up_to.value_or(step.id.previous_time))
        continue;
      const auto& text = *st.told.insert(f.code + " " + f.subject + " " + f.text).first;
      if (before.count(text) == 0)
        record_finding(f);
    }
    st.told_up_to = step.id.event_time;
  }

  /// What people see of the breakers, and what stops every account where a global one has opened:
  /// written when it has changed, and once in each life, also when there are none any more. Nothing
  /// waits for it; what was not taken is told again at the next step.
  void tell_breakers(std::vector<trading::breaker_report> breakers) {
    auto& st = self->state;
    if (st.told_breakers == breakers)
      return;
    st.told_breakers = breakers;
    transactions batch;
    batch.emplace_back(storage::breakers_transaction{account_of(st.context).id, st.context.claim(),
                                                     step.id.event_time, st.past.events_read(),
                                                     std::move(breakers)});
    auto keep = shared_from_this();
    self->request(st.context.books, limits::ledger_deadline, std::move(batch))
      .then(
        [keep](const outcomes& done) {
          for (const auto& o : done) {
            if (o.status == storage::commit_status::applied)
              continue;
            keep->self->state.told_breakers.reset();
            if (o.status != storage::commit_status::fenced)
              log(log_level::error, risk_guard_state::name, "breakers_not_told", o.text);
          }
        },
        [keep](const caf::error&) { keep->self->state.told_breakers.reset(); });
  }

  /// A line of the log, and a row of cluster.v_actor_history.
  void record_finding(const trading::risk_finding& f) {
    const auto& context = self->state.context;
    storage::actor_event event;
    event.actor = context.spec.name;
    event.kind = "risk_finding";
    event.epoch = context.epoch;
    event.detail = f.code + " of " + f.subject + " at " + f.at.to_string() + ": " + f.text
                   + "; limit " + f.limit.to_string() + ", seen " + f.seen.to_string();
    log(log_level::warning, risk_guard_state::name, "risk_finding", event.detail);
    if (context.registry)
      self->send(context.registry, std::move(event));
  }

  void commit_next() {
    if (next == decisions.size()) {
      finish();
      return;
    }
    transactions batch;
    auto end = std::min(decisions.size(), next + limits::commit_group_max);
    for (auto i = next; i < end; ++i)
      batch.push_back(make_transaction(decisions[i]));
    next = end;
    auto keep = shared_from_this();
    self->request(self->state.context.books, limits::ledger_deadline, std::move(batch))
      .then([keep](const outcomes& done) { keep->take(done); },
            [keep](const caf::error& why) { keep->fail(why); });
  }

  storage::decide_transaction make_transaction(const trading::made_decision& d) const {
    const auto& context = self->state.context;
    const auto& account = account_of(context);
    storage::decide_transaction t;
    t.wish = d.wish;
    t.verdict = d.verdict;
    t.mark = d.mark;
    t.venue = account.venue;
    t.quote = account.quote;
    t.guard = context.claim();
    // What the risk engine wants by itself is sent under the guard's own right alone.
    if (const auto e = emissions.find(d.wish.key); e != emissions.end())
      t.strategy = {e->second.unit, e->second.epoch};
    t.fused = fused();
    t.shard = account.shard;
    t.max_position = d.limits.max_position;
    t.allow_short = d.limits.allow_short;
    t.config_version = step.id.config_version;
    return t;
  }

  void take(const outcomes& done) {
    for (const auto& o : done) {
      if (o.status == storage::commit_status::fenced) {
        self->state.addresses.forget(self, executor_unit(account_of(self->state.context).id));
        fail(protocols::make_error(protocols::fault::not_owner, o.text));
        return;
      }
      if (o.status == storage::commit_status::poisoned) {
        log(log_level::error, risk_guard_state::name, "decision_parked", o.text);
        fail(protocols::make_error(protocols::fault::bad_input, o.text));
        return;
      }
      if (o.order)
        take_order(*o.order, o.status);
    }
    commit_next();
  }

  void take_order(const storage::order_row& row, storage::commit_status status) {
    answer.orders.push_back(row.order.id);
    // Only what this very commit made is known to be unsent; anything older is resolved by the
    // executor's barrier.
    if (status == storage::commit_status::applied)
      approved.push_back({row.order, self->state.context.epoch, row.incarnation,
                          row.valid_until ? row.valid_until->ns() : 0});
    else
      decided_before = true;
  }

  void finish() {
    // Orders reach the venue in the order of their decisions: where some were made before, the
    // barrier sends them all.
    if (executor && !decided_before)
      send_approved();
    answer.step = step.id.step;
    promise.deliver(answer);
  }

  void send_approved() {
    auto to = caf::actor_cast<protocols::executor>(executor->handle);
    for (size_t sent = 0; sent < approved.size(); sent += limits::approved_batch_orders) {
      auto begin = approved.begin() + static_cast<std::ptrdiff_t>(sent);
      auto count = std::min(limits::approved_batch_orders, approved.size() - sent);
      self->send(to, protocols::approved_batch{
                       step.id, {begin, begin + static_cast<std::ptrdiff_t>(count)}});
    }
  }

  void fail(const caf::error& why) { promise.deliver(why); }
};

void decide_when_complete(self_pointer self) {
  auto& st = self->state;
  if (!st.waiting || st.collected.signals.size() < st.waiting->step.expected
      || (!st.collected.rows && !st.collected.unreadable))
    return;
  auto question = std::move(*st.waiting);
  st.waiting.reset();
  if (st.collected.unreadable) {
    question.promise.deliver(st.collected.unreadable);
    return;
  }
  if (st.collected.signals.size() > question.step.expected) {
    question.promise.deliver(
      protocols::make_error(protocols::fault::bad_input, "more signals arrived than were counted"));
    return;
  }
  for (const auto& [key, emission] : st.collected.signals) {
    // The strategy runs by a newer configuration than this guard, which is about to be replaced.
    if (st.context.config->settings.find_strategy(emission.signal.strategy) == nullptr) {
      question.promise.deliver(
        protocols::make_error(protocols::fault::wrong_config,
                              emission.signal.strategy.str() + " is not configured here"));
      return;
    }
  }
  auto decision = std::make_shared<step_decision>();
  decision->self = self;
  decision->step = std::move(question.step);
  decision->promise = std::move(question.promise);
  decision->rows = *st.collected.rows;
  decision->emissions = st.collected.signals;
  decision->start();
}

/// Reads an account's rows and, where its policy looks at the past, what was committed since the
/// last step. Given up silently when a newer attempt has begun; what was read stays read.
struct row_reading : std::enable_shared_from_this<row_reading> {
  self_pointer self;
  protocols::step_id id;
  storage::account_snapshot rows;

  [[nodiscard]] bool current() const { return compare(id, self->state.collected.id) == 0; }

  template <class Answer, class Question>
  void ask(Question question, void (row_reading::*take)(Answer&)) {
    auto keep = shared_from_this();
    self->request(self->state.context.books, limits::ledger_deadline, std::move(question))
      .then(
        [keep, take](Answer& answer) {
          if (keep->current())
            (*keep.*take)(answer);
        },
        [keep](const caf::error& why) {
          if (!keep->current())
            return;
          keep->self->state.collected.unreadable = why;
          decide_when_complete(keep->self);
        });
  }

  [[nodiscard]] const trading::account_id& account() const {
    return account_of(self->state.context).id;
  }

  void start() { ask(load_account{account()}, &row_reading::take_rows); }

  void take_rows(storage::account_snapshot& read) {
    rows = std::move(read);
    if (self->state.past.remembers())
      read_equity();
    else
      finish();
  }

  void read_events() {
    ask(load_events{account(), self->state.past.events_read(), limits::guard_events_rows},
        &row_reading::take_events);
  }

  void take_events(storage::account_events& page) {
    auto& past = self->state.past;
    const bool complete = page.complete;
    past.add(std::move(page));
    if (past.is_stale()) {
      past.begin_anew();
      read_equity();
    } else if (!complete) {
      read_events();
    } else {
      finish();
    }
  }

  void read_equity() {
    ask(load_equity{account(), id.run, self->state.past.steps_read(), limits::guard_equity_rows},
        &row_reading::take_equity);
  }

  void take_equity(equity_points& page) {
    self->state.past.add(page);
    if (page.size() == limits::guard_equity_rows)
      read_equity();
    else
      read_events();
  }

  void finish() {
    self->state.collected.rows = std::move(rows);
    decide_when_complete(self);
  }
};

/// Asked at the first word of an attempt.
void read_rows(self_pointer self) {
  auto& st = self->state;
  if (st.collected.reading)
    return;
  st.collected.reading = true;
  auto reading = std::make_shared<row_reading>();
  reading->self = self;
  reading->id = st.collected.id;
  reading->start();
}

void set_latch(risk_guard_state& st, const std::string& text) {
  if (auto mode = trading::parse_trading_mode(text)) {
    st.latch = *mode;
    log(log_level::warning, risk_guard_state::name, "mode_told", text);
  }
}

} // namespace

protocols::risk_guard::behavior_type
make_risk_guard(protocols::risk_guard::stateful_pointer<risk_guard_state> self,
                unit_context context) {
  self->state.context = std::move(context);
  self->state.past =
    account_past{self->state.context.config->settings, account_of(self->state.context)};
  self->set_down_handler(
    [self](const caf::down_msg& down) { self->state.addresses.drop(down.source); });
  return {
    [self](const protocols::signal_emission& e) {
      auto& st = self->state;
      if (!follow(st, e.id))
        return;
      st.collected.signals[e.signal.key] = e;
      read_rows(self);
      decide_when_complete(self);
    },
    [self](const protocols::decide_step& step) -> caf::result<protocols::step_decided> {
      if (!follow(self->state, step.id))
        return protocols::make_error(protocols::fault::stale_step,
                                     "a newer attempt has been heard");
      if (step.expected > limits::guard_credit)
        return protocols::make_error(protocols::fault::overloaded,
                                     "more signals in one step than a guard decides");
      auto promise = self->make_response_promise<protocols::step_decided>();
      self->state.waiting = risk_guard_state::question{step, promise};
      read_rows(self);
      decide_when_complete(self);
      return promise;
    },
    [self](protocols::mode_atom, const std::string& mode) { set_latch(self->state, mode); },
  };
}

} // namespace supreme::actors
