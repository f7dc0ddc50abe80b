#include "config/size_rule.hpp"

namespace supreme::config {

std::string size_complaint(const trading::strategy_kind& kind, const trading::parameters& values,
                           const trading::sizing& size) {
  if (size.mode != trading::sizing_mode::risk_based)
    return {};
  if (kind.width() != 1)
    return "risk_based sizes by the distance of a stop, and " + kind.name + " has no stops";
  const auto stop = values.find("stop_atr");
  if (stop != values.end() && stop->second == 0)
    return "risk_based sizes by the distance of a stop, and stop_atr is 0: every size would be 0";
  return {};
}

} // namespace supreme::config
