#pragma once

#include "trading/check.hpp"
#include "trading/matching/book_order.hpp"

#include <limits>
#include <optional>
#include <vector>

namespace supreme::trading {

/// Where an open order lies in its pool. Lists are linked with these: half a pointer's size.
using order_slot = uint32_t;
inline constexpr order_slot no_slot = std::numeric_limits<order_slot>::max();

enum class order_place : uint8_t {
  none = 0,      ///< taking, or not yet anywhere
  resting = 1,   ///< in the queue of a price level
  waiting = 2,   ///< for its trigger
  triggered = 3, ///< for its turn to trade
};

/// What matching and cancelling touch of an order: one cache line.
struct alignas(64) pooled_order {
  book_order_id id{};
  int64_t ticks = 0;         ///< limit price; meaningless for a market order
  int64_t lots = 0;          ///< open
  int64_t accepted_lots = 0; ///< open and traded
  owner_id owner{};
  order_slot previous = no_slot; ///< in the queue of its level or of the trailing stops
  order_slot next = no_slot;
  order_slot previous_reducing = no_slot; ///< in the queue of its owner's reduce-only orders
  order_slot next_reducing = no_slot;
  side direction = side::buy;
  book_order_type type = book_order_type::limit; ///< market or limit from the trigger on
  time_in_force lifetime = time_in_force::good_till_cancelled;
  self_trade_rule self_trades = self_trade_rule::cancel_newest;
  order_place place = order_place::none;
  bool post_only = false;
  bool reduce_only = false;
};
static_assert(sizeof(pooled_order) == 64);

/// What only orders with a trigger have.
struct trigger_details {
  uint64_t sequence = 0;   ///< grows with each acceptance and each lost priority
  int64_t stop_ticks = 0;  ///< of kinds with a stop price
  int64_t trail_ticks = 0; ///< of a trailing stop by offset, else 0
  int64_t trail_ppb = 0;   ///< of a trailing stop by share, else 0
  /// Of a trailing stop, as keys of its side of the trigger book (see there).
  std::optional<int64_t> trail_best_key;
  int64_t trail_stop_key = 0;
};

/// The open orders of one book: a fixed number of slots, reserved once, so that no operation
/// allocates and no reference moves. An id is a slot and how often the slot has been used; a slot
/// whose uses are exhausted is not used again, so no id ever comes back.
class order_pool {
public:
  static constexpr int slot_bits = 24;
  static constexpr uint32_t capacity_max = uint32_t{1} << slot_bits;

  /// `capacity` in [1, capacity_max].
  explicit order_pool(uint32_t capacity) : capacity_(capacity) {
    SUPREME_CHECK(capacity > 0 && capacity <= capacity_max, "a book holds 1 to 2^24 orders");
    orders_.reserve(capacity);
    details_.reserve(capacity);
  }

  [[nodiscard]] bool full() const noexcept {
    return free_ == no_slot && orders_.size() == capacity_;
  }
  [[nodiscard]] uint32_t size() const noexcept { return size_; }

  /// A slot with a fresh id and otherwise undefined content; the pool is not full.
  [[nodiscard]] order_slot acquire() {
    ++size_;
    if (free_ != no_slot) {
      const order_slot slot = free_;
      free_ = orders_[slot].next;
      return slot;
    }
    const auto slot = static_cast<order_slot>(orders_.size());
    orders_.emplace_back().id = book_order_id{first_use | slot};
    details_.emplace_back();
    return slot;
  }

  /// Ends the order; its id names nothing from now on.
  void release(order_slot slot) noexcept {
    --size_;
    auto& o = orders_[slot];
    const auto used = static_cast<uint64_t>(o.id);
    o.lots = 0;
    if (used > std::numeric_limits<uint64_t>::max() - first_use)
      return;
    o.id = book_order_id{used + first_use};
    o.next = free_;
    free_ = slot;
  }

  /// The slot of an open order, or no_slot.
  [[nodiscard]] order_slot find(book_order_id id) const noexcept {
    const auto slot = static_cast<order_slot>(static_cast<uint64_t>(id) & (first_use - 1));
    // A released slot has the id of its next use already, but nothing open.
    return slot < orders_.size() && orders_[slot].id == id && orders_[slot].lots > 0 ? slot
                                                                                     : no_slot;
  }

  [[nodiscard]] pooled_order& operator[](order_slot slot) noexcept { return orders_[slot]; }
  [[nodiscard]] const pooled_order& operator[](order_slot slot) const noexcept {
    return orders_[slot];
  }
  [[nodiscard]] trigger_details& details(order_slot slot) noexcept { return details_[slot]; }
  [[nodiscard]] const trigger_details& details(order_slot slot) const noexcept {
    return details_[slot];
  }

private:
  static constexpr uint64_t first_use = uint64_t{1} << slot_bits;

  std::vector<pooled_order> orders_;
  std::vector<trigger_details> details_;
  uint32_t capacity_;
  uint32_t size_ = 0;
  order_slot free_ = no_slot; ///< the slots to use again, the newest first, linked by `next`
};

/// A queue of orders linked through the pool, the oldest first.
template <order_slot pooled_order::*Previous, order_slot pooled_order::*Next>
struct linked_queue {
  order_slot first = no_slot;
  order_slot last = no_slot;

  [[nodiscard]] bool empty() const noexcept { return first == no_slot; }

  void append(order_pool& orders, order_slot slot) noexcept {
    orders[slot].*Previous = last;
    orders[slot].*Next = no_slot;
    (last == no_slot ? first : orders[last].*Next) = slot;
    last = slot;
  }

  /// The order is in this queue.
  void remove(order_pool& orders, order_slot slot) noexcept {
    const order_slot before = orders[slot].*Previous;
    const order_slot after = orders[slot].*Next;
    (before == no_slot ? first : orders[before].*Next) = after;
    (after == no_slot ? last : orders[after].*Previous) = before;
  }
};

/// Of a price level, or of trailing stops.
using order_queue = linked_queue<&pooled_order::previous, &pooled_order::next>;
/// Of one owner's reduce-only orders.
using reducing_queue = linked_queue<&pooled_order::previous_reducing, &pooled_order::next_reducing>;

} // namespace supreme::trading
