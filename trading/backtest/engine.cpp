#include "trading/backtest/engine.hpp"

#include "trading/check.hpp"
#include "trading/market/decimal_span.hpp"
#include "trading/market/wide_division.hpp"
#include "trading/matching/cash_limit.hpp"
#include "trading/risk/protection.hpp"
#include "trading/risk/reservation.hpp"
#include "trading/risk/reversal.hpp"
#include "trading/risk/slot_pending.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>

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
    market.place = exposure_.place_of(i.id);
  }
  for (size_t s = 0; s < plan_.strategies.size(); ++s)
    add_slots(s);
  rank_legs();
  cash_ = &balances_[plan_.quote];
  exposure_.set_free_cash(cash());
  const bool counts_trades =
    std::any_of(plan_.strategies.begin(), plan_.strategies.end(),
                [](const auto& s) { return s.size.mode == sizing_mode::kelly; });
  risk_ = account_risk{plan_.account, plan_.quote, plan_.policy, counts_trades};
  names_ = listener_.reads_names() || venue_ != nullptr || risk_.remembers();
}

void backtest_engine::add_slots(size_t strategy) {
  const auto& s = plan_.strategies[strategy];
  for (auto& slot : make_strategy_slots(s.id, plan_.account, s.instruments, *s.kind, s.values)) {
    const auto first_leg = legs_.size();
    for (size_t leg = 0; leg < slot.legs().size(); ++leg) {
      const auto& l = slot.legs()[leg];
      leg_index_.emplace(l.id, legs_.size());
      leg_state state;
      state.slot = slots_.size();
      state.leg = leg;
      state.strategy = strategy;
      state.market = index_of(l.instrument);
      state.place = exposure_.place_of(l.id);
      legs_.push_back(state);
    }
    if (s.size.mode == sizing_mode::volatility_target)
      slot.measure_volatility(s.size.volatility_returns);
    slots_.push_back({std::move(slot), first_leg, never, never, {}});
  }
}

void backtest_engine::rank_legs() {
  std::vector<size_t> order(legs_.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return slot_of(legs_[a]) < slot_of(legs_[b]); });
  for (size_t i = 0; i < order.size(); ++i)
    legs_[order[i]].rank = i;
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

backtest_engine::account_worth backtest_engine::worth() const {
  account_worth sum{cash(), {}};
  if (exposed_ == 0)
    return sum;
  for (const auto& m : markets_) {
    if (m.held.size.is_zero())
      continue;
    const auto held = value_of(m.held, mark_of(m.now));
    sum.equity += held;
    sum.gross += held.abs();
  }
  return sum;
}

// -- blocks of steps ----------------------------------------------------------------------

void backtest_engine::step(timestamp event_time, const std::vector<bar>& bars) {
  records_.clear();
  records_.reserve(bars.size()); // What is pointed at must not move.
  named_bars_.clear();
  for (const auto& b : bars)
    named_bars_.push_back(
      {index_of(b.instrument), b.interval, &records_.emplace_back(record_of(b))});
  step(event_time, named_bars_);
}

void backtest_engine::step(timestamp event_time, std::span<const step_bar> bars) {
  step_bars_.clear();
  for (const auto& b : bars)
    step_bars_.push_back({b.instrument, b.interval, {b.values, 1}});
  run({{&event_time, 1}, step_bars_});
}

void backtest_engine::run(const step_block& block) {
  begin_block(block);
  try {
    do_steps();
  } catch (...) {
    end_block();
    throw;
  }
  listener_.on_block({block, {equity_.data(), times_.size()}, {gross_.data(), times_.size()}});
  end_block();
}

/// Goes from one step at which something may happen to the next: what rests is matched at the first
/// of them, wishes are decided at the last, and between the two the account is only valued. Ends
/// with every market at the last step.
void backtest_engine::do_steps() {
  for (size_t step = 0; step < times_.size();) {
    if (next_match_ <= step || risk_.remembers())
      match_at(step);
    const auto last =
      risk_.remembers() ? step : std::min({next_due_, next_match_ - 1, times_.size() - 1});
    const bool decides = next_due_ == last || risk_.acts();
    if (decides)
      find_wishes(last);
    const auto end = failure_ ? last : last + 1;
    if (end > step)
      value_steps(step, end);
    if (failure_) {
      go_to(last);
      std::rethrow_exception(failure_);
    }
    if (decides)
      decide_at(last);
    if (risk_.remembers()) [[unlikely]] {
      go_to(last);
      risk_.watch(exposure_, sources(times_[last]));
    }
    step = last + 1;
  }
  if (!times_.empty())
    go_to(times_.size() - 1);
}

