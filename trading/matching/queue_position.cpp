#include "trading/matching/queue_position.hpp"

#include "trading/check.hpp"

#include <algorithm>

namespace supreme::trading {

namespace {

/// Whether a price comes before another on this side of the book.
bool is_better(side s, price a, price b) noexcept { return s == side::buy ? a > b : a < b; }

void check_side(side s) {
  SUPREME_CHECK(s == side::buy || s == side::sell, "a side is buy or sell");
}

} // namespace

queue_position::queue_position(const instrument& i) : lot_(i.lot_size) {
  SUPREME_CHECK(lot_.is_positive(), "a lot is positive");
}

queued_order_id queue_position::place(side s, price at, quantity size, quantity displayed) {
  check_side(s);
  SUPREME_CHECK(at.is_positive(), "a price is positive");
  SUPREME_CHECK(size.is_positive() && is_multiple(size, lot_), "a size is some whole lots");
  SUPREME_CHECK(!displayed.is_negative(), "a displayed size is not negative");
  auto& side_levels = levels(s);
  const auto found = std::find_if(side_levels.begin(), side_levels.end(), [&](const level& l) {
    return l.at == at || is_better(s, at, l.at);
  });
  const bool known = found != side_levels.end() && found->at == at;
  auto& l = known ? *found : *side_levels.insert(found, level{at, displayed, {}});
  if (known)
    show(l, displayed);
  const queued_order_id id{++given_};
  l.orders.push_back({id, s, at, size, displayed});
  return id;
}

bool queue_position::cancel(queued_order_id id) {
  for (const side s : {side::buy, side::sell})
    for (auto& l : levels(s))
      if (std::erase_if(l.orders, [id](const queued_order& o) { return o.id == id; }) > 0) {
        forget_empty(s);
        return true;
      }
  return false;
}

std::span<const queue_fill> queue_position::on_trade(price at, quantity size, side aggressor) {
  check_side(aggressor);
  SUPREME_CHECK(at.is_positive() && size.is_positive(), "a trade has a price and a size");
  fills_.clear();
  const side s = opposite(aggressor);
  quantity left = size;
  for (auto& l : levels(s)) {
    if (is_better(s, at, l.at))
      break;
    if (l.at == at) {
      fill_behind(l, left);
      break;
    }
    show(l, quantity{});
    left -= fill_front(l, left);
  }
  forget_empty(s);
  return fills_;
}

void queue_position::on_depth(side s, price at, quantity displayed) {
  check_side(s);
  SUPREME_CHECK(at.is_positive(), "a price is positive");
  SUPREME_CHECK(!displayed.is_negative(), "a displayed size is not negative");
  for (auto& l : levels(s))
    if (l.at == at)
      show(l, displayed);
}

std::span<const queue_fill> queue_position::on_quote(const quote& q) {
  SUPREME_CHECK(!q.bid_size.is_negative() && !q.ask_size.is_negative(),
                "a displayed size is not negative");
  SUPREME_CHECK(q.bid_size.is_zero() || q.bid.is_positive(), "a bid has a price");
  SUPREME_CHECK(q.ask_size.is_zero() || q.ask.is_positive(), "an ask has a price");
  fills_.clear();
  see_best(side::buy, q.bid, q.bid_size);
  see_best(side::sell, q.ask, q.ask_size);
  meet_quote(side::buy, q.ask, q.ask_size, met_ask_);
  meet_quote(side::sell, q.bid, q.bid_size, met_bid_);
  return fills_;
}

std::optional<queued_order> queue_position::find(queued_order_id id) const {
  for (const auto* side_levels : {&bids_, &asks_})
    for (const auto& l : *side_levels)
      for (const auto& o : l.orders)
        if (o.id == id)
          return o;
  return std::nullopt;
}

std::vector<queued_order> queue_position::open_orders() const {
  std::vector<queued_order> out;
  for (const auto* side_levels : {&bids_, &asks_})
    for (const auto& l : *side_levels)
      out.insert(out.end(), l.orders.begin(), l.orders.end());
  return out;
}

/// Fills our orders that nobody is ahead of; returns how much.
quantity queue_position::fill_front(level& l, quantity size) {
  const quantity whole = round_to_multiple(size, lot_, rounding::toward_zero);
  quantity left = whole;
  for (auto& o : l.orders) {
    const quantity filled = std::min(o.open_size, left);
    if (filled.is_zero() || o.ahead.is_positive())
      break;
    o.open_size -= filled;
    left -= filled;
    fills_.push_back({o.id, o.direction, o.at, filled});
  }
  return whole - left;
}

/// A trade of this size at the level takes from the front of the queue.
void queue_position::fill_behind(level& l, quantity size) {
  quantity left = size;
  quantity others; // What they have lost to this trade.
  for (auto& o : l.orders) {
    const quantity before_us = std::min(left, std::max(o.ahead - others, quantity{}));
    others += before_us;
    left -= before_us;
    o.ahead -= std::min(o.ahead, others);
    const quantity filled =
      std::min(o.open_size, round_to_multiple(left, lot_, rounding::toward_zero));
    if (filled.is_zero())
      continue;
    o.open_size -= filled;
    left -= filled;
    fills_.push_back({o.id, o.direction, o.at, filled});
  }
  // In the record all of it came from others.
  l.displayed -= std::min(l.displayed, size);
}

/// The level is recorded to display this much now.
void queue_position::show(level& l, quantity displayed) {
  for (auto& o : l.orders) {
    if (displayed < l.displayed) {
      const auto kept =
        multiply_divide(o.ahead, displayed.raw(), l.displayed.raw(), rounding::ceiling);
      const auto whole = checked_round_to_multiple(kept, lot_, rounding::ceiling);
      o.ahead = std::min(o.ahead, whole.value_or(o.ahead));
    }
    o.ahead = std::min(o.ahead, displayed);
  }
  l.displayed = displayed;
}

/// The best level of a side in the record: there is nothing before it.
void queue_position::see_best(side s, price best, quantity displayed) {
  for (auto& l : levels(s)) {
    if (displayed.is_zero() || is_better(s, l.at, best))
      show(l, quantity{});
    else if (l.at == best)
      show(l, displayed);
  }
}

/// The other side's best quote: our orders on side `s` that it would have met.
void queue_position::meet_quote(side s, price at, quantity displayed, crossing& met) {
  if (displayed.is_zero() || at != met.at)
    met = {at, quantity{}};
  quantity left = displayed - std::min(displayed, met.taken);
  for (auto& l : levels(s)) {
    if (is_better(s, at, l.at))
      break;
    const quantity filled = fill_front(l, left);
    met.taken += filled;
    left -= filled;
  }
  forget_empty(s);
}

void queue_position::forget_empty(side s) {
  for (auto& l : levels(s))
    std::erase_if(l.orders, [](const queued_order& o) { return o.open_size.is_zero(); });
  std::erase_if(levels(s), [](const level& l) { return l.orders.empty(); });
}

} // namespace supreme::trading
