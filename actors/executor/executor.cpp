#include "actors/executor/executor.hpp"

#include "actors/executor/startup.hpp"
#include "actors/executor/submission.hpp"
#include "actors/log.hpp"
#include "config/defaults.hpp"

#include <algorithm>
#include <set>

namespace supreme::actors {

namespace {

namespace limits = config::defaults;
using self_pointer = executor_pointer;
using stage = executor_state::stage;

caf::error refuse_until_ready() {
  return protocols::make_error(protocols::fault::recovering,
                               "the executor is reconciling with its venue");
}

/// Follows the conductor; false when the message comes from a superseded one or from a step that is
/// over.
bool follow(executor_state& st, const protocols::step_id& id) {
  if (id.conductor_epoch < st.conductor_epoch || id.step < st.current_step)
    return false;
  st.conductor_epoch = id.conductor_epoch;
  if (id.step > st.current_step) {
    // Every order of the step before is at rest: the barrier has seen to it. What start-up found
    // belongs to the first step heard.
    if (st.current_step != 0) {
      st.orders.clear();
      st.slots.clear();
    }
    st.current_step = id.step;
  }
  return true;
}

// -- orders ---------------------------------------------------------------------

void on_approved(self_pointer self, const protocols::approved_batch& batch) {
  auto& st = self->state;
  // Not ready, late, or another life's: the rows have it, and the barrier will ask for it.
  if (!st.ready || !follow(st, batch.id))
    return;
  std::vector<sendable> orders;
  for (const auto& a : batch.orders) {
    if (st.orders.count(a.order.id) != 0)
      continue;
    if (a.incarnation == st.context.number)
      orders.push_back(
        {a.order, sendable::permission::committed, trading::timestamp::from_ns(a.valid_until_ns)});
    else if (a.incarnation == 0)
      orders.push_back({a.order, sendable::permission::intent, {}});
  }
  submit_orders(self, std::move(orders));
}

/// What of the step's orders nobody told this executor about, or was proven never to have arrived:
/// the rows say what may be done with them. In the order of their decisions.
void send_waiting(self_pointer self, const std::vector<trading::client_order_id>& waiting,
                  const std::set<trading::client_order_id>& proven) {
  auto& st = self->state;
  self->request(st.context.books, limits::ledger_deadline, load_account{account_of(st.context).id})
    .then(
      [self, waiting, proven](const storage::account_snapshot& rows) {
        std::vector<sendable> orders;
        for (const auto& id : waiting) {
          auto row = std::find_if(rows.open_orders.begin(), rows.open_orders.end(),
                                  [&](const auto& o) { return o.order.id == id; });
          if (row == rows.open_orders.end() || row->state == trading::order_state::open
              || row->state == trading::order_state::partially_filled)
            mark_at_rest(self, id);
          else if (row->state == trading::order_state::intent)
            orders.push_back({row->order, sendable::permission::intent, {}});
          else if (proven.count(id) != 0)
            orders.push_back({row->order, sendable::permission::proven_unsent, {}});
          else if (row->incarnation == self->state.context.number
                   && self->state.sent.count(id) == 0)
            orders.push_back({row->order, sendable::permission::committed,
                              row->valid_until.value_or(
                                trading::timestamp{})}); // This life knows that it has not sent it.
          else
            restart_executor(self, "an order's outcome is open: " + id.str());
        }
        submit_orders(self, std::move(orders));
        answer_barrier(self);
      },
      [self](const caf::error& why) { self->quit(why); });
}

caf::result<protocols::step_rested> on_rest(self_pointer self, const protocols::rest_step& step) {
  auto& st = self->state;
  if (!st.ready)
    return refuse_until_ready();
  if (!follow(st, step.id))
    return protocols::make_error(protocols::fault::stale_step);
  auto promise = self->make_response_promise<protocols::step_rested>();
  if (st.waiting)
    st.waiting->promise.deliver(protocols::make_error(protocols::fault::stale_step));
  st.waiting = executor_state::barrier{step, promise};
  std::vector<trading::client_order_id> waiting;
  std::set<trading::client_order_id> proven;
  for (const auto& id : step.orders) {
    auto known = st.orders.find(id);
    if (known != st.orders.end() && known->second != stage::proven_unsent)
      continue;
    if (known != st.orders.end())
      proven.insert(id);
    st.orders[id] = stage::sending;
    waiting.push_back(id);
  }
  if (!waiting.empty())
    send_waiting(self, waiting, proven);
  answer_barrier(self);
  return promise;
}

// -- trades -----------------------------------------------------------------------

/// One settlement: fetch what is missing, book it in batches, answer with this step's fills.
struct settlement : std::enable_shared_from_this<settlement> {
  self_pointer self;
  protocols::settle_step step;
  caf::typed_response_promise<protocols::step_settled> promise;
  std::vector<protocols::venue_trade> trades;
  size_t next = 0;
  protocols::step_settled answer;

