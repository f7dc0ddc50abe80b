#include "config/text_rule.hpp"

#include "config/defaults.hpp"

#include <algorithm>

namespace supreme::config {

namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_visible(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; }

} // namespace

bool fits(std::string_view text, const text_rule& rule) noexcept {
  return text.size() >= rule.length_min && text.size() <= rule.length_max
         && std::all_of(text.begin(), text.end(), rule.allowed);
}

const text_rule name_text{[](char c) { return is_lower(c) || is_digit(c) || c == '_' || c == '-'; },
                          1, defaults::name_length_max, "a name of 1 to 40 of a-z, 0-9, _ and -"};
const text_rule instrument_text{
  [](char c) { return is_upper(c) || is_digit(c) || c == '.' || c == '_' || c == '-'; }, 1,
  defaults::name_length_max, "a name of 1 to 40 of A-Z, 0-9, '.', _ and -"};
const text_rule shard_text{is_lower, 1, defaults::shard_length_max, "1 to 8 of a-z"};
const text_rule host_text{[](char c) {
                            return is_lower(c) || is_upper(c) || is_digit(c) || c == '.' || c == '-'
                                   || c == ':' || c == '_';
                          },
                          1, 255, "a host name or an IP address"};
const text_rule path_text{is_visible, 1, defaults::path_length_max,
                          "a path of at most 1024 bytes without control characters"};
const text_rule principal_text{[](char c) {
                                 return is_lower(c) || is_upper(c) || is_digit(c) || c == '.'
                                        || c == '_' || c == '-' || c == '@';
                               },
                               1, defaults::principal_length_max,
                               "a name of 1 to 64 of letters, digits, '.', _, - and @"};
const text_rule hex_text{[](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }, 1, 128,
                         "lower-case hexadecimal digits"};
const text_rule sha256_text{hex_text.allowed, 64, 64, "64 lower-case hexadecimal digits"};
const text_rule label_text{
  [](char c) {
    return is_lower(c) || is_upper(c) || is_digit(c) || c == '.' || c == '_' || c == '-';
  },
  1, defaults::name_length_max, "1 to 40 of letters, digits, '.', _ and -"};

} // namespace supreme::config
