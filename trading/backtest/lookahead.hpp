#pragma once

#include "trading/backtest/held_bars.hpp"
#include "trading/backtest/plan.hpp"
#include "trading/orders/signal.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace supreme::trading {

inline constexpr size_t lookahead_cuts_max = 10'000;

struct lookahead_settings {
  size_t cuts = 50; ///< 1 to lookahead_cuts_max; half of them evenly spread, the others at random
  uint64_t seed = 1;
};

/// What was done to the future when a signal of the past changed.
enum class lookahead_probe : uint8_t {
  cut_off = 1,  ///< the run ended at the cut
  replaced = 2, ///< it went on with other bars
};

/// The first signal that a change of the future changed.
struct lookahead_finding {
  lookahead_probe probe = lookahead_probe::cut_off;
  timestamp cut;        ///< the last close that was left as it was
  std::string field;    ///< what differs: "target", "input rsi", "signal" for one too many or few
  std::string sentence; ///< all of it, for people
};

struct lookahead_report {
  uint64_t signals = 0;  ///< of the full run
  uint64_t steps = 0;    ///< close times
  size_t cuts = 0;       ///< that were tried
  uint64_t compared = 0; ///< signals, over all runs
  bool complete = true;  ///< false when it was ended before the last cut
  std::optional<lookahead_finding> finding;
};

/// Runs the plan over all bars, and again for each cut: once with nothing after it, and once with
/// other bars after it, shuffled and scaled. What was signalled up to the cut must be the same,
/// exactly and in every field. Ends with the first difference. The bars are changed in place while
/// this runs, so that a strategy that reads them past the cut is found too, and are restored;
/// nobody else may use them. `go_on` is asked before each cut and may be empty. Throws what the
/// full run throws, and contract_violation when the settings are not in range.
///
/// What it cannot find: a strategy that reads the future from elsewhere, a file of its own for
/// example, and one whose peeking never changes a signal at the cuts that were tried.
[[nodiscard]] lookahead_report check_lookahead(const backtest_plan& plan,
                                               std::vector<owned_bars>& market,
                                               const lookahead_settings& settings,
                                               const std::function<bool(size_t cut)>& go_on = {});

/// The field in which two signals differ first: "key", "target", "reason", "input NAME", "hints" or
/// another; empty when they are equal.
[[nodiscard]] std::string first_difference(const signal& a, const signal& b);

} // namespace supreme::trading
