#include "trading/statistics/alpha_beta.hpp"

namespace supreme::trading {

namespace {

/// Of the sum of squares: what is below it cannot be told from rounding.
constexpr double variation_least = 1e-14;

} // namespace

void market_comparison::begin(money equity, price market) noexcept {
  has_logarithms_ = equity.is_positive() && market.is_positive();
  first_ = last_ = {equity, market};
}

void market_comparison::add(std::span<const money> equity, std::span<const price> market) noexcept {
  size_t i = first_ ? 0 : 1;
  if (!first_ && !equity.empty())
    add(equity[0], market[0]);
  if (!has_logarithms_) {
    if (!equity.empty())
      last_ = {equity.back(), market.back()};
    return;
  }
  // Kept in registers: nothing else is written in between.
  auto all = sums_;
  auto before = last_;
  for (; i < equity.size(); ++i) {
    const sample now{equity[i], market[i]};
    if (!now.equity.is_positive() || !now.market.is_positive()) [[unlikely]]
      break;
    const double e = now.equity == before.equity ? 0 : log_change_of(before.equity, now.equity);
    const double m = now.market == before.market ? 0 : log_change_of(before.market, now.market);
    all.add(e, m);
    before = now;
  }
  sums_ = all;
  last_ = before;
  for (; i < equity.size(); ++i)
    add(equity[i], market[i]);
}

market_relation market_comparison::value(double risk_free_rate) const noexcept {
  market_relation r;
  if (!first_)
    return r;
  r.market_return = relative_change(first_->market, last_.market);
  if (!has_logarithms_ || sums_.count < 2)
    return r;
  const double variation = sums_.market_squares - sums_.market * sums_.market / sums_.count;
  // A market that stood still leaves nothing but rounding.
  if (variation > sums_.market_squares * variation_least)
    r.beta = ratio(sums_.products - sums_.equity * sums_.market / sums_.count, variation);
  const auto total = relative_change(first_->equity, last_.equity);
  if (r.beta && total && r.market_return)
    r.alpha = finite(*total - risk_free_rate - *r.beta * (*r.market_return - risk_free_rate));
  return r;
}

} // namespace supreme::trading
