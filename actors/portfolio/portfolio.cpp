#include "actors/portfolio/portfolio.hpp"

#include "actors/log.hpp"
#include "actors/portfolio/bookkeeping.hpp"
#include "config/defaults.hpp"
#include "trading/check.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <set>

namespace supreme::actors {

namespace {

namespace limits = config::defaults;
using self_pointer = protocols::portfolio::stateful_pointer<portfolio_state>;

const config::account_settings& account_of(const unit_context& context) {
  const auto* found =
    context.config->settings.find_account(trading::account_id{context.spec.subject});
  SUPREME_CHECK(found != nullptr, "a portfolio's account is configured");
  return *found;
}

protocols::fill_notice to_notice(const storage::fill_row& row) {
  return {row.slot, row.account_seq, row.fill, row.slot_after};
}

const protocols::fill_notice* find_recent(const portfolio_state& st, const trading::trade_id& id) {
  auto found = std::find_if(st.recent.rbegin(), st.recent.rend(),
                            [&](const auto& n) { return n.fill.id == id; });
  return found == st.recent.rend() ? nullptr : &*found;
}

void remember(portfolio_state& st, protocols::fill_notice notice) {
  st.recent.push_back(std::move(notice));
  if (st.recent.size() > limits::fills_batch_rows)
    st.recent.pop_front();
}

void give_up(self_pointer self, const caf::error& why) {
  for (auto& waiting : std::exchange(self->state.queue, {}))
    waiting.promise.deliver(why);
  self->quit(why);
}

void book_next(self_pointer self);

/// Reads everything again; the only way this actor ever learns its state.
void read_rows(self_pointer self, std::function<void()> then) {
  auto& st = self->state;
  st.ready = false;
  auto account = account_of(st.context).id;
  self->request(st.context.books, limits::ledger_deadline, load_account{account})
    .then(
      [self, account, then](storage::account_snapshot& rows) {
        auto& state = self->state;
        state.rows = std::move(rows);
        state.slot_of.clear();
        for (const auto& o : state.rows.open_orders)
          state.slot_of[o.order.id] = o.order.key.slot;
        auto newest = state.rows.account_seq;
        auto after = newest > limits::fills_batch_rows ? newest - limits::fills_batch_rows : 0;
        self
          ->request(state.context.books, limits::ledger_deadline,
                    load_fills{account, after, limits::fills_batch_rows})
          .then(
            [self, then](const fill_rows& fills) {
              self->state.recent.clear();
              for (const auto& row : fills)
                remember(self->state, to_notice(row));
              self->state.ready = true;
              then();
            },
            [self](const caf::error& why) { give_up(self, why); });
      },
      [self](const caf::error& why) { give_up(self, why); });
}

/// One request on its way into the rows. Trades that are known to be booked are answered from
/// memory; the rest become one batch for the ledger. Where its answer shows that the memory is not
/// what the rows are (a trade booked by an earlier life, a fill of an order that is over), the rows
/// are read and the batch is computed anew.
struct booking : std::enable_shared_from_this<booking> {
  self_pointer self;
  protocols::book_fills request;
  caf::typed_response_promise<protocols::fills_booked> promise;
  std::vector<trading::fill> fresh;
  std::vector<trading::position> slot_after;                  ///< one per fresh fill
  std::map<trading::trade_id, protocols::fill_notice> booked; ///< earlier than the memory reaches
  std::set<trading::trade_id> quarantined;
  std::map<trading::client_order_id, trading::slot_id>
    slot_of;                 ///< of orders that this actor had not heard of
  std::set<uint64_t> unread; ///< account events of this request that must be read
  size_t attempts = 0;

  void start() {
    if (++attempts > limits::booking_attempts_max) {
      fail(protocols::make_error(protocols::fault::database_unknown,
                                 "the rows change under every booking"));
      return;
    }
    fresh.clear();
    for (const auto& t : request.trades) {
      if (find_notice(t.fill.id) == nullptr && quarantined.count(t.fill.id) == 0)
        fresh.push_back(t.fill);
    }
    if (fresh.empty())
      deliver();
    else if (std::none_of(fresh.begin(), fresh.end(),
                          [&](const auto& f) { return find_slot(f.order).empty(); }))
      commit();
    else
      read_orders();
  }

  [[nodiscard]] const protocols::fill_notice* find_notice(const trading::trade_id& id) const {
    auto found = booked.find(id);
    return found != booked.end() ? &found->second : find_recent(self->state, id);
  }

  /// Orders may have been decided since the rows were read.
  void read_orders() {
    auto keep = shared_from_this();
    self
      ->request(self->state.context.books, limits::ledger_deadline,
                load_account{account_of(self->state.context).id})
      .then(
        [keep](const storage::account_snapshot& rows) {
          for (const auto& o : rows.open_orders)
            keep->self->state.slot_of[o.order.id] = o.order.key.slot;
          keep->commit();
        },
        [keep](const caf::error& why) { keep->fail(why); });
  }

  [[nodiscard]] trading::slot_id find_slot(const trading::client_order_id& order) const {
    if (auto told = slot_of.find(order); told != slot_of.end())
      return told->second;
    auto open = self->state.slot_of.find(order);
    return open == self->state.slot_of.end() ? trading::slot_id{} : open->second;
  }

  [[nodiscard]] transactions make_batch() {
    auto& st = self->state;
    transactions batch;
    slot_after.clear();
    for (const auto& f : fresh) {
      const auto* traded = st.context.config->settings.find_instrument(f.instrument);
      SUPREME_CHECK(traded != nullptr, "a fill's instrument is configured");
      auto slot = find_slot(f.order);
      storage::fill_transaction t;
      t.fill = f;
      t.portfolio = st.context.claim();
      // Without an order nothing may touch the books: the row goes to quarantine, or says whose the
      // order was.
      if (!slot.empty())
        t = book_trade(st.rows, f, slot, *traded, st.context.claim());
      slot_after.push_back(t.slot_after);
      batch.emplace_back(std::move(t));
    }
    return batch;
  }

