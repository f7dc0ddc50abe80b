#pragma once

#include "trading/orders/order.hpp"
#include "trading/risk/pre_trade.hpp"

#include <array>

namespace supreme::trading {

/// The open orders of one slot, as far as they say what it will hold: entries by their side, and
/// exits. Protective orders are left out: they wait for a price that may never come.
///
/// An exit takes back the entries on its other side that were there before it, because the market
/// ends them when it comes there (withdraws()): from then on nobody counts on them. What they still
/// fill on the way is in the position when it is heard of. Entries after it wait until it is done
/// (opened_size::waits()), so it closes nothing of them.
///
/// A plain value; one owner. Sums throw std::overflow_error outside the decimal range.
class slot_orders {
public:
  /// The order is under way, after those before it; `size` ≥ 0 is what is left of it.
  void add(side direction, order_type type, bool reduce_only, quantity size);
  /// So much of an order under way is filled or over. Not for entries that an exit has taken back:
  /// they count no more.
  void remove(side direction, order_type type, bool reduce_only, quantity size);
  /// What becomes of a slot that holds this. Reduce-only orders close no more than there is: a stop
  /// may have taken what an exit was sized for.
  [[nodiscard]] slot_exposure with(quantity position) const;

private:
  [[nodiscard]] static size_t index(side s) noexcept { return s == side::buy ? 0 : 1; }

  std::array<quantity, 2> entries_{}; ///< by side
  std::array<quantity, 2> exits_{};
};

} // namespace supreme::trading
