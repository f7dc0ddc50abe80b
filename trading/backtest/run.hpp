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

/// Merges inputs into steps, one for each close time; bars of one close time stand in the order of
/// the inputs. One owner.
class market_steps {
public:
  /// step_bar::instrument says `places[i]` of a bar of the i-th input. The streams must outlive
  /// this. Throws contract_violation for an input without bars or length, and for equal places.
  market_steps(const std::vector<market_input>& inputs, std::vector<size_t> places);

  /// Goes on to the next close time; nothing when there are no more bars. Throws what the streams
  /// throw.
  [[nodiscard]] std::optional<timestamp> next();
  /// The bars of that time, valid until the next call.
  [[nodiscard]] std::span<const step_bar> bars() const noexcept { return bars_; }

private:
  /// One input and the bars of it that have not been taken.
  struct cursor {
    bar_stream* bars = nullptr;
    nanoseconds interval{0};
    size_t place = 0;
    const bar_record* at = nullptr;
    const bar_record* end = nullptr;

    [[nodiscard]] timestamp close_time() const noexcept { return at->open_time + interval; }
  };

  std::vector<cursor> cursors_;
  std::vector<step_bar> bars_;
};

/// How far a run is.
struct run_progress {
  uint64_t bars = 0;
  uint64_t steps = 0;
  timestamp at; ///< event time of the last step
};

/// Drives an engine through all bars of the inputs, one step for each close time. `go_on` is asked
/// now and then, every some ten thousand bars, and ends the run between two steps when it says no;
/// it may be empty. Answers how far the run came. Throws contract_violation for an instrument that
/// is not of the plan or stands twice, and what the engine and the streams throw.
run_progress run_backtest(backtest_engine& engine, const std::vector<market_input>& inputs,
                          const std::function<bool(const run_progress&)>& go_on = {});

} // namespace supreme::trading
