#include "trading/backtest/tick_engine.hpp"

#include "trading/check.hpp"

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

} // namespace

tick_engine::tick_engine(backtest_plan plan, const tick_settings& settings,
                         backtest_listener& listener)
  : interval_(settings.bar_interval),
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
    m.orders.emplace(m.venue.submit(o.order), o.id);
    report(m, m.venue.fills(), o.arrives);
  }
}

/// The levels that have been shown are all of their event.
void tick_engine::settle(tick_market& m) {
  if (std::exchange(m.unsettled, false))
    report(m, m.venue.settle(), m.depth_time);
}

void tick_engine::report(tick_market& m, std::span<const market_fill> fills, timestamp at) {
  for (const auto& f : fills) {
    const auto order = m.orders.find(f.order);
    SUPREME_CHECK(order != m.orders.end(), "a venue fills orders that it has");
    const auto arrives = to_us_.send(at);
    if (!arrives)
      throw std::overflow_error("a report would arrive after the end of all times");
    reported_.push_back({*arrives, {order->second, at, f.done}});
    if (f.last)
      m.orders.erase(order);
  }
}

void tick_engine::submit(const client_order_id& id, size_t instrument, const resting_order& order,
                         timestamp now) {
  const auto arrives = to_venue_.send(now);
  if (!arrives)
    throw std::overflow_error("an order would arrive after the end of all times");
  sent_.push_back({*arrives, id, instrument, order});
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
