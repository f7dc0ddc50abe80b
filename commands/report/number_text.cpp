#include "commands/report/number_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace supreme::commands::report {

namespace {

constexpr double readable_max = 1e15;

std::string digits_of(double value, std::chars_format format, int digits) {
  std::array<char, 64> buffer;
  const auto end =
    std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format, digits);
  return {buffer.data(), end.ptr};
}

/// With a true minus sign, and none before a zero; commas between thousands.
std::string polished(std::string_view plain) {
  const bool negative = plain.starts_with('-');
  if (negative)
    plain.remove_prefix(1);
  const auto whole = plain.substr(0, std::min(plain.find('.'), plain.size()));
  std::string out =
    negative && plain.find_first_of("123456789") != std::string_view::npos ? "−" : "";
  for (size_t i = 0; i < whole.size(); ++i) {
    if (i != 0 && (whole.size() - i) % 3 == 0)
      out += ',';
    out += whole[i];
  }
  return out.append(plain.substr(whole.size()));
}

/// "2026-04-19T13:56:00Z" without its last part.
std::string iso(trading::timestamp t, size_t length) { return t.to_string().substr(0, length); }

} // namespace

std::string number_text(std::optional<double> value, int digits) {
  if (!value || !std::isfinite(*value))
    return no_value;
  if (std::abs(*value) < readable_max)
    return polished(digits_of(*value, std::chars_format::fixed, digits));
  return (*value < 0 ? "−" : "") + digits_of(std::abs(*value), std::chars_format::scientific, 2);
}

std::string percent_text(std::optional<double> fraction, int digits) {
  if (!fraction)
    return no_value;
  const auto text = number_text(*fraction * 100, digits);
  return text == no_value ? text : text + " %";
}

std::string signed_percent_text(std::optional<double> fraction, int digits) {
  auto text = percent_text(fraction, digits);
  const bool positive =
    fraction && *fraction > 0 && text.find_first_of("123456789") != std::string::npos;
  return positive ? "+" + text : text;
}

std::string whole_text(uint64_t count) { return polished(std::to_string(count)); }

std::string decimal_text(std::optional<trading::decimal> value, int digits) {
  if (!value)
    return no_value;
  int64_t step = 1;
  for (int i = digits; i < trading::decimal::digits; ++i)
    step *= 10;
  // What rounds to beyond the range is shown as it is.
  const auto rounded = trading::checked_round_to_multiple(*value, trading::decimal::from_raw(step),
                                                          trading::rounding::half_even);
  auto text = rounded.value_or(*value).to_string();
  const auto point = text.find('.');
  const auto have = point == std::string::npos ? 0 : text.size() - point - 1;
  const auto want = static_cast<size_t>(digits);
  if (have < want)
    text.append(have == 0 ? "." : "").append(want - have, '0');
  return polished(text);
}

std::string exact_text(trading::decimal value) { return polished(value.to_string()); }

int fraction_digits(trading::decimal step) noexcept {
  int digits = trading::decimal::digits;
  for (int64_t raw = step.raw(); digits > 0 && raw % 10 == 0; raw /= 10)
    --digits;
  return digits;
}

int money_digits(std::optional<trading::money> worth) noexcept {
  const double size = worth ? std::abs(worth->to_double()) : 0;
  return size >= 1000 || size == 0 ? 2 : size >= 1 ? 4 : 8;
}

std::string date_text(trading::timestamp t) { return iso(t, 10); }

std::string time_text(trading::timestamp t) {
  auto text = iso(t, 19);
  text[10] = ' ';
  return text.ends_with(":00") ? text.substr(0, 16) : text;
}

std::string duration_text(std::optional<double> days) {
  if (!days || !std::isfinite(*days) || *days < 0)
    return no_value;
  const auto seconds = static_cast<int64_t>(std::min(std::round(*days * 86'400), 1e15));
  struct unit {
    int64_t seconds;
    const char* name;
  };
  static constexpr std::array units{unit{86'400, " d"}, unit{3'600, " h"}, unit{60, " min"},
                                    unit{1, " s"}};
  for (size_t i = 0; i < units.size(); ++i) {
    if (seconds < units[i].seconds)
      continue;
    auto text = polished(std::to_string(seconds / units[i].seconds)) + units[i].name;
    if (i + 1 == units.size())
      return text;
    const auto rest = seconds % units[i].seconds / units[i + 1].seconds;
    return rest == 0 ? text : text + " " + std::to_string(rest) + units[i + 1].name;
  }
  return "0 s";
}

} // namespace supreme::commands::report
