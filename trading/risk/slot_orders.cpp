#include "trading/risk/slot_orders.hpp"

#include <algorithm>

namespace supreme::trading {

void slot_orders::add(side direction, order_type type, bool reduce_only, quantity size) {
  if (!reduce_only) {
    entries_[index(direction)] += size;
  } else if (is_exit(type, reduce_only)) {
    entries_[index(opposite(direction))] = {};
    exits_[index(direction)] += size;
  }
}

void slot_orders::remove(side direction, order_type type, bool reduce_only, quantity size) {
  if (!reduce_only)
    entries_[index(direction)] -= size;
  else if (is_exit(type, reduce_only))
    exits_[index(direction)] -= size;
}

slot_exposure slot_orders::with(quantity position) const {
  const quantity zero;
  const auto [buys, sells] = entries_;
  const auto [bought_back, sold] = exits_;
  const auto longs = std::max(position, zero);
  const auto shorts = std::max(-position, zero);
  const auto left = (longs - std::min(sold, longs)) - (shorts - std::min(bought_back, shorts));
  const auto after = left + buys - sells;
  return {position, after - position, after.is_negative() ? -sells : buys};
}

} // namespace supreme::trading
