#include "api/request_body.hpp"

#include "api/ascii.hpp"
#include "api/http.hpp"
#include "api/strict_json.hpp"
#include "config/defaults.hpp"

#include <algorithm>

namespace supreme::api {

namespace defaults = config::defaults;

trading::result<nlohmann::json, body_error>
parse_object(std::string_view body, std::initializer_list<std::string_view> members) {
  auto parsed = parse_strict_json(body, defaults::json_depth_max);
  if (!parsed)
    return body_error{false, parsed.error()};
  if (!parsed->is_object())
    return body_error::wrong("The body must be an object.");
  for (const auto& [name, ignored] : parsed->items())
    if (std::find(members.begin(), members.end(), name) == members.end())
      return body_error::wrong("There is no member " + quote(name) + ".");
  return std::move(parsed).value();
}

trading::result<std::optional<std::string>, body_error>
text_member(const nlohmann::json& object, const std::string& name, size_t bytes_max) {
  const auto at = object.find(name);
  if (at == object.end())
    return std::optional<std::string>{};
  if (!at->is_string())
    return body_error::wrong("'" + name + "' must be text.");
  const auto& text = at->get_ref<const std::string&>();
  if (text.size() > bytes_max)
    return body_error::wrong("'" + name + "' has " + std::to_string(text.size())
                             + " bytes; at most " + std::to_string(bytes_max) + " are accepted.");
  if (std::any_of(text.begin(), text.end(), is_control))
    return body_error::wrong("'" + name + "' holds control characters.");
  return std::optional{text};
}

trading::result<std::string, body_error> reason_member(const nlohmann::json& object) {
  const auto reason = text_member(object, "reason", defaults::mode_reason_bytes_max);
  if (!reason)
    return reason.error();
  if (trimmed(reason->value_or("")).empty())
    return body_error::wrong("'reason' must say why: it is stored with the change.");
  return **reason;
}

} // namespace supreme::api
