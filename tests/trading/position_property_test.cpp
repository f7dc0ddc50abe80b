// Goal: the money invariants of a position hold for any run of fills.
// Method: random runs of fills with odd prices and sizes; sums are kept apart in 128 bits.
// Properties: Σ signed fills = size · Σ quote changes + cost = realised · flat means cost exactly
// 0 · the order of the fills changes neither size nor money.

#include "tests/trading/generators.hpp"

#include "trading/portfolio/position.hpp"

#include <algorithm>
#include <numeric>

namespace supreme::trading {
namespace {

__extension__ using wide = __int128;

const asset_id usdt{"USDT"};

/// Fills whose sums stay far inside the range: prices below 100 000, sizes below 10.
rc::Gen<fill> any_fill() {
  return rc::gen::exec([] {
    fill f;
    f.direction = *rc::gen::element(side::buy, side::sell);
    f.at = *tests::decimal_between(1, 100'000 * decimal::scale);
    // Small sizes on purpose as well: they meet every rounding.
    f.size = *rc::gen::oneOf(tests::decimal_between(1, 20),
                             tests::decimal_between(1, 10 * decimal::scale));
    f.fee = *tests::decimal_between(-1'000, 1'000'000);
    f.fee_asset = *rc::gen::element(usdt, asset_id{"BNB"});
    return f;
  });
}

struct totals {
  position held;
  wide quote = 0;
  wide base = 0;
  wide fees = 0;
};

totals apply_all(const std::vector<fill>& fills) {
  totals t;
  for (const auto& f : fills) {
    const auto effect = apply_fill(t.held, f, usdt);
    t.held = effect.after;
    t.quote += effect.quote_change.raw();
    t.base += effect.base_change.raw();
    if (f.fee_asset == usdt)
      t.fees += f.fee.raw();
  }
  return t;
}

std::vector<fill> any_fills() {
  return *rc::gen::resize(40, rc::gen::container<std::vector<fill>>(any_fill()));
}

RC_GTEST_PROP(position_property, sums_of_fills_are_the_position_and_its_money, ()) {
  const auto fills = any_fills();
  const auto t = apply_all(fills);
  RC_ASSERT(wide{t.held.size.raw()} == t.base);
  RC_ASSERT(t.quote + t.held.cost.raw() == wide{t.held.realised_gross.raw()});
  RC_ASSERT(wide{t.held.fees_quote.raw()} == t.fees);
  RC_ASSERT(t.held.fill_count == fills.size());
}

RC_GTEST_PROP(position_property, cost_has_the_sign_of_the_size, ()) {
  const auto p = apply_all(any_fills()).held;
  RC_ASSERT(!(p.size.is_positive() && p.cost.is_negative()));
  RC_ASSERT(!(p.size.is_negative() && p.cost.is_positive()));
  RC_ASSERT(!(p.size.is_zero() && !p.cost.is_zero()));
}

RC_GTEST_PROP(position_property, closing_everything_leaves_no_cost, ()) {
  auto t = apply_all(any_fills());
  while (!t.held.size.is_zero()) {
    fill f = *any_fill();
    f.direction = t.held.size.is_positive() ? side::sell : side::buy;
    // Large pieces after a few small ones, so that the run ends.
    f.size = std::min(t.held.size.abs(), f.size + decimal::from_integer(1));
    const auto effect = apply_fill(t.held, f, usdt);
    t.quote += effect.quote_change.raw();
    t.held = effect.after;
  }
  RC_ASSERT(t.held.cost.is_zero());
  RC_ASSERT(wide{t.held.realised_gross.raw()} == t.quote);
}

RC_GTEST_PROP(position_property, the_order_of_fills_changes_neither_size_nor_money, ()) {
  const auto fills = any_fills();
  const auto first = apply_all(fills);
  std::vector<size_t> order(fills.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const auto keys = *rc::gen::container<std::vector<int>>(fills.size(), rc::gen::arbitrary<int>());
  std::stable_sort(order.begin(), order.end(),
                   [&keys](size_t a, size_t b) { return keys[a] < keys[b]; });
  std::vector<fill> shuffled;
  for (const size_t i : order)
    shuffled.push_back(fills[i]);
  const auto second = apply_all(shuffled);
  RC_ASSERT(first.held.size == second.held.size);
  RC_ASSERT(first.quote == second.quote);
  RC_ASSERT(first.held.fees_quote == second.held.fees_quote);
  RC_ASSERT(first.held.realised_gross - first.held.cost
            == second.held.realised_gross - second.held.cost);
}

} // namespace
} // namespace supreme::trading
