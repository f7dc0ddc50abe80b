#include "trading/backtest/run.hpp"

#include "trading/check.hpp"

#include <algorithm>
#include <optional>

namespace supreme::trading {

namespace {

constexpr uint64_t bars_between_questions = 65'536;

} // namespace

market_steps::market_steps(const std::vector<market_input>& inputs, std::vector<size_t> places) {
  SUPREME_CHECK(inputs.size() == places.size(), "every input has a place");
  for (size_t i = 0; i < inputs.size(); ++i) {
    const auto& input = inputs[i];
    SUPREME_CHECK(input.bars != nullptr && input.interval.count() > 0,
                  "an input has bars of a length");
    SUPREME_CHECK(std::count(places.begin(), places.end(), places[i]) == 1,
                  "an instrument's bars come from one input");
    cursors_.push_back({input.bars, input.interval, places[i], nullptr, nullptr});
  }
}

std::optional<timestamp> market_steps::next() {
  std::optional<timestamp> time;
  for (auto& c : cursors_) {
    if (c.at == c.end) [[unlikely]] {
      const auto bars = c.bars->next();
      c.at = bars.data();
      c.end = c.at + bars.size();
    }
    if (c.at != c.end && (!time || c.close_time() < *time))
      time = c.close_time();
  }
  bars_.clear();
  if (!time)
    return std::nullopt;
  for (auto& c : cursors_) {
    if (c.at != c.end && c.close_time() == *time)
      bars_.push_back({c.place, c.interval, c.at++});
  }
  return time;
}

run_progress run_backtest(backtest_engine& engine, const std::vector<market_input>& inputs,
                          const std::function<bool(const run_progress&)>& go_on) {
  std::vector<size_t> places;
  for (const auto& input : inputs)
    places.push_back(engine.index_of(input.instrument));
  market_steps steps{inputs, std::move(places)};
  run_progress progress;
  uint64_t next_question = bars_between_questions;
  while (const auto time = steps.next()) {
    const auto step = steps.bars();
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
  return progress;
}

} // namespace supreme::trading
