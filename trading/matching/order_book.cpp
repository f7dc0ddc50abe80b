#include "trading/matching/order_book.hpp"

#include "trading/check.hpp"
#include "trading/matching/fees.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace supreme::trading {

namespace {

constexpr int64_t raw_max = std::numeric_limits<int64_t>::max();

void check_contract(const instrument& i, const book_rules& rules) {
  SUPREME_CHECK(i.tick_size.is_positive() && i.lot_size.is_positive(), "steps are positive");
  SUPREME_CHECK(!i.min_notional.is_negative(), "a minimum notional is not negative");
  SUPREME_CHECK(rules.maker_fee_ppb >= -one_ppb && rules.maker_fee_ppb <= one_ppb
                  && rules.taker_fee_ppb >= -one_ppb && rules.taker_fee_ppb <= one_ppb,
                "a fee is at most the notional");
  SUPREME_CHECK(rules.owners > 0 && rules.owners <= order_pool::capacity_max,
                "a book has 1 to 2^24 owners");
}

} // namespace

order_book::order_book(instrument i, const book_rules& rules)
  : instrument_(std::move(i)), rules_(rules), orders_(rules.orders_max) {
  check_contract(instrument_, rules_);
  lots_max_ = raw_max / instrument_.lot_size.raw();
  owners_.resize(rules_.owners);
  planned_.resize(rules_.owners);
}

// --- what is asked for -----------------------------------------------------

std::span<const book_event> order_book::submit(const book_order& o) {
  events_.clear();
  const auto admitted = admit(o, instrument_, rules_.owners);
  if (!admitted) {
    refuse({}, o.owner, admitted.error());
    return events_;
  }
  int64_t lots = admitted->lots;
  if (const auto refused = judge(o, lots)) {
    refuse({}, o.owner, *refused);
    return events_;
  }
  if (o.post_only && o.type == book_order_type::limit
      && would_take(o.direction, admitted->limit_ticks)) {
    refuse({}, o.owner, book_refusal::would_take);
    return events_;
  }
  const order_slot slot = enter(o, *admitted, lots);
  events_.push_back(order_accepted{orders_[slot].id, o.owner, size_of(lots)});
  place(slot);
  execute_triggered();
  return events_;
}

std::span<const book_event> order_book::cancel(owner_id owner, book_order_id id) {
  events_.clear();
  const order_slot slot = find_own(owner, id);
  if (slot == no_slot)
    refuse(id, owner, book_refusal::unknown_order);
  else
    cancel_rest(slot, cancel_reason::requested);
  return events_;
}

std::span<const book_event> order_book::replace(const book_replacement& r) {
  events_.clear();
  const order_slot slot = find_own(r.owner, r.id);
  const auto refused = [&](book_refusal reason) {
    refuse(r.id, r.owner, reason);
    return std::span<const book_event>{events_};
  };
  if (slot == no_slot)
    return refused(book_refusal::unknown_order);
  if (!r.size && !r.limit_price && !r.stop_price)
    return refused(book_refusal::contradiction);

  // The same rules hold as if it were given anew.
  book_order wanted = describe(slot).asked;
  wanted.size = r.size.value_or(wanted.size);
  if (r.limit_price)
    wanted.limit_price = r.limit_price;
  if (r.stop_price)
    wanted.stop_price = r.stop_price;
  const auto admitted = admit(wanted, instrument_, rules_.owners);
  if (!admitted)
    return refused(admitted.error());

  const auto& o = orders_[slot];
  int64_t lots = admitted->lots - (o.accepted_lots - o.lots);
  if (lots <= 0)
    return refused(book_refusal::below_filled);
  if (o.reduce_only)
    lots = std::min(lots, reducible_lots(o.owner, o.direction));
  if (open_lots_ - o.lots > lots_max_ - lots)
    return refused(book_refusal::overflow);
  const bool same_limit = !has_limit_price(o.type) || admitted->limit_ticks == o.ticks;
  const bool same_stop =
    !has_stop_price(o.type) || admitted->stop_ticks == orders_.details(slot).stop_ticks;
  if (o.post_only && o.place == order_place::resting
      && would_take(o.direction, admitted->limit_ticks))
    return refused(book_refusal::would_take);
  const bool keeps = same_limit && same_stop && lots <= o.lots;
  events_.push_back(order_replaced{o.id, o.owner, size_of(lots), keeps});
  if (keeps)
    lose_lots(slot, o.lots - lots);
  else
    requeue(slot, *admitted, lots);
  execute_triggered();
  return events_;
}

