#include "trading/risk/order_sizing.hpp"

#include "trading/risk/order_cost.hpp"

#include <algorithm>

namespace supreme::trading {

namespace {

/// Base units of a new position before rounding to the lot, ≥ 0, and why its size is 0; nothing
/// outside the range.
std::optional<quantity> opening_quantity(const decision_facts& in, zero_size& why) noexcept {
  auto basis = in.basis;
  basis.at = in.mark;
  if (in.size.mode == sizing_mode::all_in) {
    const side direction = in.wanted == target::long_position ? side::buy : side::sell;
    const auto worst = collar_price(in.mark, direction, in.limits.collar_ppb, in.traded->tick_size);
    if (!worst)
      return std::nullopt;
    // A sell is worth the mark at most; its collar price would make it larger.
    basis.at = std::max(*worst, in.mark);
    basis.fee_ppb = in.limits.taker_fee_ppb;
    if (!basis.free_cash)
      basis.free_cash = in.free_cash;
  }
  const auto opening = size_position(in.size, basis, in.traded->lot_size);
  why = opening.why;
  return why == zero_size::overflow ? std::nullopt : std::optional{opening.wanted};
}

/// A wish for flat is one to leave what is held: where orders under way close all of it and open
/// the other side, that is done, and what they open is not undone.
bool is_reached(target wanted, quantity now, quantity held) noexcept {
  switch (wanted) {
    case target::flat:
      return held.is_zero() || (now.is_positive() && held.is_negative())
             || (now.is_negative() && held.is_positive());
    case target::long_position:
      return held.is_positive();
    case target::short_position:
      return held.is_negative();
  }
  return true;
}

/// What a cut leaves, signed: a lot multiple, so that the order that cuts is one as well.
std::optional<quantity> cut_quantity(const decision_facts& in) noexcept {
  const auto rest =
    checked_round_to_multiple(*in.cut_to, in.traded->lot_size, rounding::toward_zero);
  const auto held = held_after(in.slot, in.cut_to);
  if (!rest || !held)
    return std::nullopt;
  return held->is_negative() ? checked_subtract(quantity{}, *rest) : *rest;
}

bool is_cut(quantity held, quantity rest) noexcept {
  return held.is_negative() ? held >= -rest : held <= rest;
}

/// What a wish for flat leaves, signed: what is held is closed, and no more. Parts of an entry that
/// still fill are not sold before they are there. Where nothing is held, what is under way is
/// closed.
std::optional<quantity> flat_quantity(quantity now, quantity after) noexcept {
  const bool still_opens = now.is_negative() ? after < now : now.is_positive() && after > now;
  return still_opens ? checked_subtract(after, now) : quantity{};
}

/// What the slot is to hold, signed, and why an opening is 0.
std::optional<quantity> target_quantity(const decision_facts& in, quantity held,
                                        zero_size& why) noexcept {
  if (in.cut_to)
    return cut_quantity(in);
  if (in.wanted == target::flat)
    return flat_quantity(in.slot.position, held);
  const auto opening = opening_quantity(in, why);
  if (!opening || in.wanted == target::long_position)
    return opening;
  return checked_subtract(quantity{}, *opening);
}

/// What an order may be of what is wanted, ≥ 0: without shorts nothing is sold that is not there or
/// is being sold already.
std::optional<quantity> order_cap(const decision_facts& in, side direction,
                                  quantity wanted) noexcept {
  const bool takes_away = in.wanted == target::flat || in.cut_to;
  if (direction == side::buy || !takes_away || in.limits.allow_short)
    return wanted;
  const auto left = closable(in.account, side::sell);
  return left ? std::optional{std::min(wanted, std::max(*left, quantity{}))} : std::nullopt;
}

} // namespace

std::optional<quantity> held_after(const slot_exposure& slot,
                                   const std::optional<quantity>& cut_to) noexcept {
  const auto after = checked_add(slot.position, slot.pending);
  const bool leaves = cut_to && cut_to->is_positive();
  return after && leaves ? checked_subtract(*after, slot.entering) : after;
}

std::optional<sized_order> size_to_target(const decision_facts& in) noexcept {
  const auto held = held_after(in.slot, in.cut_to);
  if (!held)
    return std::nullopt;
  sized_order order;
  order.held = *held;
  order.reached =
    in.cut_to ? is_cut(*held, *in.cut_to) : is_reached(in.wanted, in.slot.position, *held);
  if (order.reached)
    return order;
  const auto wanted_quantity = target_quantity(in, *held, order.why);
  const auto change = wanted_quantity ? checked_subtract(*wanted_quantity, *held) : std::nullopt;
  if (!change)
    return std::nullopt;
  order.direction = change->is_negative() ? side::sell : side::buy;
  const auto whole = change->is_negative() ? checked_subtract(quantity{}, *change) : change;
  const auto wanted = whole ? order_cap(in, order.direction, *whole) : std::nullopt;
  if (!wanted)
    return std::nullopt;
  order.reached = wanted->is_zero() && !whole->is_zero();
  if (order.reached)
    return order;
  order.wanted = *wanted;
  const auto size = checked_round_to_multiple(*wanted, in.traded->lot_size, rounding::toward_zero);
  if (!size)
    return std::nullopt;
  order.size = *size;
  // A slot that is turned around is closed at least, whatever its opening comes to.
  if (size->is_positive())
    order.why = zero_size::none;
  else if (order.why == zero_size::none)
    order.why = zero_size::below_lot;
  return order;
}

} // namespace supreme::trading
