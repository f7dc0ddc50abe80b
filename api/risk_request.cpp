#include "api/risk_request.hpp"

#include "config/defaults.hpp"

namespace supreme::api {

using trading::breaker_scope;
namespace defaults = config::defaults;

namespace {

trading::result<trading::breaker_key, body_error> read_breaker(const nlohmann::json& object,
                                                               const std::string& account) {
  const auto scope = text_member(object, "scope", defaults::name_length_max);
  const auto name = text_member(object, "name", defaults::name_length_max);
  for (const auto* member : {&scope, &name})
    if (!*member)
      return member->error();
  const auto known = trading::parse_breaker_scope(scope->value_or(""));
  if (!known)
    return body_error::wrong(
      "'scope' must be \"global\", \"account\", \"strategy\" or \"instrument\".");
  const bool is_named = *known == breaker_scope::strategy || *known == breaker_scope::instrument;
  if (is_named == name->value_or("").empty())
    return body_error::wrong(is_named ? "'name' must say which one is meant."
                                      : "The scopes global and account have no name.");
  if (is_named)
    return trading::breaker_key{*known, **name};
  return trading::breaker_key{*known, *known == breaker_scope::account ? account : std::string{}};
}

} // namespace

trading::result<storage::command_request, body_error>
parse_risk_request(std::string_view body, trading::risk_command_kind kind) {
  const bool of_breaker = kind != trading::risk_command_kind::accept_drawdown;
  const auto parsed = of_breaker ? parse_object(body, {"account", "scope", "name", "reason"})
                                 : parse_object(body, {"account", "reason"});
  if (!parsed)
    return parsed.error();
  const auto account = text_member(*parsed, "account", defaults::name_length_max);
  if (!account)
    return account.error();
  if (account->value_or("").empty())
    return body_error::wrong("'account' must say whose rules are meant.");
  auto reason = reason_member(*parsed);
  if (!reason)
    return reason.error();

  storage::command_request request;
  request.account = trading::account_id{**account};
  request.command.kind = kind;
  request.reason = std::move(reason).value();
  if (of_breaker) {
    auto breaker = read_breaker(*parsed, **account);
    if (!breaker)
      return breaker.error();
    request.command.breaker = std::move(breaker).value();
  }
  return request;
}

} // namespace supreme::api