std::span<const book_event> order_book::set_position(owner_id owner, quantity held) {
  events_.clear();
  if (static_cast<uint32_t>(owner) >= rules_.owners) {
    refuse({}, owner, book_refusal::unknown_owner);
    return events_;
  }
  account(owner).position = held.raw();
  cut_to_position(owner);
  return events_;
}

// --- what can be seen ------------------------------------------------------

std::optional<quantity> order_book::position_of(owner_id owner) const noexcept {
  if (static_cast<uint32_t>(owner) >= rules_.owners)
    return std::nullopt;
  const wide held = owners_[static_cast<uint32_t>(owner)].position;
  if (held > raw_max || held < std::numeric_limits<int64_t>::min())
    return std::nullopt;
  return quantity::from_raw(static_cast<int64_t>(held));
}

std::optional<price> order_book::last_price() const noexcept {
  return last_ticks_ ? std::optional{price_of(*last_ticks_)} : std::nullopt;
}

std::optional<depth_level> order_book::best(side s) const noexcept {
  if (levels(s).empty())
    return std::nullopt;
  return shown(s, levels(s).best());
}

size_t order_book::depth(side s, std::span<depth_level> out) const noexcept {
  size_t count = 0;
  levels(s).walk([&](const price_level& level) {
    if (count == out.size())
      return false;
    out[count++] = shown(s, level);
    return true;
  });
  return count;
}

std::optional<open_order> order_book::find(book_order_id id) const {
  const order_slot slot = orders_.find(id);
  return slot == no_slot ? std::nullopt : std::optional{describe(slot)};
}

std::vector<open_order> order_book::resting_orders(side s) const {
  std::vector<open_order> out;
  levels(s).walk([&](const price_level& level) {
    for (order_slot slot = level.queue.first; slot != no_slot; slot = orders_[slot].next)
      out.push_back(describe(slot));
    return true;
  });
  return out;
}

std::vector<open_order> order_book::waiting_orders() const {
  std::vector<order_slot> slots;
  waiting_.append_all(orders_, slots);
  std::sort(slots.begin(), slots.end(), [this](order_slot a, order_slot b) {
    return orders_.details(a).sequence < orders_.details(b).sequence;
  });
  std::vector<open_order> out;
  for (const order_slot slot : slots)
    out.push_back(describe(slot));
  return out;
}

depth_level order_book::shown(side s, const price_level& level) const noexcept {
  return {price_of(key_of(s, level.key)), size_of(level.lots), level.orders};
}

open_order order_book::describe(order_slot slot) const {
  const auto& o = orders_[slot];
  const auto& d = orders_.details(slot);
  open_order out;
  out.id = o.id;
  out.open_size = size_of(o.lots);
  out.asked.owner = o.owner;
  out.asked.direction = o.direction;
  out.asked.type = o.type;
  out.asked.lifetime = o.lifetime;
  out.asked.self_trades = o.self_trades;
  out.asked.post_only = o.post_only;
  out.asked.reduce_only = o.reduce_only;
  out.asked.size = size_of(o.accepted_lots);
  if (has_limit_price(o.type))
    out.asked.limit_price = price_of(o.ticks);
  if (has_stop_price(o.type))
    out.asked.stop_price = price_of(d.stop_ticks);
  if (o.type == book_order_type::trailing_stop) {
    if (d.trail_ppb != 0)
      out.asked.trail_ppb = d.trail_ppb;
    else
      out.asked.trail_offset = price_of(d.trail_ticks);
  }
  return out;
}

// --- judging ---------------------------------------------------------------

/// What depends on the book. Cuts `lots` to what a reduce-only order may have.
std::optional<book_refusal> order_book::judge(const book_order& o, int64_t& lots) {
  if (o.reduce_only) {
    lots = std::min(lots, reducible_lots(o.owner, o.direction));
    if (lots == 0)
      return book_refusal::nothing_to_reduce;
  }
  // No sum of sizes anywhere in the book overflows then.
  if (lots > lots_max_ - open_lots_)
    return book_refusal::overflow;
  if (orders_.full())
    return book_refusal::book_full;
  return std::nullopt;
}

