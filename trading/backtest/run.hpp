#pragma once

#include "trading/backtest/engine.hpp"
#include "trading/market/bar_record.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace supreme::trading {

/// Where one instrument's bars come from.
struct market_input {
  instrument_id instrument;
  nanoseconds interval{0};    ///< > 0
  bar_stream* bars = nullptr; ///< not null; outlives the run
};

/// How far a run is.
struct run_progress {
  uint64_t bars = 0;
  uint64_t steps = 0;
  timestamp at; ///< event time of the last step
};

/// Drives an engine through all bars of the inputs, one step for each close time; bars of one close
/// time stand in the order of the inputs. `go_on` is asked now and then, every some ten thousand
/// bars, and ends the run between two steps when it says no; it may be empty. Answers how far the
/// run came. Throws contract_violation for an instrument that is not of the plan or stands twice,
/// and what the engine and the streams throw.
run_progress run_backtest(backtest_engine& engine, const std::vector<market_input>& inputs,
                          const std::function<bool(const run_progress&)>& go_on = {});

} // namespace supreme::trading
