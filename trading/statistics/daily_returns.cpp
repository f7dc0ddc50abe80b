#include "trading/statistics/daily_returns.hpp"

#include "trading/market/utc_day.hpp"
#include "trading/statistics/ratio.hpp"

#include <algorithm>

namespace supreme::trading {

namespace {

bool is_weekend(const daily_close& close) noexcept {
  const std::chrono::weekday day{std::chrono::sys_days{std::chrono::days{close.day}}};
  return day == std::chrono::Saturday || day == std::chrono::Sunday;
}

} // namespace

void add_to_daily(std::vector<daily_close>& closes, timestamp time, money equity) {
  const auto day = closing_day(time);
  if (closes.empty() || closes.back().day != day)
    closes.push_back({day, equity});
  else
    closes.back().equity = equity;
}

std::vector<daily_close> daily_closes(std::span<const equity_sample> samples) {
  std::vector<daily_close> closes;
  for (const auto& sample : samples)
    add_to_daily(closes, sample.time, sample.equity);
  return closes;
}

double days_per_year(std::span<const daily_close> closes) noexcept {
  const auto weekend_days = std::count_if(closes.begin(), closes.end(), is_weekend);
  // weekend days/days > 2/7·0.6 in whole numbers.
  return weekend_days * 35 > std::ssize(closes) * 6 ? 365 : 252;
}

std::optional<std::vector<double>> daily_returns(std::span<const daily_close> closes) {
  std::vector<double> returns;
  returns.reserve(closes.size());
  for (size_t i = 1; i < closes.size(); ++i) {
    const auto r = relative_change(closes[i - 1].equity, closes[i].equity);
    if (!r)
      return std::nullopt;
    returns.push_back(*r);
  }
  return returns;
}

} // namespace supreme::trading