int64_t order_book::reducible_lots(owner_id owner, side s) noexcept {
  const wide held = account(owner).position;
  const wide open = s == side::sell ? held : -held;
  return open <= 0
           ? 0
           : static_cast<int64_t>(std::min<wide>(open / instrument_.lot_size.raw(), lots_max_));
}

order_slot order_book::find_own(owner_id owner, book_order_id id) const noexcept {
  const order_slot slot = orders_.find(id);
  return slot != no_slot && orders_[slot].owner == owner ? slot : no_slot;
}

/// The lowest key on the other side that an order still trades with.
int64_t order_book::worst_key(const pooled_order& taker) const noexcept {
  return taker.type == book_order_type::market ? std::numeric_limits<int64_t>::min()
                                               : key_of(opposite(taker.direction), taker.ticks);
}

bool order_book::would_take(side s, int64_t ticks) const noexcept {
  const auto& others = levels(opposite(s));
  return !others.empty() && others.best().key >= key_of(opposite(s), ticks);
}

/// Whether match() would fill the order in full: walks the orders it would meet, with the positions
/// they would have by then.
bool order_book::can_fill(const pooled_order& taker) {
  const int64_t lot = instrument_.lot_size.raw();
  const int64_t worst = worst_key(taker);
  const int64_t maker_sign = taker.direction == side::buy ? -1 : 1;
  const auto planned = [this](owner_id owner) -> wide& {
    return planned_[static_cast<uint32_t>(owner)];
  };
  int64_t missing = taker.lots;
  size_t met = 0;
  const auto walk = [&](auto&& meet) {
    levels(opposite(taker.direction)).walk([&](const price_level& level) {
      for (order_slot slot = level.queue.first; slot != no_slot; slot = orders_[slot].next)
        if (level.key < worst || !meet(orders_[slot]))
          return false;
      return true;
    });
  };
  walk([&](const pooled_order& maker) {
    ++met;
    const bool own = maker.owner == taker.owner;
    if (own && taker.self_trades == self_trade_rule::cancel_oldest)
      return true;
    if (own && taker.self_trades != self_trade_rule::allow)
      return false;
    int64_t lots = std::min(maker.lots, missing);
    if (maker.reduce_only) {
      const wide open = -maker_sign * (account(maker.owner).position + planned(maker.owner));
      lots = static_cast<int64_t>(std::clamp<wide>(open / lot, 0, lots));
    }
    planned(maker.owner) += wide{maker_sign} * lots * lot;
    planned(taker.owner) -= wide{maker_sign} * lots * lot;
    missing -= lots;
    return missing > 0;
  });
  walk([&](const pooled_order& maker) {
    planned(maker.owner) = 0;
    return --met > 0;
  });
  planned(taker.owner) = 0;
  return missing == 0;
}

void order_book::refuse(book_order_id id, owner_id owner, book_refusal reason) {
  events_.push_back(order_refused{id, owner, reason});
}

// --- an order's way --------------------------------------------------------

order_slot order_book::enter(const book_order& o, const admitted_order& n, int64_t lots) {
  const order_slot slot = orders_.acquire();
  auto& p = orders_[slot];
  p.ticks = n.limit_ticks;
  p.lots = lots;
  p.owner = o.owner;
  p.direction = o.direction;
  p.type = o.type;
  p.lifetime = o.lifetime;
  p.self_trades = o.self_trades;
  p.place = order_place::none;
  p.post_only = o.post_only;
  p.reduce_only = o.reduce_only;
  p.accepted_lots = lots;
  if (has_trigger(o.type))
    orders_.details(slot) = {.sequence = ++sequence_,
                             .stop_ticks = n.stop_ticks,
                             .trail_ticks = n.trail_ticks,
                             .trail_ppb = n.trail_ppb,
                             .trail_best_key = std::nullopt,
                             .trail_stop_key = 0};
  open_lots_ += lots;
  if (o.reduce_only)
    account(o.owner).reducing.append(orders_, slot);
  return slot;
}

