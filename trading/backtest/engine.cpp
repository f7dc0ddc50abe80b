#include "trading/backtest/engine.hpp"

#include "trading/check.hpp"
#include "trading/risk/reservation.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace supreme::trading {

backtest_engine::backtest_engine(backtest_plan plan, backtest_listener& listener,
                                 order_venue* venue)
  : plan_(std::move(plan)), listener_(listener), venue_(venue), balances_(plan_.initial) {
  auto problems = plan_.problems();
  SUPREME_CHECK(problems.empty(), "a plan is checked before it is run");
  for (const auto& i : plan_.instruments)
    instruments_.emplace(i.id, &i);
  for (const auto& s : plan_.strategies) {
    for (auto& slot : make_strategy_slots(s.id, plan_.account, s.instruments, *s.kind, s.values))
      slots_.push_back(std::move(slot));
  }
  exposure_.set_free_cash(cash());
}

money backtest_engine::cash() const {
  auto found = balances_.find(plan_.quote);
  return found == balances_.end() ? money{} : found->second;
}

money backtest_engine::equity() const {
  auto sum = cash();
  for (const auto& [id, held] : positions_) {
    auto m = marks_.find(id);
    sum += value_of(held, m == marks_.end() ? std::nullopt : std::optional{m->second.close});
  }
  return sum;
}

void backtest_engine::step(timestamp event_time, const std::vector<bar>& bars) {
  SUPREME_CHECK(last_ < event_time, "steps go forward in time");
  last_ = event_time;
  if (venue_ != nullptr)
    book_reports(event_time);
  else if (!resting_.empty())
    match(event_time, bars);
  auto signals = ask_strategies(bars);
  const bool exposed = std::any_of(positions_.begin(), positions_.end(),
                                   [](const auto& entry) { return !entry.second.size.is_zero(); });
  listener_.valued({event_time, equity(), cash(), exposed});
  if (!signals.empty())
    decide(std::move(signals), event_time);
}

void backtest_engine::match(timestamp event_time, const std::vector<bar>& bars) {
  auto over = [&](open_order& o) {
    auto b = std::find_if(bars.begin(), bars.end(),
                          [&](const auto& each) { return each.instrument == o.instrument; });
    return b != bars.end() && match_one(o, *b, event_time);
  };
  // In the order of acceptance, which numbers the trades.
  std::vector<open_order> left;
  for (auto& o : resting_) {
    if (!over(o))
      left.push_back(std::move(o));
  }
  resting_ = std::move(left);
}

bool backtest_engine::match_one(open_order& o, const bar& b, timestamp event_time) {
  bar_execution done;
  try {
    done = execute_on_bar(o.rest, b, traded(o.instrument), plan_.costs);
  } catch (const std::overflow_error&) {
    release(o, o.rest.open_size, o.reserved_cash);
    listener_.expired(o.id, event_time);
    return true;
  }
  o.rest.triggered = done.triggered;
  return done.size.is_positive() && settle(o, done, event_time);
}

/// What the venue has done to orders, as far as its reports have arrived.
void backtest_engine::book_reports(timestamp now) {
  for (const auto& report : venue_->reports(now)) {
    auto o = std::find_if(resting_.begin(), resting_.end(),
                          [&](const auto& each) { return each.id == report.order; });
    SUPREME_CHECK(o != resting_.end(), "a venue reports on open orders");
    bool over = true;
    if (report.done.size.is_positive()) {
      over = settle(*o, report.done, report.at);
    } else {
      release(*o, o->rest.open_size, o->reserved_cash);
      listener_.expired(o->id, report.at);
    }
    if (over)
      resting_.erase(o);
  }
}

/// Books a fill. Whether the order is over.
bool backtest_engine::settle(open_order& o, const bar_execution& done, timestamp event_time) {
  book(o, done, event_time);
  o.rest.open_size -= done.size;
  auto reserved = reserved_for_rest(o.reserve_cash, o.rest.open_size, o.size);
  release(o, done.size, o.reserved_cash - reserved);
  o.reserved_cash = reserved;
  return o.rest.open_size.is_zero();
}

