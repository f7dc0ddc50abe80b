#pragma once

#include "trading/matching/order_pool.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
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

/// The occupied prices of one side, sorted, in blocks of up to `Width` levels: what happens near
/// the touch stays in the last block, and a walk from the touch runs through the cache. Finding a
/// level costs O(1) in the best block where the prices down to it are all occupied, else O(log n);
/// a new or emptied level moves at most a block and, now and then, the directory of blocks.
///
/// Neighbouring blocks together are more than half full, so an adversary who spreads orders and
/// cancels them leaves no memory behind that is out of proportion. Blocks are kept for reuse.
template <uint32_t Width>
class basic_price_levels {
  static_assert(Width >= 2 && Width % 2 == 0, "a block splits into halves");

public:
  [[nodiscard]] bool empty() const noexcept { return directory_.empty(); }
  /// The best level; there is one. Valid until a level comes or goes.
  [[nodiscard]] price_level& best() noexcept {
    auto& b = *directory_.back().levels;
    return b.levels[b.count - 1];
  }
  [[nodiscard]] const price_level& best() const noexcept {
    const auto& b = *directory_.back().levels;
    return b.levels[b.count - 1];
  }

  /// From the best to the worst, as long as `visit(level)` is true.
  template <class Visit>
  void walk(Visit&& visit) const {
    for (auto e = directory_.rbegin(); e != directory_.rend(); ++e)
      for (uint32_t i = e->levels->count; i-- > 0;)
        if (!visit(e->levels->levels[i]))
          return;
  }

  void append(order_pool& orders, int64_t key, order_slot slot) {
    auto& level = find_or_insert(key);
    level.lots += orders[slot].lots;
    ++level.orders;
    level.queue.append(orders, slot);
  }

  /// The order is in the level of this key.
  void remove(order_pool& orders, int64_t key, order_slot slot) noexcept {
    const size_t place = block_of(key);
    const uint32_t i = position_in(*directory_[place].levels, key);
    auto& level = directory_[place].levels->levels[i];
    level.lots -= orders[slot].lots;
    --level.orders;
    level.queue.remove(orders, slot);
    if (level.orders == 0)
      erase(place, i);
  }

  /// One of the orders at this key, which exists, is about to lose this many lots.
  void shrink(int64_t key, int64_t lots) noexcept {
    auto& b = *directory_[block_of(key)].levels;
    b.levels[position_in(b, key)].lots -= lots;
  }

  /// Blocks in use, for the tests of their bound.
  [[nodiscard]] size_t block_count() const noexcept { return directory_.size(); }

private:
  struct block {
    uint32_t count = 0;
    std::array<price_level, Width> levels; ///< from the worst to the best
  };
  struct entry {
    int64_t lowest_key;
    block* levels;
  };

  /// The block that has the key, or would have it; there is one.
  [[nodiscard]] size_t block_of(int64_t key) const noexcept {
    const size_t last = directory_.size() - 1;
    if (key >= directory_[last].lowest_key)
      return last;
    const auto after = std::upper_bound(directory_.begin(), directory_.end(), key,
                                        [](int64_t k, const entry& e) { return k < e.lowest_key; });
    return after == directory_.begin() ? 0 : static_cast<size_t>(after - directory_.begin()) - 1;
  }

  /// The first level of a block, which is not empty, whose key is not below.
  [[nodiscard]] static uint32_t position_in(const block& b, int64_t key) noexcept {
    const int64_t highest_key = b.levels[b.count - 1].key;
    if (key > highest_key)
      return b.count;
    // Keys differ by at least one tick: the level is at most as many places from the highest as its
    // price is ticks, and exactly as many where no price between them is empty.
    const uint64_t distance = static_cast<uint64_t>(highest_key) - static_cast<uint64_t>(key);
    const uint32_t lowest = distance < b.count ? b.count - 1 - static_cast<uint32_t>(distance) : 0;
    if (b.levels[lowest].key >= key)
      return lowest;
    const auto* const first = b.levels.data();
    const auto* const found =
      std::lower_bound(first + lowest + 1, first + b.count, key,
                       [](const price_level& l, int64_t k) { return l.key < k; });
    return static_cast<uint32_t>(found - first);
  }

  [[nodiscard]] price_level& find_or_insert(int64_t key) {
    if (directory_.empty())
      directory_.push_back({key, fresh_block()});
    size_t place = block_of(key);
    block* b = directory_[place].levels;
    uint32_t i = b->count == 0 ? 0 : position_in(*b, key);
    if (i < b->count && b->levels[i].key == key)
      return b->levels[i];
    if (b->count == Width) {
      split(place);
      if (i > Width / 2) {
        i -= Width / 2;
        b = directory_[++place].levels;
      }
    }
    std::move_backward(b->levels.begin() + i, b->levels.begin() + b->count,
                       b->levels.begin() + b->count + 1);
    ++b->count;
    b->levels[i] = {key, 0, {}, 0};
    directory_[place].lowest_key = b->levels[0].key;
    return b->levels[i];
  }

  void erase(size_t place, uint32_t i) noexcept {
    block& b = *directory_[place].levels;
    std::move(b.levels.begin() + i + 1, b.levels.begin() + b.count, b.levels.begin() + i);
    --b.count;
    if (b.count == 0)
      return drop(place);
    directory_[place].lowest_key = b.levels[0].key;
    if (place > 0 && fit_together(place - 1))
      merge(place - 1);
    else if (place + 1 < directory_.size() && fit_together(place))
      merge(place);
  }

  /// Whether this block and the next are no more than half a block.
  [[nodiscard]] bool fit_together(size_t place) const noexcept {
    return directory_[place].levels->count + directory_[place + 1].levels->count <= Width / 2;
  }

  void merge(size_t place) noexcept {
    block& low = *directory_[place].levels;
    const block& high = *directory_[place + 1].levels;
    std::copy_n(high.levels.begin(), high.count, low.levels.begin() + low.count);
    low.count += high.count;
    drop(place + 1);
  }

  void split(size_t place) {
    block* const high = fresh_block();
    block& low = *directory_[place].levels;
    std::copy_n(low.levels.begin() + Width / 2, Width / 2, high->levels.begin());
    low.count = high->count = Width / 2;
    directory_.insert(directory_.begin() + static_cast<std::ptrdiff_t>(place) + 1,
                      entry{high->levels[0].key, high});
  }

  [[nodiscard]] block* fresh_block() {
    if (free_.empty()) {
      // Room for all of them first: giving a block back never allocates.
      if (free_.capacity() <= blocks_.size())
        free_.reserve(2 * blocks_.size() + 1);
      blocks_.push_back(std::make_unique<block>());
      return blocks_.back().get();
    }
    block* const b = free_.back();
    free_.pop_back();
    b->count = 0;
    return b;
  }

  void drop(size_t place) noexcept {
    free_.push_back(directory_[place].levels);
    directory_.erase(directory_.begin() + static_cast<std::ptrdiff_t>(place));
  }

  std::vector<entry> directory_; ///< from the worst block to the best; none is empty
  std::vector<std::unique_ptr<block>> blocks_;
  std::vector<block*> free_;
};

using price_levels = basic_price_levels<64>;

} // namespace supreme::trading
