#include "trading/portfolio/fill_booking.hpp"

#include <algorithm>

namespace supreme::trading {

namespace {

void add(std::vector<asset_change>& changes, const asset_id& asset, decimal delta) {
  auto found =
    std::find_if(changes.begin(), changes.end(), [&](const auto& c) { return c.asset == asset; });
  if (found == changes.end())
    changes.push_back({asset, delta});
  else
    found->delta += delta;
}

} // namespace

booked_fill book_on_positions(const position& account_before, const position& slot_before,
                              const fill& f, const instrument& traded) {
  booked_fill out;
  out.balances.reserve(3); // Quote, base and the fee's asset.
  auto effect = apply_fill(account_before, f, traded.quote);
  out.account_after = effect.after;
  add(out.balances, traded.quote, effect.quote_change);
  add(out.balances, traded.base, effect.base_change);
  add(out.balances, f.fee_asset, -f.fee);
  out.slot_after = apply_fill(slot_before, f, traded.quote).after;
  return out;
}

money value_of(const position& held, const std::optional<price>& mark) {
  return mark ? multiply(held.size, *mark, rounding::half_even) : held.cost;
}

} // namespace supreme::trading
