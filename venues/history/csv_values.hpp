#pragma once

#include "trading/market/decimal.hpp"
#include "venues/history/csv_lines.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace supreme::venues {

/// How numbers and times are written in data files. The quick_ functions read the common forms
/// eight characters at a time and leave everything else to the others, which read all forms: both
/// accept the same language. They read on behind a field up to csv_lines::readable_behind bytes; a
/// run of digits ends at the line's end at the latest.
namespace csv {

/// What a column of times counts.
struct time_unit {
  int64_t ns = 1'000'000;
  bool may_be_text = false; ///< ISO 8601, a date or a date and time with an optional offset
};

static_assert(std::endian::native == std::endian::little,
              "the first of eight characters is the lowest byte");

/// The digits that eight characters begin with.
struct digit_run {
  uint64_t values = 0; ///< of the digits, one byte each, the first digit the lowest; rubbish above
  unsigned bits = 0;   ///< eight for each digit of the run
  [[nodiscard]] unsigned length() const noexcept { return bits / 8; }
};

[[nodiscard]] inline digit_run leading_digits(const char* at) noexcept {
  uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  constexpr uint64_t zeros = 0x3030303030303030;
  constexpr uint64_t to_high_bit = 0x7676767676767676; // Lifts 10 and more to 128 and more.
  constexpr uint64_t high_bits = 0x8080808080808080;
  const uint64_t values = word ^ zeros;
  // A carry comes out of a character that is no digit, and goes to one behind it.
  const uint64_t others = ((values + to_high_bit) | values) & high_bits;
  return {values, others == 0 ? 64U : static_cast<unsigned>(std::countr_zero(others)) - 7U};
}

/// Eight digits, one byte each, as a number (Lemire, "Quickly parsing eight digits", 2018).
[[nodiscard]] inline int64_t number_of(uint64_t values) noexcept {
  constexpr uint64_t every_fourth = 0x000000FF000000FF;
  constexpr uint64_t hundred_and_million = 0x000F424000000064;
  constexpr uint64_t one_and_ten_thousand = 0x0000271000000001;
  values = values * 10 + (values >> 8);
  return static_cast<int64_t>(((values & every_fourth) * hundred_and_million
                               + ((values >> 16) & every_fourth) * one_and_ten_thousand)
                              >> 32);
}

/// The run as a number; it is not empty.
[[nodiscard]] inline int64_t whole_number_of(digit_run run) noexcept {
  return number_of(run.values << (64 - run.bits));
}

/// The run as the fraction digits of a decimal, in its units; it is not empty.
[[nodiscard]] inline int64_t fraction_of(digit_run run) noexcept {
  return number_of(run.values & (~uint64_t{0} >> (64 - run.bits)));
}

[[nodiscard]] inline bool ends_field(const char* at, const char* end) noexcept {
  return at == end || *at == ',';
}

/// "12" and "12.345" with at most eight digits on either side. Where the field ends, or nullptr.
[[nodiscard]] inline const char* quick_decimal(const char* at, const char* end,
                                               trading::decimal& to) noexcept {
  const auto whole = leading_digits(at);
  if (whole.bits == 0)
    return nullptr;
  at += whole.length();
  int64_t raw = whole_number_of(whole) * trading::decimal::scale;
  if (*at == '.') {
    const auto fraction = leading_digits(++at);
    if (fraction.bits == 0)
      return nullptr;
    at += fraction.length();
    raw += fraction_of(fraction);
  }
  if (!ends_field(at, end))
    return nullptr;
  to = trading::decimal::from_raw(raw);
  return at;
}

/// 9 to 16 digits: a time in milli- or microseconds of our age. Where the field ends, or nullptr.
[[nodiscard]] inline const char* quick_whole(const char* at, const char* end,
                                             int64_t& to) noexcept {
  constexpr std::array<int64_t, 9> powers_of_ten{1,       10,        100,        1'000,      10'000,
                                                 100'000, 1'000'000, 10'000'000, 100'000'000};
  const auto first = leading_digits(at);
  if (first.bits < 64)
    return nullptr;
  const auto second = leading_digits(at + 8);
  at += 8 + second.length();
  if (second.bits == 0 || !ends_field(at, end))
    return nullptr;
  to = number_of(first.values) * powers_of_ten[second.length()] + whole_number_of(second);
  return at;
}

[[nodiscard]] inline const char* find_comma(const char* at, const char* end) noexcept {
  const void* found = std::memchr(at, ',', static_cast<size_t>(end - at));
  return found == nullptr ? end : static_cast<const char*>(found);
}

/// Why a field has no value; empty where it has one. Goes behind the field's name in a sentence.
using complaint = std::string_view;

/// Any plain decimal; fraction digits beyond the eighth are rounded half-even, which `rounded`
/// counts.
[[nodiscard]] complaint read_decimal(std::string_view text, trading::decimal& to,
                                     uint64_t& rounded);

/// Nanoseconds since 1970 UTC.
[[nodiscard]] complaint read_time(std::string_view text, const time_unit& unit, int64_t& to);

/// A whole number of at most 18 digits without a sign; nothing for any other text.
[[nodiscard]] std::optional<int64_t> parse_whole(std::string_view text) noexcept;

[[nodiscard]] bool are_digits(std::string_view text) noexcept;

} // namespace csv
} // namespace supreme::venues
