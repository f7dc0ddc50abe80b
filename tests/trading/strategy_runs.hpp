#pragma once

#include "trading/strategies/strategy.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace supreme::tests {

/// What an instance was told before a bar and said at it.
struct strategy_step {
  std::optional<trading::slot_holding> fill;
  std::optional<trading::decision> said;
};

/// Runs over all bars. A wish fills in whole at the next bar's open, with a size of one; the fill
/// becomes known before that bar. A reversal is two fills.
inline std::vector<strategy_step> trade(trading::strategy& s,
                                        const std::vector<trading::bar>& bars) {
  std::vector<strategy_step> steps;
  std::optional<trading::desire> pending;
  trading::slot_holding held;
  for (const auto& b : bars) {
    strategy_step now;
    if (pending) {
      if (!held.size.is_zero())
        s.on_fill({});
      held = {};
      if (*pending != trading::desire::flat) {
        const bool is_long = *pending == trading::desire::long_position;
        held = {trading::decimal::from_integer(is_long ? 1 : -1), b.open};
        s.on_fill(held);
      }
      now.fill = held;
    }
    pending.reset();
    now.said = s.on_bar(b);
    if (now.said)
      pending = now.said->wanted;
    steps.push_back(std::move(now));
  }
  return steps;
}

inline bool same(const std::optional<trading::decision>& a,
                 const std::optional<trading::decision>& b) {
  if (!a || !b)
    return !a && !b;
  return a->wanted == b->wanted && a->reason == b->reason && a->inputs == b->inputs
         && a->stop_distance == b->stop_distance
         && a->take_profit_distance == b->take_profit_distance;
}

/// What every signal owes to who reads it: a reason that fits, and finite inputs, each named once.
template <class Decision>
void expect_explained(const Decision& d) {
  constexpr size_t most_inputs = 32; // config/defaults.hpp: signal_inputs_max
  EXPECT_FALSE(d.reason.empty());
  EXPECT_LE(d.reason.size(), 120U);
  EXPECT_FALSE(d.inputs.empty());
  EXPECT_LE(d.inputs.size(), most_inputs);
  std::vector<std::string_view> names;
  for (const auto& [name, value] : d.inputs) {
    EXPECT_TRUE(std::isfinite(value)) << name.view();
    EXPECT_EQ(std::count(names.begin(), names.end(), name.view()), 0) << name.view();
    names.push_back(name.view());
  }
}

template <class Decision>
double input_of(const Decision& d, const std::string& name) {
  for (const auto& [each, value] : d.inputs) {
    if (each == name)
      return value;
  }
  ADD_FAILURE() << "no input " << name;
  return 0;
}

template <class Decision>
bool has_input(const Decision& d, const std::string& name) {
  return std::any_of(d.inputs.begin(), d.inputs.end(),
                     [&name](const auto& entry) { return entry.name == name; });
}

/// A bar around its close, for series that are written down.
inline trading::bar make_bar(double close, double high, double low) {
  trading::bar b;
  b.instrument = trading::instrument_id{"X"};
  b.interval = std::chrono::minutes{1};
  b.close = *trading::decimal::from_double(close);
  b.open = b.close;
  b.high = *trading::decimal::from_double(high);
  b.low = *trading::decimal::from_double(low);
  return b;
}
/// One above and one below its close.
inline trading::bar make_bar(double close) { return make_bar(close, close + 1, close - 1); }

inline trading::slot_holding holds(const char* size, const char* average_price = "0") {
  return {trading::decimal::literal(size), trading::decimal::literal(average_price)};
}

/// A reproducible random walk around 100 with trends and quiet times.
inline std::vector<trading::bar> random_bars(uint64_t seed, size_t count) {
  std::mt19937_64 random{seed};
  // Not a standard distribution: those differ between libraries.
  const auto uniform = [&random] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  std::vector<trading::bar> bars;
  double close = 100;
  double drift = 0;
  double breadth = 0.01;
  const auto exact = [](double value) { return *trading::decimal::from_double(value); };
  for (size_t i = 0; i < count; ++i) {
    if (i % 40 == 0) {
      drift = (uniform() - 0.5) * 0.01;
      breadth = 0.002 + 0.02 * uniform();
    }
    const double open = close * (1 + (uniform() - 0.5) * breadth / 4);
    close = open * (1 + drift + (uniform() - 0.5) * breadth);
    trading::bar b;
    b.instrument = trading::instrument_id{"X"};
    b.interval = std::chrono::minutes{1};
    b.open_time = trading::timestamp::from_ms(static_cast<int64_t>(i) * 60'000);
    b.open = exact(open);
    b.close = exact(close);
    b.high = exact(std::max(open, close) * (1 + uniform() * breadth / 2));
    b.low = exact(std::min(open, close) * (1 - uniform() * breadth / 2));
    bars.push_back(b);
  }
  return bars;
}

/// Upside down: what was a rise is a fall of the same size. Exact, because every number changes its
/// sign alone.
inline std::vector<trading::bar> mirrored(std::vector<trading::bar> bars) {
  for (auto& b : bars) {
    const auto high = b.high;
    b.open = -b.open;
    b.close = -b.close;
    b.high = -b.low;
    b.low = -high;
  }
  return bars;
}

} // namespace supreme::tests
