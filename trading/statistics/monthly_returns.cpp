#include "trading/statistics/monthly_returns.hpp"

#include "trading/statistics/ratio.hpp"

namespace supreme::trading {

namespace {

std::chrono::year_month_day date_of(const daily_close& close) noexcept {
  return std::chrono::sys_days{std::chrono::days{close.day}};
}

} // namespace

std::vector<year_returns> monthly_returns(money start, std::span<const daily_close> closes) {
  std::vector<year_returns> rows;
  money before_month = start;
  money before_year = start;
  for (size_t i = 0; i < closes.size(); ++i) {
    const auto date = date_of(closes[i]);
    const auto year = static_cast<int>(date.year());
    if (rows.empty() || rows.back().year != year)
      rows.push_back({year, {}, {}});
    const bool last = i + 1 == closes.size();
    const auto next = last ? date : date_of(closes[i + 1]);
    const bool ends_year = last || next.year() != date.year();
    if (ends_year || next.month() != date.month()) {
      const auto month = static_cast<unsigned>(date.month()) - 1;
      rows.back().months.at(month) = relative_change(before_month, closes[i].equity);
      before_month = closes[i].equity;
    }
    if (ends_year) {
      rows.back().total = relative_change(before_year, closes[i].equity);
      before_year = closes[i].equity;
    }
  }
  return rows;
}

} // namespace supreme::trading
