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

market_relation market_comparison::value(double risk_free_rate) const noexcept {
  market_relation r;
  if (!first_)
    return r;
  r.market_return = relative_change(first_->market, last_.market);
  if (!has_logarithms_ || count_ < 2)
    return r;
  const double variation = market_squares_ - market_sum_ * market_sum_ / count_;
  // A market that stood still leaves nothing but rounding.
  if (variation > market_squares_ * variation_least)
    r.beta = ratio(products_ - equity_sum_ * market_sum_ / count_, variation);
  const auto total = relative_change(first_->equity, last_.equity);
  if (r.beta && total && r.market_return)
    r.alpha = finite(*total - risk_free_rate - *r.beta * (*r.market_return - risk_free_rate));
  return r;
}

} // namespace supreme::trading
