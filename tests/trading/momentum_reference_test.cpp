// Goal: on real data momentum takes the decisions of its definition, and a rebuilt instance takes
// the same ones.
// Method: 3 000 recorded one-minute bars. The reference computes every average anew from the first
// bar at each bar, with none of the product's code; entries and exits fill at the next open. The
// rebuilt instance gets the recorded bars and fills only.

#include "tests/trading/bars.hpp"

#include "tests/support/shared_data.hpp"
#include "trading/strategies/momentum.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace supreme::trading {
namespace {

constexpr const char* recording = "data/bars/binance_spot/BTCUSDT_1m_2026-04-19_2026-04-21.csv";

/// What an instance saw and said at one bar.
struct step {
  std::optional<slot_holding> fill; ///< known before the bar
  std::optional<decision> said;
};

/// Runs over all bars, filling each wish at the next bar's open; a fill becomes known before that
/// bar.
std::vector<step> trade(strategy& s, const std::vector<bar>& bars) {
  std::vector<step> steps;
  std::optional<desire> pending;
  for (const auto& b : bars) {
    step now;
    if (pending) {
      const bool enters = *pending == desire::long_position;
      now.fill = enters ? slot_holding{decimal::literal("1"), b.open} : slot_holding{};
      s.on_fill(*now.fill);
      pending.reset();
    }
    now.said = s.on_bar(b);
    if (now.said)
      pending = now.said->wanted;
    steps.push_back(std::move(now));
  }
  return steps;
}

bool same(const std::optional<decision>& a, const std::optional<decision>& b) {
  if (!a || !b)
    return !a && !b;
  return a->wanted == b->wanted && a->reason == b->reason && a->inputs == b->inputs;
}

/// Everything below is the definition, spelled out: seeds are plain averages of the first n values.
using numbers = std::vector<double>;

numbers averages(const numbers& values, size_t n, double alpha) {
  numbers out;
  if (values.size() < n)
    return out;
  const auto seed_end = values.begin() + static_cast<std::ptrdiff_t>(n);
  out.push_back(std::accumulate(values.begin(), seed_end, 0.0) / static_cast<double>(n));
  for (size_t i = n; i < values.size(); ++i)
    out.push_back(alpha * values[i] + (1 - alpha) * out.back());
  return out;
}

numbers ema_of(const numbers& values, size_t n) {
  return averages(values, n, 2.0 / (static_cast<double>(n) + 1));
}

double rsi_of(const numbers& closes, size_t n) {
  numbers gains;
  numbers losses;
  for (size_t i = 1; i < closes.size(); ++i) {
    gains.push_back(std::max(closes[i] - closes[i - 1], 0.0));
    losses.push_back(std::max(closes[i - 1] - closes[i], 0.0));
  }
  const double alpha = 1.0 / static_cast<double>(n);
  const double loss = averages(losses, n, alpha).back();
  return loss == 0 ? 100 : 100 - 100 / (1 + averages(gains, n, alpha).back() / loss);
}

struct reference_reading {
  double line_before, signal_before, line, signal, strength;
};

/// At the last of these closes; needs 35 of them.
reference_reading read(const numbers& closes) {
  const auto fast = ema_of(closes, 12);
  const auto slow = ema_of(closes, 26);
  numbers line;
  for (size_t i = 0; i < slow.size(); ++i)
    line.push_back(fast[i + 14] - slow[i]);
  const auto signal = ema_of(line, 9);
  return {line[line.size() - 2], signal[signal.size() - 2], line.back(), signal.back(),
          rsi_of(closes, 14)};
}

/// Wilder's ATR(14) at the last of these bars.
double atr_of(const std::vector<bar>& bars, size_t count) {
  numbers ranges{bars[0].high.to_double() - bars[0].low.to_double()};
  for (size_t i = 1; i < count; ++i) {
    const double before = bars[i - 1].close.to_double();
    ranges.push_back(std::max(bars[i].high.to_double(), before)
                     - std::min(bars[i].low.to_double(), before));
  }
  return averages(ranges, 14, 1.0 / 14).back();
}

/// The wish of the definition at each bar; fills as in trade().
std::vector<std::optional<desire>> reference_wishes(const std::vector<bar>& bars, double stop_atr) {
  std::vector<std::optional<desire>> wishes;
  numbers closes;
  bool holds = false;
  double entry_close = 0;
  double entry_atr = 0;
  for (size_t i = 0; i < bars.size(); ++i) {
    if (i > 0 && wishes.back()) {
      holds = *wishes.back() == desire::long_position;
      entry_close = closes.back();
      entry_atr = atr_of(bars, i);
    }
    closes.push_back(bars[i].close.to_double());
    wishes.emplace_back();
    if (closes.size() < 35)
      continue;
    const auto r = read(closes);
    const bool above = r.line_before <= r.signal_before && r.line > r.signal;
    const bool below = r.line_before >= r.signal_before && r.line < r.signal;
    const bool stopped =
      holds && stop_atr > 0 && closes.back() <= entry_close - stop_atr * entry_atr;
    if (!holds && above && r.strength < 70)
      wishes.back() = desire::long_position;
    else if (stopped || (holds && below))
      wishes.back() = desire::flat;
  }
  return wishes;
}

std::unique_ptr<strategy> make_momentum(double stop_atr) {
  const auto& kind = *find_strategy_kind("momentum");
  return kind.make(check_parameters(kind, {{"stop_atr", stop_atr}}).values);
}

TEST(momentum_reference, takes_the_decisions_of_its_definition_on_recorded_bars) {
  SUPREME_SHARED_PATH(path, recording);
  const auto bars = tests::read_minute_bars(path, "BTCUSDT");
  for (const double stop_atr : {0.0, 2.0}) {
    const auto steps = trade(*make_momentum(stop_atr), bars);
    const auto wishes = reference_wishes(bars, stop_atr);
    size_t decisions = 0;
    size_t stops = 0;
    for (size_t i = 0; i < bars.size(); ++i) {
      const auto& said = steps[i].said;
      EXPECT_EQ(said ? std::optional{said->wanted} : std::nullopt, wishes[i]) << "bar " << i;
      decisions += said ? 1 : 0;
      stops += said && said->reason == "Close at or below the ATR stop" ? 1 : 0;
    }
    EXPECT_GT(decisions, 100U);
    EXPECT_EQ(stops > 0, stop_atr > 0);
  }
}

TEST(momentum_reference, shows_the_numbers_of_its_definition) {
  SUPREME_SHARED_PATH(path, recording);
  const auto bars = tests::read_minute_bars(path, "BTCUSDT");
  const auto steps = trade(*make_momentum(0), bars);
  numbers closes;
  for (size_t i = 0; i < bars.size(); ++i) {
    closes.push_back(bars[i].close.to_double());
    if (!steps[i].said)
      continue;
    const auto r = read(closes);
    const decision_number expected[] = {{"macd", r.line},
                                        {"signal", r.signal},
                                        {"macd_before", r.line_before},
                                        {"signal_before", r.signal_before},
                                        {"rsi", r.strength},
                                        {"rsi_max", 70},
                                        {"close", closes.back()}};
    ASSERT_EQ(steps[i].said->inputs.size(), std::size(expected));
    for (size_t k = 0; k < std::size(expected); ++k) {
      EXPECT_EQ(steps[i].said->inputs[k].name, expected[k].name);
      EXPECT_NEAR(steps[i].said->inputs[k].value, expected[k].value, 1e-7)
        << expected[k].name.view();
    }
  }
}

TEST(momentum_reference, is_rebuilt_by_replaying_bars_and_fills) {
  SUPREME_SHARED_PATH(path, recording);
  const auto bars = tests::read_minute_bars(path, "BTCUSDT");
  const auto recorded = trade(*make_momentum(2), bars);
  const auto rebuilt = make_momentum(2);
  for (size_t i = 0; i < bars.size(); ++i) {
    if (recorded[i].fill)
      rebuilt->on_fill(*recorded[i].fill);
    const auto said = rebuilt->on_bar(bars[i]);
    EXPECT_TRUE(same(said, recorded[i].said)) << "bar " << i;
  }
}

} // namespace
} // namespace supreme::trading
