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
    cursors_.push_back({input.bars, input.interval, places[i], nullptr, nullptr, false, nullptr});
  }
}

/// New parts for those that are at the end of theirs: what was handed out before is given up.
void market_steps::refill() {
  for (auto& c : cursors_) {
    if (c.at == c.end && !c.is_over) {
      const auto bars = c.bars->next();
      c.at = bars.data();
      c.end = c.at + bars.size();
      c.is_over = bars.empty();
    }
    c.first = c.at;
  }
}

/// The next steps as far as every input has a bar at each of them, which is how most histories are.
void market_steps::add_common_steps(size_t steps_max) {
  size_t count = steps_max - times_.size();
  for (const auto& c : cursors_)
    count = std::min(count, static_cast<size_t>(c.end - c.at));
  if (count == 0 || cursors_.empty())
    return;
  const auto first = times_.size();
  times_.resize(first + count);
  auto* const times = times_.data() + first;
  const auto& leader = cursors_.front();
  for (size_t i = 0; i < count; ++i)
    times[i] = leader.at[i].open_time + leader.interval;
  for (const auto& c : std::span{cursors_}.subspan(1)) {
    size_t same = 0;
    while (same < count && c.at[same].open_time + c.interval == times[same])
      ++same;
    count = same;
  }
  times_.resize(first + count);
  for (auto& c : cursors_)
    c.at += count;
}

/// Whether there was one that needs no new part.
bool market_steps::add_step() {
  const cursor* earliest = nullptr;
  for (const auto& c : cursors_) {
    if (c.is_over)
      continue;
    if (c.at == c.end)
      return false;
    if (earliest == nullptr || c.close_time() < earliest->close_time())
      earliest = &c;
  }
  if (earliest == nullptr)
    return false;
  const auto time = earliest->close_time();
  for (auto& c : cursors_) {
    if (c.at != c.end && c.close_time() == time)
      ++c.at;
  }
  times_.push_back(time);
  return true;
}

bool market_steps::next(size_t steps_max) {
  refill();
  times_.clear();
  do
    add_common_steps(steps_max);
  while (times_.size() < steps_max && add_step());
  bars_.clear();
  bar_count_ = 0;
  for (const auto& c : cursors_) {
    if (c.first == c.at)
      continue;
    bars_.push_back({c.place, c.interval, {c.first, c.at}});
    bar_count_ += bars_.back().bars.size();
  }
  return !times_.empty();
}

run_progress run_backtest(backtest_engine& engine, const std::vector<market_input>& inputs,
                          const std::function<bool(const run_progress&)>& go_on) {
  std::vector<size_t> places;
  for (const auto& input : inputs)
    places.push_back(engine.index_of(input.instrument));
  market_steps steps{inputs, std::move(places)};
  run_progress progress;
  uint64_t next_question = bars_between_questions;
  while (steps.next()) {
    const auto block = steps.block();
    engine.run(block);
    progress.bars += steps.bar_count();
    progress.steps += block.times.size();
    progress.at = block.times.back();
    if (progress.bars < next_question)
      continue;
    next_question += bars_between_questions;
    if (go_on && !go_on(progress))
      return progress;
  }
  return progress;
}

} // namespace supreme::trading
