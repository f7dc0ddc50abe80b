#include "trading/statistics/annual.hpp"

#include "trading/indicators/compensated_sum.hpp"
#include "trading/statistics/ratio.hpp"

#include <algorithm>
#include <cmath>

namespace supreme::trading {

std::optional<double> annual_return(std::optional<double> g, double days_per_year) {
  return g ? finite(std::expm1(days_per_year * std::log1p(*g))) : std::nullopt;
}

std::optional<double> annual_volatility(std::optional<double> g, std::optional<double> variance,
                                        double days_per_year) {
  if (!g || !variance)
    return std::nullopt;
  // (1 + g)^(2D) is taken out of the difference: as written, the two powers cancel and leave noise
  // where the variance is small.
  const double growth = 1 + *g;
  const double excess = std::expm1(days_per_year * std::log1p(*variance / (growth * growth)));
  return finite(std::pow(growth, days_per_year) * std::sqrt(excess));
}

std::optional<double> sharpe_ratio(std::optional<double> annual_return,
                                   std::optional<double> annual_volatility, double risk_free_rate) {
  return annual_return ? ratio(*annual_return - risk_free_rate, annual_volatility) : std::nullopt;
}

std::optional<double> downside_deviation(std::span<const double> returns, double target) {
  compensated_sum squares;
  for (const double r : returns) {
    const double below = std::min(r - target, 0.0);
    squares.add(below * below);
  }
  const auto mean = ratio(squares.value(), static_cast<double>(returns.size()));
  return mean ? std::optional{std::sqrt(*mean)} : std::nullopt;
}

std::optional<double> sortino_ratio(std::optional<double> annual_return,
                                    std::optional<double> downside_deviation, double days_per_year,
                                    double risk_free_rate) {
  if (!annual_return || !downside_deviation)
    return std::nullopt;
  return ratio(*annual_return - risk_free_rate, *downside_deviation * std::sqrt(days_per_year));
}

std::optional<double> calmar_ratio(std::optional<double> annual_return,
                                   std::optional<double> max_drawdown) {
  return ratio(annual_return, max_drawdown);
}

std::optional<double> compound_annual_growth(std::optional<double> growth, double years) {
  if (!growth || *growth < -1 || years <= 0)
    return std::nullopt;
  return finite(std::expm1(std::log1p(*growth) / years));
}

} // namespace supreme::trading
