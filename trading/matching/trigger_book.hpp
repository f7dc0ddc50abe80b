#pragma once

#include "trading/matching/price_levels.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace supreme::trading {

/// The orders that wait until the price rises to them (stop buys, take-profit sells) or falls to
/// them (the others), and the trailing stops among them, whose price moves.
///
/// Inside, a price is the key it has on its side: orders that wait for a fall are keyed like bids,
/// those that wait for a rise like asks, so that on both sides an order is triggered by a price
/// whose key is not above its own, and a trail follows keys that grow.
///
/// A trade costs O(1) while it triggers nothing and moves no trail, O(log n) for each order with a
/// fixed price that it triggers, and a look at all trailing stops of a side where it triggers or
/// moves one of them.
class trigger_book {
public:
  /// Adds an order of a kind with a trigger. Its details tell the price; a new trail starts from
  /// `last` or, without any trade yet, from the first one. True: `last` triggers it at once, and it
  /// has not been added.
  [[nodiscard]] bool add(order_pool& orders, order_slot slot, std::optional<int64_t> last);
  void remove(order_pool& orders, order_slot slot) noexcept;
  /// A waiting order is about to lose this many lots.
  void shrink(const order_pool& orders, order_slot slot, int64_t lots) noexcept;
  /// Takes out what a trade at this price triggers and appends it to `triggered`, in the order of
  /// acceptance.
  void on_trade(order_pool& orders, int64_t ticks, std::vector<order_slot>& triggered);

  /// All waiting orders, in no particular order.
  void append_all(const order_pool& orders, std::vector<order_slot>& out) const;

private:
  struct waiting_side {
    price_levels fixed;
    order_queue trailing;
    /// Prices whose key is above the first and not above the second neither trigger a trailing stop
    /// nor move one.
    int64_t nearest_stop_key = std::numeric_limits<int64_t>::min();
    int64_t nearest_best_key = std::numeric_limits<int64_t>::max();
  };

  [[nodiscard]] waiting_side& side_of(const pooled_order& o) noexcept;
  static void follow(order_pool& orders, order_slot slot, int64_t key) noexcept;
  static void remember_nearest(waiting_side& s, const trigger_details& d) noexcept;
  static void take_fixed(order_pool& orders, waiting_side& s, int64_t key,
                         std::vector<order_slot>& triggered);
  static void take_trailing(order_pool& orders, waiting_side& s, int64_t key,
                            std::vector<order_slot>& triggered);

  waiting_side falling_; ///< triggered by a fall; keyed like bids
  waiting_side rising_;  ///< triggered by a rise; keyed like asks
};

} // namespace supreme::trading
