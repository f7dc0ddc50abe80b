#include "commands/report/time_axis.hpp"

#include "trading/statistics/equity_sample.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

namespace supreme::commands::report {

namespace {

using std::chrono::floor;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr int64_t ns_per_second = 1'000'000'000;
constexpr int64_t seconds_per_day = 86'400;

int64_t seconds_of(trading::timestamp t) {
  return t.ns() / ns_per_second - (t.ns() % ns_per_second < 0 ? 1 : 0);
}

trading::timestamp from_seconds(int64_t seconds) {
  return trading::timestamp::from_ns(seconds * ns_per_second);
}

year_month_day date_of(int64_t seconds) {
  return {floor<std::chrono::days>(std::chrono::sys_seconds{std::chrono::seconds{seconds}})};
}

int64_t start_of(std::chrono::year_month month) {
  return sys_days{month / 1}.time_since_epoch().count() * seconds_per_day;
}

std::string two_digits(int64_t value) { return (value < 10 ? "0" : "") + std::to_string(value); }

std::string month_name(std::chrono::month m) {
  static constexpr std::array names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return names[static_cast<unsigned>(m) - 1];
}

std::string year_text(std::chrono::year y) { return std::to_string(static_cast<int>(y)); }

std::string day_text(const year_month_day& d) {
  return std::to_string(static_cast<unsigned>(d.day())) + " " + month_name(d.month());
}

/// Ticks every so many months, which divide a year or are years. The year is named where it begins
/// and at the first tick.
std::vector<time_tick> month_ticks(int64_t from, int64_t to, int months, size_t at_most) {
  std::vector<time_tick> ticks;
  const auto first = date_of(from);
  int index = static_cast<int>(first.year()) * 12 + static_cast<int>(unsigned(first.month())) - 1;
  for (index -= index % months;; index += months) {
    const std::chrono::year_month month{std::chrono::year{index / 12},
                                        std::chrono::month{static_cast<unsigned>(index % 12 + 1)}};
    const auto at = start_of(month);
    if (at > to || ticks.size() > at_most)
      return ticks;
    if (at < from)
      continue;
    const bool january = index % 12 == 0;
    ticks.push_back({from_seconds(at), january ? year_text(month.year())
                                       : ticks.empty()
                                         ? month_name(month.month()) + " " + year_text(month.year())
                                         : month_name(month.month())});
  }
}

/// Ticks every so many seconds, up to some days. Hours name the day where it begins and at the
/// first tick.
std::vector<time_tick> second_ticks(int64_t from, int64_t to, int64_t step, size_t at_most) {
  std::vector<time_tick> ticks;
  const auto rest = (from % step + step) % step;
  for (int64_t at = rest == 0 ? from : from - rest + step; at <= to && ticks.size() <= at_most;
       at += step) {
    const auto of_day = (at % seconds_per_day + seconds_per_day) % seconds_per_day;
    const auto clock = two_digits(of_day / 3600) + ":" + two_digits(of_day / 60 % 60)
                       + (step < 60 ? ":" + two_digits(of_day % 60) : "");
    const auto day = day_text(date_of(at));
    ticks.push_back({from_seconds(at), step >= seconds_per_day || of_day == 0 ? day
                                       : ticks.empty()                        ? day + " " + clock
                                                                              : clock});
  }
  return ticks;
}

} // namespace

double time_span::fraction(trading::timestamp t) const noexcept {
  const double length = trading::days_between(from, to);
  if (length <= 0)
    return 0.5;
  return trading::days_between(from, std::clamp(t, from, to)) / length;
}

std::vector<time_tick> time_ticks(const time_span& span, size_t at_most) {
  static constexpr std::array<int64_t, 17> seconds{1,
                                                   5,
                                                   15,
                                                   30,
                                                   60,
                                                   300,
                                                   900,
                                                   1800,
                                                   3600,
                                                   7200,
                                                   10800,
                                                   21600,
                                                   43200,
                                                   seconds_per_day,
                                                   2 * seconds_per_day,
                                                   5 * seconds_per_day,
                                                   10 * seconds_per_day};
  static constexpr std::array<int, 9> months{1, 2, 3, 6, 12, 24, 60, 120, 600};
  // Only full seconds within the span can be ticks.
  const auto floored = seconds_of(span.from);
  const auto from = from_seconds(floored) < span.from ? floored + 1 : floored;
  const auto to = seconds_of(span.to);
  const auto length = to - from;
  const auto room = static_cast<int64_t>(at_most);
  for (const auto step : seconds)
    if (length / step < room)
      return second_ticks(from, to, step, at_most);
  for (const auto step : months)
    if (length / (step * 30 * seconds_per_day) < room)
      if (auto ticks = month_ticks(from, to, step, at_most); ticks.size() <= at_most)
        return ticks;
  return {};
}

} // namespace supreme::commands::report
