#pragma once

#include "trading/matching/bar_matching.hpp"
#include "trading/matching/order_ending.hpp"

#include <cstddef>
#include <span>

namespace supreme::trading {

/// What a venue says about an order.
struct venue_report {
  client_order_id order;
  timestamp at;                             ///< at the venue
  bar_execution done;                       ///< a fill, or a size of 0
  order_ending ending = order_ending::none; ///< of an order that is over; without a fill then
};

/// Where the orders of a backtest go when the bar model shall not fill them.
class order_venue {
public:
  virtual ~order_venue() = default;
  /// An order of a slot leaves for the venue; slots and instruments are numbered as in the plan.
  /// Times never go back.
  virtual void submit(const client_order_id& id, size_t slot, size_t instrument,
                      const resting_order& order, timestamp now) = 0;
  /// The reports that have arrived by now and were not given before, in the order of arrival; valid
  /// until the next call.
  [[nodiscard]] virtual std::span<const venue_report> reports(timestamp now) = 0;
};

} // namespace supreme::trading
