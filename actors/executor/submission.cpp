#include "actors/executor/submission.hpp"

#include "actors/log.hpp"
#include "config/defaults.hpp"
#include "trading/check.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <span>

namespace supreme::actors {

namespace {

namespace limits = config::defaults;
using stage = executor_state::stage;

/// A second send, or a send without a row, must never happen: the account is halted before anything
/// else does.
void halt_account(executor_pointer self, const std::string& why) {
  auto& st = self->state;
  log(log_level::error, executor_state::name, "egress_check_failed", why);
  storage::mode_change halt;
  halt.scope = storage::mode_scope::account;
  halt.name = account_of(st.context).id.str();
  halt.mode = trading::trading_mode::halted;
  halt.principal = "egress-check";
  halt.reason = why;
  self->request(st.context.books, limits::ledger_deadline, std::move(halt))
    .then([self, why](storage::change_outcome) { restart_executor(self, why); },
          [self, why](const caf::error&) { restart_executor(self, why); });
}

/// The outcome of everything in `orders` is open now. It is made visible, and the next life
/// resolves it.
void note_unknown(executor_pointer self, const std::vector<trading::order>& orders,
                  const std::string& why) {
  auto& st = self->state;
  transactions batch;
  for (const auto& o : orders) {
    storage::report_transaction t;
    t.account = o.account;
    t.id = o.id;
    t.executor = st.context.claim();
    t.state = trading::order_state::unknown;
    t.reason = why;
    t.event_time = o.event_time;
    batch.emplace_back(std::move(t));
  }
  self->request(st.context.books, limits::ledger_deadline, std::move(batch))
    .then([self, why](const outcomes&) { restart_executor(self, why); },
          [self, why](const caf::error&) { restart_executor(self, why); });
}

bool sent_once(executor_state& st, const std::vector<trading::order>& orders) {
  return std::all_of(orders.begin(), orders.end(),
                     [&](const auto& o) { return st.sent.insert(o.id).second; });
}

/// Whether the venue took none of these for a reason that a new session clears.
const protocols::venue_report*
find_session_refusal(const std::vector<protocols::venue_report>& reports) {
  using protocols::venue_verdict;
  auto found = std::find_if(reports.begin(), reports.end(), [](const auto& r) {
    return r.verdict == venue_verdict::shut_out || r.verdict == venue_verdict::window_closed;
  });
  return found == reports.end() ? nullptr : &*found;
}

/// A report says what is true of an order since the step that decided it.
trading::timestamp event_time_of(const std::vector<trading::order>& orders,
                                 const trading::client_order_id& id) {
  auto found =
    std::find_if(orders.begin(), orders.end(), [&](const auto& o) { return o.id == id; });
  SUPREME_CHECK(found != orders.end(), "a venue reports on the orders it was asked about");
  return found->event_time;
}

void send_chunk(executor_pointer self, const std::vector<sendable>& chunk) {
  auto& st = self->state;
  std::vector<trading::order> orders;
  auto valid_until = chunk.front().valid_until;
  for (const auto& each : chunk) {
    orders.push_back(each.order);
    valid_until = std::min(valid_until, each.valid_until);
  }
  if (!st.context.node_lease->held()) {
    restart_executor(self, "the lease ran out before a send");
    return;
  }
  // What the rows say of the window is what others conclude from: an order that is not at the venue
  // after it never will be.
  if (st.context.node_lease->clock().wall() > valid_until) {
    restart_executor(self, "the window of " + orders.front().id.str()
                             + " closed before it was sent (or this machine's clock is not "
                               "the database's)");
    return;
  }
  if (!sent_once(st, orders)) {
    halt_account(self, "an order was about to be sent twice");
    return;
  }
  for (const auto& o : orders) {
    st.orders[o.id] = stage::sending;
    st.slots[o.id] = o.key.slot;
  }
  const auto& account = account_of(st.context);
  self
    ->request(st.venue, limits::venue_deadline,
              protocols::venue_submit{account.id, st.context.number, valid_until.ns(), orders})
    .then(
      [self, orders](const protocols::venue_reports& answer) {
        if (const auto* refused = find_session_refusal(answer.reports))
          restart_executor(self, "the venue did not take " + refused->order.str() + ": "
                                   + refused->reason);
        else
          store_reports(self, orders, answer.reports, [self] { answer_barrier(self); });
      },
      [self, orders](const caf::error& why) {
        note_unknown(self, orders, "no answer from the venue: " + protocols::describe(why));
      });
}

/// Orders that a halt has caught before they were sent end here: nothing was sent, or the venue has
/// proven that nothing arrived.
void end_halted(executor_pointer self, const std::vector<trading::order>& orders, bool proven) {
  if (orders.empty())
    return;
  auto& st = self->state;
  transactions batch;
  for (const auto& o : orders) {
    storage::report_transaction t;
    t.account = o.account;
    t.id = o.id;
    t.executor = st.context.claim();
    t.state = proven ? trading::order_state::not_accepted : trading::order_state::abandoned;
    t.reason = "halted before it was sent";
    t.event_time = o.event_time;
    batch.emplace_back(std::move(t));
    log(log_level::warning, executor_state::name, "halted_before_send", o.id.str());
  }
  self->request(st.context.books, limits::ledger_deadline, std::move(batch))
    .then(
      [self, orders](const outcomes& done) {
        for (size_t i = 0; i < done.size(); ++i) {
          if (done[i].status != storage::commit_status::applied) {
            restart_executor(self, orders[i].id.str() + " was not ours to end: " + done[i].text);
            return;
          }
          mark_at_rest(self, orders[i].id);
        }
        answer_barrier(self);
      },
      [self](const caf::error& why) { self->quit(why); });
}

storage::submit_transaction make_submit(const executor_state& st, const trading::order& o,
                                        bool proven) {
  storage::submit_transaction t;
  t.account = o.account;
  t.id = o.id;
  t.executor = st.context.claim();
  t.incarnation = st.context.number;
  t.valid_for_ms = account_of(st.context).receive_window_ms;
  t.proven_not_accepted = proven;
  return t;
}

} // namespace

const config::account_settings& account_of(const unit_context& context) {
  const auto* found =
    context.config->settings.find_account(trading::account_id{context.spec.subject});
  SUPREME_CHECK(found != nullptr, "an executor's account is configured");
  return *found;
}

void restart_executor(executor_pointer self, const std::string& why) {
  log(log_level::warning, executor_state::name, "restarting", why);
  self->quit(protocols::make_error(protocols::fault::venue, why));
}

void mark_at_rest(executor_pointer self, const trading::client_order_id& id) {
  self->state.orders[id] = stage::at_rest;
}

void answer_barrier(executor_pointer self) {
  auto& st = self->state;
  if (!st.waiting)
    return;
  const auto& wanted = st.waiting->step.orders;
  bool resting = std::all_of(wanted.begin(), wanted.end(), [&](const auto& id) {
    auto found = st.orders.find(id);
    return found != st.orders.end() && found->second == stage::at_rest;
  });
  if (!resting)
    return;
  st.waiting->promise.deliver(
    protocols::step_rested{st.waiting->step.id.step, static_cast<uint32_t>(wanted.size())});
  st.waiting.reset();
}

namespace {

/// T3 for each report, which has been true since the time that `since` says.
void store_all(executor_pointer self, const std::vector<protocols::venue_report>& reports,
               const std::function<trading::timestamp(const protocols::venue_report&)>& since,
               std::function<void()> stored) {
  auto& st = self->state;
  using protocols::venue_verdict;
  transactions batch;
  for (const auto& r : reports) {
    storage::report_transaction t;
    t.account = account_of(st.context).id;
    t.id = r.order;
    t.executor = st.context.claim();
    t.state = r.verdict == venue_verdict::rejected ? trading::order_state::rejected : r.state;
    // Fills move an order forward by T4 alone, in the transaction that books them.
    if (t.state == trading::order_state::partially_filled
        || t.state == trading::order_state::filled)
      t.state = trading::order_state::open;
    t.venue_order = r.venue_order;
    t.reason = r.reason.substr(0, limits::venue_reason_bytes_max);
    t.event_time = since(r);
    batch.emplace_back(std::move(t));
  }
  self->request(st.context.books, limits::ledger_deadline, std::move(batch))
    .then(
      [self, reports, stored](const outcomes& done) {
        for (size_t i = 0; i < done.size(); ++i) {
          if (done[i].status == storage::commit_status::fenced) {
            self->quit(protocols::make_error(protocols::fault::not_owner, done[i].text));
            return;
          }
          mark_at_rest(self, reports[i].order);
        }
        stored();
      },
      [self](const caf::error& why) { self->quit(why); });
}

/// Group by group, from the one that begins at `first` on.
void store_ends_from(executor_pointer self,
                     std::shared_ptr<const std::vector<protocols::venue_report>> ended,
                     size_t first, trading::timestamp at, std::function<void()> stored) {
  const auto count = std::min(ended->size() - first, limits::commit_group_max);
  const auto group = std::span{*ended}.subspan(first, count);
  const auto next = first + count;
  store_all(
    self, {group.begin(), group.end()}, [at](const auto&) { return at; },
    [self, ended, next, at, stored] {
      if (next == ended->size())
        stored();
      else
        store_ends_from(self, ended, next, at, stored);
    });
}

} // namespace

void store_reports(executor_pointer self, const std::vector<trading::order>& orders,
                   const std::vector<protocols::venue_report>& reports,
                   std::function<void()> stored) {
  store_all(
    self, reports, [&](const auto& r) { return event_time_of(orders, r.order); },
    std::move(stored));
}

void store_ends(executor_pointer self, const std::vector<protocols::venue_report>& ended,
                trading::timestamp at, std::function<void()> stored) {
  store_ends_from(self, std::make_shared<const std::vector<protocols::venue_report>>(ended), 0, at,
                  std::move(stored));
}

namespace {

/// What T2 said of a chunk; `sent` is what may go out, in order.
struct chunk_work {
  std::vector<sendable> orders;
  std::vector<size_t> asked; ///< places of those that needed T2

