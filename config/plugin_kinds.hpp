#pragma once

#include "trading/strategies/strategy.hpp"

#include <string>
#include <vector>

namespace supreme::config {

/// What is wrong with a kind that was not written by us, one sentence each: its name and texts, its
/// parameters and their defaults, and whether it makes a strategy from them. Runs the kind's own
/// functions; what they throw is a problem, too.
[[nodiscard]] std::vector<std::string> find_kind_problems(const trading::strategy_kind& kind);

} // namespace supreme::config
