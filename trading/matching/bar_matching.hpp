#pragma once

#include "trading/market/bar_record.hpp"
#include "trading/market/instrument.hpp"
#include "trading/orders/order.hpp"

#include <optional>

namespace supreme::trading {

/// Costs of simulated execution, in parts per billion.
struct execution_costs {
  int64_t taker_fee_ppb = 0;
  int64_t maker_fee_ppb = 0;
  int64_t slippage_ppb = 0;         ///< applied against market and triggered stop orders
  int64_t max_volume_share_ppb = 0; ///< share of the bar's volume one order may take; 0 = no cap
};

/// An order resting at a simulated venue, as the bar model sees it.
struct resting_order {
  side direction = side::buy;
  order_type type = order_type::market;
  quantity open_size; ///< > 0, what is left
  std::optional<price> limit_price;
  std::optional<price> stop_price;
  bool triggered = false; ///< a stop kind whose trigger was hit in an earlier bar
  bool reduce_only = false;
};

[[nodiscard]] inline bool is_protective(const resting_order& o) noexcept {
  return is_protective(o.type, o.reduce_only);
}

/// What a bar does to an order. No fill when size is zero.
struct bar_execution {
  quantity size;
  price at;
  money fee; ///< in quote units, rounded half-even
  bool maker = false;
  bool triggered = false; ///< stop kinds: hit by now
};

/// What one bar does to one order that rests from the bar's open on (a buy; sells mirrored):
/// - market: fills at the open plus slippage.
/// - limit: fills when low ≤ limit, at min(open, limit). It takes when the open is already at or
///   below the limit, else it makes.
/// - stop: triggers when high ≥ stop, at max(open, stop) plus slippage. Triggered in an earlier bar
///   and not yet filled, it is a market order.
/// - stop-limit: triggers like a stop, then follows the limit rules from the trigger price on,
///   without slippage. Triggered inside the bar at a price above its limit, it fills only when the
///   close came back to the limit: the low may have come before the trigger. Triggered in an
///   earlier bar, it is a limit order.
///
/// Prices with slippage are rounded to the tick against the order. A volume cap leaves the rest
/// open. The fee is taken from the notional rounded half-even. A trigger is reported even when
/// nothing fills. Needs a bar without defect. Throws contract_violation when a size or a needed
/// price is missing or the slippage is not in [0, 1), and std::overflow_error outside the decimal
/// range.
[[nodiscard]] bar_execution execute_on_bar(const resting_order& o, const bar_record& b,
                                           const instrument& i, const execution_costs& costs);
[[nodiscard]] inline bar_execution execute_on_bar(const resting_order& o, const bar& b,
                                                  const instrument& i,
                                                  const execution_costs& costs) {
  return execute_on_bar(o, record_of(b), i, costs);
}

/// Whether execute_on_bar() might do anything: where this says no, the bar neither fills nor
/// triggers the order. For looking ahead over many bars.
[[nodiscard]] bool may_execute_on_bar(const resting_order& o, const bar_record& b) noexcept;

} // namespace supreme::trading
