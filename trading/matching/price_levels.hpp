#pragma once

#include "trading/matching/order_pool.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace supreme::trading {

/// A price as a key that is larger the sooner its orders are met: a bid's ticks, an ask's negated.
/// One comparison then serves both sides. Ticks are in [1, 2^63), so nothing overflows.
[[nodiscard]] constexpr int64_t key_of(side s, int64_t ticks) noexcept {
  return s == side::buy ? ticks : -ticks;
}

/// The orders at one price, the oldest first.
struct price_level {
  int64_t key = 0;
  int64_t lots = 0; ///< of all its orders
  order_queue queue;
  uint32_t orders = 0;
};

/// Price levels in one contiguous array, the best at its end: what happens near the touch moves
/// little memory, and a walk from the touch runs through the cache. Cost of finding a level: O(1)
/// where the prices down to it are all occupied, else O(log n) of its distance in ticks; a new
/// level moves those that are better than it.
class price_levels {
public:
  explicit price_levels(size_t capacity) { levels_.reserve(capacity); }

  [[nodiscard]] bool empty() const noexcept { return levels_.empty(); }
  /// The best level; there is one.
  [[nodiscard]] price_level& best() noexcept { return levels_.back(); }
  [[nodiscard]] const price_level& best() const noexcept { return levels_.back(); }
  /// From the worst to the best.
  [[nodiscard]] const std::vector<price_level>& all() const noexcept { return levels_; }

  void append(order_pool& orders, int64_t key, order_slot slot) {
    const size_t i = position_of(key);
    if (i == levels_.size() || levels_[i].key != key)
      levels_.insert(levels_.begin() + static_cast<std::ptrdiff_t>(i), price_level{key, 0, {}, 0});
    auto& level = levels_[i];
    level.lots += orders[slot].lots;
    ++level.orders;
    level.queue.append(orders, slot);
  }

  /// The order is in the level of this key.
  void remove(order_pool& orders, int64_t key, order_slot slot) noexcept {
    const size_t i = position_of(key);
    auto& level = levels_[i];
    level.lots -= orders[slot].lots;
    --level.orders;
    level.queue.remove(orders, slot);
    if (level.orders == 0)
      levels_.erase(levels_.begin() + static_cast<std::ptrdiff_t>(i));
  }

  /// One of the orders at this key, which exists, is about to lose this many lots.
  void shrink(int64_t key, int64_t lots) noexcept { levels_[position_of(key)].lots -= lots; }

private:
  /// The first level whose key is not below.
  [[nodiscard]] size_t position_of(int64_t key) const noexcept {
    const size_t count = levels_.size();
    if (count == 0 || key > levels_.back().key)
      return count;
    // Keys differ by at least one tick: the level is at most as many places from the best as its
    // price is ticks, and exactly as many where no price between them is empty.
    const uint64_t distance =
      static_cast<uint64_t>(levels_.back().key) - static_cast<uint64_t>(key);
    const size_t lowest = distance < count ? count - 1 - static_cast<size_t>(distance) : 0;
    if (levels_[lowest].key >= key)
      return lowest;
    const auto found =
      std::lower_bound(levels_.begin() + static_cast<std::ptrdiff_t>(lowest) + 1, levels_.end(),
                       key, [](const price_level& l, int64_t k) { return l.key < k; });
    return static_cast<size_t>(found - levels_.begin());
  }

  std::vector<price_level> levels_;
};

} // namespace supreme::trading