  void commit() {
    auto keep = shared_from_this();
    self->request(self->state.context.books, limits::ledger_deadline, make_batch())
      .then([keep](const outcomes& done) { keep->take(done); },
            [keep](const caf::error& why) { keep->fail(why); });
  }

  void take(const outcomes& done) {
    bool again = false;
    for (size_t i = 0; i < done.size(); ++i) {
      if (auto why = take_one(fresh[i], slot_after[i], done[i], again)) {
        fail(why);
        return;
      }
    }
    if (!again) {
      deliver();
      return;
    }
    read_rows(self, [keep = shared_from_this()] { keep->read_booked(); });
  }

  /// Sets `again` where the memory has turned out not to be what the rows are.
  caf::error take_one(const trading::fill& f, const trading::position& after,
                      const storage::outcome& o, bool& again) {
    using storage::commit_status;
    auto& st = self->state;
    auto slot = find_slot(f.order);
    if (o.status == commit_status::applied) {
      st.rows.account_seq = o.account_seq;
      remember(st, {slot, o.account_seq, f, after});
    } else if (o.status == commit_status::unchanged) {
      unread.insert(o.account_seq);
      again = true;
    } else if (o.status == commit_status::quarantined) {
      log(log_level::error, portfolio_state::name, "fill_quarantined",
          f.id.str() + " of order " + f.order.str() + ": " + o.text);
      quarantined.insert(f.id);
      again = again || !slot.empty();
    } else if (o.status == commit_status::refused && o.order && o.order->order.key.slot != slot) {
      slot_of[f.order] = o.order->order.key.slot;
      again = true;
    } else if (o.status == commit_status::stale) {
      again = true;
    } else {
      log(log_level::error, portfolio_state::name, "fill_not_booked", f.id.str() + ": " + o.text);
      return protocols::make_error(o.status == commit_status::fenced
                                     ? protocols::fault::not_owner
                                     : protocols::fault::database_unknown,
                                   o.text);
    }
    return {};
  }

  /// The events of this request that the memory does not reach back to, a batch at a time.
  void read_booked() {
    if (unread.empty()) {
      start();
      return;
    }
    auto keep = shared_from_this();
    self
      ->request(self->state.context.books, limits::ledger_deadline,
                load_fills{account_of(self->state.context).id, *unread.begin() - 1,
                           limits::fills_batch_rows})
      .then(
        [keep](const fill_rows& rows) {
          keep->unread.erase(keep->unread.begin()); // Every round gets on, whatever the rows say.
          for (const auto& row : rows) {
            if (keep->asks_for(row.fill.id))
              keep->booked.insert_or_assign(row.fill.id, to_notice(row));
            keep->unread.erase(row.account_seq);
          }
          keep->read_booked();
        },
        [keep](const caf::error& why) { keep->fail(why); });
  }

  [[nodiscard]] bool asks_for(const trading::trade_id& id) const {
    return std::any_of(request.trades.begin(), request.trades.end(),
                       [&](const auto& t) { return t.fill.id == id; });
  }

  void deliver() {
    auto& st = self->state;
    protocols::fills_booked answer;
    answer.account_seq = st.rows.account_seq;
    for (const auto& t : request.trades) {
      if (const auto* notice = find_notice(t.fill.id))
        answer.fills.push_back(*notice);
    }
    promise.deliver(answer);
    st.booking = false;
    book_next(self);
  }

  /// The memory may have run ahead of the rows: only a fresh start from them is sure.
  void fail(const caf::error& why) {
    promise.deliver(why);
    give_up(self, why);
  }
};

void book_next(self_pointer self) {
  auto& st = self->state;
  if (!st.ready || st.booking || st.queue.empty())
    return;
  auto next = std::make_shared<booking>();
  next->self = self;
  next->request = std::move(st.queue.front().request);
  next->promise = std::move(st.queue.front().promise);
  st.queue.pop_front();
  st.booking = true;
  for (size_t i = 0; i < next->request.slots.size() && i < next->request.trades.size(); ++i) {
    if (!next->request.slots[i].empty())
      next->slot_of[next->request.trades[i].fill.order] = next->request.slots[i];
  }
  next->start();
}

} // namespace

protocols::portfolio::behavior_type
make_portfolio(protocols::portfolio::stateful_pointer<portfolio_state> self, unit_context context) {
  self->state.context = std::move(context);
  const auto& account = account_of(self->state.context);
  self
    ->request(self->state.context.books, limits::ledger_deadline,
              open_account{account.id, account.venue, account.initial})
    .then([self] { read_rows(self, [self] { book_next(self); }); },
          [self](const caf::error& why) { give_up(self, why); });
  return {
    [self](protocols::book_fills& request) -> caf::result<protocols::fills_booked> {
      auto& st = self->state;
      if (request.trades.size() > limits::commit_group_max
          || st.queue.size() >= limits::portfolio_credit)
        return protocols::make_error(protocols::fault::overloaded, "too many fills at once");
      auto promise = self->make_response_promise<protocols::fills_booked>();
      st.queue.push_back({std::move(request), promise});
      book_next(self);
      return promise;
    },
    [self](const protocols::mark_step& m) -> caf::result<protocols::equity_report> {
      auto& st = self->state;
      if (!st.ready || st.booking)
        return protocols::make_error(protocols::fault::recovering,
                                     "the books are being read or written");
      return value_account(st.rows, account_of(st.context), m.marks, m.id.step);
    },
  };
}

} // namespace supreme::actors
