#pragma once

#include "api/request_body.hpp"
#include "storage/ledger_store.hpp"

#include <string_view>

namespace supreme::api {

/// Reads the body of a command over risk rules: {"account", "reason"}, and of one over a breaker
/// also {"scope", "name"}: "global", "account", "strategy" or "instrument", and a name for the
/// latter two. Unknown members are refused. The principal is left for the caller to set.
[[nodiscard]] trading::result<storage::command_request, body_error>
parse_risk_request(std::string_view body, trading::risk_command_kind kind);

} // namespace supreme::api
