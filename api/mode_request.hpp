#pragma once

#include "api/request_body.hpp"
#include "storage/ledger_store.hpp"

#include <string_view>

namespace supreme::api {

/// Reads the body of a halt or a resume: {"scope", "name", "reason", "mode"}. `name` belongs to
/// every scope but global; `mode` may be "halted" (what is meant when it is absent) or "reducing"
/// for a halt, and "active" (likewise) or "reducing" for a resume. Unknown members are refused. The
/// principal is left for the caller to set.
[[nodiscard]] trading::result<storage::mode_change, body_error>
parse_mode_request(std::string_view body, bool is_halt);

} // namespace supreme::api
