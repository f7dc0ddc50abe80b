#include "trading/matching/recorded_market.hpp"

#include "trading/check.hpp"
#include "trading/matching/fees.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace supreme::trading {

namespace {

/// Whether a price is the limit or better for the order.
bool is_within(side s, price at, price limit) noexcept {
  return s == side::buy ? at <= limit : at >= limit;
}

bool has_limit(order_type t) noexcept {
  return t == order_type::limit || t == order_type::stop_limit;
}
bool is_stop(order_type t) noexcept { return t == order_type::stop || t == order_type::stop_limit; }

/// A stop buys when the price has risen to it.
bool reaches(price at, const resting_order& o) noexcept {
  return o.direction == side::buy ? at >= *o.stop_price : at <= *o.stop_price;
}

void check_contract(const resting_order& o, const instrument& i) {
  const auto is_price = [&](const std::optional<price>& p) {
    return p.has_value() && p->is_positive() && is_multiple(*p, i.tick_size);
  };
  SUPREME_CHECK(o.open_size.is_positive() && is_multiple(o.open_size, i.lot_size),
                "a size is some whole lots");
  SUPREME_CHECK(!has_limit(o.type) || is_price(o.limit_price), "a limit order has a limit price");
  SUPREME_CHECK(!is_stop(o.type) || is_price(o.stop_price), "a stop order has a stop price");
}

} // namespace

recorded_market::recorded_market(const instrument& traded, const recorded_market_rules& rules)
  : traded_(traded), rules_(rules), book_(traded), queue_(traded) {
  SUPREME_CHECK(rules_.max_volume_share_ppb >= 0 && rules_.max_volume_share_ppb <= one_ppb,
                "a share of the volume is at most one");
}

void recorded_market::begin_call() noexcept {
  fills_.clear();
  triggered_.clear();
}

market_order_id recorded_market::submit(const resting_order& o) {
  check_contract(o, traded_);
  begin_call();
  const market_order_id id{++given_};
  accept({id, o});
  return id;
}

void recorded_market::accept(open_order o) {
  if (!is_stop(o.rest.type) || o.rest.triggered) {
    start(std::move(o));
  } else if (last_price_ && reaches(*last_price_, o.rest)) {
    o.rest.triggered = true;
    triggered_.push_back(o.id);
    start(std::move(o));
  } else {
    stops_.push_back(std::move(o));
  }
}

/// An order that trades from now on.
void recorded_market::start(open_order o) {
  if (rules_.liquidity == taken_liquidity::displayed && walk(o))
    return;
  if (takes(o.rest))
    takers_.push_back(std::move(o));
  else
    join_queue(o);
}

/// Whether the order waits for what it can take; otherwise it rests.
bool recorded_market::takes(const resting_order& o) const {
  if (!has_limit(o.type))
    return true;
  // What is displayed up to its limit it has taken already.
  return rules_.liquidity == taken_liquidity::trades && last_price_
         && is_within(o.direction, *last_price_, *o.limit_price);
}

bool recorded_market::cancel(market_order_id id) {
  const auto is_it = [id](const open_order& o) { return o.id == id; };
  if (std::erase_if(takers_, is_it) + std::erase_if(stops_, is_it) > 0)
    return true;
  const auto queued =
    std::ranges::find_if(queued_, [id](const auto& q) { return q.second.id == id; });
  if (queued == queued_.end())
    return false;
  (void)queue_.cancel(queued->first);
  queued_.erase(queued);
  return true;
}

std::span<const market_fill> recorded_market::on_trade(const trade_tick& t) {
  SUPREME_CHECK(t.at.is_positive() && t.size.is_positive(), "a trade has a price and a size");
  begin_call();
  const side aggressor = tick_rule_.aggressor_of(t);
  book_.trade(t.at, t.size, aggressor);
  const quantity left = t.size - std::min(t.size, fill_takers(t));
  if (left.is_positive())
    add_queue_fills(queue_.on_trade(t.at, left, aggressor));
  last_price_ = t.at;
  trigger_stops();
  return fills_;
}

std::span<const market_fill> recorded_market::on_quote(const quote_tick& q) {
  begin_call();
  book_.show(q);
  add_queue_fills(queue_.on_quote({traded_.id, q.time, q.bid, q.bid_size, q.ask, q.ask_size}));
  walk_all();
  return fills_;
}

