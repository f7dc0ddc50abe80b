#include "trading/statistics/alpha_beta.hpp"

#include "trading/statistics/ratio.hpp"

namespace supreme::trading {

namespace {

/// Of the sum of squares: what is below it cannot be told from rounding.
constexpr double variation_least = 1e-14;

} // namespace

/// ln(to/from) of positive amounts. Near 1 by the series of 2·artanh((to − from)/(to + from)),
/// whose first left-out term is below 2⁻⁵³ of the sum: bars move little, and a library's logarithm
/// costs several times as much. `sum` is from + to in raw units.
inline market_comparison::pair market_comparison::log_changes(const sample& from, const sample& to,
                                                              pair sum) noexcept {
  const pair change{static_cast<double>(to.equity.raw() - from.equity.raw()),
                    static_cast<double>(to.market.raw() - from.market.raw())};
  const pair s = change / sum;
  const pair q = s * s;
  pair logs = 2 * s * (1 + q * (1.0 / 3 + q * (1.0 / 5 + q * (1.0 / 7))));
  constexpr double near = 0.01 * 0.01;
  if (!(q[0] < near)) [[unlikely]]
    logs[0] = log_change(from.equity, to.equity).value_or(0);
  if (!(q[1] < near)) [[unlikely]]
    logs[1] = log_change(from.market, to.market).value_or(0);
  return logs;
}

void market_comparison::add(std::span<const money> equity, std::span<const price> market) noexcept {
  if (equity.empty())
    return;
  size_t i = 0;
  if (!first_) {
    first_ = last_ = {equity[0], market[0]};
    has_logarithms_ = last_.has_logarithms();
    i = 1;
  }
  if (has_logarithms_)
    add_logarithms(equity.subspan(i), market.subspan(i));
  last_ = {equity.back(), market.back()};
}

void market_comparison::add_logarithms(std::span<const money> equity,
                                       std::span<const price> market) noexcept {
  // Kept in registers: nothing else is written in between.
  auto all = sums_;
  auto before = last_;
  const auto units_of = [](const sample& s) {
    return pair{static_cast<double>(s.equity.raw()), static_cast<double>(s.market.raw())};
  };
  auto units_before = units_of(before);
  for (size_t i = 0; i < equity.size(); ++i) {
    const sample now{equity[i], market[i]};
    if (!now.has_logarithms()) [[unlikely]] {
      has_logarithms_ = false;
      break;
    }
    const auto units = units_of(now);
    all.add(log_changes(before, now, units_before + units));
    before = now;
    units_before = units;
  }
  sums_ = all;
}

market_relation market_comparison::value(double risk_free_rate) const noexcept {
  market_relation r;
  if (!first_)
    return r;
  r.market_return = relative_change(first_->market, last_.market);
  if (!has_logarithms_ || sums_.count < 2)
    return r;
  // Sums of products of distances from the means: of equity with the market, and of the market.
  const auto products =
    sums_.products - sums_.total * sums_.total[1] / static_cast<double>(sums_.count);
  // A market that stood still leaves nothing but rounding.
  if (products[1] > sums_.products[1] * variation_least)
    r.beta = ratio(products[0], products[1]);
  const auto total = relative_change(first_->equity, last_.equity);
  if (r.beta && total && r.market_return)
    r.alpha = finite(*total - risk_free_rate - *r.beta * (*r.market_return - risk_free_rate));
  return r;
}

} // namespace supreme::trading
