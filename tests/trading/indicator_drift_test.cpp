// Goal: an indicator equals its definition however long it has run.
// Method: ten million values of a reproducible walk whose level changes by orders of magnitude
// (that is what makes running sums drift); then the value is recomputed from the last inputs
// alone.

#include "trading/indicators/extremes.hpp"
#include "trading/indicators/moving_average.hpp"
#include "trading/indicators/rsi.hpp"
#include "trading/indicators/sma.hpp"
#include "trading/indicators/standard_deviation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace supreme::trading {
namespace {

constexpr size_t update_count = 10'000'000;
constexpr double tolerance = 1e-9;

/// A walk between 1e-6 and 1e9, starting anew from either end every so often.
class price_walk {
public:
  double next() {
    if (++count_ % 100'000 == 0)
      price_ = count_ % 200'000 == 0 ? 1e9 : 1e-6;
    price_ *= 1 + (static_cast<double>(random_() % 2'001) - 1'000) * 1e-5;
    return price_;
  }

private:
  std::mt19937_64 random_{42};
  size_t count_ = 0;
  double price_ = 100;
};

/// Feeds an indicator and keeps the last inputs.
template <class Indicator>
std::vector<double> run(Indicator& indicator, size_t keep) {
  std::vector<double> last;
  price_walk walk;
  for (size_t i = 0; i < update_count; ++i) {
    const double x = walk.next();
    (void)indicator.update(x);
    if (i + keep >= update_count)
      last.push_back(x);
  }
  return last;
}

void expect_relative(double seen, double expected) {
  EXPECT_LE(std::abs(seen - expected), tolerance * std::abs(expected))
    << seen << " instead of " << expected;
}

TEST(indicator_drift, sma_equals_its_window_after_ten_million_updates) {
  for (const uint32_t length : {7U, 30U, 500U}) {
    sma s{length};
    long double sum = 0;
    for (const double x : run(s, length))
      sum += x;
    expect_relative(*s.value(), static_cast<double>(sum / length));
  }
}

/// Inputs that decide an exponential average alone: the weight of everything before is below e⁻³⁰⁰.
constexpr size_t deciding = 5'000;

long double weighted(const std::vector<double>& values, long double alpha) {
  long double average = values.front();
  for (const double x : values)
    average = alpha * x + (1 - alpha) * average;
  return average;
}

TEST(indicator_drift, exponential_averages_equal_their_weighted_sum) {
  ema e{26};
  const auto ema_inputs = run(e, deciding);
  expect_relative(*e.value(), static_cast<double>(weighted(ema_inputs, 2.0L / 27)));
  wilder w{14};
  const auto wilder_inputs = run(w, deciding);
  expect_relative(*w.value(), static_cast<double>(weighted(wilder_inputs, 1.0L / 14)));
}

TEST(indicator_drift, rsi_equals_its_weighted_gains_and_losses) {
  rsi r{14};
  const auto values = run(r, deciding);
  std::vector<double> gains;
  std::vector<double> losses;
  for (size_t i = 1; i < values.size(); ++i) {
    const double change = values[i] - values[i - 1];
    gains.push_back(std::max(change, 0.0));
    losses.push_back(std::max(-change, 0.0));
  }
  const long double gain = weighted(gains, 1.0L / 14);
  const long double loss = weighted(losses, 1.0L / 14);
  expect_relative(*r.value(), static_cast<double>(100 * gain / (gain + loss)));
}

TEST(indicator_drift, standard_deviation_equals_its_window_after_ten_million_updates) {
  for (const uint32_t length : {7U, 500U}) {
    standard_deviation s{length};
    const auto window = run(s, length);
    long double mean = 0;
    for (const double x : window)
      mean += x / static_cast<long double>(length);
    long double squares = 0;
    for (const double x : window)
      squares += (x - mean) * (x - mean);
    expect_relative(*s.value(), static_cast<double>(std::sqrt(squares / length)));
  }
}

TEST(indicator_drift, extremes_equal_their_window_after_ten_million_updates) {
  highest h{50};
  const auto window = run(h, 50);
  EXPECT_EQ(*h.value(), *std::max_element(window.begin(), window.end()));
  lowest l{50};
  EXPECT_EQ(run(l, 50), window);
  EXPECT_EQ(*l.value(), *std::min_element(window.begin(), window.end()));
}

} // namespace
} // namespace supreme::trading
