// Goal: generated markets are plausible, endless, and the same everywhere and for every way of
// asking. Method: properties of many bars; two hashes pin the very bars, so that no compiler,
// library or change of the code alters them unnoticed.

#include "trading/check.hpp"
#include "trading/strategies/strategy.hpp"
#include "venues/simulated/market_generator.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace supreme::venues {
namespace {

using namespace std::chrono_literals;
using trading::decimal;
using trading::timestamp;

constexpr auto beginning_of_time = timestamp::from_ns(std::numeric_limits<int64_t>::min());
constexpr auto end_of_time = timestamp::from_ns(std::numeric_limits<int64_t>::max());

generated_market_settings bitcoin() {
  generated_market_settings s;
  s.instrument = trading::instrument_id{"BTCUSDT"};
  s.seed = 42;
  s.start_price = decimal::literal("60000");
  s.start = timestamp::parse("2026-01-01T00:00:00Z").value();
  s.interval = 60s;
  s.volatility_ppb = 1'000'000;
  s.tick_size = decimal::literal("0.01");
  s.lot_size = decimal::literal("0.00001");
  return s;
}

std::vector<trading::bar> first_bars(const generated_market_settings& s, size_t count) {
  return market_generator{s}.after(beginning_of_time, count);
}

/// FNV-1a over all numbers of the bars.
uint64_t hash_of(const std::vector<trading::bar>& bars) {
  uint64_t hash = 0xCBF29CE484222325;
  const auto add = [&](int64_t value) {
    for (int i = 0; i < 8; ++i) {
      hash ^= static_cast<uint64_t>(value) >> (8 * i) & 0xFF;
      hash *= 0x100000001B3;
    }
  };
  for (const auto& b : bars)
    for (const int64_t value :
         {b.open_time.ns(), b.open.raw(), b.high.raw(), b.low.raw(), b.close.raw(), b.volume.raw()})
      add(value);
  return hash;
}

TEST(market_generator, makes_the_same_bars_on_every_machine) {
  EXPECT_EQ(hash_of(first_bars(bitcoin(), 10'000)), 15004358775427904875U);
  auto other = bitcoin();
  other.instrument = trading::instrument_id{"ETHUSDT"};
  other.start_price = decimal::literal("0.05");
  other.tick_size = decimal::literal("0.00001");
  other.volatility_ppb = 20'000'000;
  EXPECT_EQ(hash_of(first_bars(other, 10'000)), 18156835631375409362U);
}

TEST(market_generator, instruments_and_seeds_go_their_own_ways) {
  const auto base = first_bars(bitcoin(), 100);
  auto seed = bitcoin();
  seed.seed = 43;
  auto name = bitcoin();
  name.instrument = trading::instrument_id{"BTCUSDC"};
  EXPECT_NE(hash_of(first_bars(seed, 100)), hash_of(base));
  EXPECT_NE(hash_of(first_bars(name, 100)), hash_of(base));
  EXPECT_EQ(hash_of(first_bars(bitcoin(), 100)), hash_of(base));
}

class market_generator_shape : public ::testing::TestWithParam<generated_market_settings> {};

TEST_P(market_generator_shape, bars_are_possible_on_the_grid_and_without_gaps) {
  const auto& s = GetParam();
  const auto bars = first_bars(s, 200'000);
  ASSERT_EQ(bars.size(), 200'000U);
  EXPECT_EQ(bars[0].open_time, s.start);
  EXPECT_EQ(bars[0].open,
            trading::round_to_multiple(s.start_price, s.tick_size, trading::rounding::half_even));
  for (size_t i = 0; i < bars.size(); ++i) {
    const auto& b = bars[i];
    ASSERT_EQ(trading::find_defect(b), trading::bar_defect::none) << i;
    ASSERT_EQ(b.instrument, s.instrument);
    ASSERT_EQ(b.interval, s.interval);
    for (const auto p : {b.open, b.high, b.low, b.close})
      ASSERT_TRUE(trading::is_multiple(p, s.tick_size)) << i;
    ASSERT_TRUE(trading::is_multiple(b.volume, s.lot_size)) << i;
    ASSERT_TRUE(b.volume.is_positive());
    if (i > 0) {
      ASSERT_EQ(b.open_time, bars[i - 1].close_time()) << i;
      ASSERT_EQ(b.open, bars[i - 1].close) << i;
    }
  }
}

TEST_P(market_generator_shape, the_price_stays_in_sight_of_the_first_one) {
  const auto& s = GetParam();
  const auto bars = first_bars(s, 200'000);
  const int64_t home = s.start_price.raw();
  size_t far = 0;
  for (const auto& b : bars)
    if (b.close.raw() < home / 10 || b.close.raw() / 10 > home)
      ++far;
  EXPECT_LT(far, bars.size() / 100);
  // It neither sticks to one side.
  size_t above = 0;
  for (const auto& b : bars)
    if (b.close > s.start_price)
      ++above;
  EXPECT_GT(above, bars.size() / 20);
  EXPECT_LT(above, bars.size() * 19 / 20);
}

TEST_P(market_generator_shape, returns_vary_as_much_as_was_asked) {
  const auto& s = GetParam();
  double squares = 0;
  const auto bars = first_bars(s, 100'000);
  for (const auto& b : bars) {
    const double r = b.close.to_double() / b.open.to_double() - 1;
    squares += r * r;
  }
  const double deviation = std::sqrt(squares / static_cast<double>(bars.size()));
  const double wanted = static_cast<double>(s.volatility_ppb) / 1e9;
  EXPECT_GT(deviation, wanted * 0.9);
  EXPECT_LT(deviation, wanted * 1.2);
}

generated_market_settings variant(const char* price, const char* tick, const char* lot,
                                  int64_t volatility) {
  auto s = bitcoin();
  s.start_price = decimal::literal(price);
  s.tick_size = decimal::literal(tick);
  s.lot_size = decimal::literal(lot);
  s.volatility_ppb = volatility;
  return s;
}

INSTANTIATE_TEST_SUITE_P(, market_generator_shape,
                         ::testing::Values(bitcoin(), variant("3000", "0.01", "0.0001", 5'000'000),
                                           variant("0.1", "0.00001", "1", 20'000'000),
                                           variant("100", "0.01", "0.001", 100'000'000)));

TEST(market_generator, gives_a_momentum_strategy_something_to_do) {
  const auto* kind = trading::find_strategy_kind("momentum");
  ASSERT_NE(kind, nullptr);
  const auto checked = trading::check_parameters(*kind, {});
  ASSERT_TRUE(checked.problems.empty());
  for (const uint64_t seed : {1U, 2U, 3U}) {
    auto s = bitcoin();
    s.seed = seed;
    const auto strategy = kind->make(checked.values);
    int trades = 0;
    for (const auto& b : first_bars(s, 1'440)) {
      const auto wish = strategy->on_bar(b);
      if (!wish)
        continue;
      ++trades;
      const bool in = wish->wanted == trading::desire::long_position;
      strategy->on_fill({in ? decimal::literal("1") : decimal{}, in ? b.close : decimal{}});
    }
    // A day of minutes: some trades, but not with every other bar.
    EXPECT_GT(trades, 20) << seed;
    EXPECT_LT(trades, 300) << seed;
  }
}

TEST(market_generator, answers_any_request_in_any_order) {
  auto s = bitcoin();
  market_generator market{s};
  constexpr int64_t count = 20'000;
  const auto all = first_bars(s, count);
  std::mt19937_64 random{5};
  for (int i = 0; i < 2'000; ++i) {
    const auto any_time = [&] {
      const auto ms = s.start.ms() - 100'000 + static_cast<int64_t>(random() % (count * 60'000));
      return timestamp::from_ms(random() % 2 == 0 ? ms : ms / 60'000 * 60'000);
    };
    const auto from = any_time();
    const auto to = any_time();
    const size_t max = random() % 50;
    std::vector<trading::bar> expected;
    const auto elapsed = std::max<int64_t>(0, (from - s.start) / s.interval);
    for (auto k = static_cast<size_t>(elapsed); k < all.size() && expected.size() < max; ++k) {
      ASSERT_GT(all[k].close_time(), from);
      if (all[k].close_time() > to)
        break;
      expected.push_back(all[k]);
    }
    ASSERT_EQ(market.range(from, to, max), expected) << i;
  }
}

TEST(market_generator, pages_join_without_a_seam) {
  market_generator market{bitcoin()};
  const auto all = first_bars(bitcoin(), 5'000);
  std::vector<trading::bar> paged;
  auto last = beginning_of_time;
  while (paged.size() < all.size()) {
    const auto page = market.after(last, 37);
    ASSERT_EQ(page.size(), 37U);
    paged.insert(paged.end(), page.begin(), page.end());
    last = page.back().close_time();
  }
  paged.resize(all.size());
  EXPECT_EQ(paged, all);
}

TEST(market_generator, goes_back_after_a_long_way_and_finds_the_same_bars) {
  market_generator market{bitcoin()};
  const auto first = market.after(beginning_of_time, 10);
  const auto far = bitcoin().start + 60s * 5'000'000;
  const auto there = market.after(far, 10);
  ASSERT_EQ(there.size(), 10U);
  EXPECT_EQ(market.after(beginning_of_time, 10), first);
  EXPECT_EQ(market.after(far, 10), there);
}

TEST(market_generator, ends_only_with_time_itself) {
  auto s = bitcoin();
  s.start = timestamp::from_ns(std::numeric_limits<int64_t>::max() - 10 * 60'000'000'000);
  market_generator market{s};
  const auto bars = market.after(beginning_of_time, 100);
  EXPECT_EQ(bars.size(), 10U);
  EXPECT_EQ(bars.back().close_time(), end_of_time);
  EXPECT_TRUE(market.after(end_of_time, 1).empty());
  s.start = beginning_of_time;
  s.interval = trading::nanoseconds{std::numeric_limits<int64_t>::max()};
  EXPECT_EQ(market_generator{s}.after(beginning_of_time, 100).size(), 2U);
}

TEST(market_generator, refuses_settings_outside_their_ranges) {
  const auto refused = [](auto change) {
    auto s = bitcoin();
    change(s);
    EXPECT_THROW(market_generator{s}, trading::contract_violation);
  };
  refused([](auto& s) { s.interval = 0s; });
  refused([](auto& s) { s.tick_size = decimal{}; });
  refused([](auto& s) { s.lot_size = decimal::literal("-1"); });
  refused([](auto& s) { s.start_price = decimal::literal("0.99"); });
  refused([](auto& s) { s.start_price = decimal::literal("-5"); });
  refused([](auto& s) { s.volatility_ppb = 0; });
  refused([](auto& s) { s.volatility_ppb = 100'000'001; });
}

} // namespace
} // namespace supreme::venues