void backtest_engine::begin_block(const step_block& block) {
  SUPREME_CHECK(block.times.size() <= step_block::steps_max, "a block has a bounded length");
  if (!block.times.empty()) {
    const bool goes_on = last_ < block.times.front();
    SUPREME_CHECK(goes_on && is_rising(block.times), "steps go forward in time");
    last_ = block.times.back();
  }
  times_ = block.times;
  for (const auto& b : block.bars) {
    auto& m = markets_[b.instrument];
    m.interval = b.interval;
    m.bars = b.bars;
    m.has_all = b.bars.size() == times_.size();
  }
  for (auto& l : legs_)
    l.taken = 0;
  for (auto& o : resting_)
    o.due = 0;
  find_next_match(0);
  for (auto& s : slots_)
    take_bars(s, ahead_until(s));
  find_next_due();
}

/// The bars of the block are the caller's: what is needed of them is kept.
void backtest_engine::end_block() noexcept {
  for (auto& m : markets_) {
    if (m.now != nullptr && m.now != &m.last) {
      m.last = *m.now;
      m.now = &m.last;
    }
    m.bars = {};
    m.next = 0;
    m.has_all = false;
  }
}

/// How many of the block's bars close before the step `up_to`; `taken` of them at least.
size_t backtest_engine::bars_until(const market_state& m, size_t taken, size_t up_to) const {
  if (up_to == times_.size())
    return m.bars.size();
  if (m.has_all)
    return std::max(taken, up_to);
  while (taken < m.bars.size() && m.close_time(m.bars[taken]) < times_[up_to])
    ++taken;
  return taken;
}

/// The step at which a bar of the block closes.
size_t backtest_engine::step_of(const market_state& m, size_t bar) const {
  if (m.has_all)
    return bar;
  const auto found = std::lower_bound(times_.begin(), times_.end(), m.close_time(m.bars[bar]));
  return static_cast<size_t>(found - times_.begin());
}

/// Has a strategy take its bars of the steps before `up_to`, until it wishes something or fails.
void backtest_engine::take_bars(slot_state& s, size_t up_to) {
  s.due = never;
  const auto legs = s.instance.legs().size();
  while (true) {
    // The leg whose next bar comes first; of equal ones the first leg.
    auto* next = &legs_[s.first_leg];
    for (size_t i = 1; i < legs; ++i) {
      auto& other = legs_[s.first_leg + i];
      const auto& m = markets_[next->market];
      const auto& n = markets_[other.market];
      if (other.taken < n.bars.size()
          && (next->taken == m.bars.size()
              || n.close_time(n.bars[other.taken]) < m.close_time(m.bars[next->taken])))
        next = &other;
    }
    const auto& m = markets_[next->market];
    const auto until = bars_until(m, next->taken, up_to);
    if (next->taken == until)
      return;
    const auto bars = m.bars.subspan(next->taken, legs == 1 ? until - next->taken : 1);
    size_t taken = 0;
    try {
      s.instance.take(next->leg, m.interval, bars, taken);
    } catch (...) {
      s.failure = std::current_exception();
    }
    next->taken += taken;
    if (s.failure || !s.instance.wishes().empty()) {
      s.due = step_of(m, next->taken - 1);
      return;
    }
  }
}

/// The step before which a slot's strategy needs nothing but its bars.
size_t backtest_engine::ahead_until(const slot_state& s) const noexcept {
  return risk_.acts() ? 0 : std::min(s.next_match, times_.size());
}

/// Looks anew for where bars may fill the orders that are due by `from`.
void backtest_engine::find_next_match(size_t from) {
  next_match_ = never;
  for (const auto& o : resting_)
    slots_[legs_[o.leg].slot].next_match = never;
  for (auto& o : resting_) {
    if (o.due <= from)
      o.due = match_step(o, from);
    auto& s = slots_[legs_[o.leg].slot];
    s.next_match = std::min(s.next_match, o.due);
    next_match_ = std::min(next_match_, o.due);
  }
}

