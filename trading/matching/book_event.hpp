#pragma once

#include "trading/matching/book_order.hpp"

#include <variant>

namespace supreme::trading {

/// The order is in the book now: trading, resting or waiting for its trigger.
struct order_accepted {
  book_order_id id{};
  owner_id owner{};
  quantity size; ///< less than asked for where a reduce-only order was cut to the position
  friend bool operator==(const order_accepted&, const order_accepted&) = default;
};

/// Nothing has changed.
struct order_refused {
  book_order_id id{}; ///< of the cancel or replacement; 0 for a new order
  owner_id owner{};
  book_refusal reason{};
  friend bool operator==(const order_refused&, const order_refused&) = default;
};

/// A trade has reached the trigger: the order trades next, after those triggered before it.
struct order_triggered {
  book_order_id id{};
  owner_id owner{};
  price at; ///< of the trade
  friend bool operator==(const order_triggered&, const order_triggered&) = default;
};

struct order_traded {
  book_order_id maker{};
  book_order_id taker{};
  owner_id maker_owner{};
  owner_id taker_owner{};
  side taker_side = side::buy;
  price at;        ///< the maker's limit
  quantity size;   ///< > 0
  money maker_fee; ///< quote units; < 0 is a rebate
  money taker_fee;
  friend bool operator==(const order_traded&, const order_traded&) = default;
};

/// A part of the order is gone without a trade; the order keeps its place.
struct order_reduced {
  book_order_id id{};
  owner_id owner{};
  quantity open_size; ///< > 0, what is left
  cancel_reason reason{};
  friend bool operator==(const order_reduced&, const order_reduced&) = default;
};

struct order_replaced {
  book_order_id id{};
  owner_id owner{};
  quantity open_size; ///< > 0, before it trades anew
  bool kept_priority = false;
  friend bool operator==(const order_replaced&, const order_replaced&) = default;
};

/// All that was left is gone without a trade.
struct order_cancelled {
  book_order_id id{};
  owner_id owner{};
  quantity open_size; ///< > 0, what was left
  cancel_reason reason{};
  friend bool operator==(const order_cancelled&, const order_cancelled&) = default;
};

/// An order is over with its order_cancelled, or with the order_traded that fills it.
using book_event = std::variant<order_accepted, order_refused, order_triggered, order_traded,
                                order_reduced, order_replaced, order_cancelled>;

} // namespace supreme::trading
