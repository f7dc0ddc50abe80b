#include "trading/risk/order_sizing.hpp"

#include <algorithm>

namespace supreme::trading {

namespace {

/// Base units of a new position; ≥ 0.
std::optional<quantity> opening_quantity(const sizing& s, price mark) noexcept {
  const auto raw = s.mode == sizing_mode::fixed_quantity
                     ? std::optional{s.amount}
                     : checked_divide(s.amount, mark, rounding::toward_zero);
  return raw ? std::optional{std::max(*raw, quantity{})} : std::nullopt;
}

bool is_reached(target wanted, quantity held) noexcept {
  switch (wanted) {
    case target::flat:
      return held.is_zero();
    case target::long_position:
      return held.is_positive();
    case target::short_position:
      return held.is_negative();
  }
  return true;
}

/// What the slot is to hold, signed.
std::optional<quantity> target_quantity(const decision_input& in) noexcept {
  if (in.wish.wanted == target::flat)
    return quantity{};
  const auto opening = opening_quantity(in.size, in.mark);
  if (!opening || in.wish.wanted == target::long_position)
    return opening;
  return checked_subtract(quantity{}, *opening);
}

} // namespace

std::optional<sized_order> size_to_target(const decision_input& in) noexcept {
  const auto held = checked_add(in.slot.position, in.slot.pending);
  if (!held)
    return std::nullopt;
  sized_order order;
  order.held = *held;
  order.reached = is_reached(in.wish.wanted, *held);
  if (order.reached)
    return order;
  const auto wanted_quantity = target_quantity(in);
  const auto change = wanted_quantity ? checked_subtract(*wanted_quantity, *held) : std::nullopt;
  if (!change)
    return std::nullopt;
  const auto wanted = change->is_negative() ? checked_subtract(quantity{}, *change) : change;
  if (!wanted)
    return std::nullopt;
  order.direction = change->is_negative() ? side::sell : side::buy;
  order.wanted = *wanted;
  const auto size = checked_round_to_multiple(*wanted, in.traded->lot_size, rounding::toward_zero);
  if (!size)
    return std::nullopt;
  order.size = *size;
  return order;
}

} // namespace supreme::trading
