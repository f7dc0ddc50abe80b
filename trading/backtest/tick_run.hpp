#pragma once

#include "trading/backtest/run.hpp"
#include "trading/backtest/tick_engine.hpp"

#include <functional>
#include <vector>

namespace supreme::trading {

/// Where one instrument's ticks come from.
struct tick_input {
  size_t instrument = 0;          ///< as numbered in the plan
  trade_stream* trades = nullptr; ///< not null, as nothing else makes bars; outlives the run
  quote_stream* quotes = nullptr; ///< nullptr: none; outlives the run
  depth_stream* depth = nullptr;  ///< nullptr: none; outlives the run
};

/// Drives an engine through all records of the inputs in the order of time, and finishes it. Of one
/// time, trades come first, then quotes, then depth, because venues sequence a trade before what
/// shows it; each in the order of the inputs. `go_on` is asked now and then, every some ten
/// thousand records, and ends the run when it says no; it may be empty. Answers how far the run
/// came. Throws what the engine and the streams throw, and contract_violation when a stream goes
/// back in time.
run_progress run_tick_backtest(tick_engine& engine, const std::vector<tick_input>& inputs,
                               const std::function<bool(const run_progress&)>& go_on = {});

} // namespace supreme::trading
