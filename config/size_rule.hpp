#pragma once

#include "trading/risk/position_sizing.hpp"
#include "trading/strategies/strategy.hpp"

#include <string>

namespace supreme::config {

/// Why a strategy of this kind with these complete parameters never says what this mode sizes by,
/// as the end of a sentence; empty when it may. `risk_based` needs a stop: a pair has none, and
/// where a kind has the common `stop_atr` it must be above 0. A kind of one's own may have stops
/// that its schema does not tell of.
[[nodiscard]] std::string size_complaint(const trading::strategy_kind& kind,
                                         const trading::parameters& values,
                                         const trading::sizing& size);

} // namespace supreme::config
