#include "trading/statistics/alpha_beta.hpp"

#include "trading/statistics/ratio.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace supreme::trading {

namespace {

/// Of the sum of squares: what is below it cannot be told from rounding.
constexpr double variation_least = 1e-14;
/// Of lane_count samples, that are gone through anew where one of them is out of the ordinary.
constexpr size_t groups_max = 8;

double sum_of_lanes(const std::array<double, lane_count>& lanes) noexcept {
  return std::accumulate(lanes.begin(), lanes.end(), 0.0);
}

/// ln(to/from) of positive amounts from their difference and their sum. Near 1 by the series of
/// 2·artanh((to − from)/(to + from)), whose first left-out term is below 2⁻⁵³ of the sum: bars move
/// little, and a library's logarithm costs several times as much.
template <class Numbers>
struct near_logarithm {
  Numbers value;
  Numbers error; ///< grows with what is left out; below error_max the value holds

  static constexpr double error_max = 0.01 * 0.01;

  [[gnu::always_inline]] near_logarithm(const Numbers& change, const Numbers& sum) noexcept {
    const Numbers s = change / sum;
    error = s * s;
    value = 2 * s * (1 + error * (1.0 / 3 + error * (1.0 / 5 + error * (1.0 / 7))));
  }
};

double log_of_change(decimal from, decimal to) noexcept {
  const double sum = static_cast<double>(from.raw()) + static_cast<double>(to.raw());
  const near_logarithm<double> near{static_cast<double>(to.raw() - from.raw()), sum};
  return near.error < near.error_max ? near.value : log_change(from, to).value_or(0);
}

/// The same of lane_count changes where they are near.
[[gnu::always_inline]] inline void log_changes(double_lanes& out, double_lanes& error,
                                               const integer_lanes& from,
                                               const integer_lanes& to) noexcept {
  const double_lanes sum =
    __builtin_convertvector(from, double_lanes) + __builtin_convertvector(to, double_lanes);
  // Of amounts that are not positive it may wrap; nobody looks at the logarithm of those.
  const auto change = (integer_lanes)((unsigned_lanes)to - (unsigned_lanes)from);
  const near_logarithm<double_lanes> near{__builtin_convertvector(change, double_lanes), sum};
  out = near.value;
  error = near.error;
}

} // namespace

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

/// The last sample is the one before these.
void market_comparison::add_logarithms(std::span<const money> equity,
                                       std::span<const price> market) noexcept {
  // Each sample after the one before it, which is not of this part for the first.
  std::array<money, lane_count> equity_before{last_.equity};
  std::array<price, lane_count> market_before{last_.market};
  for (size_t i = 0; i < equity.size();) {
    const auto left = equity.size() - i;
    if (returns_.count % lane_count != 0 || left < lane_count) {
      const sample before = i == 0 ? last_ : sample{equity[i - 1], market[i - 1]};
      has_logarithms_ = add_one(returns_, before, {equity[i], market[i]});
      ++i;
    } else if (i == 0) {
      std::copy_n(equity.begin(), lane_count - 1, equity_before.begin() + 1);
      std::copy_n(market.begin(), lane_count - 1, market_before.begin() + 1);
      has_logarithms_ = add_group(
        returns_, {equity_before.data(), market_before.data(), equity.data(), market.data(), 1});
      i += lane_count;
    } else {
      const auto count = std::min(left / lane_count, groups_max);
      has_logarithms_ =
        add_group(returns_, {&equity[i - 1], &market[i - 1], &equity[i], &market[i], count});
      i += count * lane_count;
    }
    if (!has_logarithms_)
      return;
  }
}

bool market_comparison::add_one(sums& all, const sample& from, const sample& to) noexcept {
  if (!to.has_logarithms())
    return false;
  const double e = log_of_change(from.equity, to.equity);
  const double m = log_of_change(from.market, to.market);
  if (all.count == 0) {
    all.equity_shift = e;
    all.market_shift = m;
  }
  const auto lane = all.count++ % lane_count;
  const double equity = e - all.equity_shift;
  const double market = m - all.market_shift;
  all.equity[lane] += equity;
  all.market[lane] += market;
  all.products[lane] += equity * market;
  all.squares[lane] += market * market;
  return true;
}

