#pragma once

#include "trading/risk/pre_trade.hpp"

#include <optional>

namespace supreme::trading {

/// The market order that takes a slot to its target.
struct sized_order {
  quantity held;        ///< signed: the slot's position plus its open orders
  bool reached = false; ///< the slot already holds or has asked for its target
  side direction = side::buy;
  quantity wanted;                 ///< ≥ 0, before rounding to the lot
  quantity size;                   ///< ≥ 0, `wanted` rounded down to a lot multiple
  zero_size why = zero_size::none; ///< not none exactly when `size` is 0 and it is not reached
};

/// What the slot will hold, signed, as far as an order counts on it that is for this decision: all
/// that is under way, but for a cut that leaves something: it is of what is there, because it takes
/// back what still enters. Nothing when a number leaves the range.
[[nodiscard]] std::optional<quantity> held_after(const slot_exposure& slot,
                                                 const std::optional<quantity>& cut_to) noexcept;

/// Turns the wish into an order. A slot that is on the wanted side already is left alone, whatever
/// its size; one on the other side is closed and opened by one order. A wish for flat closes what
/// is held, not what an entry still fills or what a reversal under way opens; where nothing is
/// held, it closes what is under way. Nothing when a number leaves the range. Needs in.traded, a
/// positive mark and a positive lot.
[[nodiscard]] std::optional<sized_order> size_to_target(const decision_facts& in) noexcept;

} // namespace supreme::trading
