#pragma once

#include "trading/orders/order.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace supreme::trading {

/// What is looked at once an order is out or filled. Stored by name; values are never reused.
enum class trade_check : uint8_t {
  identity = 1,    ///< the fill names its order, account, venue and instrument: yes or no
  direction = 2,   ///< the fill is on the order's side: yes or no
  size = 3,        ///< base units: filled in all, against the order's size
  price_bound = 4, ///< the limit price, or the worst price that was reserved for
  slippage = 5,    ///< per cent of the decision price; positive is worse
  order_age = 6,   ///< seconds since the order was decided
  holding = 7,     ///< base units: Σ of the fills, against what is kept
  cash = 8,        ///< quote units: what was there and Σ of the fills, against what is kept
  overflow = 9,    ///< the numbers leave the range; shows nothing
};

[[nodiscard]] const char* to_string(trade_check c) noexcept;
[[nodiscard]] std::optional<trade_check> parse_trade_check(std::string_view text) noexcept;

/// One line of an answer. Checks that only answer yes or no carry 1 for yes; `holding` and `cash`
/// show what it must be as the limit.
struct trade_finding {
  trade_check code = trade_check::identity;
  bool passed = true;
  decimal limit;
  decimal seen;

  friend bool operator==(const trade_finding&, const trade_finding&) = default;
};

/// How much worse than the decision the price was, in parts per billion of the decision price,
/// rounded up; negative when it was better. Nothing for a decision price that is not positive, and
/// outside the range. Against a mark instead of a fill it is the slippage of an order that still
/// works.
[[nodiscard]] std::optional<int64_t> slippage_ppb(side direction, price decided, price at) noexcept;

/// What an order was executed at so far. Exact up to the rounding of each notional (half-even).
struct execution_total {
  quantity filled; ///< ≥ 0
  money notional;  ///< Σ price·size

  friend bool operator==(const execution_total&, const execution_total&) = default;
};

/// Nothing outside the range.
[[nodiscard]] std::optional<execution_total> with_fill(const execution_total& before,
                                                       const fill& f) noexcept;

/// Slippage of all that was filled: its average price against the order's decision price. Nothing
/// before the first fill and where slippage_ppb() has none.
[[nodiscard]] std::optional<int64_t> realised_slippage_ppb(const order& o,
                                                           const execution_total& total) noexcept;

/// What a fill may be. An absent bound is not checked.
struct fill_bounds {
  std::optional<price> worst_price; ///< of orders without a limit price
  std::optional<int64_t> max_slippage_ppb;
};

/// A fill against its order, of which `before` was filled already: identity, direction, size,
/// price_bound, slippage. All are listed, whatever fails: the fill has happened.
[[nodiscard]] std::vector<trade_finding> check_fill(const order& o, const execution_total& before,
                                                    const fill& f, const fill_bounds& bounds);

/// An order that is still open: order_age and, where there is a mark and a bound, slippage. A time
/// before the order's counts as age 0.
struct working_order {
  timestamp now;          ///< event time
  nanoseconds max_age{0}; ///< 0: not checked
  std::optional<price> mark;
  std::optional<int64_t> max_slippage_ppb;
};

[[nodiscard]] std::vector<trade_finding> check_working_order(const order& o,
                                                             const working_order& w);

/// What one account says of one instrument.
struct ledger_claim {
  quantity opening_position; ///< before the first of the fills
  money opening_cash;        ///< of the quote asset
  quantity position;         ///< after the last one
  money cash;
};

/// Whether fills explain a position and the quote asset's balance: opening + Σ signed size =
/// position, and opening − Σ signed notional − Σ fees in the quote asset = cash. Notionals are
/// rounded half-even one by one, as they are booked. The fills must be of one instrument.
[[nodiscard]] std::vector<trade_finding>
check_ledger(const ledger_claim& claim, const std::vector<fill>& fills, const asset_id& quote);

} // namespace supreme::trading
