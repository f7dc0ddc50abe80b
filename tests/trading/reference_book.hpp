#pragma once

#include "trading/matching/order_book.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace supreme::tests {

/// The rules of trading::order_book written down once more, for reading and not for speed: one list
/// of orders, every question answered by looking at all of them, prices and sizes as they are
/// given.
class reference_book {
public:
  reference_book(trading::instrument i, const trading::book_rules& rules)
    : instrument_(std::move(i)), rules_(rules) {}

  /// `id` is the one the book under test gave; unused when the order is refused.
  void submit(const trading::book_order& o, trading::book_order_id id) {
    using trading::book_refusal;
    events.clear();
    auto refused = judge(o);
    auto size = o.size.raw();
    if (!refused && o.reduce_only) {
      size = std::min(size, reducible(o.owner, o.direction));
      if (size == 0)
        refused = book_refusal::nothing_to_reduce;
    }
    if (!refused && wide{size} + total_open() > whole_lots_max())
      refused = book_refusal::overflow;
    if (!refused && orders_.size() == rules_.orders_max)
      refused = book_refusal::book_full;
    if (!refused && o.post_only && o.type == trading::book_order_type::limit
        && best_against(o.direction, o.limit_price))
      refused = book_refusal::would_take;
    if (refused) {
      events.push_back(trading::order_refused{{}, o.owner, *refused});
      return;
    }
    entry e{id, o, size, place::active, 0, std::nullopt};
    e.asked.size = trading::quantity::from_raw(size);
    orders_.push_back(e);
    events.push_back(trading::order_accepted{id, o.owner, raw(size)});
    put(id);
    run_triggered();
  }

  void cancel(trading::owner_id owner, trading::book_order_id id) {
    events.clear();
    if (!find(owner, id))
      events.push_back(trading::order_refused{id, owner, trading::book_refusal::unknown_order});
    else
      drop(id, trading::cancel_reason::requested);
  }

  void replace(const trading::book_replacement& r) {
    using trading::book_refusal;
    events.clear();
    const auto refuse = [&](book_refusal why) {
      events.push_back(trading::order_refused{r.id, r.owner, why});
    };
    auto* e = find(r.owner, r.id);
    if (e == nullptr)
      return refuse(book_refusal::unknown_order);
    if (!r.size && !r.limit_price && !r.stop_price)
      return refuse(book_refusal::contradiction);
    auto wanted = e->asked;
    if (r.size)
      wanted.size = *r.size;
    if (r.limit_price)
      wanted.limit_price = r.limit_price;
    if (r.stop_price)
      wanted.stop_price = r.stop_price;
    if (const auto why = judge(wanted))
      return refuse(*why);
    const auto traded = e->asked.size.raw() - e->open;
    auto open = wanted.size.raw() - traded;
    if (open <= 0)
      return refuse(book_refusal::below_filled);
    if (wanted.reduce_only)
      open = std::min(open, reducible(wanted.owner, wanted.direction));
    if (wide{open} - e->open + total_open() > whole_lots_max())
      return refuse(book_refusal::overflow);
    const bool same_prices =
      wanted.limit_price == e->asked.limit_price && wanted.stop_price == e->asked.stop_price;
    if (wanted.post_only && e->at == place::resting && !same_prices
        && best_against(wanted.direction, wanted.limit_price))
      return refuse(book_refusal::would_take);
    const bool keeps = same_prices && open <= e->open;
    e->asked = wanted;
    e->asked.size = raw(traded + open);
    e->open = open;
    events.push_back(trading::order_replaced{r.id, r.owner, raw(open), keeps});
    if (keeps)
      return;
    e->at = place::active;
    // The newest from now on.
    std::rotate(orders_.begin() + (e - orders_.data()), orders_.begin() + (e - orders_.data()) + 1,
                orders_.end());
    put(r.id);
    run_triggered();
  }

  void set_position(trading::owner_id owner, trading::quantity held) {
    events.clear();
    if (static_cast<uint32_t>(owner) >= rules_.owners) {
      events.push_back(trading::order_refused{{}, owner, trading::book_refusal::unknown_owner});
      return;
    }
    positions_[owner] = held.raw();
    cut(owner);
  }

  [[nodiscard]] std::vector<trading::open_order> resting(trading::side s) const {
    std::vector<const entry*> found;
    for (const auto& e : orders_)
      if (e.at == place::resting && e.asked.direction == s)
        found.push_back(&e);
    std::sort(found.begin(), found.end(), [&](const entry* a, const entry* b) {
      if (a->asked.limit_price != b->asked.limit_price)
        return (a->asked.limit_price > b->asked.limit_price) == (s == trading::side::buy);
      return a->arrival < b->arrival;
    });
    std::vector<trading::open_order> out;
    for (const auto* e : found)
      out.push_back({e->id, e->asked, raw(e->open)});
    return out;
  }

