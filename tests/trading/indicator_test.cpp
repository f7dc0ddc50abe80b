// Goal: each indicator keeps its definition: seeding, first value, special cases.
// Method: short series worked out by hand.

#include "trading/indicators/atr.hpp"
#include "trading/indicators/macd.hpp"
#include "trading/indicators/moving_average.hpp"
#include "trading/indicators/rsi.hpp"
#include "trading/indicators/sma.hpp"

#include <gtest/gtest.h>

namespace supreme::trading {
namespace {

/// "Not ready" is no value: 0 or NaN would be taken for one.
const std::optional<double> not_ready;

TEST(sma_indicator, averages_the_last_values) {
  sma s{3};
  EXPECT_EQ(s.update(1), not_ready);
  EXPECT_EQ(s.update(2), not_ready);
  EXPECT_EQ(s.value(), not_ready);
  EXPECT_DOUBLE_EQ(*s.update(6), 3);
  EXPECT_DOUBLE_EQ(*s.update(7), 5);
  EXPECT_DOUBLE_EQ(*s.update(-1), 4);
  EXPECT_DOUBLE_EQ(*s.value(), 4);
}

TEST(sma_indicator, forgets_a_huge_value_when_it_leaves_the_window) {
  sma s{4};
  for (const double x : {1.0, 1e17, 0.25, 0.5, 0.75, 1.0})
    (void)s.update(x);
  // A plain running sum would have lost the small values beside 1e17.
  EXPECT_DOUBLE_EQ(*s.value(), 0.625);
}

TEST(sma_indicator, is_exact_again_at_each_turn_of_its_ring) {
  sma s{4};
  for (const double x : {1e40, 1e20, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0})
    (void)s.update(x);
  // Not even a compensated sum holds 1e40, 1e20 and 1 at once; the fresh one never saw the first
  // two.
  EXPECT_DOUBLE_EQ(*s.value(), 1);
}

TEST(ema_indicator, starts_at_the_average_of_its_first_values) {
  ema e{3}; // α = 1/2
  EXPECT_EQ(e.update(1), not_ready);
  EXPECT_EQ(e.update(2), not_ready);
  EXPECT_EQ(e.value(), not_ready);
  EXPECT_DOUBLE_EQ(*e.update(6), 3);
  EXPECT_DOUBLE_EQ(*e.update(5), 4);
  EXPECT_DOUBLE_EQ(*e.update(0), 2);
  EXPECT_DOUBLE_EQ(*e.value(), 2);
}

TEST(ema_indicator, of_one_value_is_the_value) {
  ema e{1};
  EXPECT_DOUBLE_EQ(*e.update(7), 7);
  EXPECT_DOUBLE_EQ(*e.update(3), 3);
}

TEST(wilder_indicator, weighs_a_new_value_by_one_nth) {
  wilder w{4};
  for (const double x : {1.0, 2.0, 3.0})
    EXPECT_EQ(w.update(x), not_ready);
  EXPECT_DOUBLE_EQ(*w.update(6), 3);
  EXPECT_DOUBLE_EQ(*w.update(7), 4);
}

TEST(rsi_indicator, compares_average_gains_with_average_losses) {
  rsi r{2};
  EXPECT_EQ(r.update(10), not_ready);
  EXPECT_EQ(r.update(13), not_ready);
  EXPECT_DOUBLE_EQ(*r.update(12), 75);   // gains 3/2, losses 1/2
  EXPECT_DOUBLE_EQ(*r.update(10), 37.5); // gains 3/4, losses 5/4
  EXPECT_DOUBLE_EQ(*r.value(), 37.5);
}

TEST(rsi_indicator, is_100_without_a_loss_and_0_without_a_gain) {
  rsi rising{2};
  rsi falling{2};
  rsi flat{2};
  for (const double x : {1.0, 2.0, 3.0, 4.0}) {
    (void)rising.update(x);
    (void)falling.update(-x);
    (void)flat.update(5);
  }
  EXPECT_EQ(*rising.value(), 100);
  EXPECT_EQ(*falling.value(), 0);
  EXPECT_EQ(*flat.value(), 100);
}

TEST(macd_indicator, shows_its_line_before_its_signal) {
  macd m{1, 2, 2};
  EXPECT_FALSE(m.update(12).has_value());
  EXPECT_EQ(m.line(), not_ready);
  EXPECT_FALSE(m.update(9).has_value());
  EXPECT_DOUBLE_EQ(*m.line(), -1.5); // 9 − 10.5
  const auto v = m.update(9);        // slow: 10.5 − 1 = 9.5
  ASSERT_TRUE(v.has_value());
  EXPECT_DOUBLE_EQ(v->line, -0.5);
  EXPECT_DOUBLE_EQ(v->signal, -1);
}

TEST(atr_indicator, counts_gaps_as_range) {
  true_range t;
  EXPECT_DOUBLE_EQ(t.update(12, 10, 11), 2); // The first is high − low.
  EXPECT_DOUBLE_EQ(t.update(12, 11, 12), 1);
  EXPECT_DOUBLE_EQ(t.update(17, 15, 16), 5); // gapped up from 12
  EXPECT_DOUBLE_EQ(t.update(13, 12, 12), 4); // gapped down from 16
}

TEST(atr_indicator, is_wilders_average_of_the_true_range) {
  atr a{2};
  EXPECT_EQ(a.update(12, 10, 11), not_ready);
  EXPECT_DOUBLE_EQ(*a.update(15, 13, 14), 3); // (2 + 4)/2
  EXPECT_DOUBLE_EQ(*a.update(14, 13, 13), 2); // 3 + (1 − 3)/2
  EXPECT_DOUBLE_EQ(*a.value(), 2);
}

TEST(indicators, are_plain_values_that_copies_continue_alone) {
  macd original{3, 6, 4};
  sma average{4};
  for (int i = 0; i < 20; ++i) {
    (void)original.update(100 + i % 7);
    (void)average.update(i);
  }
  macd copy = original;
  sma average_copy = average;
  (void)original.update(1'000);
  (void)average.update(1'000);
  EXPECT_DOUBLE_EQ(*average_copy.update(20), 18.5);
  const auto once = copy.update(104);
  macd again{3, 6, 4};
  for (int i = 0; i < 20; ++i)
    (void)again.update(100 + i % 7);
  const auto expected = again.update(104);
  EXPECT_EQ(once->line, expected->line);
  EXPECT_EQ(once->signal, expected->signal);
}

TEST(indicators, refuse_lengths_that_mean_nothing) {
  EXPECT_THROW(sma{0}, contract_violation);
  EXPECT_THROW(ema{0}, contract_violation);
  EXPECT_THROW(wilder{0}, contract_violation);
  EXPECT_THROW(rsi{0}, contract_violation);
  EXPECT_THROW(atr{0}, contract_violation);
  EXPECT_THROW((macd{12, 12, 9}), contract_violation);
  EXPECT_THROW((macd{26, 12, 9}), contract_violation);
}

} // namespace
} // namespace supreme::trading