  void start() {
    trades = step.trades.trades;
    auto first = trades.empty() ? step.trades.last_seq + 1 : trades.front().seq;
    if (first > self->state.last_trade_seq + 1)
      fetch();
    else
      book();
  }

  void fetch() {
    auto& st = self->state;
    auto keep = shared_from_this();
    self
      ->request(st.venue, limits::venue_deadline,
                protocols::venue_trades_query{step.trades.account, st.last_trade_seq,
                                              static_cast<uint32_t>(limits::venue_trades_batch)})
      .then(
        [keep](protocols::venue_trades& found) {
          if (found.trades.empty()) {
            keep->fail(protocols::make_error(protocols::fault::venue,
                                             "the venue lacks trades it has counted"));
            return;
          }
          // Older ones first; this step's own follow in the next round.
          keep->trades = std::move(found.trades);
          keep->book();
        },
        [keep](const caf::error& why) { keep->fail(why); });
  }

  void book() {
    if (next == trades.size()) {
      if (self->state.last_trade_seq < step.trades.last_seq) {
        next = 0;
        fetch();
      } else {
        finish();
      }
      return;
    }
    auto& st = self->state;
    auto keep = shared_from_this();
    find_unit(
      self, st.addresses, st.context.names, portfolio_unit(account_of(st.context).id),
      [keep](const protocols::unit_address& found) { keep->send(found); },
      [keep](caf::error& why) { keep->fail(why); });
  }

  void send(const protocols::unit_address& portfolio) {
    auto end = std::min(trades.size(), next + limits::commit_group_max);
    protocols::book_fills request{{trades.begin() + static_cast<std::ptrdiff_t>(next),
                                   trades.begin() + static_cast<std::ptrdiff_t>(end)},
                                  {}};
    for (const auto& t : request.trades) {
      auto slot = self->state.slots.find(t.fill.order);
      request.slots.push_back(slot == self->state.slots.end() ? trading::slot_id{} : slot->second);
    }
    auto last_seq = trades[end - 1].seq;
    auto keep = shared_from_this();
    self
      ->request(caf::actor_cast<protocols::portfolio>(portfolio.handle), limits::ledger_deadline,
                request)
      .then([keep, end, last_seq](
              const protocols::fills_booked& booked) { keep->take(booked, end, last_seq); },
            [keep, unit = portfolio.unit](const caf::error& why) {
              keep->self->state.addresses.forget(keep->self, unit);
              keep->fail(why);
            });
  }

  void take(const protocols::fills_booked& booked, size_t end, uint64_t last_seq) {
    next = end;
    self->state.last_trade_seq = std::max(self->state.last_trade_seq, last_seq);
    answer.account_seq = booked.account_seq;
    for (const auto& f : booked.fills) {
      if (f.fill.event_time == step.id.event_time)
        answer.fills.push_back(f);
    }
    book();
  }

  void finish() {
    answer.account = step.trades.account;
    answer.step = step.id.step;
    if (step.ended.empty()) {
      promise.deliver(answer);
      return;
    }
    auto keep = shared_from_this();
    store_ends(self, step.ended, step.id.event_time,
               [keep] { keep->promise.deliver(keep->answer); });
  }

  void fail(const caf::error& why) { promise.deliver(why); }
};

caf::result<protocols::step_settled> on_settle(self_pointer self,
                                               const protocols::settle_step& step) {
  if (!self->state.ready)
    return refuse_until_ready();
  if (step.id.conductor_epoch < self->state.conductor_epoch)
    return protocols::make_error(protocols::fault::not_owner, "a newer conductor has been heard");
  auto s = std::make_shared<settlement>();
  s->self = self;
  s->step = step;
  s->promise = self->make_response_promise<protocols::step_settled>();
  auto promise = s->promise;
  s->start();
  return promise;
}

} // namespace

protocols::executor::behavior_type
make_executor(protocols::executor::stateful_pointer<executor_state> self, unit_context context) {
  self->state.context = std::move(context);
  self->set_down_handler([self](const caf::down_msg& down) {
    self->state.addresses.drop(down.source);
    if (self->state.venue && self->state.venue.address() == down.source)
      restart_executor(self, "the link to the venue is down");
  });
  start_up(self);
  return {
    [self](const protocols::approved_batch& batch) { on_approved(self, batch); },
    [self](const protocols::rest_step& step) { return on_rest(self, step); },
    [self](const protocols::settle_step& step) { return on_settle(self, step); },
  };
}

} // namespace supreme::actors
