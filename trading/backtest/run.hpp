#pragma once

#include "trading/backtest/engine.hpp"
#include "trading/market/bar_record.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace supreme::trading {

/// Where one instrument's bars come from.
struct market_input {
  instrument_id instrument;
  nanoseconds interval{0};    ///< > 0
  bar_stream* bars = nullptr; ///< not null; outlives the run
};

/// Merges inputs into steps, one for each close time, and hands them out in blocks. One owner.
class market_steps {
public:
  /// instrument_bars::instrument says `places[i]` of bars of the i-th input. The streams must
  /// outlive this. Throws contract_violation for an input without bars or length, and for equal
  /// places.
  market_steps(const std::vector<market_input>& inputs, std::vector<size_t> places);

  /// Goes on to the next steps, at most `steps_max` of them; false when there are no more bars.
  /// Throws what the streams throw.
  [[nodiscard]] bool next(size_t steps_max = step_block::steps_max);
  /// Those steps, valid until the next call.
  [[nodiscard]] step_block block() const noexcept { return {times_, bars_}; }
  /// How many bars they have.
  [[nodiscard]] size_t bar_count() const noexcept { return bar_count_; }

private:
  /// One input and the bars of it that have not been taken.
  struct cursor {
    bar_stream* bars = nullptr;
    nanoseconds interval{0};
    size_t place = 0;
    const bar_record* at = nullptr;
    const bar_record* end = nullptr;
    bool is_over = false;
    const bar_record* first = nullptr; ///< of the block

    [[nodiscard]] timestamp close_time() const noexcept { return at->open_time + interval; }
  };

  void refill();
  void add_common_steps(size_t steps_max);
  [[nodiscard]] bool add_step();

  std::vector<cursor> cursors_;
  std::vector<timestamp> times_;
  std::vector<instrument_bars> bars_;
  size_t bar_count_ = 0;
};

/// How far a run is.
struct run_progress {
  uint64_t bars = 0;
  uint64_t steps = 0;
  timestamp at; ///< event time of the last step
};

/// Drives an engine through all bars of the inputs, one step for each close time. `go_on` is asked
/// now and then, every some ten thousand bars, and ends the run between two blocks of steps when it
/// says no; it may be empty. Answers how far the run came. Throws contract_violation for an
/// instrument that is not of the plan or stands twice, and what the engine and the streams throw.
run_progress run_backtest(backtest_engine& engine, const std::vector<market_input>& inputs,
                          const std::function<bool(const run_progress&)>& go_on = {});

} // namespace supreme::trading
