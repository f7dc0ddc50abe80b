// What a bar or a venue's report does to the orders at rest, and what that does to the account.

#include "trading/backtest/engine.hpp"

#include "trading/check.hpp"
#include "trading/matching/cash_limit.hpp"
#include "trading/risk/reservation.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace supreme::trading {

void backtest_engine::match(timestamp now) {
  if (may_withdraw_) [[unlikely]]
    withdraw_entries(now);
  int turn = 0;
  const bool in_turns = protective_ != 0; // Before any of them is over.
  auto over = [&](open_order& o) {
    if (in_turns && bar_turn(o.rest.type, o.rest.reduce_only) != turn) [[unlikely]]
      return false;
    return meets_bar(o, now) && match_one(o, *markets_[o.market].now, now);
  };
  // In the order of acceptance, which numbers the trades.
  std::erase_if(resting_, over);
  if (in_turns) [[unlikely]] {
    while (++turn < bar_turns)
      std::erase_if(resting_, over);
  }
  if (!resting_.empty()) [[unlikely]]
    cancel_pointless(now);
}

/// Whether the step has a bar for the order.
bool backtest_engine::meets_bar(const open_order& o, timestamp now) const {
  const auto& m = markets_[o.market];
  const bool traded = m.now != nullptr && m.close_time(*m.now) == now;
  // Without latency it is there, even where a bar opens before the one decided on has closed.
  return traded && (plan_.latency.count() == 0 || o.arrives <= m.now->open_time);
}

/// Ends entries whose slot has an exit that meets a bar, before anything fills.
void backtest_engine::withdraw_entries(timestamp now) {
  may_withdraw_ = false;
  const auto is_withdrawn = [&](const open_order& entry) {
    bool met = false;
    for (const auto& exit : resting_) {
      if (exit.leg != entry.leg || exit.number < entry.number || !withdraws(exit.rest, entry.rest))
        continue;
      may_withdraw_ = true; // Where it does not meet this bar it will meet another.
      met |= meets_bar(exit, now);
    }
    return met;
  };
  end_where(is_withdrawn, order_ending::withdrawn, now);
}

/// Ends orders at rest; each is asked with those that are left of the ones before it.
template <class Predicate>
void backtest_engine::end_where(Predicate is_over, order_ending why, timestamp now) {
  for (auto o = resting_.begin(); o != resting_.end();) {
    if (!is_over(*o)) {
      ++o;
      continue;
    }
    end_order(*o, why, now);
    o = resting_.erase(o);
  }
}

/// Reduce-only orders that have nothing left to close, and no entry before them that may open it.
void backtest_engine::cancel_pointless(timestamp now) {
  const auto is_pointless = [&](const open_order& o) {
    const auto& opened = legs_[o.leg].opened;
    if (!o.rest.reduce_only || opened.closable(o.rest.direction).is_positive())
      return false;
    return !opened.has_entries(opposite(o.rest.direction))
           || std::none_of(resting_.begin(), resting_.end(), [&](const open_order& entry) {
                return entry.leg == o.leg && entry.number < o.number
                       && may_open_for(o.rest, entry.rest);
              });
  };
  end_where(is_pointless, order_ending::nothing_to_close, now);
}

/// What the venue has done to orders, as far as its reports have arrived.
void backtest_engine::book_reports(timestamp now) {
  for (const auto& report : venue_->reports(now)) {
    const auto o = std::find_if(resting_.begin(), resting_.end(),
                                [&](const auto& each) { return each.id == report.order; });
    SUPREME_CHECK(o != resting_.end(), "a venue reports on open orders");
    bool over = true;
    if (report.ending == order_ending::none)
      over = settle(*o, report.done, report.at);
    else
      end_order(*o, report.ending, report.at);
    if (over)
      resting_.erase(o);
  }
}

void backtest_engine::tell_ends() {
  for (const auto& e : ends_)
    risk_.ended(e);
  ends_.clear();
}

bool backtest_engine::match_one(open_order& o, const bar_record& b, timestamp now) {
  auto rest = o.rest;
  if (rest.reduce_only) {
    rest.open_size = std::min(rest.open_size, legs_[o.leg].opened.closable(rest.direction));
    if (rest.open_size.is_zero())
      return false;
  } else if (o.waits && legs_[o.leg].opened.waits()) [[unlikely]] {
    return false;
  }
  const auto& traded = *markets_[o.market].traded;
  paid_execution paid;
  try {
    paid.done = execute_on_bar(rest, b, traded, plan_.costs);
    if (plan_.pays_from_cash && is_paid_from_cash(rest.direction, rest.reduce_only))
      paid = within_cash(paid.done, cash(), traded.lot_size, plan_.costs);
  } catch (const std::overflow_error&) {
    end_order(o, order_ending::out_of_range, now);
    return true;
  }
  o.rest.triggered = paid.done.triggered;
  may_withdraw_ |= o.rest.triggered;
  const bool filled = paid.done.size.is_positive() && settle(o, paid.done, now);
  if (!paid.all)
    end_order(o, order_ending::unpaid, now);
  return filled || !paid.all;
}

