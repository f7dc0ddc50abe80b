#include "trading/backtest/engine.hpp"

#include "trading/check.hpp"
#include "trading/market/decimal_span.hpp"
#include "trading/market/wide_division.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>
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

} // namespace supreme::trading
