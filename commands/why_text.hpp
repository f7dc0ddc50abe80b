#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace supreme::commands {

/// What storage::reader::why found, as a timeline for a person: the order, then everything that
/// happened to it with who did it and the numbers it rests on. What is missing is left out, so that
/// any JSON gives some text; control characters of others' texts are not passed on.
[[nodiscard]] std::string why_text(const nlohmann::json& found);

} // namespace supreme::commands
