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
  for (const auto& i : plan_.instruments) {
    index_.emplace(i.id, markets_.size());
    auto& market = markets_.emplace_back();
    market.traded = &i;
    auto own = plan_.instrument_limits.find(i.id);
    market.limits = own == plan_.instrument_limits.end() ? &plan_.limits : &own->second;
    market.now.instrument = i.id;
  }
  for (size_t s = 0; s < plan_.strategies.size(); ++s)
    add_slots(s);
  cash_ = &balances_[plan_.quote];
  exposure_.set_free_cash(cash());
  const bool counts_trades =
    std::any_of(plan_.strategies.begin(), plan_.strategies.end(),
                [](const auto& s) { return s.size.mode == sizing_mode::kelly; });
  risk_ = account_risk{plan_.account, plan_.quote, plan_.policy, counts_trades};
  if (!risk_.remembers() && !listener_.reads_signal_texts()) {
    for (auto& slot : slots_)
      slot.leave_out_texts();
  }
}

void backtest_engine::add_slots(size_t strategy) {
  const auto& s = plan_.strategies[strategy];
  for (auto& slot : make_strategy_slots(s.id, plan_.account, s.instruments, *s.kind, s.values)) {
    for (size_t leg = 0; leg < slot.legs().size(); ++leg) {
      const auto& l = slot.legs()[leg];
      leg_index_.emplace(l.id, legs_.size());
      markets_[index_of(l.instrument)].legs.push_back(legs_.size());
      legs_.push_back({slots_.size(), leg, strategy, {}});
    }
    if (s.size.mode == sizing_mode::volatility_target)
      slot.measure_volatility(s.size.volatility_returns);
    slots_.push_back(std::move(slot));
  }
}

size_t backtest_engine::index_of(const instrument_id& id) const {
  auto found = index_.find(id);
  SUPREME_CHECK(found != index_.end(), "an instrument is one of the plan's");
  return found->second;
}

std::map<instrument_id, position> backtest_engine::positions() const {
  std::map<instrument_id, position> out;
  for (const auto& m : markets_) {
    if (m.held.fill_count != 0)
      out.emplace(m.traded->id, m.held);
  }
  return out;
}

std::map<slot_id, position> backtest_engine::slots() const {
  std::map<slot_id, position> out;
  for (const auto& l : legs_) {
    if (l.held.fill_count != 0)
      out.emplace(slot_of(l), l.held);
  }
  return out;
}

money backtest_engine::equity() const {
  auto sum = cash();
  if (exposed_ == 0)
    return sum;
  for (const auto& m : markets_) {
    if (!m.held.size.is_zero())
      sum += value_of(m.held, m.marked ? std::optional{m.now.close} : std::nullopt);
  }
  return sum;
}

void backtest_engine::step(timestamp event_time, const std::vector<bar>& bars) {
  records_.resize(bars.size());
  std::vector<step_bar> indexed;
  for (size_t i = 0; i < bars.size(); ++i) {
    const auto& b = bars[i];
    records_[i] = {b.open_time, b.open, b.high, b.low, b.close, b.volume};
    indexed.push_back({index_of(b.instrument), b.interval, &records_[i]});
  }
  step(event_time, indexed);
}

void backtest_engine::step(timestamp event_time, std::span<const step_bar> bars) {
  SUPREME_CHECK(last_ < event_time, "steps go forward in time");
  last_ = event_time;
  take_bars(bars);
  if (!resting_.empty()) {
    if (venue_ != nullptr)
      book_reports(event_time);
    else
      match(event_time, bars);
    tell_ends();
  }
  ask_strategies(bars);
  const auto worth = equity();
  risk_.valued(event_time, worth);
  listener_.valued({event_time, worth, cash(), exposed_ != 0});
  const bool warming_up = plan_.trade_after && event_time <= *plan_.trade_after;
  if ((!signals_.empty() || risk_.acts()) && !warming_up)
    decide(event_time);
  if (risk_.remembers()) [[unlikely]]
    risk_.watch(exposure_, sources(event_time));
}

void backtest_engine::take_bars(std::span<const step_bar> bars) {
  for (const auto& b : bars) {
    auto& m = markets_[b.instrument];
    m.now.open_time = b.values->open_time;
    m.now.interval = b.interval;
    m.now.open = b.values->open;
    m.now.high = b.values->high;
    m.now.low = b.values->low;
    m.now.close = b.values->close;
    m.now.volume = b.values->volume;
    m.marked = true;
  }
}

void backtest_engine::match(timestamp event_time, std::span<const step_bar> bars) {
  auto over = [&](open_order& o) {
    const bool traded = std::any_of(bars.begin(), bars.end(),
                                    [&](const auto& b) { return b.instrument == o.market; });
    const auto& b = markets_[o.market].now;
    // Without latency it is there, even where a bar opens before the one decided on has closed.
    const bool arrived = plan_.latency.count() == 0 || o.arrives <= b.open_time;
    return traded && arrived && match_one(o, b, event_time);
  };
  // In the order of acceptance, which numbers the trades.
  std::erase_if(resting_, over);
}

