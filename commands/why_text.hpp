#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace supreme::commands {

/// What storage::reader::why found, as a timeline for a person: one line for each thing that
/// happened, in order of time. Parts that are missing are left out; any JSON gives some text.
[[nodiscard]] std::string why_text(const nlohmann::json& found);

} // namespace supreme::commands
