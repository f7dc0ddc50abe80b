#include "trading/backtest/held_bars.hpp"

#include <algorithm>

namespace supreme::trading {

namespace {

/// How many of the bars close at the time or before.
size_t count_until(const held_bars& held, timestamp time) {
  const auto first_later = std::upper_bound(
    held.bars.begin(), held.bars.end(), time,
    [&held](timestamp t, const bar_record& r) { return t < r.open_time + held.interval; });
  return static_cast<size_t>(first_later - held.bars.begin());
}

} // namespace

held_bars held_bars::between(std::optional<timestamp> after, std::optional<timestamp> until,
                             size_t warmup) const {
  const auto first = after ? count_until(*this, *after) : 0;
  const auto end = until ? std::max(first, count_until(*this, *until)) : bars.size();
  const auto begin = first - std::min(first, warmup);
  return {instrument, interval, bars.subspan(begin, end - begin)};
}

std::vector<held_bars> views_of(std::span<const owned_bars> market) {
  std::vector<held_bars> views;
  for (const auto& owned : market)
    views.push_back({owned.instrument, owned.interval, owned.bars});
  return views;
}

std::vector<timestamp> close_times(std::span<const held_bars> market) {
  std::vector<timestamp> times;
  for (const auto& held : market) {
    for (size_t i = 0; i < held.bars.size(); ++i)
      times.push_back(held.close_time(i));
  }
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  return times;
}

run_progress run_backtest(backtest_engine& engine, std::span<const held_bars> market) {
  std::vector<memory_bars> streams;
  streams.reserve(market.size());
  std::vector<market_input> inputs;
  for (const auto& held : market) {
    streams.emplace_back(held.bars);
    inputs.push_back({held.instrument, held.interval, &streams.back()});
  }
  return run_backtest(engine, inputs);
}

} // namespace supreme::trading
