#include "trading/matching/cash_limit.hpp"

#include "trading/matching/fees.hpp"
#include "trading/risk/order_cost.hpp"

#include <algorithm>

namespace supreme::trading {

paid_execution within_cash(const bar_execution& done, money cash, quantity lot,
                           const execution_costs& costs) {
  if (!done.size.is_positive())
    return {done};
  const auto cost = checked_add(notional_of(done.at, done.size), done.fee);
  if (cost && *cost <= cash)
    return {done};
  const int64_t fee_ppb = done.maker ? costs.maker_fee_ppb : costs.taker_fee_ppb;
  paid_execution out{done, false};
  // Smaller than before: that costs more than there is, and more still with all rounded away.
  out.done.size =
    affordable_size(cash, done.at, std::max<int64_t>(fee_ppb, 0), lot).value_or(quantity{});
  out.done.fee = fee_of(notional_of(done.at, out.done.size), fee_ppb);
  return out;
}

} // namespace supreme::trading
