#include "trading/statistics/rolling_sharpe.hpp"

#include "trading/statistics/annual.hpp"

namespace supreme::trading {

rolling_sharpe::rolling_sharpe(uint32_t window_days, double days_per_year, double risk_free_rate)
  : window_(window_days), days_per_year_(days_per_year), risk_free_rate_(risk_free_rate) {
  SUPREME_CHECK(window_days >= 2, "a single return has no volatility");
}

std::optional<double> rolling_sharpe::update(double daily_return) noexcept {
  window_.push(return_moments::of(daily_return));
  const auto m = window_.value();
  if (!m)
    return std::nullopt;
  const auto g = m->growth_per(m->count);
  return sharpe_ratio(annual_return(g, days_per_year_),
                      annual_volatility(g, m->variance(), days_per_year_), risk_free_rate_);
}

std::optional<std::vector<dated_value>> rolling_sharpe_series(std::span<const daily_close> closes,
                                                              uint32_t window_days,
                                                              double risk_free_rate) {
  rolling_sharpe sharpe{window_days, days_per_year(closes), risk_free_rate};
  const auto returns = daily_returns(closes);
  if (!returns)
    return std::nullopt;
  std::vector<dated_value> series;
  series.reserve(returns->size());
  for (size_t i = 0; i < returns->size(); ++i)
    series.push_back({closes[i + 1].day, sharpe.update((*returns)[i])});
  return series;
}

} // namespace supreme::trading
