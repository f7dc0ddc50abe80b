#pragma once

#include "trading/market/decimal.hpp"
#include "trading/market/trade.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace supreme::trading {

/// Names an order of one book for ever: a book gives no id twice. 0 is no order.
enum class book_order_id : uint64_t {};

/// Whose order it is, counted from 0; the book is told how many owners there are.
enum class owner_id : uint32_t {};

/// A trigger is judged by the price of the last trade, and judged again with every trade.
enum class book_order_type : uint8_t {
  market = 1,
  limit = 2,
  stop = 3,              ///< a market order once the price is at the stop or worse for the order
  stop_limit = 4,        ///< a limit order after that
  trailing_stop = 5,     ///< a stop that follows the best price since it was accepted
  take_profit = 6,       ///< a market order once the price is at the stop or better (if touched)
  take_profit_limit = 7, ///< a limit order after that
};

/// Of an order that waits for a trigger: from its trigger on. What is left of a market order is
/// cancelled whatever this says, because it has no price to rest at.
enum class time_in_force : uint8_t {
  good_till_cancelled = 1,
  immediate_or_cancel = 2, ///< what does not trade at once is cancelled
  fill_or_kill = 3,        ///< trades at once in full or not at all
};

/// What happens instead of a trade between two orders of one owner. The rule of the taking order
/// holds.
enum class self_trade_rule : uint8_t {
  allow = 1,
  cancel_newest = 2, ///< the taking order's rest
  cancel_oldest = 3, ///< the resting order
  cancel_both = 4,
  decrement = 5, ///< both shrink by the smaller one's size, which cancels the smaller one
};

/// Why the book did not do what it was asked for. Nothing has changed then.
enum class book_refusal : uint8_t {
  unknown_value = 1,      ///< an enumerator that does not exist
  unknown_owner = 2,      ///< not one of the book's owners
  unknown_order = 3,      ///< no open order of this owner has the id
  price_missing = 4,      ///< the type needs a limit price, a stop price or a trail
  price_unexpected = 5,   ///< the type has no such price
  contradiction = 6,      ///< two wishes of which only one can come true
  size_not_positive = 7,  ///< a size of 0 or less
  off_lot = 8,            ///< a size that is no multiple of the lot
  price_not_positive = 9, ///< a price of 0 or less
  off_tick = 10,          ///< a price or an offset that is no multiple of the tick
  trail_out_of_range = 11,
  min_notional = 12,
  overflow = 13,          ///< a notional, or all open sizes together, beyond a decimal
  book_full = 14,         ///< as many open orders as the book may hold
  would_take = 15,        ///< post-only, at a price that trades at once
  nothing_to_reduce = 16, ///< reduce-only, without a position on the other side
  below_filled = 17,      ///< a replacement of no more than what has traded already
};

/// Why what is left of an order, or a part of it, is gone without a trade.
enum class cancel_reason : uint8_t {
  requested = 1,
  immediate_or_cancel = 2,
  fill_or_kill = 3,
  no_liquidity = 4, ///< a market order, and nobody is left to trade with
  would_take = 5,   ///< post-only, triggered at a price that trades at once
  self_trade = 6,
  reduce_only = 7, ///< more than the position that it may reduce
};

[[nodiscard]] const char* to_string(book_order_type t) noexcept;
[[nodiscard]] const char* to_string(time_in_force t) noexcept;
[[nodiscard]] const char* to_string(self_trade_rule r) noexcept;
[[nodiscard]] const char* to_string(book_refusal r) noexcept;
[[nodiscard]] const char* to_string(cancel_reason r) noexcept;
[[nodiscard]] std::optional<book_order_type> parse_book_order_type(std::string_view name) noexcept;
[[nodiscard]] std::optional<time_in_force> parse_time_in_force(std::string_view name) noexcept;
[[nodiscard]] std::optional<self_trade_rule> parse_self_trade_rule(std::string_view name) noexcept;
[[nodiscard]] std::optional<book_refusal> parse_book_refusal(std::string_view name) noexcept;
[[nodiscard]] std::optional<cancel_reason> parse_cancel_reason(std::string_view name) noexcept;

/// Whether the type trades at a limit price, from its trigger on if it has one.
[[nodiscard]] constexpr bool has_limit_price(book_order_type t) noexcept {
  return t == book_order_type::limit || t == book_order_type::stop_limit
         || t == book_order_type::take_profit_limit;
}
/// Whether the type waits for a price that is fixed when it is given.
[[nodiscard]] constexpr bool has_stop_price(book_order_type t) noexcept {
  return t == book_order_type::stop || t == book_order_type::stop_limit
         || t == book_order_type::take_profit || t == book_order_type::take_profit_limit;
}
[[nodiscard]] constexpr bool has_trigger(book_order_type t) noexcept {
  return has_stop_price(t) || t == book_order_type::trailing_stop;
}

/// An order as its owner gives it. Any content is safe to submit: what makes no sense is refused.
struct book_order {
  owner_id owner{};
  side direction = side::buy;
  book_order_type type = book_order_type::limit;
  time_in_force lifetime = time_in_force::good_till_cancelled;
  self_trade_rule self_trades = self_trade_rule::cancel_newest;
  bool post_only = false;   ///< never takes; limit kinds that are good till cancelled
  bool reduce_only = false; ///< never larger than the owner's position on the other side
  quantity size;
  std::optional<price> limit_price;
  std::optional<price> stop_price;
  /// A trailing stop has one of these two: a distance in price, or parts per billion of the best
  /// price, in (0, 1e9).
  std::optional<price> trail_offset;
  std::optional<int64_t> trail_ppb;

  friend bool operator==(const book_order&, const book_order&) = default;
};

/// What shall change about an open order; nothing stays as it is.
struct book_replacement {
  owner_id owner{};
  book_order_id id{};
  /// With what has traded already, as in FIX: a fill that crosses the replacement on its way is
  /// never bought twice.
  std::optional<quantity> size;
  std::optional<price> limit_price;
  std::optional<price> stop_price;

  friend bool operator==(const book_replacement&, const book_replacement&) = default;
};

} // namespace supreme::trading
