#include "trading/risk/trading_session.hpp"

#include "trading/risk/risk_measures.hpp"

#include <algorithm>

namespace supreme::trading {

namespace {

/// 0…604799. The day 0, 1970-01-01, was a Thursday.
int64_t second_of_week(timestamp at) noexcept {
  constexpr int64_t day_s = 86'400;
  constexpr int64_t second_ns = 1'000'000'000;
  const int64_t day = utc_day(at);
  const int64_t weekday = ((day + 3) % 7 + 7) % 7;
  const int64_t second = at.ns() / second_ns - (at.ns() % second_ns < 0 ? 1 : 0);
  return weekday * day_s + (second - day * day_s);
}

bool holds(const weekly_window& w, int64_t second) noexcept {
  if (w.opens_s < w.closes_s)
    return second >= w.opens_s && second < w.closes_s;
  return second >= w.opens_s || second < w.closes_s;
}

bool is_in_week(int32_t second) noexcept { return second >= 0 && second < weekly_window::week_s; }

} // namespace

bool trading_session::usable() const noexcept {
  return std::all_of(windows.begin(), windows.end(), [](const weekly_window& w) {
    return is_in_week(w.opens_s) && is_in_week(w.closes_s);
  });
}

bool is_open(const trading_session& session, timestamp at) noexcept {
  if (session.holidays.contains(utc_day(at)))
    return false;
  const int64_t second = second_of_week(at);
  return session.windows.empty()
         || std::any_of(session.windows.begin(), session.windows.end(),
                        [&](const weekly_window& w) { return holds(w, second); });
}

check_result check_session(const trading_session& session, timestamp at) noexcept {
  constexpr decimal yes = decimal::from_raw(decimal::scale);
  const bool open = is_open(session, at);
  return {refusal::session_closed, open, yes, open ? yes : decimal{}};
}

} // namespace supreme::trading
