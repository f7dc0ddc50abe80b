#include "actors/portfolio/portfolio.hpp"

#include "actors/log.hpp"
#include "actors/portfolio/bookkeeping.hpp"
#include "config/defaults.hpp"
#include "trading/check.hpp"

#include <algorithm>

namespace supreme::actors {

namespace {

namespace limits = config::defaults;
using self_pointer = protocols::portfolio::stateful_pointer<portfolio_state>;
using waiting_booking = portfolio_state::waiting_booking;

const config::account_settings& account_of(const unit_context& context) {
  const auto* found = context.config->settings.find_account(trading::account_id{context.spec.subject});
  SUPREME_CHECK(found != nullptr, "a portfolio's account is configured");
  return *found;
}

protocols::fill_notice to_notice(const storage::fill_row& row) {
  return {row.slot, row.account_seq, row.fill, row.slot_after};
}

const protocols::fill_notice* find_recent(const portfolio_state& st, const trading::trade_id& id) {
  auto found = std::find_if(st.recent.rbegin(), st.recent.rend(), [&](const auto& n) { return n.fill.id == id; });
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
void read_rows(self_pointer self) {
  auto& st = self->state;
  st.ready = false;
  auto account = account_of(st.context).id;
  self->request(st.context.books, limits::ledger_deadline, load_account{account})
    .then(
      [self, account](storage::account_snapshot& rows) {
        auto& state = self->state;
        state.rows = std::move(rows);
        state.slot_of.clear();
        for (const auto& o : state.rows.open_orders)
          state.slot_of[o.order.id] = o.order.key.slot;
        auto newest = state.rows.account_seq;
        auto after = newest > limits::fills_batch_rows ? newest - limits::fills_batch_rows : 0;
        self->request(state.context.books, limits::ledger_deadline,
                      load_fills{account, after, limits::fills_batch_rows})
          .then(
            [self](const fill_rows& fills) {
              self->state.recent.clear();
              for (const auto& row : fills)
                remember(self->state, to_notice(row));
              self->state.ready = true;
              book_next(self);
            },
            [self](const caf::error& why) { give_up(self, why); });
      },
      [self](const caf::error& why) { give_up(self, why); });
}

/// Known trades are answered from memory; the rest become one batch for the ledger.
struct booking {
  protocols::book_fills request;
  caf::typed_response_promise<protocols::fills_booked> promise;
  std::vector<trading::fill> fresh;
  std::vector<trading::position> slot_after; ///< one per fresh fill
};

bool orders_known(const portfolio_state& st, const std::vector<trading::fill>& fills) {
  return std::all_of(fills.begin(), fills.end(), [&](const auto& f) { return st.slot_of.count(f.order) != 0; });
}

transactions make_batch(portfolio_state& st, booking& b) {
  transactions batch;
  for (const auto& f : b.fresh) {
    const auto* traded = st.context.config->settings.find_instrument(f.instrument);
    SUPREME_CHECK(traded != nullptr, "a fill's instrument is configured");
    auto slot = st.slot_of.find(f.order);
    // Without an order nothing may touch the books: the row goes to quarantine.
    storage::fill_transaction t;
    t.fill = f;
    t.portfolio = st.context.claim();
    if (slot != st.slot_of.end())
      t = book_trade(st.rows, f, slot->second, *traded, st.context.claim());
    b.slot_after.push_back(t.slot_after);
    batch.emplace_back(std::move(t));
  }
  return batch;
}

void deliver(self_pointer self, booking& b) {
  auto& st = self->state;
  protocols::fills_booked answer;
  answer.account_seq = st.rows.account_seq;
  for (const auto& t : b.request.trades) {
    if (const auto* notice = find_recent(st, t.fill.id))
      answer.fills.push_back(*notice);
  }
  b.promise.deliver(answer);
  st.booking = false;
  book_next(self);
}

/// True when every fill is in the books or in quarantine; the memory stands as the rows do.
caf::error take_outcomes(portfolio_state& st, const booking& b, const outcomes& done) {
  using storage::commit_status;
  for (size_t i = 0; i < done.size(); ++i) {
    const auto& o = done[i];
    const auto& f = b.fresh[i];
    if (o.status == commit_status::applied) {
      auto slot = st.slot_of.at(f.order);
      st.rows.account_seq = o.account_seq;
      remember(st, {slot, o.account_seq, f, b.slot_after[i]});
    } else if (o.status == commit_status::quarantined) {
      log(log_level::error, portfolio_state::name, "fill_quarantined", f.id.str() + " of unknown order " + f.order.str());
    } else if (o.status == commit_status::fenced) {
      return protocols::make_error(protocols::fault::not_owner, o.text);
    } else {
      log(log_level::error, portfolio_state::name, "fill_not_booked", f.id.str() + ": " + o.text);
      return protocols::make_error(protocols::fault::database_unknown, o.text);
    }
  }
  return {};
}

void commit(self_pointer self, std::shared_ptr<booking> b) {
  auto batch = make_batch(self->state, *b);
  self->request(self->state.context.books, limits::ledger_deadline, std::move(batch))
    .then(
      [self, b](const outcomes& done) {
        if (auto why = take_outcomes(self->state, *b, done)) {
          // The memory ran ahead of the rows: only a fresh start from them is sure.
          b->promise.deliver(why);
          give_up(self, why);
        } else {
          deliver(self, *b);
        }
      },
      [self, b](const caf::error& why) {
        b->promise.deliver(why);
        give_up(self, why);
      });
}

void read_orders_then_commit(self_pointer self, std::shared_ptr<booking> b) {
  self->request(self->state.context.books, limits::ledger_deadline, load_account{account_of(self->state.context).id})
    .then(
      [self, b](const storage::account_snapshot& rows) {
        for (const auto& o : rows.open_orders)
          self->state.slot_of[o.order.id] = o.order.key.slot;
        commit(self, b);
      },
      [self, b](const caf::error& why) {
        b->promise.deliver(why);
        give_up(self, why);
      });
}

void book_next(self_pointer self) {
  auto& st = self->state;
  if (!st.ready || st.booking || st.queue.empty())
    return;
  auto next = std::make_shared<booking>();
  next->request = std::move(st.queue.front().request);
  next->promise = std::move(st.queue.front().promise);
  st.queue.pop_front();
  st.booking = true;
  for (const auto& t : next->request.trades) {
    if (find_recent(st, t.fill.id) == nullptr)
      next->fresh.push_back(t.fill);
  }
  if (next->fresh.empty())
    deliver(self, *next);
  else if (orders_known(st, next->fresh))
    commit(self, next);
  else
    read_orders_then_commit(self, next);
}

} // namespace

protocols::portfolio::behavior_type
make_portfolio(protocols::portfolio::stateful_pointer<portfolio_state> self, unit_context context) {
  self->state.context = std::move(context);
  const auto& account = account_of(self->state.context);
  self->request(self->state.context.books, limits::ledger_deadline,
                open_account{account.id, account.venue, account.initial})
    .then([self] { read_rows(self); }, [self](const caf::error& why) { give_up(self, why); });
  return {
    [self](protocols::book_fills& request) -> caf::result<protocols::fills_booked> {
      auto& st = self->state;
      if (request.trades.size() > limits::commit_group_max || st.queue.size() >= limits::portfolio_credit)
        return protocols::make_error(protocols::fault::overloaded, "too many fills at once");
      auto promise = self->make_response_promise<protocols::fills_booked>();
      st.queue.push_back({std::move(request), promise});
      book_next(self);
      return promise;
    },
    [self](const protocols::mark_step& m) -> caf::result<protocols::equity_report> {
      auto& st = self->state;
      if (!st.ready || st.booking)
        return protocols::make_error(protocols::fault::recovering, "the books are being read or written");
      return value_account(st.rows, account_of(st.context), m.marks, m.id.step);
    },
  };
}

} // namespace supreme::actors
