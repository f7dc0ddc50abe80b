#include "trading/backtest/tick_engine.hpp"

#include "trading/check.hpp"
#include "trading/matching/cash_limit.hpp"
#include "trading/matching/fees.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace supreme::trading {

namespace {

recorded_market_rules rules_of(const execution_costs& costs, const tick_settings& settings) {
  recorded_market_rules r;
  r.maker_fee_ppb = costs.maker_fee_ppb;
  r.taker_fee_ppb = costs.taker_fee_ppb;
  r.liquidity = settings.liquidity;
  r.slippage = settings.slippage.value_or(fixed_slippage{costs.slippage_ppb});
  r.max_volume_share_ppb = costs.max_volume_share_ppb;
  return r;
}

money initial_cash(const backtest_plan& plan) {
  const auto found = plan.initial.find(plan.quote);
  return found == plan.initial.end() ? money{} : found->second;
}

} // namespace

tick_engine::tick_engine(backtest_plan plan, const tick_settings& settings,
                         backtest_listener& listener)
  : interval_(settings.bar_interval),
    costs_(plan.costs),
    pays_from_cash_(plan.pays_from_cash),
    cash_(initial_cash(plan)),
    to_venue_(settings.to_venue.value_or(latency{plan.latency, {}, 0})),
    to_us_(settings.to_us),
    engine_(plan, listener, this) {
  const auto bars = trade_aggregation::by_time(interval_);
  const auto rules = rules_of(plan.costs, settings);
  for (const auto& i : plan.instruments)
    markets_.push_back({recorded_market{i, rules}, bars, {}, false, {}, 0});
}

void tick_engine::on_trade(size_t instrument, const trade_tick& t) {
  advance(t.time);
  auto& m = markets_.at(instrument);
  settle(m);
  report(m, m.venue.on_trade(t), t.time);
  m.bars.add(t);
  if (!next_close_)
    next_close_ = m.bars.closes_at();
}

void tick_engine::on_quote(size_t instrument, const quote_tick& q) {
  advance(q.time);
  auto& m = markets_.at(instrument);
  settle(m);
  report(m, m.venue.on_quote(q), q.time);
}

void tick_engine::on_depth(size_t instrument, const depth_tick& d) {
  advance(d.time);
  auto& m = markets_.at(instrument);
  if (m.depth_event != d.event)
    settle(m);
  m.venue.on_depth(d);
  m.unsettled = true;
  m.depth_time = d.time;
  m.depth_event = d.event;
}

void tick_engine::finish() {
  for (auto& m : markets_)
    settle(m);
  if (reported_.empty() || reported_.front().arrives > now_)
    return;
  ++steps_;
  engine_.step(now_, std::span<const step_bar>{});
}

/// All that happens up to this time, but what is recorded at it.
void tick_engine::advance(timestamp to) {
  SUPREME_CHECK(now_ <= to, "records go forward in time");
  if (now_ == to)
    return;
  for (auto& m : markets_)
    settle(m);
  while (next_close_ && *next_close_ <= to) {
    const auto close_time = *std::exchange(next_close_, {});
    deliver(close_time);
    close_bars(close_time);
  }
  deliver(to);
  now_ = to;
}

void tick_engine::close_bars(timestamp to) {
  std::vector<trade_bar> made;
  std::vector<step_bar> closed;
  made.reserve(markets_.size()); // What is pointed at must not move.
  for (size_t i = 0; i < markets_.size(); ++i)
    if (const auto b = markets_[i].bars.close_until(to))
      closed.push_back({i, interval_, &made.emplace_back(*b).bar});
  bars_ += closed.size();
  ++steps_;
  now_ = to;
  engine_.step(to, closed);
}

/// Orders that arrive up to this time.
void tick_engine::deliver(timestamp to) {
  while (!sent_.empty() && sent_.front().arrives <= to) {
    const auto o = std::move(sent_.front());
    sent_.pop_front();
    auto& m = markets_[o.instrument];
    opened_[o.slot].rests(as_slot_order(o.order));
    m.orders.push_back({o.id, o.slot, o.order, {}, {}});
    adapt(m, o.arrives);
  }
}

/// The levels that have been shown are all of their event.
void tick_engine::settle(tick_market& m) {
  if (std::exchange(m.unsettled, false))
    report(m, m.venue.settle(), m.depth_time);
}

void tick_engine::report(tick_market& m, std::span<const market_fill> fills, timestamp at) {
  const bool changed = !fills.empty() || !m.venue.triggered().empty();
  note_triggers(m);
  for (const auto& f : fills)
    take_fill(m, f, at);
  if (changed)
    adapt(m, at);
}

void tick_engine::note_triggers(tick_market& m) {
  for (const auto part : m.venue.triggered()) {
    const auto o = find_order(m, part);
    SUPREME_CHECK(o != m.orders.end(), "what triggers is a part of an order");
    o->rest.triggered = true;
  }
}

/// The order that this is a part of; the end where it is over.
std::vector<tick_engine::venue_order>::iterator tick_engine::find_order(tick_market& m,
                                                                        market_order_id part) {
  return std::find_if(m.orders.begin(), m.orders.end(), [part](const auto& each) {
    return std::find(each.parts.begin(), each.parts.end(), part) != each.parts.end();
  });
}

