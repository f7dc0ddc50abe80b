#include "trading/statistics/alpha_beta.hpp"

#include "trading/statistics/ratio.hpp"

namespace supreme::trading {

void market_comparison::add(money equity, price market) noexcept {
  has_logarithms_ = has_logarithms_ && equity.is_positive() && market.is_positive();
  if (has_logarithms_ && first_) {
    const double e = log_change(last_.equity, equity).value_or(0);
    const double m = log_change(last_.market, market).value_or(0);
    // Welford's update, for a covariance.
    ++count_;
    const double market_distance = m - market_mean_;
    equity_mean_ += (e - equity_mean_) / count_;
    market_mean_ += market_distance / count_;
    market_squares_ += market_distance * (m - market_mean_);
    products_ += market_distance * (e - equity_mean_);
  }
  last_ = {equity, market};
  if (!first_)
    first_ = last_;
}

market_relation market_comparison::value(double risk_free_rate) const noexcept {
  market_relation r;
  if (!first_)
    return r;
  r.market_return = relative_change(first_->market, last_.market);
  if (!has_logarithms_ || count_ < 2)
    return r;
  r.beta = ratio(products_, market_squares_);
  const auto total = relative_change(first_->equity, last_.equity);
  if (r.beta && total && r.market_return)
    r.alpha = finite(*total - risk_free_rate - *r.beta * (*r.market_return - risk_free_rate));
  return r;
}

} // namespace supreme::trading
