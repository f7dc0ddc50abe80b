#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <utility>
#include <vector>

namespace supreme::commands {

/// What a run was given, for people: names and values, in the order in which they are shown. A name
/// may come several times, as "data" and "note" do.
using setting_lines = std::vector<std::pair<std::string, std::string>>;

/// A list of objects with "name" and "value".
[[nodiscard]] nlohmann::json lines_json(const setting_lines& lines);

} // namespace supreme::commands
