// Goal: how much of a hand-written loop's speed the full backtester reaches: the same strategy with
// exact accounting, every default risk check and all statistics, as `supreme backtest` runs it.
// Method: ten million bars in memory. The yardstick is one loop over plain doubles: MACD 12/26/9
// and RSI 14, long or flat with quantity 1, ten basis points a side, filled at the next open,
// equity at every bar. Both run alternately in one process and the medians of their processor times
// are compared, because only ratios carry over between machines. They must end with the same number
// of fills and the same equity, or the program fails.

#include "trading/backtest/result_collector.hpp"
#include "trading/backtest/run.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <random>
#include <span>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace supreme::trading {
namespace {

constexpr size_t bar_count = 10'000'000;
constexpr int rounds = 5;
constexpr double fee_rate = 0.001;
constexpr double start_cash = 1e9;

std::vector<bar_record> make_bars() {
  std::mt19937_64 random{7};
  std::vector<bar_record> bars;
  bars.reserve(bar_count);
  int64_t cents = 7'500'000;
  const auto price_of = [](int64_t c) { return decimal::from_raw(c * (decimal::scale / 100)); };
  for (size_t i = 0; i < bar_count; ++i) {
    const int64_t open = cents;
    const auto move = static_cast<int64_t>(random() % 4'001) - 2'000;
    cents = std::max<int64_t>(cents + move, 1'000'000);
    const auto wick = static_cast<int64_t>(random() % 1'000);
    bars.push_back({timestamp::from_ms(static_cast<int64_t>(i) * 60'000), price_of(open),
                    price_of(std::max(open, cents) + wick), price_of(std::min(open, cents) - wick),
                    price_of(cents), decimal::from_integer(100)});
  }
  return bars;
}

struct loop_result {
  uint64_t fills = 0;
  double equity = 0;
  double peak = 0;
};

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

loop_result run_loop(const std::vector<double>& opens, const std::vector<double>& closes,
                     std::vector<double>& equity) {
  bare_average fast{0, 2.0 / 13, 12, 0}, slow{0, 2.0 / 27, 26, 0}, signal{0, 2.0 / 10, 9, 0};
  bare_average gain{0, 1.0 / 14, 14, 0}, loss{0, 1.0 / 14, 14, 0};
  double before = closes[0], line_before = 0, signal_before = 0;
  bool ready = false;
  double cash = start_cash, held = 0, wanted = 0;
  loop_result out;
  for (size_t i = 0; i < closes.size(); ++i) {
    if (wanted != held) {
      const double at = opens[i];
      cash -= (wanted - held) * at + at * fee_rate;
      held = wanted;
      ++out.fills;
    }
    const double close = closes[i];
    if (i > 0) {
      gain.update(close > before ? close - before : 0);
      loss.update(close < before ? before - close : 0);
    }
    before = close;
    fast.update(close);
    if (slow.update(close)) {
      const double line = fast.sum - slow.sum;
      if (signal.update(line)) {
        if (ready && held == 0 && line_before <= signal_before && line > signal.sum
            && 100 * gain.sum < 70 * (gain.sum + loss.sum))
          wanted = 1;
        else if (ready && held == 1 && line_before >= signal_before && line < signal.sum)
          wanted = 0;
        line_before = line;
        signal_before = signal.sum;
        ready = true;
      }
    }
    equity[i] = out.equity = cash + held * close;
    out.peak = std::max(out.peak, out.equity);
  }
  return out;
}

backtest_plan make_plan(const parameters& values) {
  const auto& kind = *find_strategy_kind("momentum");
  backtest_plan plan;
  plan.account = account_id{"main"};
  plan.venue = venue_id{"sim"};
  plan.quote = asset_id{"USDT"};
  plan.initial = {{plan.quote, decimal::from_integer(static_cast<int64_t>(start_cash))}};
  plan.instruments = {{instrument_id{"BTCUSDT"}, asset_id{"BTC"}, plan.quote,
                       decimal::literal("0.01"), decimal::literal("0.00001"),
                       decimal::literal("5")}};
  plan.limits.taker_fee_ppb = 1'000'000;
  plan.costs = {1'000'000, 1'000'000, 0, 0};
  plan.strategies = {{strategy_id{"trend"},
                      &kind,
                      check_parameters(kind, values).values,
                      {sizing_mode::fixed_quantity, decimal::from_integer(1)},
                      {instrument_id{"BTCUSDT"}}}};
  return plan;
}

backtest_result run_engine(std::span<const bar_record> bars, const parameters& values = {}) {
  const auto plan = make_plan(values);
  result_collector collector{plan};
  backtest_engine engine{plan, collector};
  collector.watch(engine);
  memory_bars stream{bars};
  (void)run_backtest(engine, {{instrument_id{"BTCUSDT"}, std::chrono::minutes{1}, &stream}});
  return std::move(collector).result(true);
}

/// Seconds of processor time of this thread: a busy neighbour does not count.
double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// What users compare with: a million such bars, in other programs on this kind of machine.
void print_million(const std::vector<bar_record>& bars) {
  constexpr size_t million = 1'000'000;
  const double begin = processor_seconds();
  (void)run_engine(std::span{bars}.first(million));
  std::printf(
    "a million bars: %.1f M bars/s (flox 10.7, backtesting.py 0.107, backtrader 0.0065)\n",
    1 / (processor_seconds() - begin));
}

/// What bars cost without orders: nothing is below an RSI of 0, so nobody enters.
double idle_seconds(std::span<const bar_record> bars) {
  const double begin = processor_seconds();
  const auto result = run_engine(bars, {{"rsi_max", 0}});
  if (result.orders != 0)
    throw std::logic_error("the idle run has traded");
  return processor_seconds() - begin;
}

int run() {
  const auto bars = make_bars();
  std::vector<double> opens, closes, equity(bars.size());
  for (const auto& b : bars) {
    opens.push_back(b.open.to_double());
    closes.push_back(b.close.to_double());
  }
  std::vector<double> loop_seconds, engine_seconds, idle, ratios;
  loop_result loop;
  std::optional<backtest_result> result;
  for (int round = 0; round < rounds; ++round) {
    const double begin = processor_seconds();
    loop = run_loop(opens, closes, equity);
    const double between = processor_seconds();
    result = run_engine(bars);
    const double end = processor_seconds();
    loop_seconds.push_back(between - begin);
    engine_seconds.push_back(end - between);
    ratios.push_back((between - begin) / (end - between));
    idle.push_back(idle_seconds(bars));
  }
  const double millions = static_cast<double>(bar_count) / 1e6;
  const auto row = [&](const char* name, double seconds) {
    std::printf("%-28s %8.1f ns/bar %10.1f M bars/s\n", name, seconds * 1e3 / millions,
                millions / seconds);
  };
  std::printf("%zu bars, %llu fills, medians of %d\n", bar_count,
              static_cast<unsigned long long>(result->fills), rounds);
  row("hand-written loop", median(loop_seconds));
  row("full backtester", median(engine_seconds));
  std::printf("%-28s %8.1f %% (target 40 %%)\n", "share of the loop's speed", median(ratios) * 100);
  row("the same without orders", median(idle));
  std::printf("%-28s %8.0f ns: decision, reservation, fill, booking, trade\n", "an order",
              (median(engine_seconds) - median(idle)) * 1e9 / static_cast<double>(result->orders));
  print_million(bars);
  if (result->fills != loop.fills
      || std::abs(result->equity.to_double() - loop.equity) > 1e-6 * start_cash) {
    std::printf("they disagree: %llu fills and %.8f in the loop, %s in the backtester\n",
                static_cast<unsigned long long>(loop.fills), loop.equity,
                result->equity.to_string().c_str());
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}

} // namespace
} // namespace supreme::trading

// Google Benchmark's options come with `./supreme bench NAME`; this program has one measurement.
int main(int argc, char** argv) {
  constexpr std::string_view filter = "--benchmark_filter=";
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument{argv[i]};
    if (argument.substr(0, filter.size()) == filter
        && std::string_view{"backtest"}.find(argument.substr(filter.size()))
             == std::string_view::npos)
      return EXIT_SUCCESS;
  }
  return supreme::trading::run();
}
