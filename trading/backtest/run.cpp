#include "trading/backtest/run.hpp"

#include "trading/check.hpp"

#include <algorithm>
#include <optional>

namespace supreme::trading {

namespace {

constexpr uint64_t bars_between_questions = 65'536;

/// One input and the bars of it that have not been taken.
struct cursor {
  const market_input* input = nullptr;
  std::span<const bar_record> bars;

  /// Whether there is a bar.
  bool fill() {
    if (bars.empty())
      bars = input->bars->next();
    return !bars.empty();
  }
  [[nodiscard]] timestamp close_time() const { return bars.front().open_time + input->interval; }
  [[nodiscard]] bar take() {
    const auto& r = bars.front();
    bar b{input->instrument, r.open_time, input->interval, r.open, r.high, r.low,
          r.close,           r.volume};
    bars = bars.subspan(1);
    return b;
  }
};

} // namespace

run_progress run_backtest(backtest_engine& engine, const std::vector<market_input>& inputs,
                          const std::function<bool(const run_progress&)>& go_on) {
  std::vector<cursor> cursors;
  for (const auto& input : inputs) {
    SUPREME_CHECK(input.bars != nullptr && input.interval.count() > 0,
                  "an input has bars of a length");
    cursors.push_back({&input, {}});
  }
  run_progress progress;
  uint64_t next_question = bars_between_questions;
  std::vector<bar> step;
  while (true) {
    std::optional<timestamp> time;
    for (auto& c : cursors) {
      if (c.fill() && (!time || c.close_time() < *time))
        time = c.close_time();
    }
    if (!time)
      return progress;
    step.clear();
    for (auto& c : cursors) {
      if (!c.bars.empty() && c.close_time() == *time)
        step.push_back(c.take());
    }
    engine.step(*time, step);
    progress.bars += step.size();
    ++progress.steps;
    progress.at = *time;
    if (progress.bars < next_question)
      continue;
    next_question += bars_between_questions;
    if (go_on && !go_on(progress))
      return progress;
  }
}

} // namespace supreme::trading
