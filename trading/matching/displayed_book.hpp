#pragma once

#include "trading/market/tick.hpp"
#include "trading/matching/order_book.hpp"

#include <map>
#include <span>
#include <stdexcept>
#include <vector>

namespace supreme::trading {

/// Recorded market data that cannot be true of its instrument. The data or the instrument's
/// configuration is at fault.
class recorded_data_defect : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// A part of an order that took displayed size.
struct taken_level {
  price at;
  quantity size; ///< > 0
  friend bool operator==(const taken_level&, const taken_level&) = default;
};

/// What a venue is recorded to display, kept in an order_book of one order for each level, so that
/// orders of ours can walk it. The record does not know of us: what we took of a level is gone
/// until the record shows the level again.
///
/// - A quote replaces all that was displayed.
/// - Displayed sizes are rounded down to the lot: nobody can take less.
/// - Of two levels that cross, the one displayed later is right, and the other is gone.
/// - A trade takes its size from its level; levels better than that are gone.
///
/// Throws recorded_data_defect for a price that is no multiple of the tick or not positive, for a
/// negative size and for one whose value no decimal holds. One thread at a time.
class displayed_book {
public:
  /// Throws contract_violation when tick or lot are not positive.
  explicit displayed_book(const instrument& traded);

  void show(const quote_tick& q);
  void show(side s, price at, quantity displayed);
  void clear();
  void trade(price at, quantity size, side aggressor);

  /// Takes at most `size`, a lot multiple, at the limit or better; at any price without a limit.
  /// Better prices first. Valid until the next call.
  [[nodiscard]] std::span<const taken_level> take(side taker, quantity size,
                                                  std::optional<price> limit);

  /// 0 when the level is not there.
  [[nodiscard]] quantity displayed(side s, price at) const;
  /// Nothing when the side is empty.
  [[nodiscard]] std::optional<depth_level> best(side s) const noexcept { return book_.best(s); }

private:
  using levels = std::map<price, book_order_id>;

  [[nodiscard]] levels& levels_of(side s) noexcept { return s == side::buy ? bids_ : asks_; }
  void remove(side s, levels::iterator level);
  void add(side s, price at, quantity size);
  void make_way(side s, price at);
  [[noreturn]] void refuse(const char* what, decimal value) const;

  order_book book_;
  levels bids_;
  levels asks_;
  std::vector<taken_level> taken_;
};

} // namespace supreme::trading