/// The first step, not before `from`, at which a bar may fill or trigger an order, or up to which
/// it has been looked for. What has nothing left to close is cancelled at the very step at which
/// that happens.
size_t backtest_engine::match_step(const open_order& o, size_t from) const {
  constexpr size_t bars_looked_at = 16;
  if (from >= times_.size())
    return never;
  if (venue_ != nullptr)
    return from;
  const auto& m = markets_[o.market];
  const auto first = bars_until(m, m.next, from);
  const auto end = std::min(m.bars.size(), first + bars_looked_at);
  for (auto i = first; i < end; ++i) {
    const auto& b = m.bars[i];
    const bool arrived = plan_.latency.count() == 0 || o.arrives <= b.open_time;
    if (arrived && may_execute_on_bar(o.rest, b))
      return step_of(m, i);
  }
  return end < m.bars.size() ? step_of(m, end) : never;
}

void backtest_engine::find_next_due() noexcept {
  next_due_ = never;
  for (const auto& s : slots_)
    next_due_ = std::min(next_due_, s.due);
}

/// Makes `now` of every market the last bar up to the step.
void backtest_engine::go_to(size_t step) {
  for (auto& m : markets_) {
    if (m.next == m.bars.size())
      continue;
    m.next = bars_until(m, m.next, step + 1);
    if (m.next > 0)
      m.now = &m.bars[m.next - 1];
  }
}

// -- values of steps ------------------------------------------------------------------------

void backtest_engine::value_steps(size_t from, size_t to) {
  std::fill(equity_.begin() + static_cast<std::ptrdiff_t>(from),
            equity_.begin() + static_cast<std::ptrdiff_t>(to), cash());
  std::fill(gross_.begin() + static_cast<std::ptrdiff_t>(from),
            gross_.begin() + static_cast<std::ptrdiff_t>(to), money{});
  if (exposed_ > 0) {
    try {
      for (auto& m : markets_) {
        if (!m.held.size.is_zero())
          add_values(m, from, to);
      }
    } catch (const std::overflow_error&) {
      // One by one, so that those before are heard of.
      for (size_t step = from; step < to; ++step) {
        go_to(step);
        const auto now = worth();
        equity_[step] = now.equity;
        gross_[step] = now.gross;
        tell_values(step, step + 1);
      }
      return;
    }
  }
  tell_values(from, to);
}

void backtest_engine::tell_values(size_t from, size_t to) {
  risk_.valued(times_[to - 1], equity_[to - 1]);
  listener_.on_values(
    {times_.subspan(from, to - from), {equity_.data() + from, to - from}, cash(), exposed_ != 0});
}

/// Adds what is held of an instrument to the values of the steps.
void backtest_engine::add_values(const market_state& m, size_t from, size_t to) {
  auto next = bars_until(m, m.next, from);
  if (next > 0 && times_[from] <= m.close_time(m.bars[next - 1])) // It is there already.
    --next;
  const auto* now = next > 0 ? &m.bars[next - 1] : m.now;
  auto worth = value_of(m.held, mark_of(now));
  const fixed_factor size{m.held.size};
  for (size_t step = from; step < to; ++step) {
    if (m.has_all || (next < m.bars.size() && m.close_time(m.bars[next]) == times_[step]))
      worth = size.times(m.bars[next++].close);
    equity_[step] += worth;
    gross_[step] += worth.abs();
  }
}

// -- steps at which something may happen ------------------------------------------------------

/// Matches what rests, and lets strategies go on that waited for it.
void backtest_engine::match_at(size_t step) {
  go_to(step);
  if (!resting_.empty()) {
    if (venue_ != nullptr)
      book_reports(times_[step]);
    else
      match(times_[step]);
    tell_ends();
  }
  find_next_match(step + 1);
  go_ahead(step);
}

/// Has strategies that wish nothing take their bars up to their next wish, the step's at least.
void backtest_engine::go_ahead(size_t step) {
  for (auto& s : slots_) {
    if (s.due == never)
      take_bars(s, std::max(step + 1, ahead_until(s)));
  }
  find_next_due();
}

/// The wishes of strategies at a step, or the first failure of one.
void backtest_engine::find_wishes(size_t step) {
  wishes_.clear();
  for (const auto& s : slots_) {
    if (s.due != step)
      continue;
    if (s.failure) {
      failure_ = s.failure;
      return;
    }
    for (const auto& w : s.instance.wishes())
      wishes_.push_back({s.first_leg + w.leg, w});
  }
}

