#pragma once

#include "trading/matching/bar_matching.hpp"

#include <cstddef>
#include <span>

namespace supreme::trading {

/// What a venue says about an order.
struct venue_report {
  client_order_id order;
  timestamp at; ///< at the venue
  /// A fill; a size of 0 means that the order is over without one, because no decimal holds its
  /// amounts, or because it has been cancelled.
  bar_execution done;
  bool cancelled = false; ///< reduce-only, and nothing was left to close
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
