// Goal: how fast indicators and the momentum strategy take bars, and what their shape costs.
// Method: one reproducible series of bars in memory. The yardstick is a bare hand-written loop that
// computes the same MACD and RSI on plain doubles and trades the same rules; it runs in the same
// process, because only ratios carry over between machines. Both end with the same number of
// trades, or the program fails.

#include "tests/benchmarks/rate_keeper.hpp"
#include "trading/indicators/atr.hpp"
#include "trading/indicators/macd.hpp"
#include "trading/indicators/moving_average.hpp"
#include "trading/indicators/rsi.hpp"
#include "trading/indicators/sma.hpp"
#include "trading/strategies/strategy.hpp"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace supreme::trading {
namespace {

constexpr size_t bar_count = 1 << 14;

std::vector<bar> make_bars() {
  std::mt19937_64 random{7};
  std::vector<bar> bars;
  int64_t cents = 7'500'000;
  const auto move = [&random] { return static_cast<int64_t>(random() % 4'001) - 2'000; };
  for (size_t i = 0; i < bar_count; ++i) {
    const int64_t open = cents;
    cents += move();
    const int64_t wick = static_cast<int64_t>(random() % 1'000);
    const auto price_of = [](int64_t c) { return decimal::from_raw(c * (decimal::scale / 100)); };
    bars.push_back({.instrument = instrument_id{"BTCUSDT"},
                    .open_time = timestamp::from_ms(static_cast<int64_t>(i) * 60'000),
                    .interval = std::chrono::minutes{1},
                    .open = price_of(open),
                    .high = price_of(std::max(open, cents) + wick),
                    .low = price_of(std::min(open, cents) - wick),
                    .close = price_of(cents),
                    .volume = decimal::from_integer(1)});
  }
  return bars;
}

const std::vector<bar>& all_bars() {
  static const auto bars = make_bars();
  return bars;
}

const std::vector<double>& all_closes() {
  static const auto closes = [] {
    std::vector<double> out;
    for (const auto& b : all_bars())
      out.push_back(b.close.to_double());
    return out;
  }();
  return closes;
}

void count_bars(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(bar_count));
}

/// The same averages as in trading/indicators, by hand: seeded with the mean of the first n values.
struct bare_average {
  double sum, alpha;
  int length, seen;
  bool update(double x) {
    if (seen >= length) {
      sum += alpha * (x - sum);
      return true;
    }
    sum += x;
    if (++seen < length)
      return false;
    sum /= length;
    return true;
  }
};

size_t trade_bare(const std::vector<double>& closes) {
  bare_average fast{0, 2.0 / 13, 12, 0}, slow{0, 2.0 / 27, 26, 0}, signal{0, 2.0 / 10, 9, 0};
  bare_average gain{0, 1.0 / 14, 14, 0}, loss{0, 1.0 / 14, 14, 0};
  double before = closes[0], line_before = 0, signal_before = 0;
  bool ready = false, holds = false;
  size_t trades = 0;
  for (size_t i = 0; i < closes.size(); ++i) {
    const double close = closes[i];
    if (i > 0) {
      gain.update(close > before ? close - before : 0);
      loss.update(close < before ? before - close : 0);
    }
    before = close;
    fast.update(close);
    if (!slow.update(close))
      continue;
    const double line = fast.sum - slow.sum;
    if (!signal.update(line))
      continue;
    if (ready && !holds && line_before <= signal_before && line > signal.sum
        && 100 * gain.sum < 70 * (gain.sum + loss.sum)) {
      holds = true;
      ++trades;
    } else if (ready && holds && line_before >= signal_before && line < signal.sum) {
      holds = false;
      ++trades;
    }
    line_before = line;
    signal_before = signal.sum;
    ready = true;
  }
  return trades;
}

/// Every wish is filled at the next open, before that bar.
size_t trade_momentum(strategy& s, const std::vector<bar>& bars) {
  size_t trades = 0;
  std::optional<desire> wanted;
  for (const auto& b : bars) {
    if (wanted) {
      s.on_fill(*wanted == desire::flat ? slot_holding{}
                                        : slot_holding{decimal::from_integer(1), b.open});
      wanted.reset();
    }
    if (const auto said = s.on_bar(b)) {
      wanted = said->wanted;
      ++trades;
    }
  }
  return trades;
}

std::unique_ptr<strategy> make_momentum(double stop_atr) {
  const auto& kind = *find_strategy_kind("momentum");
  return kind.make(check_parameters(kind, {{"stop_atr", stop_atr}}).values);
}

void bare_loop(benchmark::State& state) {
  for ([[maybe_unused]] auto round : state)
    benchmark::DoNotOptimize(trade_bare(all_closes()));
  count_bars(state);
}
BENCHMARK(bare_loop);

void momentum_bars(benchmark::State& state, double stop_atr) {
  for ([[maybe_unused]] auto round : state) {
    const auto s = make_momentum(stop_atr);
    benchmark::DoNotOptimize(trade_momentum(*s, all_bars()));
  }
  count_bars(state);
}
BENCHMARK_CAPTURE(momentum_bars, plain, 0.0);
BENCHMARK_CAPTURE(momentum_bars, with_stop, 2.0);

template <class Indicator>
void closes_through(benchmark::State& state, Indicator indicator) {
  for ([[maybe_unused]] auto round : state)
    for (const double close : all_closes())
      benchmark::DoNotOptimize(indicator.update(close));
  count_bars(state);
}
BENCHMARK_CAPTURE(closes_through, sma_30, sma{30});
BENCHMARK_CAPTURE(closes_through, ema_26, ema{26});
BENCHMARK_CAPTURE(closes_through, rsi_14, rsi{14});
BENCHMARK_CAPTURE(closes_through, macd_12_26_9, macd{12, 26, 9});

void atr_14(benchmark::State& state) {
  atr indicator{14};
  for ([[maybe_unused]] auto round : state)
    for (const double close : all_closes())
      benchmark::DoNotOptimize(indicator.update(close + 1, close - 1, close));
  count_bars(state);
}
BENCHMARK(atr_14);

bool same_trades() {
  const auto s = make_momentum(0);
  const size_t ours = trade_momentum(*s, all_bars());
  const size_t bare = trade_bare(all_closes());
  std::printf("%zu bars, %zu trades (bare loop %zu)\n", bar_count, ours, bare);
  return ours == bare && ours > 0;
}

} // namespace
} // namespace supreme::trading

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv) || !supreme::trading::same_trades())
    return EXIT_FAILURE;
  supreme::tests::rate_keeper reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  reporter.print_ratios("M bars/s");
  return EXIT_SUCCESS;
}
