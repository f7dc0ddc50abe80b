// Goal: momentum enters, leaves and stops exactly by its rules.
// Method: a short series whose MACD(1,2,2) and RSI(2) are worked out by hand (with fast = 1 the
// fast average is the close; the slow one and the signal have α = 2/3):
//   bar   1     2      3      4         5         6
//   close 12    9      9      6         12        12
//   slow        10.5   9.5    7.1667    10.3889   11.4630
//   line        −1.5   −0.5   −1.1667   1.6111    0.5370
//   signal             −1     −1.1111   0.7037    0.5926
//   RSI                0      0         72.73     72.73
// So the line crosses below at bar 4, above at bar 5 and below again at bar 6.

#include "trading/strategies/momentum.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace supreme::trading {
namespace {

momentum_settings small_settings() {
  momentum_settings s;
  s.fast = 1;
  s.slow = 2;
  s.signal = 2;
  s.rsi_length = 2;
  s.rsi_max = 73;
  s.common.atr_length = 2;
  return s;
}

bar make_bar(double close, double high, double low) {
  bar b;
  b.interval = std::chrono::minutes{1};
  b.close = *decimal::from_double(close);
  b.open = b.close;
  b.high = *decimal::from_double(high);
  b.low = *decimal::from_double(low);
  return b;
}

/// A bar one above and one below its close.
bar make_bar(double close) { return make_bar(close, close + 1, close - 1); }

slot_holding holds(const char* size, const char* average_price = "0") {
  return {decimal::literal(size), decimal::literal(average_price)};
}

/// Feeds closes that must bring no decision.
void feed_quietly(strategy& s, std::initializer_list<double> closes) {
  for (const double close : closes)
    EXPECT_FALSE(s.on_bar(make_bar(close)).has_value()) << close;
}

double input(const decision& d, const std::string& name) {
  const auto found = std::find_if(d.inputs.begin(), d.inputs.end(),
                                  [&name](const auto& entry) { return entry.name == name; });
  EXPECT_NE(found, d.inputs.end()) << name;
  return found == d.inputs.end() ? 0 : found->value;
}

bool has_input(const decision& d, const std::string& name) {
  return std::any_of(d.inputs.begin(), d.inputs.end(),
                     [&name](const auto& entry) { return entry.name == name; });
}

TEST(momentum, enters_when_the_line_crosses_above_its_signal) {
  momentum m{small_settings()};
  feed_quietly(m, {12, 9, 9, 6});
  const auto d = m.on_bar(make_bar(12));
  ASSERT_TRUE(d.has_value());
  EXPECT_EQ(d->wanted, desire::long_position);
  EXPECT_NEAR(input(*d, "macd"), 1.6111, 1e-4);
  EXPECT_NEAR(input(*d, "signal"), 0.7037, 1e-4);
  EXPECT_NEAR(input(*d, "macd_before"), -1.1667, 1e-4);
  EXPECT_NEAR(input(*d, "signal_before"), -1.1111, 1e-4);
  EXPECT_NEAR(input(*d, "rsi"), 72.7273, 1e-4);
  EXPECT_EQ(input(*d, "rsi_max"), 73);
  EXPECT_EQ(input(*d, "close"), 12);
  EXPECT_FALSE(has_input(*d, "stop"));
  EXPECT_FALSE(d->reason.empty());
  EXPECT_LE(d->reason.size(), 120U);
}

TEST(momentum, does_not_enter_at_or_above_the_highest_rsi) {
  for (const double rsi_max : {72.0, 100.0 * 3 / 4.125}) {
    auto settings = small_settings();
    settings.rsi_max = rsi_max;
    momentum m{settings};
    feed_quietly(m, {12, 9, 9, 6, 12});
  }
}

TEST(momentum, does_not_enter_again_while_it_holds) {
  momentum m{small_settings()};
  feed_quietly(m, {12, 9, 9, 6});
  m.on_fill(holds("1", "6"));
  feed_quietly(m, {12});
}

TEST(momentum, leaves_when_the_line_crosses_below_its_signal) {
  momentum m{small_settings()};
  feed_quietly(m, {12, 9, 9, 6});
  EXPECT_TRUE(m.on_bar(make_bar(12)).has_value());
  m.on_fill(holds("1", "12"));
  const auto d = m.on_bar(make_bar(12));
  ASSERT_TRUE(d.has_value());
  EXPECT_EQ(d->wanted, desire::flat);
  EXPECT_EQ(d->reason, "MACD crossed below its signal line");
  EXPECT_NEAR(input(*d, "macd"), 0.5370, 1e-4);
  EXPECT_NEAR(input(*d, "signal"), 0.5926, 1e-4);
}

TEST(momentum, says_nothing_when_it_would_leave_but_holds_nothing) {
  momentum m{small_settings()};
  feed_quietly(m, {12, 9, 9, 6});
  EXPECT_TRUE(m.on_bar(make_bar(12)).has_value());
  feed_quietly(m, {12}); // The entry was never filled.
}

// After 12, 9, 6 line and signal are equal at bar 3: −1.5 each.

TEST(momentum, takes_a_line_that_rises_from_its_signal_for_a_crossing) {
  momentum m{small_settings()};
  feed_quietly(m, {12, 9, 6});
  const auto d = m.on_bar(make_bar(12));
  ASSERT_TRUE(d.has_value());
  EXPECT_EQ(d->wanted, desire::long_position);
  EXPECT_EQ(input(*d, "macd_before"), input(*d, "signal_before"));
  EXPECT_NEAR(input(*d, "macd"), 1.5, 1e-12);
  EXPECT_NEAR(input(*d, "signal"), 0.5, 1e-12);
}

TEST(momentum, takes_a_line_that_falls_from_its_signal_for_a_crossing) {
  momentum m{small_settings()};
  m.on_fill(holds("1", "12"));
  feed_quietly(m, {12, 9, 6});
  const auto d = m.on_bar(make_bar(1));
  ASSERT_TRUE(d.has_value());
  EXPECT_EQ(d->wanted, desire::flat);
  EXPECT_EQ(input(*d, "macd_before"), input(*d, "signal_before"));
}

TEST(momentum, takes_equal_lines_for_no_crossing) {
  momentum flat{small_settings()};
  feed_quietly(flat, {12, 9, 6, 3}); // At bar 4 they are equal again, with an RSI of 0.
  momentum holding{small_settings()};
  holding.on_fill(holds("1", "9"));
  feed_quietly(holding, {9, 9, 9, 9, 9, 9});
}

/// Stop at two ATRs, entered at bar 5; the fill at 12 becomes known before bar 6.
momentum stopped_momentum() {
  auto settings = small_settings();
  settings.common.exits.stop_atr = 2;
  momentum m{settings};
  feed_quietly(m, {12, 9, 9, 6});
  EXPECT_TRUE(m.on_bar(make_bar(12)).has_value());
  return m;
}

// True ranges with bars of ±1: 2, 4, 2, 4, 7; ATR(2): 3, 2.5, 3.25, 5.125 at bar 5.

TEST(momentum, stops_when_a_close_is_at_or_below_the_entrys_close_less_atrs) {
  auto m = stopped_momentum(); // 12 − 2·5.125 = 1.75
  m.on_fill(holds("1", "30")); // Filled elsewhere: the stop is where it was decided.
  EXPECT_FALSE(m.on_bar(make_bar(18, 18.875, 18)).has_value());
  const auto above = m.on_bar(make_bar(1.76));
  EXPECT_FALSE(above && above->reason == "Close at or below the ATR stop");
  const auto d = m.on_bar(make_bar(1.75));
  ASSERT_TRUE(d.has_value());
  EXPECT_EQ(d->wanted, desire::flat);
  EXPECT_EQ(d->reason, "Close at or below the ATR stop");
  EXPECT_EQ(input(*d, "entry_price"), 12);
  EXPECT_NEAR(input(*d, "entry_atr"), 5.125, 1e-12);
  EXPECT_NEAR(input(*d, "stop"), 1.75, 1e-12);
}

TEST(momentum, takes_the_atr_of_the_entrys_decision_and_keeps_it) {
  auto m = stopped_momentum();
  feed_quietly(m, {18}); // Not filled yet.
  m.on_fill(holds("0.5", "18"));
  const auto first = m.on_bar(make_bar(18));
  ASSERT_TRUE(first.has_value()); // The line falls back: a crossing below, with the stop shown.
  EXPECT_EQ(first->reason, "MACD crossed below its signal line");
  EXPECT_NEAR(input(*first, "entry_atr"), 5.125, 1e-12);
  EXPECT_NEAR(input(*first, "stop"), 1.75, 1e-12);
  (void)m.on_bar(make_bar(30));
  const auto later = m.on_bar(make_bar(5));
  ASSERT_TRUE(later.has_value());
  EXPECT_NEAR(input(*later, "entry_atr"), 5.125, 1e-12);
}

TEST(momentum, forgets_the_stop_when_the_holding_is_closed) {
  auto m = stopped_momentum();
  m.on_fill(holds("1", "12"));
  (void)m.on_bar(make_bar(18));
  m.on_fill(holds("0"));
  m.on_fill(holds("1", "100")); // A new holding before the next bar: that bar's ATR counts.
  const auto d = m.on_bar(make_bar(18));
  ASSERT_TRUE(d.has_value());
  EXPECT_NEAR(input(*d, "entry_atr"), 4.03125, 1e-12);
  EXPECT_EQ(d->reason, "Close at or below the ATR stop");
}

TEST(momentum, asks_for_flat_when_it_finds_a_short_holding) {
  momentum m{small_settings()};
  m.on_fill(holds("-0.1", "12"));
  const auto d = m.on_bar(make_bar(12));
  ASSERT_TRUE(d.has_value());
  EXPECT_EQ(d->wanted, desire::flat);
}

TEST(momentum, can_decide_with_the_bar_after_its_warm_up) {
  auto settings = small_settings();
  EXPECT_EQ(momentum{settings}.warmup_bars(),
            3U); // The crossing at bar 4 is the first possible one.
  settings.rsi_length = 20;
  EXPECT_EQ(momentum{settings}.warmup_bars(), 20U);
  settings.common.atr_length = 30;
  EXPECT_EQ(momentum{settings}.warmup_bars(), 20U);
  settings.common.exits.stop_atr = 1;
  EXPECT_EQ(momentum{settings}.warmup_bars(), 29U);
  EXPECT_EQ(momentum{momentum_settings{}}.warmup_bars(), 34U);
}

} // namespace
} // namespace supreme::trading
