#pragma once

#include "trading/market/bar.hpp"
#include "trading/market/instrument.hpp"
#include "trading/orders/order.hpp"

#include <optional>

namespace supreme::trading {

/// Costs of simulated execution, in parts per billion.
struct execution_costs {
  int64_t taker_fee_ppb = 0;
  int64_t maker_fee_ppb = 0;
  int64_t slippage_ppb = 0;        ///< applied against market and triggered stop orders
  int64_t max_volume_share_ppb = 0; ///< 0 = no cap; else the share of the bar's volume one order may take
};

/// An order resting at a simulated venue, as the bar model sees it.
struct resting_order {
  side direction = side::buy;
  order_type type = order_type::market;
  quantity open_size;              ///< > 0, what is left
  std::optional<price> limit_price;
  std::optional<price> stop_price;
  bool triggered = false;          ///< a stop kind whose trigger was hit in an earlier bar
};

/// What a bar does to an order. No fill when size is zero.
struct bar_execution {
  quantity size;
  price at;
  money fee;                       ///< in quote units, rounded half-even
  bool maker = false;
  bool triggered = false;          ///< stop kinds: hit by now
};

/// CONVENTIONS "Bars, orders, fills in simulation": market at the open ± slippage; limit buy fills if low ≤ limit
/// at min(open, limit); stop buy triggers if high ≥ stop at max(open, stop); stop-limit: trigger, then
/// limit rules from the trigger price on; sells mirrored. Prices with slippage are rounded to the tick against the order.
[[nodiscard]] bar_execution execute_on_bar(const resting_order& o, const bar& b, const instrument& i,
                                           const execution_costs& costs);

} // namespace supreme::trading