void tick_engine::take_fill(tick_market& m, const market_fill& f, timestamp at) {
  const auto o = find_order(m, f.order);
  if (o == m.orders.end())
    return; // Cancelled by what else this record filled.
  o->at_market -= f.done.size;
  if (f.last)
    std::erase(o->parts, f.order);
  // One record may fill a stop and a target at once; only the first has something to close.
  const auto fitting =
    o->rest.reduce_only ? within(f.done, opened_[o->slot].closable(o->rest.direction)) : f.done;
  if (!fitting)
    return;
  paid_execution paid{*fitting};
  if (pays_from_cash_ && is_paid_from_cash(o->rest.direction, o->rest.reduce_only))
    paid = within_cash(*fitting, cash_, m.venue.traded().lot_size, costs_);
  if (paid.done.size.is_positive()) {
    tell(o->id, paid.done, order_ending::none, at);
    count_cash(o->rest, paid.done);
    opened_[o->slot].fills(as_slot_order(o->rest), paid.done.size);
    o->rest.open_size -= paid.done.size;
  }
  if (!paid.all)
    tell(o->id, {}, order_ending::unpaid, at);
  else if (paid.done.size.is_zero())
    tell(o->id, {}, order_ending::out_of_range, at);
  if (!paid.all || paid.done.size.is_zero() || o->rest.open_size.is_zero())
    end_order(m, o);
}

void tick_engine::count_cash(const resting_order& o, const bar_execution& done) {
  cash_ += signed_quantity(opposite(o.direction), notional_of(done.at, done.size)) - done.fee;
}

/// A fill of at most this size; nothing where that is 0.
std::optional<bar_execution> tick_engine::within(bar_execution done, quantity size) const {
  if (done.size <= size)
    return done;
  if (size.is_zero())
    return std::nullopt;
  done.size = size;
  done.fee =
    fee_of(notional_of(done.at, size), done.maker ? costs_.maker_fee_ppb : costs_.taker_fee_ppb);
  return done;
}

/// Brings reduce-only orders to what they could close now; those that have nothing to close are
/// cancelled.
void tick_engine::adapt(tick_market& m, timestamp at) {
  do
    withdraw_entries(m, at);
  while (adapt_one(m, at));
}

/// Ends entries whose slot has an exit here.
void tick_engine::withdraw_entries(tick_market& m, timestamp at) {
  for (auto o = m.orders.begin(); o != m.orders.end();) {
    const bool is_withdrawn = std::any_of(o + 1, m.orders.end(), [&](const auto& later) {
      return later.slot == o->slot && withdraws(later.rest, o->rest);
    });
    if (!is_withdrawn) {
      ++o;
      continue;
    }
    tell(o->id, {}, order_ending::withdrawn, at);
    o = end_order(m, o);
  }
}

/// Whether something was changed, upon which all is looked at again.
bool tick_engine::adapt_one(tick_market& m, timestamp at) {
  for (auto o = m.orders.begin(); o != m.orders.end(); ++o) {
    const auto& opened = opened_[o->slot];
    if (!o->rest.reduce_only) {
      if (!o->parts.empty() || opened.waits())
        continue;
      send_part(m, *o, o->rest.open_size, at);
      return true;
    }
    const bool waits_for_entry = std::any_of(m.orders.begin(), o, [&](const auto& earlier) {
      return earlier.slot == o->slot && may_open_for(o->rest, earlier.rest);
    });
    if (!opened.closable(o->rest.direction).is_positive() && !waits_for_entry) {
      tell(o->id, {}, order_ending::nothing_to_close, at);
      end_order(m, o);
      return true;
    }
    const auto wanted = std::min(o->rest.open_size, opened.closable(o->rest.direction));
    if (wanted == o->at_market)
      continue;
    if (wanted < o->at_market) {
      for (const auto part : std::exchange(o->parts, {}))
        (void)m.venue.cancel(part);
      o->at_market = {};
    }
    if (wanted.is_positive())
      send_part(m, *o, wanted - o->at_market, at);
    return true;
  }
  return false;
}

void tick_engine::send_part(tick_market& m, venue_order& o, quantity size, timestamp at) {
  auto part = o.rest;
  part.open_size = size;
  o.at_market += size;
  o.parts.push_back(m.venue.submit(part));
  note_triggers(m);
  const std::vector<market_fill> fills{m.venue.fills().begin(), m.venue.fills().end()};
  for (const auto& f : fills)
    take_fill(m, f, at);
}

std::vector<tick_engine::venue_order>::iterator
tick_engine::end_order(tick_market& m, std::vector<venue_order>::iterator o) {
  for (const auto part : o->parts)
    (void)m.venue.cancel(part);
  opened_[o->slot].ends(as_slot_order(o->rest));
  return m.orders.erase(o);
}

void tick_engine::tell(const client_order_id& id, const bar_execution& done, order_ending ending,
                       timestamp at) {
  const auto arrives = to_us_.send(at);
  if (!arrives)
    throw std::overflow_error("a report would arrive after the end of all times");
  reported_.push_back({*arrives, {id, at, done, ending}});
}

void tick_engine::submit(const client_order_id& id, size_t slot, size_t instrument,
                         const resting_order& order, timestamp now) {
  const auto arrives = to_venue_.send(now);
  if (!arrives)
    throw std::overflow_error("an order would arrive after the end of all times");
  sent_.push_back({*arrives, id, slot, instrument, order});
}

std::span<const venue_report> tick_engine::reports(timestamp now) {
  arrived_.clear();
  while (!reported_.empty() && reported_.front().arrives <= now) {
    arrived_.push_back(std::move(reported_.front().report));
    reported_.pop_front();
  }
  return arrived_;
}

} // namespace supreme::trading
