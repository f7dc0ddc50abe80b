#include "trading/matching/trigger_book.hpp"

#include "trading/matching/fees.hpp"

#include <algorithm>

namespace supreme::trading {

namespace {

__extension__ using wide = __int128;

constexpr int64_t key_min = std::numeric_limits<int64_t>::min();

bool waits_for_fall(const pooled_order& o) noexcept {
  const bool takes_profit =
    o.type == book_order_type::take_profit || o.type == book_order_type::take_profit_limit;
  return (o.direction == side::sell) != takes_profit;
}

/// A stop buy waits for a rise and is keyed like an ask.
side keyed_like(const pooled_order& o) noexcept {
  return waits_for_fall(o) ? side::buy : side::sell;
}

wide floor_divide(wide numerator, wide denominator) noexcept {
  const wide quotient = numerator / denominator;
  return quotient - (numerator % denominator < 0 ? 1 : 0);
}

/// Below the best key by the offset or the share, rounded away from the market: never tighter than
/// asked for. Where the range ends, so do prices: such a stop is never reached.
int64_t stop_key_below(int64_t best_key, const trigger_details& d) noexcept {
  if (d.trail_ppb == 0) {
    int64_t key = 0;
    return __builtin_sub_overflow(best_key, d.trail_ticks, &key) ? key_min : key;
  }
  const int64_t kept = best_key > 0 ? one_ppb - d.trail_ppb : one_ppb + d.trail_ppb;
  const wide key = floor_divide(wide{best_key} * kept, one_ppb);
  return key < key_min ? key_min : static_cast<int64_t>(key);
}

} // namespace

bool trigger_book::add(order_pool& orders, order_slot slot, std::optional<int64_t> last) {
  const auto& o = orders[slot];
  auto& d = orders.details(slot);
  auto& s = side_of(o);
  const side keyed = keyed_like(o);
  if (o.type == book_order_type::trailing_stop) {
    if (last && !d.trail_best_key)
      follow(orders, slot, key_of(keyed, *last));
    s.trailing.append(orders, slot);
    remember_nearest(s, d);
    return false;
  }
  const int64_t key = key_of(keyed, d.stop_ticks);
  if (last && key_of(keyed, *last) <= key)
    return true;
  s.fixed.append(orders, key, slot);
  return false;
}

void trigger_book::remove(order_pool& orders, order_slot slot) noexcept {
  const auto& o = orders[slot];
  auto& s = side_of(o);
  if (o.type == book_order_type::trailing_stop)
    s.trailing.remove(orders, slot);
  else
    s.fixed.remove(orders, key_of(keyed_like(o), orders.details(slot).stop_ticks), slot);
}

void trigger_book::shrink(const order_pool& orders, order_slot slot, int64_t lots) noexcept {
  const auto& o = orders[slot];
  if (has_stop_price(o.type))
    side_of(o).fixed.shrink(key_of(keyed_like(o), orders.details(slot).stop_ticks), lots);
}

void trigger_book::on_trade(order_pool& orders, int64_t ticks, std::vector<order_slot>& triggered) {
  const auto before = static_cast<std::ptrdiff_t>(triggered.size());
  for (auto* s : {&falling_, &rising_}) {
    const int64_t key = key_of(s == &falling_ ? side::buy : side::sell, ticks);
    take_fixed(orders, *s, key, triggered);
    take_trailing(orders, *s, key, triggered);
  }
  std::sort(triggered.begin() + before, triggered.end(), [&orders](order_slot a, order_slot b) {
    return orders.details(a).sequence < orders.details(b).sequence;
  });
}

void trigger_book::append_all(const order_pool& orders, std::vector<order_slot>& out) const {
  const auto append = [&](const order_queue& queue) {
    for (order_slot slot = queue.first; slot != no_slot; slot = orders[slot].next)
      out.push_back(slot);
  };
  for (const auto* s : {&falling_, &rising_}) {
    s->fixed.walk([&](const price_level& level) {
      append(level.queue);
      return true;
    });
    append(s->trailing);
  }
}

trigger_book::waiting_side& trigger_book::side_of(const pooled_order& o) noexcept {
  return waits_for_fall(o) ? falling_ : rising_;
}

void trigger_book::follow(order_pool& orders, order_slot slot, int64_t key) noexcept {
  auto& d = orders.details(slot);
  d.trail_best_key = key;
  d.trail_stop_key = stop_key_below(key, d);
}

void trigger_book::remember_nearest(waiting_side& s, const trigger_details& d) noexcept {
  // Without any trade yet, whatever comes first moves it.
  s.nearest_best_key = std::min(s.nearest_best_key, d.trail_best_key.value_or(key_min));
  if (d.trail_best_key)
    s.nearest_stop_key = std::max(s.nearest_stop_key, d.trail_stop_key);
}

void trigger_book::take_fixed(order_pool& orders, waiting_side& s, int64_t key,
                              std::vector<order_slot>& triggered) {
  while (!s.fixed.empty() && s.fixed.best().key >= key) {
    const order_slot slot = s.fixed.best().queue.first;
    s.fixed.remove(orders, s.fixed.best().key, slot);
    triggered.push_back(slot);
  }
}

void trigger_book::take_trailing(order_pool& orders, waiting_side& s, int64_t key,
                                 std::vector<order_slot>& triggered) {
  if (s.trailing.empty() || (key > s.nearest_stop_key && key <= s.nearest_best_key))
    return;
  s.nearest_stop_key = key_min;
  s.nearest_best_key = std::numeric_limits<int64_t>::max();
  for (order_slot slot = s.trailing.first, next = no_slot; slot != no_slot; slot = next) {
    next = orders[slot].next;
    const auto& d = orders.details(slot);
    if (!d.trail_best_key || key > *d.trail_best_key) {
      follow(orders, slot, key);
    } else if (key <= d.trail_stop_key) {
      s.trailing.remove(orders, slot);
      triggered.push_back(slot);
      continue;
    }
    remember_nearest(s, d);
  }
}

} // namespace supreme::trading
