#include "trading/market/decimal.hpp"

#include "trading/check.hpp"

namespace supreme::trading {

namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Appends a digit to a negative accumulator; false when that leaves the range. The accumulator is
/// negative because the negative range is one unit longer: the smallest decimal must parse too.
bool push_digit(int64_t& negative, int digit) noexcept {
  return !__builtin_mul_overflow(negative, 10, &negative)
         && !__builtin_sub_overflow(negative, digit, &negative);
}

} // namespace

std::optional<decimal> decimal::parse(std::string_view text) noexcept {
  const bool minus = !text.empty() && text.front() == '-';
  if (minus || (!text.empty() && text.front() == '+'))
    text.remove_prefix(1);
  const size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction =
    point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
  if (whole.empty() || (point != std::string_view::npos && fraction.empty()))
    return std::nullopt;

  int64_t negative = 0;
  for (const char c : whole)
    if (!is_digit(c) || !push_digit(negative, c - '0'))
      return std::nullopt;
  for (size_t i = 0; i < static_cast<size_t>(digits); ++i) {
    const char c = i < fraction.size() ? fraction[i] : '0';
    if (!is_digit(c) || !push_digit(negative, c - '0'))
      return std::nullopt;
  }
  for (size_t i = static_cast<size_t>(digits); i < fraction.size(); ++i)
    if (fraction[i] != '0')
      return std::nullopt;
  if (minus)
    return from_raw(negative);
  return checked_subtract(decimal{}, from_raw(negative));
}

decimal decimal::literal(std::string_view text) {
  const auto value = parse(text);
  SUPREME_CHECK(value.has_value(), "a literal is a decimal");
  return *value;
}

std::string decimal::to_string() const {
  // Unsigned arithmetic, because the smallest value has no positive counterpart.
  const auto units = static_cast<uint64_t>(raw_);
  const uint64_t magnitude = raw_ < 0 ? 0 - units : units;
  std::string text = raw_ < 0 ? "-" : "";
  text += std::to_string(magnitude / static_cast<uint64_t>(scale));
  uint64_t fraction = magnitude % static_cast<uint64_t>(scale);
  if (fraction == 0)
    return text;
  std::string tail(static_cast<size_t>(digits), '0');
  for (size_t i = tail.size(); i-- > 0; fraction /= 10)
    tail[i] = static_cast<char>('0' + fraction % 10);
  tail.erase(tail.find_last_not_of('0') + 1);
  return text + "." + tail;
}

} // namespace supreme::trading
