#pragma once

#include "trading/backtest/run.hpp"
#include "trading/market/bar_record.hpp"

#include <optional>
#include <span>
#include <vector>

namespace supreme::trading {

/// One instrument's bars in memory, in time order and without defect. The bars belong to somebody
/// else; many runs on many threads read the same ones.
struct held_bars {
  instrument_id instrument;
  nanoseconds interval{0}; ///< > 0
  std::span<const bar_record> bars;

  [[nodiscard]] timestamp close_time(size_t i) const { return bars[i].open_time + interval; }
  /// Those that close after the one and not after the other (nothing: no bound), with up to
  /// `warmup` bars before them.
  [[nodiscard]] held_bars between(std::optional<timestamp> after, std::optional<timestamp> until,
                                  size_t warmup = 0) const;
};

/// The owner of one instrument's bars.
struct owned_bars {
  instrument_id instrument;
  nanoseconds interval{0}; ///< > 0
  std::vector<bar_record> bars;
};

/// Valid as long as the bars stay where they are.
[[nodiscard]] std::vector<held_bars> views_of(std::span<const owned_bars> market);

/// All close times of all instruments, in order, each once: the steps of a run.
[[nodiscard]] std::vector<timestamp> close_times(std::span<const held_bars> market);

/// run_backtest over bars in memory.
run_progress run_backtest(backtest_engine& engine, std::span<const held_bars> market);

} // namespace supreme::trading
