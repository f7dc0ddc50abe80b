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
  const bar_record* at = nullptr;
  const bar_record* end = nullptr;

  /// Whether there is a bar.
  bool fill() {
    if (at == end) [[unlikely]] {
      const auto bars = input->bars->next();
      at = bars.data();
      end = at + bars.size();
    }
    return at != end;
  }
  [[nodiscard]] timestamp close_time() const { return at->open_time + input->interval; }
};

/// The earliest close time of all next bars; nothing when there are no more.
std::optional<timestamp> find_next_time(std::vector<cursor>& cursors) {
  std::optional<timestamp> time;
  for (auto& c : cursors) {
    if (c.fill() && (!time || c.close_time() < *time))
      time = c.close_time();
  }
  return time;
}

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
    cursors.push_back({&input, instrument, nullptr, nullptr});
  }
  run_progress progress;
  uint64_t next_question = bars_between_questions;
  std::vector<step_bar> step;
  while (true) {
    const auto time = find_next_time(cursors);
    if (!time)
      return progress;
    step.clear();
    for (auto& c : cursors) {
      if (c.at != c.end && c.close_time() == *time)
        step.push_back({c.instrument, c.input->interval, c.at++});
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
