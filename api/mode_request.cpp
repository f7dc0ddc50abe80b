#include "api/mode_request.hpp"

#include "api/backend.hpp"
#include "config/defaults.hpp"

namespace supreme::api {

using trading::trading_mode;
namespace defaults = config::defaults;

trading::result<storage::mode_change, body_error> parse_mode_request(std::string_view body,
                                                                     bool is_halt) {
  const auto parsed = parse_object(body, {"scope", "name", "reason", "mode"});
  if (!parsed)
    return parsed.error();
  const auto scope = text_member(*parsed, "scope", defaults::name_length_max);
  const auto name = text_member(*parsed, "name", defaults::name_length_max);
  const auto mode = text_member(*parsed, "mode", defaults::name_length_max);
  for (const auto* member : {&scope, &name, &mode})
    if (!*member)
      return member->error();
  auto reason = reason_member(*parsed);
  if (!reason)
    return reason.error();

  storage::mode_change change;
  const auto known_scope = parse_mode_scope(scope->value_or(""));
  if (!known_scope)
    return body_error::wrong(
      "'scope' must be \"global\", \"account\", \"strategy\" or \"instrument\".");
  change.scope = *known_scope;
  change.name = name->value_or("");
  if ((change.scope == storage::mode_scope::global) != change.name.empty())
    return body_error::wrong(change.name.empty() ? "'name' must say which one is meant."
                                                 : "The global scope has no name.");
  change.reason = std::move(reason).value();
  change.mode = is_halt ? trading_mode::halted : trading_mode::active;
  if (*mode) {
    const auto wanted = trading::parse_trading_mode(**mode);
    if (wanted != change.mode && wanted != trading_mode::reducing)
      return body_error::wrong(is_halt ? "'mode' must be \"halted\" or \"reducing\"."
                                       : "'mode' must be \"active\" or \"reducing\".");
    change.mode = *wanted;
  }
  return change;
}

} // namespace supreme::api
