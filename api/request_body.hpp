#pragma once

#include "trading/result.hpp"

#include <nlohmann/json.hpp>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace supreme::api {

/// What is wrong with a body: whether it is JSON at all, and a sentence.
struct body_error {
  bool is_json = false;
  std::string text;

  /// It is JSON, but not what is wanted.
  [[nodiscard]] static body_error wrong(std::string text) { return {true, std::move(text)}; }
};

/// Reads an object that has none but these members.
[[nodiscard]] trading::result<nlohmann::json, body_error>
parse_object(std::string_view body, std::initializer_list<std::string_view> members);

/// A member's text; nothing when it is absent; an error when it is something else, too long or has
/// control characters.
[[nodiscard]] trading::result<std::optional<std::string>, body_error>
text_member(const nlohmann::json& object, const std::string& name, size_t bytes_max);

/// The member `reason`, which every change must have.
[[nodiscard]] trading::result<std::string, body_error> reason_member(const nlohmann::json& object);

} // namespace supreme::api
