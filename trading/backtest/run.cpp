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
  size_t instrument = 0;
  std::span<const bar_record> bars;

  /// Whether there is a bar.
  bool fill() {
    if (bars.empty())
      bars = input->bars->next();
    return !bars.empty();
  }
  [[nodiscard]] timestamp close_time() const { return bars.front().open_time + input->interval; }
  /// Valid until the next fill().
  [[nodiscard]] step_bar take() {
    const auto* record = &bars.front();
    bars = bars.subspan(1);
    return {instrument, input->interval, record};
  }
};

} // namespace

run_progress run_backtest(backtest_engine& engine, const std::vector<market_input>& inputs,
                          const std::function<bool(const run_progress&)>& go_on) {
  std::vector<cursor> cursors;
  for (const auto& input : inputs) {
    SUPREME_CHECK(input.bars != nullptr && input.interval.count() > 0,
                  "an input has bars of a length");
    const auto instrument = engine.index_of(input.instrument);
    SUPREME_CHECK(std::none_of(cursors.begin(), cursors.end(),
                               [&](const auto& c) { return c.instrument == instrument; }),
                  "an instrument's bars come from one input");
    cursors.push_back({&input, instrument, {}});
  }
  run_progress progress;
  uint64_t next_question = bars_between_questions;
  std::vector<step_bar> step;
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