/// Decides the wishes of a step; the strategies go on after them.
void backtest_engine::decide_at(size_t step) {
  go_to(step);
  const auto now = times_[step];
  const auto placed_before = orders_;
  const bool warming_up = plan_.trade_after && now <= *plan_.trade_after;
  if (!warming_up)
    decide(now);
  if (orders_ != placed_before)
    find_next_match(step + 1);
  for (auto& s : slots_) {
    if (s.due == step)
      s.due = never;
  }
  go_ahead(step);
}

void backtest_engine::match(timestamp now) {
  if (resting_.size() > 1) [[unlikely]]
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
  const auto is_withdrawn = [&](const open_order& entry) {
    return std::any_of(resting_.begin(), resting_.end(), [&](const open_order& exit) {
      return exit.leg == entry.leg && exit.number > entry.number && withdraws(exit.rest, entry.rest)
             && meets_bar(exit, now);
    });
  };
  for (auto o = resting_.begin(); o != resting_.end();) {
    if (!is_withdrawn(*o)) {
      ++o;
      continue;
    }
    end_order(*o, order_ending::withdrawn, now);
    o = resting_.erase(o);
  }
}

/// Reduce-only orders that have nothing left to close.
void backtest_engine::cancel_pointless(timestamp now) {
  std::erase_if(resting_, [&](const open_order& o) {
    const bool over = o.rest.reduce_only && legs_[o.leg].opened.is_pointless(o.rest.direction);
    if (over)
      end_order(o, order_ending::nothing_to_close, now);
    return over;
  });
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
  auto& leg = legs_[o.leg];
  (o.rest.reduce_only ? leg.closing : leg.opening) -= signed_quantity(o.rest.direction, size);
  auto& slot = exposure_.slot_at(leg.place);
  slot.position = leg.held.size;
  slot.pending = slot_pending(slot.position, leg.opening, leg.closing);
  reserved_cash_ -= reserved;
  exposure_.set_free_cash(cash() - reserved_cash_);
}

// -- decisions --------------------------------------------------------------------------------

void backtest_engine::decide(timestamp now) {
  exposure_.set_open_orders(static_cast<uint32_t>(resting_.size()));
  if (risk_.remembers()) {
    decide_signals(now);
    return;
  }
  if (wishes_.size() > 1)
    std::sort(wishes_.begin(), wishes_.end(), [&](const auto& a, const auto& b) {
      return std::tie(legs_[a.leg].rank, a.wish.key_leg)
             < std::tie(legs_[b.leg].rank, b.wish.key_leg);
    });
  for (const auto& w : wishes_)
    decide_alone(w, now);
}

/// Without a policy.
decision_facts backtest_engine::facts_of(const leg_state& leg, target wanted, timestamp now) {
  const auto& market = markets_[leg.market];
  return {wanted,
          market.traded,
          *market.limits,
          plan_.strategies[leg.strategy].size,
          {},
          exposure_.account_at(market.place),
          exposure_.free_cash(),
          exposure_.slot_at(leg.place),
          {},
          trading_mode::active,
          market.close_time(*market.now),
          market.now->close,
          now,
          listener_.reads_names()};
}

/// Makes an approved decision an order and tells of it; `make` gives it its names where they are
/// read.
template <class Make>
void backtest_engine::conclude(size_t leg, const verdict& decided, const decision_origin& from,
                               timestamp now, Make make) {
  const auto& l = legs_[leg];
  decision_event e;
  e.instrument = l.market;
  e.slot = leg;
  e.at = now;
  e.reason = from.reason;
  e.with_entry = from.with_entry;
  e.verdict = &decided;
  if (decided.outcome == refusal::none) {
    exposure_.reserve(markets_[l.market].place, l.place, decided);
    e.order = place_order(leg, decided, now);
  }
  if (!listener_.reads_names()) {
    listener_.on_decision(e);
    return;
  }
  const made_decision made = make();
  const auto id = e.order != 0 ? resting_.back().id : client_order_id{};
  e.made = &made;
  e.order_id = &id;
  listener_.on_decision(e);
}

/// Without a policy a decision needs no names.
void backtest_engine::decide_alone(const step_wish& w, timestamp now) {
  const auto& hints = w.wish.hints;
  const bool is_protected = hints.stop_distance || hints.take_profit_distance;
  if (is_protected) [[unlikely]]
    close_turned(w, now);
  const auto& instance = slots_[legs_[w.leg].slot].instance;
  auto facts = facts_of(legs_[w.leg], w.wish.wanted, now);
  risk_.decide_alone(hints, facts, verdict_);
  conclude(w.leg, verdict_, {instance.reason(), false}, now, [&] {
    return made_decision{instance.make_signal(w.wish), verdict_, facts.mark, facts.limits};
  });
  if (is_protected) [[unlikely]]
    place_protection(w, now);
}

