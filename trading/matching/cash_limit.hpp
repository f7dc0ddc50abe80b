#pragma once

#include "trading/matching/bar_matching.hpp"

namespace supreme::trading {

/// Whether a simulated venue wants this order to be paid from the account's cash. What only closes
/// may cost more than there is: a short position that nobody can buy back would cost more still.
[[nodiscard]] constexpr bool is_paid_from_cash(side direction, bool reduce_only) noexcept {
  return direction == side::buy && !reduce_only;
}

struct paid_execution {
  bar_execution done;
  bool all = true; ///< false: the venue ends the order after this
};

/// How much of a buy the cash pays for: all of it, or the largest multiple of the lot whose
/// notional and fee, each rounded away from zero, are within the cash; of a maker's rebate nothing
/// is paid for. `done` is a fill at this venue, or none. Throws std::overflow_error outside the
/// decimal range.
[[nodiscard]] paid_execution within_cash(const bar_execution& done, money cash, quantity lot,
                                         const execution_costs& costs);

} // namespace supreme::trading
