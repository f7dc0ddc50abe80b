#pragma once

#include "trading/strategies/strategy.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace supreme::commands {

/// What became of a strategy on generated bars.
struct strategy_trial {
  uint64_t bars = 0;                 ///< per instrument, over all markets
  uint64_t signals = 0;              ///< of one run
  std::optional<uint64_t> first_bar; ///< number of the bar that decided first, from 1
  std::vector<std::string> problems; ///< sentences; what broke the contract of `strategy`
};

/// Runs a kind with its defaults over generated markets, each fill at the next bar's open, once
/// alone and twice side by side, and compares the three: a strategy is deterministic and shares
/// nothing with other instances. Also finds decisions before the warm-up is over, numbers that are
/// not finite, and texts that no row holds. Same kind, same answer.
[[nodiscard]] strategy_trial try_strategy(const trading::strategy_kind& kind);

} // namespace supreme::commands