/// Puts an order that is nowhere where it belongs.
void order_book::place(order_slot slot) {
  auto& o = orders_[slot];
  if (!has_trigger(o.type))
    execute(slot);
  else if (waiting_.add(orders_, slot, last_ticks_))
    trigger(slot);
  else
    o.place = order_place::waiting;
}

/// Trades an order that is nowhere, and lets the rest of it rest or end.
void order_book::execute(order_slot slot) {
  auto& o = orders_[slot];
  if (o.post_only && would_take(o.direction, o.ticks))
    return cancel_rest(slot, cancel_reason::would_take);
  if (o.lifetime == time_in_force::fill_or_kill && !can_fill(o))
    return cancel_rest(slot, cancel_reason::fill_or_kill);
  if (!match(slot))
    return;
  if (o.lifetime == time_in_force::immediate_or_cancel)
    return cancel_rest(slot, cancel_reason::immediate_or_cancel);
  if (o.type == book_order_type::market)
    return cancel_rest(slot, cancel_reason::no_liquidity);
  levels(o.direction).append(orders_, key_of(o.direction, o.ticks), slot);
  o.place = order_place::resting;
}

/// Whether anything is left of the order, which has met all that it could.
bool order_book::match(order_slot slot) {
  auto& taker = orders_[slot];
  auto& others = levels(opposite(taker.direction));
  const int64_t worst = worst_key(taker);
  while (!others.empty() && others.best().key >= worst) {
    auto& level = others.best();
    const order_slot maker = level.queue.first;
    if (orders_[maker].owner != taker.owner || taker.self_trades == self_trade_rule::allow)
      trade(slot, maker, level);
    else if (!prevent_self_trade(slot, maker))
      return false;
    if (taker.lots == 0) {
      end(slot);
      return false;
    }
  }
  return true;
}

/// Whether the taker is still there.
bool order_book::prevent_self_trade(order_slot taker, order_slot maker) {
  const auto lose = [this](order_slot slot, int64_t lots) {
    if (lots == orders_[slot].lots)
      cancel_rest(slot, cancel_reason::self_trade);
    else
      reduce(slot, lots, cancel_reason::self_trade);
  };
  const int64_t takers = orders_[taker].lots;
  const int64_t makers = orders_[maker].lots;
  const int64_t both = std::min(takers, makers);
  switch (orders_[taker].self_trades) {
    case self_trade_rule::allow:
      return true;
    case self_trade_rule::cancel_newest:
      lose(taker, takers);
      return false;
    case self_trade_rule::cancel_oldest:
      lose(maker, makers);
      return true;
    case self_trade_rule::cancel_both:
      lose(maker, makers);
      lose(taker, takers);
      return false;
    case self_trade_rule::decrement:
      lose(maker, both);
      lose(taker, both);
      return both < takers;
  }
  return true;
}

void order_book::trade(order_slot taker_slot, order_slot maker_slot, price_level& level) {
  auto& taker = orders_[taker_slot];
  auto& maker = orders_[maker_slot];
  const owner_id maker_owner = maker.owner;
  const int64_t ticks = maker.ticks;
  const int64_t lots = std::min(taker.lots, maker.lots);
  const quantity size = size_of(lots);
  const money notional = notional_of(price_of(ticks), size);
  events_.push_back(order_traded{.maker = maker.id,
                                 .taker = taker.id,
                                 .maker_owner = maker_owner,
                                 .taker_owner = taker.owner,
                                 .taker_side = taker.direction,
                                 .at = price_of(ticks),
                                 .size = size,
                                 .maker_fee = fee_of(notional, rules_.maker_fee_ppb),
                                 .taker_fee = fee_of(notional, rules_.taker_fee_ppb)});
  const wide moved = taker.direction == side::buy ? wide{size.raw()} : -wide{size.raw()};
  account(taker.owner).position += moved;
  account(maker_owner).position -= moved;
  open_lots_ -= 2 * lots;
  taker.lots -= lots;
  maker.lots -= lots;
  level.lots -= lots;
  if (maker.lots == 0) {
    take_out(maker_slot);
    end(maker_slot);
  }
  cut_to_position(maker_owner);
  if (taker.owner != maker_owner)
    cut_to_position(taker.owner);
  print(ticks);
}

