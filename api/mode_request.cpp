#include "api/mode_request.hpp"

#include "api/ascii.hpp"
#include "api/backend.hpp"
#include "api/http.hpp"
#include "api/strict_json.hpp"
#include "config/defaults.hpp"

#include <algorithm>
#include <array>

namespace supreme::api {

namespace {

using trading::trading_mode;
namespace defaults = config::defaults;

constexpr std::array<std::string_view, 4> members = {"scope", "name", "reason", "mode"};

body_error wrong(std::string text) { return {true, std::move(text)}; }

/// A member's text; nothing when it is absent; an error when it is something else, too long or has
/// control characters.
trading::result<std::optional<std::string>, body_error>
text_member(const nlohmann::json& object, const std::string& name, size_t bytes_max) {
  const auto at = object.find(name);
  if (at == object.end())
    return std::optional<std::string>{};
  if (!at->is_string())
    return wrong("'" + name + "' must be text.");
  const auto& text = at->get_ref<const std::string&>();
  if (text.size() > bytes_max)
    return wrong("'" + name + "' has " + std::to_string(text.size()) + " bytes; at most "
                 + std::to_string(bytes_max) + " are accepted.");
  if (std::any_of(text.begin(), text.end(), is_control))
    return wrong("'" + name + "' holds control characters.");
  return std::optional{text};
}

} // namespace

trading::result<storage::mode_change, body_error> parse_mode_request(std::string_view body,
                                                                     bool is_halt) {
  const auto parsed = parse_strict_json(body, defaults::json_depth_max);
  if (!parsed)
    return body_error{false, parsed.error()};
  const auto& object = *parsed;
  if (!object.is_object())
    return wrong("The body must be an object.");
  for (const auto& [name, ignored] : object.items())
    if (std::find(members.begin(), members.end(), name) == members.end())
      return wrong("There is no member " + quote(name) + ".");

  const auto scope = text_member(object, "scope", defaults::name_length_max);
  const auto name = text_member(object, "name", defaults::name_length_max);
  const auto reason = text_member(object, "reason", defaults::mode_reason_bytes_max);
  const auto mode = text_member(object, "mode", defaults::name_length_max);
  for (const auto* member : {&scope, &name, &reason, &mode})
    if (!*member)
      return member->error();

  storage::mode_change change;
  const auto known_scope = parse_mode_scope(scope->value_or(""));
  if (!known_scope)
    return wrong("'scope' must be \"global\", \"account\", \"strategy\" or \"instrument\".");
  change.scope = *known_scope;
  change.name = name->value_or("");
  if ((change.scope == storage::mode_scope::global) != change.name.empty())
    return wrong(change.name.empty() ? "'name' must say which one is meant."
                                     : "The global scope has no name.");
  change.reason = reason->value_or("");
  if (trimmed(change.reason).empty())
    return wrong("'reason' must say why: it is stored with the change.");
  change.mode = is_halt ? trading_mode::halted : trading_mode::active;
  if (*mode) {
    const auto wanted = trading::parse_trading_mode(**mode);
    if (wanted != change.mode && wanted != trading_mode::reducing)
      return wrong(is_halt ? "'mode' must be \"halted\" or \"reducing\"."
                           : "'mode' must be \"active\" or \"reducing\".");
    change.mode = *wanted;
  }
  return change;
}

} // namespace supreme::api
