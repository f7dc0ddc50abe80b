#pragma once

#include "trading/risk/position_sizing.hpp"
#include "trading/risk/risk_policy.hpp"

#include <map>
#include <string>

namespace supreme::config {

/// What is set, by its key in the file, "drawdown.reduce_bps", and only that: for comparing two
/// configurations and for telling whether a unit's definition has changed. Equal settings give
/// equal texts.
[[nodiscard]] std::map<std::string, std::string> flatten(const trading::risk_policy& policy);
[[nodiscard]] std::map<std::string, std::string> flatten(const trading::sizing& size);

} // namespace supreme::config
