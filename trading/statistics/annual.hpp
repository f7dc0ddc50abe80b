#pragma once

#include <optional>
#include <span>

namespace supreme::trading {

// The final formulas of annual statistics, the one place where each stands. All rates are
// fractions: 0.1 is 10 %. Nothing where an argument is missing, a denominator is 0 or the result is
// no number. Any thread.

/// (1 + g)^D − 1: g the geometric mean of the daily returns, D the days of a trading year.
[[nodiscard]] std::optional<double> annual_return(std::optional<double> g, double days_per_year);

/// sqrt((v + (1 + g)²)^D − (1 + g)^(2D)): v the variance (n − 1) of the daily returns.
[[nodiscard]] std::optional<double>
annual_volatility(std::optional<double> g, std::optional<double> variance, double days_per_year);

/// (annual return − risk-free rate)/annual volatility.
[[nodiscard]] std::optional<double> sharpe_ratio(std::optional<double> annual_return,
                                                 std::optional<double> annual_volatility,
                                                 double risk_free_rate);

/// sqrt(mean(min(r − target, 0)²)) over all returns; nothing without returns.
[[nodiscard]] std::optional<double> downside_deviation(std::span<const double> returns,
                                                       double target = 0);

/// (annual return − risk-free rate)/(downside deviation · sqrt(D)).
[[nodiscard]] std::optional<double> sortino_ratio(std::optional<double> annual_return,
                                                  std::optional<double> downside_deviation,
                                                  double days_per_year, double risk_free_rate);

/// annual return/max drawdown, the drawdown as a fraction ≥ 0.
[[nodiscard]] std::optional<double> calmar_ratio(std::optional<double> annual_return,
                                                 std::optional<double> max_drawdown);

/// (end/start)^(1/years) − 1 for growth = end/start − 1; nothing below −1.
[[nodiscard]] std::optional<double> compound_annual_growth(std::optional<double> growth,
                                                           double years);

} // namespace supreme::trading
