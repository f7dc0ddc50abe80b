#pragma once

#include "trading/matching/bar_matching.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace supreme::trading {

/// An order at a venue, as far as it matters for what its slot has opened there.
struct slot_order {
  side direction = side::buy;
  order_type type = order_type::market;
  bool reduce_only = false;
  quantity open_size; ///< what is left of it, ≥ 0
};

/// What the orders of one slot have opened at a venue and not closed again, long and short apart,
/// so that reduce-only orders close no more than that.
///
/// Both sides are kept because a reversal closes one holding and opens the other at the same time:
/// while a reduce-only market order is at rest that closes the long side, a sell that is not
/// reduce-only opens the short one. Without such an order it closes first, like any trade.
///
/// A plain value; one owner. Sums throw std::overflow_error outside the decimal range.
class opened_size {
public:
  /// The order is at rest from now on.
  void rests(const slot_order& o) {
    if (!o.reduce_only)
      ++entries_[index(o.direction)];
    else if (o.type == order_type::market)
      exits_[index(o.direction)] += o.open_size;
  }
  /// `size` > 0 of an order at rest has been filled; `o` is it before the fill.
  void fills(const slot_order& o, quantity size) {
    auto& closed = opened_[index(opposite(o.direction))];
    if (o.reduce_only) {
      if (o.type == order_type::market)
        exits_[index(o.direction)] -= size;
      closed -= size;
      return;
    }
    // What an exit at rest will close is not closed by anything else.
    const auto closes = std::clamp(closed - exits_[index(o.direction)], quantity{}, size);
    closed -= closes;
    opened_[index(o.direction)] += size - closes;
  }
  /// The order is at rest no more; `o.open_size` is what was not filled of it.
  void ends(const slot_order& o) {
    if (!o.reduce_only)
      --entries_[index(o.direction)];
    else if (o.type == order_type::market)
      exits_[index(o.direction)] -= o.open_size;
  }

  /// How much a reduce-only order of this direction may still fill.
  [[nodiscard]] quantity closable(side direction) const noexcept {
    return opened_[index(opposite(direction))];
  }
  /// Whether an order at rest may open this side.
  [[nodiscard]] bool has_entries(side direction) const noexcept {
    return entries_[index(direction)] != 0;
  }
  /// Whether an exit is at rest.
  [[nodiscard]] bool has_exits() const noexcept {
    return exits_[0].is_positive() || exits_[1].is_positive();
  }
  /// Whether an entry waits for an exit that was there before it: a slot leaves what it holds
  /// before it enters anything, so that it is never on both sides at once.
  [[nodiscard]] bool waits() const noexcept { return closes(side::buy) || closes(side::sell); }

private:
  [[nodiscard]] bool closes(side direction) const noexcept {
    return exits_[index(direction)].is_positive() && closable(direction).is_positive();
  }
  [[nodiscard]] static size_t index(side s) noexcept { return s == side::buy ? 0 : 1; }

  std::array<quantity, 2> opened_{};  ///< by the side that opened it
  std::array<quantity, 2> exits_{};   ///< open size of reduce-only market orders, by their side
  std::array<uint32_t, 2> entries_{}; ///< other orders at rest, by their side
};

/// Whether `later` ends `earlier`, an order of the same slot, when it comes to a market: an exit
/// ends the entries that it is an exit from, and so does a stop that has triggered and still fills.
/// Otherwise an account would trade with itself while both fill in parts, and hold in the end what
/// its strategy has left.
[[nodiscard]] inline bool withdraws(const resting_order& later,
                                    const resting_order& earlier) noexcept {
  const bool stops_out = later.reduce_only && later.type == order_type::stop && later.triggered;
  const bool leaves = stops_out || is_exit(later.type, later.reduce_only);
  return leaves && !earlier.reduce_only && earlier.direction != later.direction;
}

/// Whether `earlier`, an order of the same slot, may open what `later` is there to close: while it
/// is at rest, a reduce-only order waits that has nothing to close yet.
[[nodiscard]] inline bool may_open_for(const resting_order& later,
                                       const resting_order& earlier) noexcept {
  return !earlier.reduce_only && earlier.direction != later.direction;
}

[[nodiscard]] inline slot_order as_slot_order(const resting_order& o) noexcept {
  return {o.direction, o.type, o.reduce_only, o.open_size};
}

/// In which turn a bar meets the orders at rest: what fills at the open, then the stops that wait
/// for a price, then the targets, so that a bar that could hit both hits the stop. Within a turn in
/// the order of acceptance.
inline constexpr int bar_turns = 3;
[[nodiscard]] constexpr int bar_turn(order_type type, bool reduce_only) noexcept {
  if (!is_protective(type, reduce_only))
    return 0;
  return type == order_type::limit ? 2 : 1;
}

} // namespace supreme::trading