/// A trade at this price. What waits has been judged by the last price already.
void order_book::print(int64_t ticks) {
  if (last_ticks_ == ticks)
    return;
  last_ticks_ = ticks;
  waiting_.on_trade(orders_, ticks, newly_triggered_);
  for (const order_slot slot : newly_triggered_)
    trigger(slot);
  newly_triggered_.clear();
}

void order_book::trigger(order_slot slot) {
  auto& o = orders_[slot];
  o.place = order_place::triggered;
  o.type = has_limit_price(o.type) ? book_order_type::limit : book_order_type::market;
  triggered_.push_back(o.id);
  events_.push_back(order_triggered{o.id, o.owner, price_of(*last_ticks_)});
}

/// What these trades trigger comes after all that is triggered already.
void order_book::execute_triggered() {
  for (size_t i = 0; i < triggered_.size(); ++i) {
    const order_slot slot = orders_.find(triggered_[i]);
    if (slot == no_slot) // Cancelled in the meantime: its owner's position is gone.
      continue;
    orders_[slot].place = order_place::none;
    execute(slot);
  }
  triggered_.clear();
}

// --- changing and ending ---------------------------------------------------

/// Takes lots off an order that keeps some, wherever it is.
void order_book::lose_lots(order_slot slot, int64_t lots) noexcept {
  auto& o = orders_[slot];
  if (o.place == order_place::resting)
    levels(o.direction).shrink(key_of(o.direction, o.ticks), lots);
  else if (o.place == order_place::waiting)
    waiting_.shrink(orders_, slot, lots);
  o.lots -= lots;
  open_lots_ -= lots;
  o.accepted_lots -= lots;
}

void order_book::reduce(order_slot slot, int64_t lots, cancel_reason reason) {
  lose_lots(slot, lots);
  const auto& o = orders_[slot];
  events_.push_back(order_reduced{o.id, o.owner, size_of(o.lots), reason});
}

void order_book::requeue(order_slot slot, const admitted_order& n, int64_t lots) {
  take_out(slot);
  auto& o = orders_[slot];
  open_lots_ += lots - o.lots;
  o.accepted_lots += lots - o.lots;
  o.lots = lots;
  o.ticks = n.limit_ticks;
  if (has_trigger(o.type)) {
    orders_.details(slot).stop_ticks = n.stop_ticks;
    orders_.details(slot).sequence = ++sequence_;
  }
  if (o.reduce_only) {
    account(o.owner).reducing.remove(orders_, slot);
    account(o.owner).reducing.append(orders_, slot);
  }
  place(slot);
}

/// Takes an order out of the queue it is in, if it is in one.
void order_book::take_out(order_slot slot) noexcept {
  auto& o = orders_[slot];
  if (o.place == order_place::resting)
    levels(o.direction).remove(orders_, key_of(o.direction, o.ticks), slot);
  else if (o.place == order_place::waiting)
    waiting_.remove(orders_, slot);
  o.place = order_place::none;
}

void order_book::cancel_rest(order_slot slot, cancel_reason reason) {
  const auto& o = orders_[slot];
  events_.push_back(order_cancelled{o.id, o.owner, size_of(o.lots), reason});
  take_out(slot);
  open_lots_ -= o.lots;
  end(slot);
}

/// The order is in no queue but its owner's.
void order_book::end(order_slot slot) noexcept {
  const auto& o = orders_[slot];
  if (o.reduce_only)
    account(o.owner).reducing.remove(orders_, slot);
  orders_.release(slot);
}

/// Judges the owner's reduce-only orders by its position as it is now. Not those that are trading:
/// their own trades have shrunk them as much as the position.
void order_book::cut_to_position(owner_id owner) {
  order_slot next = no_slot;
  for (order_slot slot = account(owner).reducing.first; slot != no_slot; slot = next) {
    const auto& o = orders_[slot];
    next = o.next_reducing;
    if (o.place == order_place::none)
      continue;
    const int64_t allowed = reducible_lots(owner, o.direction);
    if (allowed == 0)
      cancel_rest(slot, cancel_reason::reduce_only);
    else if (o.lots > allowed)
      reduce(slot, o.lots - allowed, cancel_reason::reduce_only);
  }
}

} // namespace supreme::trading