bool market_comparison::add_group(sums& all, const lane_samples& samples) noexcept {
  if (add_lanes(all, samples)) [[likely]]
    return true;
  for (size_t i = 0; i < samples.groups * lane_count; ++i) {
    if (!add_one(all, {samples.equity_before[i], samples.market_before[i]},
                 {samples.equity[i], samples.market[i]}))
      return false;
  }
  return true;
}

SUPREME_FOR_EACH_PROCESSOR
bool market_comparison::add_lanes(sums& all, const lane_samples& samples) noexcept {
  double_lanes equity_sum, market_sum, products, squares;
  load(equity_sum, all.equity.data());
  load(market_sum, all.market.data());
  load(products, all.products.data());
  load(squares, all.squares.data());
  double equity_shift = all.equity_shift;
  double market_shift = all.market_shift;
  bool is_first = all.count == 0;
  integer_lanes lowest_equity = integer_lanes{} + 1;
  integer_lanes lowest_market = lowest_equity;
  double_lanes largest_error{};
  for (size_t i = 0; i < samples.groups * lane_count; i += lane_count) {
    integer_lanes equity_before, equity_now, market_before, market_now;
    load(equity_before, samples.equity_before + i);
    load(equity_now, samples.equity + i);
    load(market_before, samples.market_before + i);
    load(market_now, samples.market + i);
    double_lanes equity, market, equity_error, market_error;
    log_changes(equity, equity_error, equity_before, equity_now);
    log_changes(market, market_error, market_before, market_now);
    lowest_equity = equity_now < lowest_equity ? equity_now : lowest_equity;
    lowest_market = market_now < lowest_market ? market_now : lowest_market;
    largest_error = equity_error > largest_error ? equity_error : largest_error;
    largest_error = market_error > largest_error ? market_error : largest_error;
    if (std::exchange(is_first, false)) [[unlikely]] {
      equity_shift = equity[0];
      market_shift = market[0];
    }
    equity -= equity_shift;
    market -= market_shift;
    equity_sum += equity;
    market_sum += market;
    products += equity * market;
    squares += market * market;
  }
  bool all_near = true;
  for (size_t l = 0; l < lane_count; ++l)
    all_near &= lowest_equity[l] > 0 && lowest_market[l] > 0
                && largest_error[l] < near_logarithm<double>::error_max;
  if (!all_near) [[unlikely]]
    return false;
  all.count += samples.groups * lane_count;
  all.equity_shift = equity_shift;
  all.market_shift = market_shift;
  store(all.equity.data(), equity_sum);
  store(all.market.data(), market_sum);
  store(all.products.data(), products);
  store(all.squares.data(), squares);
  return true;
}

market_relation market_comparison::value(double risk_free_rate) const noexcept {
  market_relation r;
  if (!first_)
    return r;
  r.market_return = relative_change(first_->market, last_.market);
  if (!has_logarithms_ || returns_.count < 2)
    return r;
  const auto count = static_cast<double>(returns_.count);
  const double equity = sum_of_lanes(returns_.equity);
  const double market = sum_of_lanes(returns_.market);
  const double squares = sum_of_lanes(returns_.squares);
  // Sums of products of distances from the means.
  const double covariance = sum_of_lanes(returns_.products) - equity * market / count;
  const double variance = squares - market * market / count;
  // A market that stood still leaves nothing but rounding.
  if (variance > squares * variation_least)
    r.beta = ratio(covariance, variance);
  const auto total = relative_change(first_->equity, last_.equity);
  if (r.beta && total && r.market_return)
    r.alpha = finite(*total - risk_free_rate - *r.beta * (*r.market_return - risk_free_rate));
  return r;
}

} // namespace supreme::trading
