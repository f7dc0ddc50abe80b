#include "trading/market/timestamp.hpp"

#include <array>
#include <limits>

namespace supreme::trading {

namespace {

__extension__ using wide = __int128;

constexpr int64_t ns_per_second = 1'000'000'000;
constexpr int64_t seconds_per_day = 86'400;

/// Reads exactly `length` digits at `at`; −1 when one of them is none.
int read_number(std::string_view text, size_t at, size_t length) noexcept {
  int value = 0;
  for (size_t i = at; i < at + length; ++i) {
    if (text[i] < '0' || text[i] > '9')
      return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

/// ".123456789" between the seconds and the Z as nanoseconds; −1 when it is not one to nine digits.
int64_t read_fraction(std::string_view text) noexcept {
  if (text.empty())
    return 0;
  if (text.size() < 2 || text.size() > 10 || text.front() != '.')
    return -1;
  int64_t value = read_number(text, 1, text.size() - 1);
  if (value < 0)
    return -1;
  for (size_t i = text.size(); i < 10; ++i)
    value *= 10;
  return value;
}

bool has_separators(std::string_view text) noexcept {
  return text[4] == '-' && text[7] == '-' && text[10] == 'T' && text[13] == ':' && text[16] == ':';
}

void append_padded(std::string& out, int64_t value, size_t width) {
  const std::string digits = std::to_string(value);
  out.append(width > digits.size() ? width - digits.size() : 0, '0');
  out += digits;
}

} // namespace

std::optional<timestamp> timestamp::parse(std::string_view text) noexcept {
  constexpr size_t head = 19; // "2026-04-19T13:56:00"
  if (text.size() <= head || text.back() != 'Z' || !has_separators(text))
    return std::nullopt;
  const int year = read_number(text, 0, 4);
  const int month = read_number(text, 5, 2);
  const int day = read_number(text, 8, 2);
  const int hour = read_number(text, 11, 2);
  const int minute = read_number(text, 14, 2);
  const int second = read_number(text, 17, 2);
  const int64_t fraction = read_fraction(text.substr(head, text.size() - head - 1));
  if (year < 0 || month < 0 || day < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59
      || second < 0 || second > 59 || fraction < 0)
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok())
    return std::nullopt;
  const int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
  const int64_t seconds = days * seconds_per_day + hour * 3600 + minute * 60 + second;
  const wide ns = wide{seconds} * ns_per_second + fraction;
  if (ns > std::numeric_limits<int64_t>::max() || ns < std::numeric_limits<int64_t>::min())
    return std::nullopt;
  return from_ns(static_cast<int64_t>(ns));
}

std::string timestamp::to_string() const {
  // Rounded down by hand: the time of day counts up from midnight before 1970, too.
  int64_t seconds = ns_ / ns_per_second;
  int64_t fraction = ns_ % ns_per_second;
  if (fraction < 0) {
    fraction += ns_per_second;
    --seconds;
  }
  int64_t days = seconds / seconds_per_day;
  int64_t time_of_day = seconds % seconds_per_day;
  if (time_of_day < 0) {
    time_of_day += seconds_per_day;
    --days;
  }
  const std::chrono::year_month_day date{
    std::chrono::sys_days{std::chrono::days{static_cast<int>(days)}}};
  std::string out;
  append_padded(out, static_cast<int>(date.year()), 4);
  out += '-';
  append_padded(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_padded(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  append_padded(out, time_of_day / 3600, 2);
  out += ':';
  append_padded(out, time_of_day / 60 % 60, 2);
  out += ':';
  append_padded(out, time_of_day % 60, 2);
  if (fraction != 0) {
    size_t width = 9;
    for (; fraction % 1000 == 0; fraction /= 1000)
      width -= 3;
    out += '.';
    append_padded(out, fraction, width);
  }
  return out + 'Z';
}

} // namespace supreme::trading
