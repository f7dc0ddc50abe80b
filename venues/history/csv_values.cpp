#include "venues/history/csv_values.hpp"

#include "trading/market/timestamp.hpp"

#include <algorithm>
#include <string>

namespace supreme::venues::csv {

namespace {

constexpr int64_t ns_per_second = 1'000'000'000;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// "+hh:mm" or "-hh:mm" at the end of a time, taken off; nothing when what is there is no offset.
std::optional<int64_t> take_offset_ns(std::string_view& text) {
  constexpr size_t length = 6;
  constexpr size_t time_of_day = 11; // Hyphens before it belong to the date.
  if (text.size() <= time_of_day)
    return 0;
  if (text.back() == 'Z') {
    text.remove_suffix(1);
    return 0;
  }
  const size_t sign = text.find_first_of("+-", time_of_day);
  if (sign == std::string_view::npos)
    return 0;
  const std::string_view offset = text.substr(sign);
  if (offset.size() != length || offset[3] != ':' || !are_digits(offset.substr(1, 2))
      || !are_digits(offset.substr(4, 2)))
    return std::nullopt;
  const int64_t hours = (offset[1] - '0') * 10 + (offset[2] - '0');
  const int64_t minutes = (offset[4] - '0') * 10 + (offset[5] - '0');
  if (hours > 23 || minutes > 59)
    return std::nullopt;
  text.remove_suffix(length);
  const int64_t ns = (hours * 60 + minutes) * 60 * ns_per_second;
  return offset.front() == '-' ? -ns : ns;
}

/// ISO 8601: a date, or a date and a time with seconds or without, with an offset or in UTC.
std::optional<int64_t> parse_time_text(std::string_view text) {
  constexpr size_t date_length = 10;    // 2026-04-19
  constexpr size_t minutes_length = 16; // 2026-04-19T13:56
  const auto offset = take_offset_ns(text);
  if (!offset || text.size() < date_length)
    return std::nullopt;
  std::string full{text};
  if (full.size() == date_length)
    full += "T00:00:00";
  else if (full[date_length] == ' ')
    full[date_length] = 'T';
  if (full.size() == minutes_length)
    full += ":00";
  const auto local = trading::timestamp::parse(full + "Z");
  int64_t ns = 0;
  if (!local || __builtin_sub_overflow(local->ns(), *offset, &ns))
    return std::nullopt;
  return ns;
}

/// Rounds a decimal with more than eight fraction digits half-even; nothing when the text is none.
std::optional<trading::decimal> parse_rounded(std::string_view text) {
  const size_t point = text.find('.');
  const size_t kept = point + 1 + trading::decimal::digits;
  if (point == std::string_view::npos || text.size() <= kept)
    return std::nullopt;
  const std::string_view rest = text.substr(kept);
  const auto truncated = trading::decimal::parse(text.substr(0, kept));
  if (!truncated || !are_digits(rest))
    return std::nullopt;
  const bool beyond_half =
    rest[0] > '5' || (rest[0] == '5' && rest.find_first_not_of('0', 1) != std::string_view::npos);
  const bool half = rest[0] == '5' && !beyond_half;
  if (!beyond_half && !(half && truncated->raw() % 2 != 0))
    return truncated;
  const auto unit = trading::decimal::from_raw(1);
  return text.front() == '-' ? trading::checked_subtract(*truncated, unit)
                             : trading::checked_add(*truncated, unit);
}

/// Whether the text is a decimal whatever its size and its number of digits.
bool is_decimal_text(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+'))
    text.remove_prefix(1);
  const size_t point = text.find('.');
  if (point == std::string_view::npos)
    return are_digits(text);
  return are_digits(text.substr(0, point)) && are_digits(text.substr(point + 1));
}

} // namespace

bool are_digits(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

std::optional<int64_t> parse_whole(std::string_view text) noexcept {
  constexpr size_t digits_max = 18; // Cannot overflow 64 bits.
  if (!are_digits(text) || text.size() > digits_max)
    return std::nullopt;
  int64_t value = 0;
  for (const char c : text)
    value = value * 10 + (c - '0');
  return value;
}

complaint read_decimal(std::string_view text, trading::decimal& to, uint64_t& rounded) {
  if (const auto exact = trading::decimal::parse(text)) {
    to = *exact;
    return {};
  }
  if (const auto nearest = parse_rounded(text)) {
    to = *nearest;
    ++rounded;
    return {};
  }
  if (text.empty())
    return " is empty";
  return is_decimal_text(text) ? " is outside the range of decimals" : " is not a decimal number";
}

complaint read_time(std::string_view text, const time_unit& unit, int64_t& to) {
  constexpr complaint out_of_range = " is outside the range of times: is its unit right?";
  if (text.empty())
    return " is empty";
  const bool minus = text.front() == '-';
  const std::string_view digits = text.substr(minus ? 1 : 0);
  if (are_digits(digits)) {
    int64_t ns = 0;
    for (const char c : digits)
      if (__builtin_mul_overflow(ns, 10, &ns) || __builtin_add_overflow(ns, c - '0', &ns))
        return out_of_range;
    if (__builtin_mul_overflow(minus ? -ns : ns, unit.ns, &to))
      return out_of_range;
    return {};
  }
  const auto ns = unit.may_be_text ? parse_time_text(text) : std::nullopt;
  if (!ns)
    return unit.may_be_text ? " is neither whole milliseconds nor an ISO 8601 time"
                            : " is not a whole number";
  to = *ns;
  return {};
}

} // namespace supreme::venues::csv