void backtest_engine::book(const open_order& o, const bar_execution& done, timestamp event_time) {
  fill f;
  f.venue = plan_.venue;
  f.account = plan_.account;
  f.id = trade_id{std::to_string(++account_seq_)};
  f.order = o.id;
  f.instrument = o.instrument;
  f.direction = o.rest.direction;
  f.at = done.at;
  f.size = done.size;
  f.fee = done.fee;
  f.fee_asset = plan_.quote;
  f.event_time = event_time;
  auto& account = positions_[o.instrument];
  auto& slot = slot_positions_[o.slot];
  auto booked = book_on_positions(account, slot, f, traded(o.instrument));
  account = booked.account_after;
  slot = booked.slot_after;
  for (const auto& change : booked.balances)
    balances_[change.asset] += change.delta;
  for (auto& logic : slots_) {
    if (auto leg = logic.find_leg(o.slot); leg < logic.legs().size())
      logic.on_fill(leg, {slot.size, slot.average_price()}, account_seq_);
  }
  listener_.filled(f, o.slot, booked, account_seq_);
}

/// What an order has promised less than before, because it was filled or is over; positions have
/// been booked already.
void backtest_engine::release(const open_order& o, quantity size, money reserved) {
  auto held = exposure_.account(o.instrument);
  (o.rest.direction == side::buy ? held.reserved_buy : held.reserved_sell) -= size;
  held.position = positions_[o.instrument].size;
  exposure_.set_account(o.instrument, held);
  auto slot = exposure_.slot(o.slot);
  slot.pending -= signed_quantity(o.rest.direction, size);
  slot.position = slot_positions_[o.slot].size;
  exposure_.set_slot(o.slot, slot);
  reserved_cash_ -= reserved;
  exposure_.set_free_cash(cash() - reserved_cash_);
}

std::vector<signal> backtest_engine::ask_strategies(const std::vector<bar>& bars) {
  std::vector<signal> signals;
  for (const auto& b : bars) {
    marks_[b.instrument] = {b.close, b.close_time()};
    for (auto& logic : slots_) {
      if (auto leg = logic.find_leg(b.instrument); leg < logic.legs().size())
        logic.on_bar(leg, b, signals);
    }
  }
  return signals;
}

decision_terms backtest_engine::terms_of(const signal& wish) const {
  decision_terms terms;
  terms.traded = traded(wish.instrument);
  auto own = plan_.instrument_limits.find(wish.instrument);
  terms.limits = own == plan_.instrument_limits.end() ? plan_.limits : own->second;
  auto s = std::find_if(plan_.strategies.begin(), plan_.strategies.end(),
                        [&](const auto& each) { return each.id == wish.strategy; });
  SUPREME_CHECK(s != plan_.strategies.end(), "a signal comes from a strategy of the plan");
  terms.size = s->size;
  const auto& m = marks_.at(wish.instrument);
  terms.mark = m.close;
  terms.mark_time = m.at;
  return terms;
}

void backtest_engine::decide(std::vector<signal> signals, timestamp event_time) {
  std::sort(signals.begin(), signals.end(),
            [](const auto& a, const auto& b) { return a.key < b.key; });
  auto made = decide_in_order(
    signals, exposure_, [this](const signal& wish) { return terms_of(wish); }, event_time);
  for (const auto& d : made) {
    client_order_id id;
    if (d.verdict.outcome == refusal::none) {
      id = client_order_id{"bt-" + std::to_string(++orders_)};
      open_order o;
      o.id = id;
      o.slot = d.wish.key.slot;
      o.instrument = d.wish.instrument;
      o.rest.direction = d.verdict.direction;
      o.rest.open_size = o.size = d.verdict.size;
      o.reserve_cash = o.reserved_cash = d.verdict.reserve_cash;
      reserved_cash_ += d.verdict.reserve_cash;
      if (venue_ != nullptr)
        venue_->submit(id, traded(o.instrument), o.rest, event_time);
      resting_.push_back(std::move(o));
    }
    listener_.decided(d, id);
  }
}

} // namespace supreme::trading
