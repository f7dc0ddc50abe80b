#include "commands/number_text.hpp"

#include <iomanip>
#include <sstream>

namespace supreme::commands {

namespace {

/// Sets commas between the digits before the point.
std::string group_digits(std::string text) {
  const size_t first = text.starts_with('-') ? 1 : 0;
  auto at = std::min(text.find('.'), text.size());
  while (at > first + 3) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

} // namespace

std::string grouped(uint64_t value) { return group_digits(std::to_string(value)); }

std::string grouped(trading::decimal value) { return group_digits(value.to_string()); }

std::string grouped_cents(trading::decimal value) {
  constexpr int64_t cent = trading::decimal::scale / 100;
  const auto cents =
    checked_round_to_multiple(value, trading::decimal::from_raw(cent), trading::rounding::half_even)
      .value_or(value);
  auto text = cents.to_string();
  if (text.find('.') == std::string::npos)
    text += '.';
  while (text.size() - text.find('.') < 3)
    text += '0';
  return group_digits(std::move(text));
}

std::string rounded(const std::optional<double>& value) {
  if (!value)
    return undefined_text;
  std::ostringstream text;
  text << std::fixed << std::setprecision(2) << *value;
  return group_digits(text.str());
}

std::string percent(const std::optional<double>& fraction) {
  return fraction ? rounded(*fraction * 100) + " %" : std::string{undefined_text};
}

} // namespace supreme::commands
