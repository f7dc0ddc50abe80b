#pragma once

#include "trading/market/instrument.hpp"
#include "trading/matching/book_order.hpp"
#include "trading/result.hpp"

namespace supreme::trading {

/// An order's numbers in whole ticks and lots. What its type does not have is 0.
struct admitted_order {
  int64_t lots = 0;
  int64_t limit_ticks = 0;
  int64_t stop_ticks = 0;
  int64_t trail_ticks = 0;
  int64_t trail_ppb = 0;
};

/// Judges what can be judged without looking into the book: values and owner, then which prices the
/// type has, then the size, each price, and the notional. The notional is judged at the limit
/// price, without one at the stop price; a market order and a trailing stop have none. It may not
/// leave the decimal range, so that no trade of the order does.
[[nodiscard]] result<admitted_order, book_refusal> admit(const book_order& o, const instrument& i,
                                                         uint32_t owner_count);

} // namespace supreme::trading
