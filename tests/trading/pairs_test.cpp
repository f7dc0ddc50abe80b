// Goal: pairs trades the spread of two instruments exactly by its definition.
// Method: a reference computes line, spread and z anew from each window in long double and keeps
// its own rules; cointegrated pairs that are generated, and recorded pairs. What the reference does
// not meet is tested by hand: refused wishes, broken pairs, hedges that are none.

#include "trading/strategies/pairs.hpp"

#include "tests/support/shared_data.hpp"
#include "tests/trading/bars.hpp"
#include "tests/trading/strategy_runs.hpp"

#include <map>

namespace supreme::trading {
namespace {

struct bar_pair {
  bar first;
  bar second;
};

/// log b walks; log a = β·log b + 1 + a residual that returns to 0 (half of it gone in some bars).
std::vector<bar_pair> cointegrated(uint64_t seed, size_t count, double beta) {
  std::mt19937_64 random{seed};
  const auto uniform = [&random] { return static_cast<double>(random() >> 11) * 0x1p-53 - 0.5; };
  std::vector<bar_pair> out;
  double b = std::log(50.0);
  double residual = 0;
  for (size_t i = 0; i < count; ++i) {
    b += 0.02 * uniform();
    residual = 0.9 * residual + 0.02 * uniform();
    // Now and then it breaks away, so that stops are met.
    if (i % 400 == 399)
      residual += i % 800 == 799 ? 0.08 : -0.08;
    out.push_back(
      {tests::make_bar(std::exp(beta * b + 1 + residual)), tests::make_bar(std::exp(b))});
  }
  return out;
}

slot_holding filled(desire wanted, price at) {
  if (wanted == desire::flat)
    return {};
  return {decimal::from_integer(wanted == desire::long_position ? 1 : -1), at};
}

/// Fills each wish at the next opens.
std::vector<std::optional<pair_decision>> trade(pairs& s, const std::vector<bar_pair>& bars) {
  std::vector<std::optional<pair_decision>> out;
  for (const auto& b : bars) {
    if (!out.empty() && out.back()) {
      s.on_fill(pair_leg::first, filled(out.back()->first, b.first.open));
      s.on_fill(pair_leg::second, filled(out.back()->second, b.second.open));
    }
    out.push_back(s.on_bars(b.first, b.second));
  }
  return out;
}

struct fit_of_window {
  double beta = 0, z = 0;
};

/// By definition, from the last n pairs up to i.
fit_of_window fit(const std::vector<bar_pair>& bars, size_t i, size_t n) {
  std::vector<long double> x, y;
  for (size_t k = i + 1 - n; k <= i; ++k) {
    y.push_back(std::log(bars[k].first.close.to_double()));
    x.push_back(std::log(bars[k].second.close.to_double()));
  }
  const auto mean = [n](const auto& v) {
    long double sum = 0;
    for (const auto each : v)
      sum += each;
    return sum / static_cast<long double>(n);
  };
  const auto mx = mean(x);
  const auto my = mean(y);
  long double xx = 0, xy = 0;
  for (size_t k = 0; k < n; ++k) {
    xx += (x[k] - mx) * (x[k] - mx);
    xy += (x[k] - mx) * (y[k] - my);
  }
  const auto beta = xy / xx;
  std::vector<long double> spreads, squares;
  for (size_t k = 0; k < n; ++k)
    spreads.push_back(y[k] - beta * x[k]);
  const auto middle = mean(spreads);
  for (const auto spread : spreads)
    squares.push_back((spread - middle) * (spread - middle));
  return {static_cast<double>(beta),
          static_cast<double>((spreads.back() - middle) / std::sqrt(mean(squares)))};
}

/// The side of the spread wanted at each bar; 0 is flat, nothing where nothing is said.
std::vector<std::optional<int>> reference_wishes(const std::vector<bar_pair>& bars,
                                                 const pairs_settings& s) {
  std::vector<std::optional<int>> out;
  int held = 0;
  int spoken = 0; // The side whose entry was said in this excursion.
  bool stopped = false;
  uint32_t age = 0;
  for (size_t i = 0; i < bars.size(); ++i) {
    if (!out.empty() && out.back()) {
      age = *out.back() == held ? age : 0;
      held = *out.back();
    }
    out.emplace_back();
    age += held != 0 ? 1 : 0;
    if (i + 1 < s.window)
      continue;
    const auto [beta, z] = fit(bars, i, s.window);
    const int side = z < 0 ? 1 : -1;
    if (std::abs(z) < s.exit_z) {
      stopped = false;
      spoken = 0;
    } else if (!stopped && (std::abs(z) <= s.entry_z || side != spoken)) {
      spoken = 0;
    }
    if (i + 1 < s.warmup_bars)
      continue;
    const bool allowed =
      s.allowed == direction::both || (side > 0) == (s.allowed == direction::long_only);
    if (std::abs(z) > s.entry_z && std::abs(z) <= s.stop_z && beta > 0.001 && !stopped
        && spoken == 0 && allowed && side != held) {
      out.back() = spoken = side;
    } else if (held != 0) {
      const double away = -held * z; // From the mean to the side of the entry.
      if (away > s.stop_z)
        stopped = true;
      if (away > s.stop_z || away < s.exit_z || (s.max_bars > 0 && age >= s.max_bars))
        out.back() = 0;
    }
  }
  return out;
}

std::vector<pairs_settings> variants() {
  std::vector<pairs_settings> out;
  for (const auto allowed : {direction::both, direction::long_only, direction::short_only}) {
    pairs_settings s;
    s.allowed = allowed;
    out.push_back(s);
    s.window = 30;
    s.stop_z = 2.8;
    s.warmup_bars = 200;
    out.push_back(s);
    s.entry_z = 1.2;
    s.max_bars = 3;
    out.push_back(s);
  }
  return out;
}

/// Answers how often each reason was said.
std::map<std::string, size_t> compare(const std::vector<bar_pair>& bars) {
  std::map<std::string, size_t> reasons;
  for (const auto& settings : variants()) {
    pairs s{settings};
    const auto said = trade(s, bars);
    const auto wishes = reference_wishes(bars, settings);
    for (size_t i = 0; i < bars.size(); ++i) {
      std::optional<int> side;
      if (said[i]) {
        side = said[i]->first == desire::long_position ? 1
               : said[i]->first == desire::flat        ? 0
                                                       : -1;
        const auto other = said[i]->second == desire::long_position ? 1
                           : said[i]->second == desire::flat        ? 0
                                                                    : -1;
        EXPECT_EQ(*side, -other);
        tests::expect_explained(*said[i]);
        ++reasons[said[i]->reason.str()];
      }
      if (side != wishes[i]) {
        ADD_FAILURE() << "window " << settings.window << ", bar " << i << ": "
                      << (said[i] ? said[i]->reason.str() : "nothing");
        break;
      }
    }
  }
  return reasons;
}

TEST(pairs, decide_on_generated_pairs_as_defined) {
  for (const uint64_t seed : {1, 2}) {
    const auto reasons = compare(cointegrated(seed, 3'000, 1.3));
    for (const char* reason : {"Spread is low enough to enter", "Spread is high enough to enter",
                               "Spread came back to its mean", "Spread moved past its stop",
                               "Held for as many bars as allowed"})
      EXPECT_TRUE(reasons.contains(reason)) << reason;
  }
}

/// The bars of both that have the same open time.
std::vector<bar_pair> common_bars(const std::vector<bar>& first, const std::vector<bar>& second) {
  std::vector<bar_pair> out;
  size_t k = 0;
  for (const auto& b : first) {
    while (k < second.size() && second[k].open_time < b.open_time)
      ++k;
    if (k < second.size() && second[k].open_time == b.open_time)
      out.push_back({b, second[k]});
  }
  return out;
}

TEST(pairs, decide_on_recorded_pairs_as_defined) {
  SUPREME_SHARED_PATH(folder, "data/bars");
  constexpr auto day = std::chrono::hours{24};
  const auto stocks =
    common_bars(tests::read_bars(folder / "us_equity_daily/SPY_1d.csv", "SPY", day),
                tests::read_bars(folder / "us_equity_daily/IWM_1d.csv", "IWM", day));
  EXPECT_GT(stocks.size(), 5'000U);
  EXPECT_GT(compare(stocks)["Spread came back to its mean"], 100U);
  const auto coins = common_bars(
    tests::read_bars(folder / "binance_spot/BTCUSDT_1d_2017-08-17_2025-09-30.csv", "BTC", day),
    tests::read_bars(folder / "binance_spot/ETHUSDT_1d_2017-08-17_2025-09-30.csv", "ETH", day));
  EXPECT_GT(coins.size(), 2'500U);
  EXPECT_GT(compare(coins)["Spread came back to its mean"], 50U);
}

TEST(pairs, earns_on_a_cointegrated_pair_with_its_hedge) {
  const double beta = 1.3;
  const auto bars = cointegrated(7, 4'000, beta);
  pairs s{pairs_settings{}};
  double earned = 0;
  double hedges = 0;
  size_t trips = 0;
  std::optional<pair_decision> open;
  const bar_pair* entry = nullptr;
  const auto said = trade(s, bars);
  for (size_t i = 0; i + 1 < bars.size(); ++i) {
    if (!said[i])
      continue;
    if (open) {
      const double side = open->first == desire::long_position ? 1 : -1;
      const auto change = [&](const bar& from, const bar& to) {
        return std::log(to.open.to_double() / from.open.to_double());
      };
      earned += side
                * (change(entry->first, bars[i + 1].first)
                   - open->second_weight * change(entry->second, bars[i + 1].second));
      ++trips;
      open.reset();
    }
    if (said[i]->first != desire::flat) {
      hedges += said[i]->second_weight;
      EXPECT_EQ(said[i]->second_weight, tests::input_of(*said[i], "beta"));
      open = said[i];
      entry = &bars[i + 1];
    }
  }
  EXPECT_GT(trips, 50U);
  EXPECT_NEAR(hedges / static_cast<double>(trips), beta, 0.1);
  EXPECT_GT(earned / static_cast<double>(trips), 0.002);
}

// -- by hand -------------------------------------------------------------------------

pairs_settings small_settings() {
  pairs_settings s;
  s.window = 12;
  s.entry_z = 2;
  s.exit_z = 0.5;
  s.stop_z = 3;
  return s;
}

/// log b goes up and down in steps; log a follows with β = 1 and the residual that is given.
class scripted {
public:
  explicit scripted(const pairs_settings& s, double beta = 1) : logic{s}, beta_(beta) {}

  std::optional<pair_decision> bar_with(double residual) {
    const double b = 4 + 0.01 * static_cast<double>(++count_ % 4);
    return logic.on_bars(tests::make_bar(std::exp(beta_ * b + residual)),
                         tests::make_bar(std::exp(b)));
  }
  /// Small residuals of both signs that enter nothing.
  void quiet(size_t bars) {
    for (size_t i = 0; i < bars; ++i)
      EXPECT_FALSE(bar_with(i % 2 == 0 ? 0.0005 : -0.0005).has_value());
  }
  void fill(desire first, desire second) {
    logic.on_fill(pair_leg::first, filled(first, decimal::literal("50")));
    logic.on_fill(pair_leg::second, filled(second, decimal::literal("50")));
  }

  pairs logic;

private:
  double beta_;
  size_t count_ = 0;
};

TEST(pairs, enter_short_the_spread_when_it_is_high_and_long_when_it_is_low) {
  for (const double side : {1.0, -1.0}) {
    scripted s{small_settings()};
    s.quiet(12);
    const auto d = s.bar_with(side * 0.003);
    ASSERT_TRUE(d.has_value()) << side;
    EXPECT_EQ(d->first, side > 0 ? desire::short_position : desire::long_position);
    EXPECT_EQ(d->second, side > 0 ? desire::long_position : desire::short_position);
    EXPECT_GT(tests::input_of(*d, "z") * side, 2);
  }
}

TEST(pairs, do_not_repeat_a_refused_entry_before_the_spread_was_calm) {
  auto settings = small_settings();
  settings.stop_z = 50;
  scripted s{settings};
  s.quiet(12);
  ASSERT_TRUE(s.bar_with(0.003).has_value());
  EXPECT_FALSE(s.bar_with(0.008).has_value()); // Still above, and refused.
  s.quiet(12);
  EXPECT_TRUE(s.bar_with(0.003).has_value());
}

TEST(pairs, do_not_enter_beyond_the_stop) {
  scripted s{small_settings()};
  s.quiet(12);
  EXPECT_FALSE(s.bar_with(1).has_value()); // z is √11 at most, which is above 3.
}

TEST(pairs, wait_after_a_stop_until_the_spread_is_back_at_its_mean) {
  auto settings = small_settings();
  settings.window = 30;
  scripted s{settings};
  s.quiet(30);
  ASSERT_TRUE(s.bar_with(0.0014).has_value());
  s.fill(desire::short_position, desire::long_position);
  const auto stopped = s.bar_with(0.01);
  ASSERT_TRUE(stopped.has_value());
  EXPECT_EQ(stopped->reason, "Spread moved past its stop");
  EXPECT_EQ(stopped->first, desire::flat);
  EXPECT_EQ(stopped->second, desire::flat);
  s.fill(desire::flat, desire::flat);
  // |z| falls below its entry, but not below its exit, and rises again: nothing.
  for (const double residual : {0.0045, 0.004, 0.01, 0.012})
    EXPECT_FALSE(s.bar_with(residual).has_value());
  s.quiet(31);
  EXPECT_TRUE(s.bar_with(0.0014).has_value());
}

TEST(pairs, say_an_exit_again_until_both_legs_are_gone) {
  scripted s{small_settings()};
  s.quiet(12);
  ASSERT_TRUE(s.bar_with(0.003).has_value());
  s.fill(desire::short_position, desire::long_position);
  const auto back = s.bar_with(-0.0005);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->reason, "Spread came back to its mean");
  // Refused; the spread is high again.
  const auto again = s.bar_with(0.003);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->reason, "Still held although its exit was decided");
  EXPECT_EQ(again->first, desire::flat);
  // One leg is gone, the other one was refused.
  s.logic.on_fill(pair_leg::first, {});
  const auto broken = s.bar_with(0.0005);
  ASSERT_TRUE(broken.has_value());
  EXPECT_EQ(broken->reason, "Only one leg is held, or both on the same side");
  EXPECT_EQ(broken->second, desire::flat);
  s.logic.on_fill(pair_leg::second, {});
  EXPECT_FALSE(s.bar_with(0.0005).has_value());
}

TEST(pairs, leave_a_holding_of_one_leg_at_once) {
  scripted s{small_settings()};
  s.logic.on_fill(pair_leg::second, filled(desire::long_position, decimal::literal("50")));
  const auto d = s.bar_with(0);
  ASSERT_TRUE(d.has_value());
  EXPECT_EQ(d->first, desire::flat);
  EXPECT_EQ(d->second, desire::flat);
}

TEST(pairs, leave_a_side_that_is_not_wanted) {
  auto settings = small_settings();
  settings.allowed = direction::long_only;
  scripted s{settings};
  s.fill(desire::short_position, desire::long_position);
  const auto d = s.bar_with(0);
  ASSERT_TRUE(d.has_value());
  EXPECT_EQ(d->reason, "This side of the spread is not wanted");
}

TEST(pairs, do_not_enter_without_a_positive_hedge) {
  scripted s{small_settings(), -1};
  s.quiet(12);
  // Large enough to enter and small enough to leave β where it is.
  EXPECT_FALSE(s.bar_with(0.003).has_value());
}

TEST(pairs, reverse_in_one_decision) {
  auto settings = small_settings();
  settings.entry_z = 1.5;
  scripted s{settings};
  s.quiet(12);
  ASSERT_TRUE(s.bar_with(0.0015).has_value());
  s.fill(desire::short_position, desire::long_position);
  const auto d = s.bar_with(-0.003);
  ASSERT_TRUE(d.has_value());
  EXPECT_EQ(d->reason, "Spread is low enough to enter");
  EXPECT_EQ(d->first, desire::long_position);
  EXPECT_EQ(d->second, desire::short_position);
  // Leg by leg, as an account reports it. It was left, and this is another holding.
  s.logic.on_fill(pair_leg::first, {});
  s.logic.on_fill(pair_leg::first, filled(desire::long_position, decimal::literal("50")));
  s.logic.on_fill(pair_leg::second, {});
  s.logic.on_fill(pair_leg::second, filled(desire::short_position, decimal::literal("50")));
  EXPECT_FALSE(s.bar_with(-0.0035).has_value());
}

TEST(pairs, say_nothing_before_their_warm_up) {
  EXPECT_EQ(pairs{pairs_settings{}}.warmup_bars(), 59U);
  const auto bars = cointegrated(3, 2'000, 1);
  pairs plain{pairs_settings{}};
  const auto said = trade(plain, bars);
  size_t first = 0;
  while (!said[first])
    ++first;
  EXPECT_GE(first, 59U);
  pairs_settings settings;
  settings.warmup_bars = static_cast<uint32_t>(first) + 1; // Its bar, counted from 1.
  pairs gated{settings};
  EXPECT_TRUE(trade(gated, bars)[first].has_value());
  settings.warmup_bars = 1'000;
  pairs late{settings};
  EXPECT_EQ(late.warmup_bars(), 999U);
  const auto later = trade(late, bars);
  for (size_t i = 0; i < 999; ++i)
    EXPECT_FALSE(later[i].has_value()) << i;
}

TEST(pairs, go_on_from_a_copy_as_from_themselves) {
  const auto bars = cointegrated(4, 1'500, 0.7);
  const std::vector<bar_pair> head{bars.begin(), bars.begin() + 700};
  const std::vector<bar_pair> tail{bars.begin() + 700, bars.end()};
  pairs original{pairs_settings{}};
  (void)trade(original, head);
  pairs copy{original};
  const auto a = trade(original, tail);
  const auto b = trade(copy, tail);
  size_t decisions = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    ASSERT_EQ(a[i].has_value(), b[i].has_value()) << i;
    if (!a[i])
      continue;
    ++decisions;
    EXPECT_EQ(a[i]->reason, b[i]->reason);
    EXPECT_EQ(a[i]->inputs, b[i]->inputs);
  }
  EXPECT_GT(decisions, 10U);
}

} // namespace
} // namespace supreme::trading