/// What the venue has done to orders, as far as its reports have arrived.
void backtest_engine::book_reports(timestamp now) {
  for (const auto& report : venue_->reports(now)) {
    const auto o = std::find_if(resting_.begin(), resting_.end(),
                                [&](const auto& each) { return each.id == report.order; });
    SUPREME_CHECK(o != resting_.end(), "a venue reports on open orders");
    bool over = true;
    if (report.done.size.is_positive())
      over = settle(*o, report.done, report.at);
    else
      expire(*o, report.at);
    if (over)
      resting_.erase(o);
  }
}

void backtest_engine::tell_ends() {
  for (const auto& e : ends_)
    risk_.ended(e);
  ends_.clear();
}

bool backtest_engine::match_one(open_order& o, const bar& b, timestamp event_time) {
  bar_execution done;
  try {
    done = execute_on_bar(o.rest, b, *markets_[o.market].traded, plan_.costs);
  } catch (const std::overflow_error&) {
    expire(o, event_time);
    return true;
  }
  o.rest.triggered = done.triggered;
  return done.size.is_positive() && settle(o, done, event_time);
}

void backtest_engine::expire(const open_order& o, timestamp event_time) {
  release(o, o.rest.open_size, o.reserved_cash);
  ends_.push_back({o.id, order_state::expired, event_time});
  listener_.expired(o.id, event_time);
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
  auto& market = markets_[o.market];
  auto& leg = legs_[o.leg];
  fill f;
  f.venue = plan_.venue;
  f.account = plan_.account;
  f.id = trade_id{std::to_string(++account_seq_)};
  f.order = o.id;
  f.instrument = market.traded->id;
  f.direction = o.rest.direction;
  f.at = done.at;
  f.size = done.size;
  f.fee = done.fee;
  f.fee_asset = plan_.quote;
  f.event_time = event_time;
  auto booked = book_on_positions(market.held, leg.held, f, *market.traded);
  count_exposed(!market.held.size.is_zero(), !booked.account_after.size.is_zero());
  market.held = booked.account_after;
  leg.held = booked.slot_after;
  for (const auto& change : booked.balances)
    balances_[change.asset] += change.delta;
  slots_[leg.slot].on_fill(leg.leg, {leg.held.size, leg.held.average_price()}, account_seq_);
  risk_.filled(f, slot_of(leg), *market.traded);
  listener_.filled(f, slot_of(leg), booked, account_seq_);
}

void backtest_engine::count_exposed(bool before, bool after) noexcept {
  if (before != after)
    exposed_ = after ? exposed_ + 1 : exposed_ - 1;
}

/// What an order has promised less than before, because it was filled or is over; positions have
/// been booked already.
void backtest_engine::release(const open_order& o, quantity size, money reserved) {
  const auto& market = markets_[o.market];
  auto held = exposure_.account(market.traded->id);
  (o.rest.direction == side::buy ? held.reserved_buy : held.reserved_sell) -= size;
  held.position = market.held.size;
  exposure_.set_account(market.traded->id, held);
  const auto& leg = legs_[o.leg];
  auto slot = exposure_.slot(slot_of(leg));
  slot.pending -= signed_quantity(o.rest.direction, size);
  slot.position = leg.held.size;
  exposure_.set_slot(slot_of(leg), slot);
  reserved_cash_ -= reserved;
  exposure_.set_free_cash(cash() - reserved_cash_);
}

void backtest_engine::ask_strategies(std::span<const step_bar> bars) {
  signals_.clear();
  for (const auto& b : bars) {
    const auto& market = markets_[b.instrument];
    for (const auto l : market.legs)
      slots_[legs_[l].slot].on_bar(legs_[l].leg, market.now, signals_);
  }
}

decision_terms backtest_engine::terms_of(const signal& wish) const {
  const auto& market = markets_[index_of(wish.instrument)];
  decision_terms terms;
  terms.traded = *market.traded;
  terms.limits = *market.limits;
  terms.size = plan_.strategies[legs_[leg_index_.at(wish.key.slot)].strategy].size;
  terms.mark = market.now.close;
  terms.mark_time = market.now.close_time();
  return terms;
}

decision_sources backtest_engine::sources(timestamp event_time) const {
  return {event_time, [this](const signal& wish) { return terms_of(wish); },
          [this](const instrument_id& id) { return mark_at(index_of(id)); }};
}

void backtest_engine::decide(timestamp event_time) {
  exposure_.set_open_orders(static_cast<uint32_t>(resting_.size()));
  auto made = risk_.decide(std::move(signals_), exposure_, sources(event_time));
  for (const auto& d : made) {
    client_order_id id;
    if (d.verdict.outcome == refusal::none) {
      id = client_order_id{"bt-" + std::to_string(++orders_)};
      risk_.accepted(d.wish.key, id);
      open_order o;
      o.id = id;
      o.market = index_of(d.wish.instrument);
      o.leg = leg_index_.at(d.wish.key.slot);
      o.arrives = event_time + plan_.latency;
      o.rest.direction = d.verdict.direction;
      o.rest.open_size = o.size = d.verdict.size;
      o.reserve_cash = o.reserved_cash = d.verdict.reserve_cash;
      reserved_cash_ += d.verdict.reserve_cash;
      if (venue_ != nullptr)
        venue_->submit(id, o.market, o.rest, event_time);
      resting_.push_back(std::move(o));
    }
    listener_.decided(d, id);
  }
}

} // namespace supreme::trading
