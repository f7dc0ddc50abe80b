// Goal: how many trials of a search run in a second, and what a second thread brings.
// Method: the momentum strategy over 200,000 one-minute bars of a reproducible walk, a grid of 16
// combinations; one thread and two in turn, five times each, on the pool that the program uses. The
// ratio is the median over the five pairs, so that a machine that is busy now and then does not
// decide it. Both must come to the same result, or the program fails.

#include "commands/trial_pool.hpp"
#include "trading/backtest/optimisation.hpp"
#include "trading/backtest/random_stream.hpp"
#include "trading/check.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace supreme::trading {
namespace {

constexpr size_t bar_count = 200'000;
constexpr size_t repetitions = 5;

std::vector<bar_record> make_bars() {
  random_stream random{7, 0};
  std::vector<bar_record> bars;
  const auto price_of = [](int64_t cents) { return decimal::from_raw(cents * 1'000'000); };
  int64_t cents = 7'500'000;
  for (size_t i = 0; i < bar_count; ++i) {
    const auto open = cents;
    cents = std::max<int64_t>(1'000'000, cents + static_cast<int64_t>(random.below(8'001)) - 4'000);
    const auto wick = static_cast<int64_t>(random.below(1'000));
    bars.push_back({timestamp::from_ms(static_cast<int64_t>(i) * 60'000), price_of(open),
                    price_of(std::max(open, cents) + wick), price_of(std::min(open, cents) - wick),
                    price_of(cents), decimal::from_integer(100)});
  }
  return bars;
}

search_task make_task(const std::vector<bar_record>& bars) {
  const auto& kind = *find_strategy_kind("momentum");
  const instrument_id id{"BTCUSDT"};
  search_task task;
  task.plan.account = account_id{"main"};
  task.plan.venue = venue_id{"sim"};
  task.plan.quote = asset_id{"USDT"};
  task.plan.initial = {{task.plan.quote, decimal::from_integer(1'000'000)}};
  task.plan.instruments.push_back({id, asset_id{"BTC"}, task.plan.quote, decimal::literal("0.01"),
                                   decimal::literal("0.00001"), decimal::from_integer(5)});
  task.plan.costs.taker_fee_ppb = 1'000'000;
  task.plan.limits.taker_fee_ppb = 1'000'000;
  task.varied = strategy_id{"trend"};
  task.plan.strategies.push_back({task.varied,
                                  &kind,
                                  check_parameters(kind, {}).values,
                                  {sizing_mode::fixed_notional, decimal::from_integer(5'000)},
                                  {id}});
  task.market = {{id, std::chrono::minutes{1}, bars}};
  const auto fast = parse_axis(kind, "fast=6:12:2");
  const auto slow = parse_axis(kind, "slow=20:50:10");
  task.trials = *make_grid(kind, task.plan.strategies[0].values, {*fast, *slow});
  return task;
}

double seconds_of(const search_task& task, size_t jobs, std::vector<size_t>& ranking) {
  const commands::trial_pool pool{jobs, {}, {}};
  const auto begin = std::chrono::steady_clock::now();
  const auto found = run_search(task, pool);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  SUPREME_CHECK(found.complete && found.failed == 0, "every trial is run");
  SUPREME_CHECK(ranking.empty() || ranking == found.ranking, "threads do not change the ranking");
  ranking = found.ranking;
  return took.count();
}

double median(std::array<double, repetitions> values) {
  std::sort(values.begin(), values.end());
  return values[repetitions / 2];
}

int run() {
  const auto bars = make_bars();
  const auto task = make_task(bars);
  const auto trials = static_cast<double>(task.trials.points.size());
  std::vector<size_t> ranking;
  (void)seconds_of(task, 2, ranking); // Warms caches and clocks up.
  std::array<double, repetitions> one{};
  std::array<double, repetitions> two{};
  std::array<double, repetitions> speed_up{};
  for (size_t i = 0; i < repetitions; ++i) {
    one[i] = seconds_of(task, 1, ranking);
    two[i] = seconds_of(task, 2, ranking);
    speed_up[i] = one[i] / two[i];
  }
  std::printf("%zu trials of momentum over %zu bars\n", task.trials.points.size(), bar_count);
  std::printf("1 job    %8.2f trials/s  %10.0f bars/s\n", trials / median(one),
              trials / median(one) * bar_count);
  std::printf("2 jobs   %8.2f trials/s  %10.0f bars/s\n", trials / median(two),
              trials / median(two) * bar_count);
  std::printf("speed-up of 2 jobs over 1: %.2f (median of %zu)\n", median(speed_up), repetitions);
  return EXIT_SUCCESS;
}

} // namespace
} // namespace supreme::trading

int main() { return supreme::trading::run(); }