/// As account_risk does it.
void backtest_engine::close_turned(const step_wish& w, timestamp now) {
  const auto& leg = legs_[w.leg];
  const auto held = exposure_.slot_at(leg.place);
  if (!closes_first(w.wish.wanted, w.wish.hints, held))
    return;
  auto facts = facts_of(leg, target::flat, now);
  facts.cut_to = quantity{};
  risk_.decide_alone({}, facts, verdict_);
  if (verdict_.outcome != refusal::none)
    return;
  conclude(w.leg, verdict_, {closing_reason, true}, now, [&] {
    return made_decision{closing_signal(slots_[leg.slot].instance.make_signal(w.wish), held),
                         verdict_, facts.mark, facts.limits};
  });
}

/// Of the entry that was decided last, where it is one.
void backtest_engine::place_protection(const step_wish& w, timestamp now) {
  const auto& leg = legs_[w.leg];
  const auto& market = markets_[leg.market];
  for (const auto& o : protect(w.wish.hints, market.now->close, verdict_, *market.traded,
                               *market.limits, listener_.reads_names())) {
    conclude(w.leg, o.verdict, {o.reason, true}, now, [&] {
      const auto entry = slots_[leg.slot].instance.make_signal(w.wish);
      return made_decision{protective_signal(entry, o), o.verdict, o.at, *market.limits};
    });
  }
}

void backtest_engine::decide_signals(timestamp now) {
  std::vector<signal> signals;
  for (const auto& w : wishes_)
    signals.push_back(slots_[legs_[w.leg].slot].instance.make_signal(w.wish));
  for (const auto& d : risk_.decide(std::move(signals), exposure_, sources(now))) {
    decision_event e;
    e.slot = leg_index_.at(d.wish.key.slot);
    e.instrument = legs_[e.slot].market;
    e.at = now;
    e.reason = d.wish.reason;
    e.with_entry = goes_with_entry(d.wish.key);
    e.verdict = &d.verdict;
    client_order_id id;
    if (d.verdict.outcome == refusal::none) {
      e.order = place_order(e.slot, d.verdict, now);
      id = resting_.back().id;
      risk_.accepted(d.wish.key, id);
    }
    e.made = &d;
    e.order_id = &id;
    listener_.on_decision(e);
  }
}

/// The number of an order that rests from now on.
uint64_t backtest_engine::place_order(size_t leg, const verdict& v, timestamp now) {
  auto& o = resting_.emplace_back();
  o.number = ++orders_;
  if (names_)
    o.id = client_order_id{"bt-" + std::to_string(o.number)};
  o.market = legs_[leg].market;
  o.leg = leg;
  o.arrives = now + plan_.latency;
  o.rest.direction = v.direction;
  o.rest.type = v.type;
  o.rest.limit_price = v.limit_price;
  o.rest.stop_price = v.stop_price;
  o.rest.reduce_only = v.reduce_only;
  o.rest.open_size = o.size = v.size;
  o.reserve_cash = o.reserved_cash = v.reserve_cash;
  reserved_cash_ += v.reserve_cash;
  legs_[leg].opened.rests(as_slot_order(o.rest));
  (v.reduce_only ? legs_[leg].closing : legs_[leg].opening) +=
    signed_quantity(v.direction, reserved_size(v));
  protective_ += is_protective(v) ? 1 : 0;
  if (venue_ != nullptr)
    venue_->submit(o.id, leg, o.market, o.rest, now);
  return o.number;
}

decision_terms backtest_engine::terms_of(const signal& wish) const {
  const auto& market = markets_[index_of(wish.instrument)];
  decision_terms terms;
  terms.traded = *market.traded;
  terms.limits = *market.limits;
  terms.size = plan_.strategies[legs_[leg_index_.at(wish.key.slot)].strategy].size;
  terms.mark = market.now->close;
  terms.mark_time = market.close_time(*market.now);
  return terms;
}

decision_sources backtest_engine::sources(timestamp now) const {
  return {now, [this](const signal& wish) { return terms_of(wish); },
          [this](const instrument_id& id) { return mark_at(index_of(id)); }};
}

} // namespace supreme::trading