  [[nodiscard]] std::vector<trading::open_order> waiting() const {
    std::vector<trading::open_order> out;
    for (const auto& e : orders_)
      if (e.at == place::waiting)
        out.push_back({e.id, e.asked, raw(e.open)});
    return out;
  }

  [[nodiscard]] std::optional<trading::price> last() const { return last_; }
  [[nodiscard]] trading::quantity position(trading::owner_id owner) const {
    const auto found = positions_.find(owner);
    return found == positions_.end() ? trading::quantity{}
                                     : raw(static_cast<int64_t>(found->second));
  }

  std::vector<trading::book_event> events;

private:
  __extension__ using wide = __int128;
  static constexpr int64_t max = std::numeric_limits<int64_t>::max();
  static constexpr wide one = trading::decimal::scale;

  enum class place { active, resting, waiting, triggered };

  struct entry {
    trading::book_order_id id;
    trading::book_order asked;
    int64_t open;
    place at;
    uint64_t arrival; ///< when it came to rest
    std::optional<int64_t> trail_best;
  };

  static trading::decimal raw(int64_t units) { return trading::decimal::from_raw(units); }

  [[nodiscard]] std::optional<trading::book_refusal> judge(const trading::book_order& o) const {
    using trading::book_order_type;
    using trading::book_refusal;
    const auto number = [](auto value) { return static_cast<int>(value); };
    const auto known = [](int value, int count) { return value >= 1 && value <= count; };
    if (!known(number(o.direction), 2) || !known(number(o.type), 7) || !known(number(o.lifetime), 3)
        || !known(number(o.self_trades), 5))
      return book_refusal::unknown_value;
    if (static_cast<uint32_t>(o.owner) >= rules_.owners)
      return book_refusal::unknown_owner;
    const bool limit = o.type == book_order_type::limit || o.type == book_order_type::stop_limit
                       || o.type == book_order_type::take_profit_limit;
    const bool trail = o.type == book_order_type::trailing_stop;
    const bool stop =
      !trail && o.type != book_order_type::limit && o.type != book_order_type::market;
    const bool has_trail = o.trail_offset.has_value() || o.trail_ppb.has_value();
    if ((limit && !o.limit_price) || (stop && !o.stop_price) || (trail && !has_trail))
      return book_refusal::price_missing;
    if (o.limit_price.has_value() != limit || o.stop_price.has_value() != stop
        || has_trail != trail)
      return book_refusal::price_unexpected;
    if (o.trail_offset && o.trail_ppb)
      return book_refusal::contradiction;
    if (o.post_only && !(limit && o.lifetime == trading::time_in_force::good_till_cancelled))
      return book_refusal::contradiction;
    if (o.size.raw() <= 0)
      return book_refusal::size_not_positive;
    if (o.size.raw() % instrument_.lot_size.raw() != 0)
      return book_refusal::off_lot;
    for (const auto& at : {o.limit_price, o.stop_price}) {
      if (at && at->raw() <= 0)
        return book_refusal::price_not_positive;
      if (at && at->raw() % instrument_.tick_size.raw() != 0)
        return book_refusal::off_tick;
    }
    if ((o.trail_offset && o.trail_offset->raw() <= 0)
        || (o.trail_ppb && (*o.trail_ppb <= 0 || *o.trail_ppb >= 1'000'000'000)))
      return book_refusal::trail_out_of_range;
    if (o.trail_offset && o.trail_offset->raw() % instrument_.tick_size.raw() != 0)
      return book_refusal::off_tick;
    const auto at = o.limit_price ? o.limit_price : o.stop_price;
    if (at && wide{at->raw()} * o.size.raw() < instrument_.min_notional.raw() * one)
      return book_refusal::min_notional;
    if (at && wide{at->raw()} * o.size.raw() > max * one)
      return book_refusal::overflow;
    return std::nullopt;
  }

  [[nodiscard]] wide whole_lots_max() const { return max - max % instrument_.lot_size.raw(); }

  [[nodiscard]] wide total_open() const {
    wide sum = 0;
    for (const auto& e : orders_)
      sum += e.open;
    return sum;
  }

  /// In whole lots.
  [[nodiscard]] int64_t reducible(trading::owner_id owner, trading::side s) const {
    const auto found = positions_.find(owner);
    if (found == positions_.end())
      return 0;
    const wide held = s == trading::side::sell ? found->second : -found->second;
    if (held <= 0)
      return 0;
    const wide cut = std::min(held, whole_lots_max());
    return static_cast<int64_t>(cut - cut % instrument_.lot_size.raw());
  }

  [[nodiscard]] entry* find(trading::book_order_id id) {
    const auto found =
      std::find_if(orders_.begin(), orders_.end(), [id](const entry& e) { return e.id == id; });
    return found == orders_.end() ? nullptr : &*found;
  }

  [[nodiscard]] entry* find(trading::owner_id owner, trading::book_order_id id) {
    auto* e = find(id);
    return e != nullptr && e->asked.owner == owner ? e : nullptr;
  }

  /// The order that someone on side `s` with this limit would trade with first.
  [[nodiscard]] std::optional<trading::book_order_id>
  best_against(trading::side s, const std::optional<trading::price>& limit) const {
    const auto others = resting(trading::opposite(s));
    if (others.empty())
      return std::nullopt;
    const auto& best = others.front();
    const bool reached = !limit
                         || (s == trading::side::buy ? *best.asked.limit_price <= *limit
                                                     : *best.asked.limit_price >= *limit);
    return reached ? std::optional{best.id} : std::nullopt;
  }

  void erase(trading::book_order_id id) {
    orders_.erase(
      std::find_if(orders_.begin(), orders_.end(), [id](const entry& e) { return e.id == id; }));
  }

  void drop(trading::book_order_id id, trading::cancel_reason why) {
    const auto* e = find(id);
    events.push_back(trading::order_cancelled{id, e->asked.owner, raw(e->open), why});
    erase(id);
  }

  void lose(trading::book_order_id id, int64_t size, trading::cancel_reason why) {
    auto* e = find(id);
    if (size == e->open)
      return drop(id, why);
    e->open -= size;
    e->asked.size -= raw(size);
    events.push_back(trading::order_reduced{id, e->asked.owner, raw(e->open), why});
  }

  [[nodiscard]] static bool waits_for_rise(const trading::book_order& o) {
    const bool profit = o.type == trading::book_order_type::take_profit
                        || o.type == trading::book_order_type::take_profit_limit;
    return profit ? o.direction == trading::side::sell : o.direction == trading::side::buy;
  }

  /// The stop of a trail, in units of 1e-8; 128 bits hold any.
  [[nodiscard]] wide trail_stop(const entry& e) const {
    const bool buys = e.asked.direction == trading::side::buy;
    const wide best = *e.trail_best;
    if (e.asked.trail_offset)
      return buys ? best + e.asked.trail_offset->raw() : best - e.asked.trail_offset->raw();
    constexpr wide billion = 1'000'000'000;
    const wide tick = instrument_.tick_size.raw();
    const wide exact = best * (buys ? billion + *e.asked.trail_ppb : billion - *e.asked.trail_ppb);
    const wide down = exact / (billion * tick) * tick;
    return buys && exact % (billion * tick) != 0 ? down + tick : down;
  }

  [[nodiscard]] bool triggered_by(entry& e, int64_t at) const {
    const auto& o = e.asked;
    if (o.type != trading::book_order_type::trailing_stop)
      return waits_for_rise(o) ? at >= o.stop_price->raw() : at <= o.stop_price->raw();
    const bool buys = o.direction == trading::side::buy;
    if (!e.trail_best || (buys ? at < *e.trail_best : at > *e.trail_best))
      e.trail_best = at;
    return buys ? at >= trail_stop(e) : at <= trail_stop(e);
  }

  void trigger(entry& e) {
    e.at = place::triggered;
    e.asked.stop_price.reset();
    e.asked.trail_offset.reset();
    e.asked.trail_ppb.reset();
    e.asked.type =
      e.asked.limit_price ? trading::book_order_type::limit : trading::book_order_type::market;
    triggered_.push_back(e.id);
    events.push_back(trading::order_triggered{e.id, e.asked.owner, *last_});
  }

  void put(trading::book_order_id id) {
    auto* e = find(id);
    if (e->asked.type == trading::book_order_type::market
        || e->asked.type == trading::book_order_type::limit)
      return execute(id);
    e->at = place::waiting;
    if (last_ && triggered_by(*e, last_->raw()))
      trigger(*e);
  }

  void run_triggered() {
    while (!triggered_.empty()) {
      const auto id = triggered_.front();
      triggered_.pop_front();
      if (auto* e = find(id)) {
        e->at = place::active;
        execute(id);
      }
    }
  }

  void execute(trading::book_order_id id) {
    using trading::cancel_reason;
    using trading::time_in_force;
    const auto o = find(id)->asked;
    if (o.post_only && best_against(o.direction, o.limit_price))
      return drop(id, cancel_reason::would_take);
    if (o.lifetime == time_in_force::fill_or_kill) {
      // Tries it out on a copy.
      auto trial = *this;
      trial.events.clear();
      const auto wanted = find(id)->open;
      trial.match(id);
      int64_t got = 0;
      for (const auto& e : trial.events)
        if (const auto* t = std::get_if<trading::order_traded>(&e); t != nullptr)
          got += t->size.raw();
      if (got != wanted)
        return drop(id, cancel_reason::fill_or_kill);
    }
    match(id);
    auto* e = find(id);
    if (e == nullptr)
      return;
    if (o.lifetime == time_in_force::immediate_or_cancel)
      return drop(id, cancel_reason::immediate_or_cancel);
    if (o.type == trading::book_order_type::market)
      return drop(id, cancel_reason::no_liquidity);
    e->at = place::resting;
    e->arrival = ++arrivals_;
  }

  void match(trading::book_order_id id) {
    while (const auto* e = find(id)) {
      const auto maker = best_against(e->asked.direction, e->asked.limit_price);
      if (!maker)
        return;
      if (find(*maker)->asked.owner == e->asked.owner
          && e->asked.self_trades != trading::self_trade_rule::allow)
        prevent(id, *maker);
      else
        trade(id, *maker);
    }
  }

  void prevent(trading::book_order_id taker, trading::book_order_id maker) {
    using trading::self_trade_rule;
    constexpr auto why = trading::cancel_reason::self_trade;
    const auto rule = find(taker)->asked.self_trades;
    const auto common = std::min(find(taker)->open, find(maker)->open);
    if (rule == self_trade_rule::decrement) {
      lose(maker, common, why);
      lose(taker, common, why);
      return;
    }
    if (rule != self_trade_rule::cancel_newest)
      drop(maker, why);
    if (rule != self_trade_rule::cancel_oldest)
      drop(taker, why);
  }

  void trade(trading::book_order_id taker, trading::book_order_id maker) {
    auto* t = find(taker);
    auto* m = find(maker);
    const auto size = std::min(t->open, m->open);
    const auto at = *m->asked.limit_price;
    const auto taker_owner = t->asked.owner;
    const auto maker_owner = m->asked.owner;
    const auto fee = [&](int64_t rate) {
      const auto notional = trading::multiply(at, raw(size), trading::rounding::half_even);
      return trading::multiply_divide(notional, rate, 1'000'000'000, trading::rounding::half_even);
    };
    events.push_back(trading::order_traded{maker, taker, maker_owner, taker_owner,
                                           t->asked.direction, at, raw(size),
                                           fee(rules_.maker_fee_ppb), fee(rules_.taker_fee_ppb)});
    positions_[taker_owner] += t->asked.direction == trading::side::buy ? size : -size;
    positions_[maker_owner] -= t->asked.direction == trading::side::buy ? size : -size;
    t->open -= size;
    m->open -= size;
    const bool maker_done = m->open == 0;
    const bool taker_done = t->open == 0;
    if (maker_done)
      erase(maker);
    cut(maker_owner);
    if (taker_owner != maker_owner)
      cut(taker_owner);
    last_ = at;
    for (auto& e : orders_)
      if (e.at == place::waiting && triggered_by(e, at.raw()))
        trigger(e);
    if (taker_done)
      erase(taker);
  }

  void cut(trading::owner_id owner) {
    std::vector<trading::book_order_id> ids;
    for (const auto& e : orders_)
      if (e.asked.owner == owner && e.asked.reduce_only && e.at != place::active)
        ids.push_back(e.id);
    for (const auto id : ids) {
      const auto* e = find(id);
      const auto allowed = reducible(owner, e->asked.direction);
      if (e->open > allowed)
        lose(id, e->open - allowed, trading::cancel_reason::reduce_only);
    }
  }

  trading::instrument instrument_;
  trading::book_rules rules_;
  std::vector<entry> orders_; ///< the open ones, in the order of acceptance
  std::map<trading::owner_id, wide> positions_;
  std::optional<trading::price> last_;
  std::deque<trading::book_order_id> triggered_;
  uint64_t arrivals_ = 0;
};

} // namespace supreme::tests
