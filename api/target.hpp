#pragma once

#include "trading/result.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace supreme::api {

/// A request's target, decoded. The path "/api/v1/orders" has the segments "api", "v1" and
/// "orders"; "/" has none.
struct target {
  std::vector<std::string> segments;
  std::map<std::string, std::string> query;
  std::string path; ///< as it was sent, without the query
};

/// Reads the origin form "/path?query", and the absolute form "http://host/path?query" as the same.
/// Refuses, with a sentence that says why: other forms, wrong percent-encoding, control characters
/// and bytes that are not UTF-8 (sent or encoded), an encoded slash, "." and ".." segments,
/// fragments, a parameter without '=' or without a name, a parameter given twice, and more or
/// longer ones than the defaults allow.
[[nodiscard]] trading::result<target, std::string> parse_target(std::string_view text);

/// Decodes %XX, and '+' to a space where `plus_is_space`; nothing when it is wrong or decodes to a
/// control character or to bytes that are not UTF-8.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

/// Everything but letters, digits and "-._~" as %XX.
[[nodiscard]] std::string percent_encode(std::string_view text);

/// Whether the bytes are well-formed UTF-8: no overlong forms, surrogates or values above U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

} // namespace supreme::api
