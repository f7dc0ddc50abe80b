#pragma once

#include "trading/market/decimal.hpp"
#include "trading/market/trade.hpp"

#include <optional>

namespace supreme::trading {

/// The worst price a market order is thought to meet: mark·(1 ± collar), rounded to the tick on the
/// side that costs. Nothing outside the range, for a tick that is not positive, and for a collar
/// outside 0…100 %.
[[nodiscard]] std::optional<price> collar_price(price mark, side direction, int64_t collar_ppb,
                                                price tick) noexcept;

/// Quote units that a buy of `size` costs at most: the notional and a fee of `fee_ppb` on it, each
/// rounded away from zero. Nothing outside the range and for a fee outside 0…100 %.
[[nodiscard]] std::optional<money> worst_cost(price worst, quantity size, int64_t fee_ppb) noexcept;

/// The largest multiple of the lot whose worst_cost is within the cash; 0 when not even one lot is.
/// Nothing outside the range, for a price or lot that is not positive, and for a fee outside 0…100
/// %.
[[nodiscard]] std::optional<quantity> affordable_size(money cash, price worst, int64_t fee_ppb,
                                                      quantity lot) noexcept;

} // namespace supreme::trading
