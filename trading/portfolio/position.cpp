#include "trading/portfolio/position.hpp"

#include "trading/check.hpp"

#include <algorithm>

namespace supreme::trading {

namespace {

/// How a fill splits: first it closes, then the rest opens. Both are ≥ 0 and sum to its size.
struct split {
  quantity closing;
  quantity opening;
};

split split_fill(quantity held, side direction, quantity size) {
  const bool closes = direction == side::buy ? held.is_negative() : held.is_positive();
  if (!closes)
    return {quantity{}, size};
  const quantity closing = std::min(held.abs(), size);
  return {closing, size - closing};
}

/// The part of the cost that closing `closing` of the position takes along. The last unit takes all
/// that is left, so a closed position has cost 0 whatever was rounded on the way.
money released_cost(const position& p, quantity closing) {
  if (closing.is_zero())
    return money{};
  if (closing == p.size.abs())
    return p.cost;
  return multiply_divide(p.cost, closing.raw(), p.size.abs().raw(), rounding::half_even);
}

} // namespace

price position::average_price() const {
  return size.is_zero() ? price{} : divide(cost, size, rounding::half_even);
}

money position::unrealised(price mark) const {
  return multiply(size, mark, rounding::half_even) - cost;
}

fill_effect apply_fill(const position& before, const execution& e) {
  SUPREME_CHECK(e.size.is_positive(), "a fill has a positive size");
  SUPREME_CHECK(e.at.is_positive(), "a fill has a positive price");
  const auto [closing, opening] = split_fill(before.size, e.direction, e.size);
  const money notional = multiply(e.at, e.size, rounding::half_even);
  const money closing_notional = opening.is_zero()   ? notional
                                 : closing.is_zero() ? money{}
                                                     : multiply(e.at, closing, rounding::half_even);
  // The opening part is the difference, so that the two always sum to what the account pays.
  const money opening_notional = notional - closing_notional;
  // Money flows against the base units: a buy pays, a sell receives.
  const side money_flow = opposite(e.direction);
  const money released = released_cost(before, closing);

  fill_effect effect;
  effect.base_change = signed_quantity(e.direction, e.size);
  effect.quote_change = signed_quantity(money_flow, notional);
  effect.after = before;
  effect.after.size += effect.base_change;
  effect.after.cost = before.cost - released + signed_quantity(e.direction, opening_notional);
  effect.after.realised_gross += signed_quantity(money_flow, closing_notional) - released;
  effect.after.fees_quote += e.fee_quote;
  ++effect.after.fill_count;
  return effect;
}

fill_effect apply_fill(const position& before, const fill& f, const asset_id& quote) {
  return apply_fill(before, {f.direction, f.at, f.size, f.fee_asset == quote ? f.fee : money{}});
}

} // namespace supreme::trading
