#pragma once

#include "trading/market/bar_record.hpp"

#include <cstddef>
#include <span>

namespace supreme::trading {

/// One instrument's bars of some consecutive steps, in time order.
struct instrument_bars {
  size_t instrument = 0; ///< its place in the plan's instruments
  nanoseconds interval{0};
  std::span<const bar_record> bars;
};

/// Consecutive steps, one for each close time, with their bars: what a backtest works through at
/// once. Times rise; each bar closes at one of them; an instrument stands once at most.
struct step_block {
  std::span<const timestamp> times;
  std::span<const instrument_bars> bars;

  static constexpr size_t steps_max = 256; ///< more fits a core's first cache no longer
};

} // namespace supreme::trading