void recorded_market::on_depth(const depth_tick& d) {
  if (d.snapshot && d.event != depth_event_)
    book_.clear();
  depth_event_ = d.event;
  book_.show(d.direction, d.at, d.size);
  queue_.on_depth(d.direction, d.at, d.size);
}

std::span<const market_fill> recorded_market::settle() {
  begin_call();
  const auto bid = book_.best(side::buy).value_or(depth_level{});
  const auto ask = book_.best(side::sell).value_or(depth_level{});
  add_queue_fills(queue_.on_quote({traded_.id, {}, bid.at, bid.size, ask.at, ask.size}));
  walk_all();
  return fills_;
}

void recorded_market::walk_all() {
  if (rules_.liquidity != taken_liquidity::displayed)
    return;
  for (auto& o : std::exchange(takers_, {}))
    if (!walk(o))
      takers_.push_back(std::move(o));
}

/// Takes what is displayed. Whether the order is over.
bool recorded_market::walk(open_order& o) {
  const auto limit = has_limit(o.rest.type) ? o.rest.limit_price : std::nullopt;
  for (const auto& level : book_.take(o.rest.direction, o.rest.open_size, limit))
    if (fill(o, level.at, level.size, false))
      return true;
  return false;
}

/// What taking orders have of a trade.
quantity recorded_market::fill_takers(const trade_tick& t) {
  quantity taken;
  if (takers_.empty() || rules_.liquidity != taken_liquidity::trades)
    return taken;
  const bool capped = rules_.max_volume_share_ppb > 0;
  quantity left = capped ? round_to_multiple(multiply_divide(t.size, rules_.max_volume_share_ppb,
                                                             one_ppb, rounding::toward_zero),
                                             traded_.lot_size, rounding::toward_zero)
                         : quantity{};
  for (auto& o : std::exchange(takers_, {})) {
    const auto limit = has_limit(o.rest.type) ? o.rest.limit_price : std::nullopt;
    if (limit && !is_within(o.rest.direction, t.at, *limit)) {
      join_queue(o);
      continue;
    }
    const auto size = capped ? std::min(left, o.rest.open_size) : o.rest.open_size;
    if (size.is_positive()) {
      auto at =
        slipped_price(o.rest.direction, t.at, traded_, slippage_ppb(rules_.slippage, size, t.size));
      if (limit && !is_within(o.rest.direction, at, *limit))
        at = *limit;
      left -= capped ? size : quantity{};
      taken += size;
      if (fill(o, at, size, false))
        continue;
    }
    takers_.push_back(std::move(o));
  }
  return taken;
}

void recorded_market::trigger_stops() {
  for (auto& o : std::exchange(stops_, {})) {
    if (!reaches(*last_price_, o.rest)) {
      stops_.push_back(std::move(o));
      continue;
    }
    o.rest.triggered = true;
    triggered_.push_back(o.id);
    start(std::move(o));
  }
}

void recorded_market::join_queue(const open_order& o) {
  const auto& r = o.rest;
  const auto id = queue_.place(r.direction, *r.limit_price, r.open_size,
                               book_.displayed(r.direction, *r.limit_price));
  queued_.emplace(id, o);
}

void recorded_market::add_queue_fills(std::span<const queue_fill> filled) {
  for (const auto& f : filled) {
    const auto queued = queued_.find(f.id);
    SUPREME_CHECK(queued != queued_.end(), "the queue fills orders of ours");
    if (fill(queued->second, f.at, f.size, true)) {
      (void)queue_.cancel(f.id); // Over without being filled, when its value is beyond a decimal.
      queued_.erase(queued);
    }
  }
}

/// Whether the order is over.
bool recorded_market::fill(open_order& o, price at, quantity size, bool maker) {
  market_fill f;
  f.order = o.id;
  f.done.triggered = o.rest.triggered;
  f.done.maker = maker;
  try {
    const auto fee_ppb = maker ? rules_.maker_fee_ppb : rules_.taker_fee_ppb;
    f.done.fee = fee_of(notional_of(at, size), fee_ppb);
    f.done.size = size;
    f.done.at = at;
    o.rest.open_size -= size;
    f.last = o.rest.open_size.is_zero();
  } catch (const std::overflow_error&) {
    f.last = true;
  }
  fills_.push_back(f);
  return f.last;
}

} // namespace supreme::trading
