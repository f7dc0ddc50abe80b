#include "commands/setting_lines.hpp"

#include <nlohmann/json.hpp>

namespace supreme::commands {

nlohmann::json lines_json(const setting_lines& lines) {
  auto out = nlohmann::json::array();
  for (const auto& [name, value] : lines)
    out.push_back({{"name", name}, {"value", value}});
  return out;
}

} // namespace supreme::commands
