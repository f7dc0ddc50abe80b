#include "api/target.hpp"

#include "api/ascii.hpp"
#include "api/http.hpp"
#include "config/defaults.hpp"

#include <algorithm>

namespace supreme::api {

namespace {

int hex_value(char c) noexcept {
  if (is_digit(c))
    return c - '0';
  const auto lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Takes "http://host" off the absolute form, which every server has to understand.
std::string_view without_authority(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!equal_ignoring_case(text.substr(0, scheme.size()), scheme))
      continue;
    text.remove_prefix(scheme.size());
    const auto end = std::min(text.find_first_of("/?"), text.size());
    if (end == 0)
      return {};
    text.remove_prefix(end);
    return text.empty() ? "/" : text;
  }
  return text;
}

using query_result = trading::result<std::map<std::string, std::string>, std::string>;

query_result parse_query(std::string_view text) {
  std::map<std::string, std::string> out;
  while (!text.empty()) {
    auto rest = cut(text, '&');
    if (rest.find('=') == std::string_view::npos)
      return std::string{"Every parameter is written name=value."};
    const auto name = percent_decode(cut(rest, '='), true);
    const auto value = percent_decode(rest, true);
    if (!name || !value)
      return std::string{
        "The query string is not percent-encoded UTF-8 without control characters."};
    if (name->empty())
      return std::string{"A parameter has no name."};
    if (value->size() > config::defaults::http_query_value_bytes_max)
      return "The value of " + quote(*name) + " is too long.";
    if (out.size() == config::defaults::http_query_parameters_max)
      return std::string{"There are too many parameters."};
    if (!out.emplace(*name, *value).second)
      return "The parameter " + quote(*name) + " is given twice.";
  }
  return out;
}

} // namespace

bool is_utf8(std::string_view text) noexcept {
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() - i < length)
      return false;
    // The second byte's range excludes overlong forms, surrogates and what lies above U+10FFFF.
    const auto second = static_cast<unsigned char>(text[i + 1]);
    const unsigned low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high)
      return false;
    for (size_t k = 2; k < length; ++k)
      if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80)
        return false;
    i += length;
  }
  return true;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (text.size() - i < 3)
        return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0)
        return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    if (is_control(c))
      return std::nullopt;
    out += c;
  }
  if (!is_utf8(out))
    return std::nullopt;
  return out;
}

std::string percent_encode(std::string_view text) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4U];
    out += digits[byte & 0xfU];
  }
  return out;
}

trading::result<target, std::string> parse_target(std::string_view text) {
  text = without_authority(text);
  if (text.empty() || (text.front() != '/' && text.front() != '?'))
    return std::string{"The target must be a path that begins with '/'."};
  if (text.find('#') != std::string_view::npos)
    return std::string{"A target has no fragment."};
  target out;
  auto query = text;
  auto path = cut(query, '?');
  if (path.empty())
    path = "/";
  out.path = path;
  auto rest = path.substr(1);
  while (!rest.empty()) {
    const bool last = rest.find('/') == std::string_view::npos;
    auto segment = percent_decode(cut(rest, '/'), false);
    if (!segment)
      return std::string{"The path is not percent-encoded UTF-8 without control characters."};
    if (segment->find('/') != std::string::npos || *segment == "." || *segment == "..")
      return std::string{"The path holds an encoded slash or a dot segment."};
    out.segments.push_back(std::move(*segment));
    // A slash at the end opens an empty segment, which is why "/orders/" is not "/orders".
    if (!last && rest.empty())
      out.segments.emplace_back();
  }
  auto parameters = parse_query(query);
  if (!parameters)
    return parameters.error();
  out.query = std::move(parameters).value();
  return out;
}

} // namespace supreme::api