  /// False when this life is over.
  bool take(executor_pointer self, const outcomes& done, std::vector<sendable>& sent) {
    std::vector<trading::order> halted_intents;
    std::vector<trading::order> halted_proven;
    std::set<size_t> barred;
    for (size_t i = 0; i < done.size(); ++i) {
      auto& each = orders[asked[i]];
      if (done[i].status == storage::commit_status::fenced) {
        self->quit(protocols::make_error(protocols::fault::not_owner, done[i].text));
        return false;
      }
      // Only what this very commit moved to SUBMITTING may be sent.
      if (done[i].status == storage::commit_status::applied) {
        SUPREME_CHECK(done[i].order && done[i].order->valid_until,
                      "an order in SUBMITTING has a window");
        each.valid_until = *done[i].order->valid_until;
        continue;
      }
      barred.insert(asked[i]);
      if (done[i].refusal != trading::refusal::halted)
        restart_executor(self, each.order.id.str() + " was not ours to submit: " + done[i].text);
      else if (each.allowed == sendable::permission::proven_unsent)
        halted_proven.push_back(each.order);
      else
        halted_intents.push_back(each.order);
    }
    end_halted(self, halted_intents, false);
    end_halted(self, halted_proven, true);
    for (size_t i = 0; i < orders.size(); ++i) {
      if (barred.count(i) == 0)
        sent.push_back(orders[i]);
    }
    return true;
  }
};

/// One chunk after the other, so that none overtakes.
void submit_from(executor_pointer self, std::shared_ptr<const std::vector<sendable>> all,
                 size_t begin) {
  if (begin >= all->size())
    return;
  auto& st = self->state;
  auto end = std::min(all->size(), begin + limits::commit_group_max);
  chunk_work work;
  work.orders.assign(all->begin() + static_cast<std::ptrdiff_t>(begin),
                     all->begin() + static_cast<std::ptrdiff_t>(end));
  transactions batch;
  for (size_t i = 0; i < work.orders.size(); ++i) {
    const auto& each = work.orders[i];
    if (each.allowed == sendable::permission::committed)
      continue;
    work.asked.push_back(i);
    batch.emplace_back(
      make_submit(st, each.order, each.allowed == sendable::permission::proven_unsent));
  }
  auto go_on = [self, all, end](const std::vector<sendable>& sent) {
    if (!sent.empty())
      send_chunk(self, sent);
    submit_from(self, all, end);
  };
  if (batch.empty()) {
    go_on(work.orders);
    return;
  }
  self->request(st.context.books, limits::ledger_deadline, std::move(batch))
    .then(
      [self, work, go_on](const outcomes& done) mutable {
        std::vector<sendable> sent;
        if (work.take(self, done, sent))
          go_on(sent);
      },
      [self](const caf::error& why) { self->quit(why); });
}

} // namespace

void submit_orders(executor_pointer self, std::vector<sendable> orders) {
  for (const auto& each : orders)
    self->state.orders[each.order.id] = stage::sending;
  submit_from(self, std::make_shared<const std::vector<sendable>>(std::move(orders)), 0);
}

} // namespace supreme::actors