void backtest_engine::end_order(const open_order& o, order_ending why, timestamp now) {
  release(o, o.rest.open_size, o.reserved_cash);
  stop_counting(o);
  if (risk_.remembers())
    ends_.push_back({o.id, state_of(why), now});
  listener_.on_order_end({o.number, why, now, names_ ? &o.id : nullptr});
}

void backtest_engine::stop_counting(const open_order& o) {
  auto& leg = legs_[o.leg];
  leg.opened.ends(as_slot_order(o.rest));
  protective_ -= is_protective(o.rest) ? 1 : 0;
  slots_[leg.slot].next_match = never; // Until it is looked for among those that are left.
}

/// Books a fill. Whether the order is over.
bool backtest_engine::settle(open_order& o, const bar_execution& done, timestamp now) {
  book(o, done, now);
  legs_[o.leg].opened.fills(as_slot_order(o.rest), done.size);
  o.rest.open_size -= done.size;
  const bool over = o.rest.open_size.is_zero();
  const auto reserved =
    over ? money{} : reserved_for_rest(o.reserve_cash, o.rest.open_size, o.size);
  release(o, done.size, o.reserved_cash - reserved);
  o.reserved_cash = reserved;
  if (over)
    stop_counting(o);
  return over;
}

void backtest_engine::book(const open_order& o, const bar_execution& done, timestamp now) {
  auto& market = markets_[o.market];
  auto& leg = legs_[o.leg];
  fill_event e;
  e.instrument = o.market;
  e.slot = o.leg;
  e.order = o.number;
  e.account_seq = ++account_seq_;
  e.at = now;
  e.done = {o.rest.direction, done.at, done.size, done.fee};
  const bool are_equal = market.held == leg.held;
  const auto effect = apply_fill(market.held, e.done);
  e.notional = effect.quote_change.abs();
  std::optional<fill> named;
  std::optional<booked_fill> booked;
  if (names_) {
    named = name_fill(o, done, now);
    booked = book_on_positions(market.held, leg.held, *named, *market.traded);
  }
  count_exposed(!market.held.size.is_zero(), !effect.after.size.is_zero());
  leg.held = are_equal ? effect.after : apply_fill(leg.held, e.done).after;
  market.held = effect.after;
  *cash_ += effect.quote_change - done.fee;
  if (market.base == nullptr)
    market.base = &balances_[market.traded->base];
  *market.base += effect.base_change;
  slots_[leg.slot].instance.on_fill(leg.leg, {leg.held.size, leg.held.average_price()},
                                    account_seq_);
  e.account_after = &market.held;
  e.slot_after = &leg.held;
  if (names_) {
    e.named = &*named;
    e.slot_name = &slot_of(leg);
    e.booked = &*booked;
    risk_.filled(*named, slot_of(leg), *market.traded);
  }
  listener_.on_fill(e);
}

fill backtest_engine::name_fill(const open_order& o, const bar_execution& done,
                                timestamp now) const {
  fill f;
  f.venue = plan_.venue;
  f.account = plan_.account;
  f.id = trade_id{std::to_string(account_seq_)};
  f.order = o.id;
  f.instrument = markets_[o.market].traded->id;
  f.direction = o.rest.direction;
  f.at = done.at;
  f.size = done.size;
  f.fee = done.fee;
  f.fee_asset = plan_.quote;
  f.event_time = now;
  return f;
}

void backtest_engine::count_exposed(bool before, bool after) noexcept {
  if (before != after)
    exposed_ = after ? exposed_ + 1 : exposed_ - 1;
}

/// What an order has promised less than before, because it was filled or is over; positions have
/// been booked already.
void backtest_engine::release(const open_order& o, quantity size, money reserved) {
  const auto& market = markets_[o.market];
  auto& held = exposure_.account_at(market.place);
  if (is_protective(o.rest)) [[unlikely]]
    size = {};
  (o.rest.direction == side::buy ? held.reserved_buy : held.reserved_sell) -= size;
  held.position = market.held.size;
  const auto& leg = legs_[o.leg];
  if (!o.taken_back)
    exposure_.orders_at(leg.place).remove(o.rest.direction, o.rest.type, o.rest.reduce_only, size);
  exposure_.set_position_at(leg.place, leg.held.size);
  reserved_cash_ -= reserved;
  exposure_.set_free_cash(cash() - reserved_cash_);
}

} // namespace supreme::trading
