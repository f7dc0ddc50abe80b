// Goal: positions at average cost follow the written convention to the last unit.
// Method: short stories of fills worked out by hand.

#include "trading/portfolio/position.hpp"

#include "trading/check.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

namespace supreme::trading {
namespace {

const asset_id usdt{"USDT"};

fill make_fill(side direction, const char* size, const char* at, const char* fee = "0",
               const char* fee_asset = "USDT") {
  fill f;
  f.direction = direction;
  f.size = decimal::literal(size);
  f.at = decimal::literal(at);
  f.fee = decimal::literal(fee);
  f.fee_asset = asset_id{fee_asset};
  return f;
}

position after(std::initializer_list<fill> fills) {
  position p;
  for (const auto& f : fills)
    p = apply_fill(p, f, usdt).after;
  return p;
}

decimal dec(const char* text) { return decimal::literal(text); }

TEST(position, opens_at_the_fill_price) {
  const auto effect = apply_fill({}, make_fill(side::buy, "2", "100", "0.2"), usdt);
  EXPECT_EQ(effect.after.size, dec("2"));
  EXPECT_EQ(effect.after.cost, dec("200"));
  EXPECT_EQ(effect.after.average_price(), dec("100"));
  EXPECT_EQ(effect.after.realised_gross, dec("0"));
  EXPECT_EQ(effect.after.fees_quote, dec("0.2"));
  EXPECT_EQ(effect.after.fill_count, 1U);
  EXPECT_EQ(effect.quote_change, dec("-200"));
  EXPECT_EQ(effect.base_change, dec("2"));
}

TEST(position, averages_the_cost_of_further_fills) {
  const auto p = after({make_fill(side::buy, "1", "100"), make_fill(side::buy, "3", "120")});
  EXPECT_EQ(p.cost, dec("460"));
  EXPECT_EQ(p.average_price(), dec("115"));
  EXPECT_EQ(p.unrealised(dec("110")), dec("-20"));
}

TEST(position, releases_cost_in_proportion_when_closing_in_part) {
  const auto p = after({make_fill(side::buy, "4", "115"), make_fill(side::sell, "1", "120")});
  EXPECT_EQ(p.size, dec("3"));
  EXPECT_EQ(p.cost, dec("345"));
  EXPECT_EQ(p.realised_gross, dec("5"));
  EXPECT_EQ(p.average_price(), dec("115"));
}

TEST(position, rounds_released_cost_half_even_and_the_last_unit_takes_the_rest) {
  // Three units of base for 0.00000010 in all: a third is 3.33 units of 1e-8.
  position p;
  p.size = dec("3");
  p.cost = decimal::from_raw(10);
  const auto one = make_fill(side::sell, "1", "1");
  p = apply_fill(p, one, usdt).after;
  EXPECT_EQ(p.cost.raw(), 7);
  p = apply_fill(p, one, usdt).after; // Half of 7 is a tie: 3.5 goes to the even 4.
  EXPECT_EQ(p.cost.raw(), 3);
  p = apply_fill(p, one, usdt).after;
  EXPECT_EQ(p.cost.raw(), 0);
  EXPECT_EQ(p.realised_gross, dec("3") - decimal::from_raw(10));
}

TEST(position, mirrors_everything_for_shorts) {
  const auto opened = apply_fill({}, make_fill(side::sell, "2", "100"), usdt);
  EXPECT_EQ(opened.after.size, dec("-2"));
  EXPECT_EQ(opened.after.cost, dec("-200"));
  EXPECT_EQ(opened.after.average_price(), dec("100"));
  EXPECT_EQ(opened.after.unrealised(dec("90")), dec("20"));
  EXPECT_EQ(opened.quote_change, dec("200"));
  const auto closed = apply_fill(opened.after, make_fill(side::buy, "1", "90"), usdt);
  EXPECT_EQ(closed.after.size, dec("-1"));
  EXPECT_EQ(closed.after.cost, dec("-100"));
  EXPECT_EQ(closed.after.realised_gross, dec("10"));
  EXPECT_EQ(closed.quote_change, dec("-90"));
}

TEST(position, closes_first_and_then_opens_when_a_fill_goes_through_zero) {
  const auto effect =
    apply_fill(after({make_fill(side::buy, "1", "100")}), make_fill(side::sell, "3", "110"), usdt);
  EXPECT_EQ(effect.after.size, dec("-2"));
  EXPECT_EQ(effect.after.cost, dec("-220"));
  EXPECT_EQ(effect.after.average_price(), dec("110"));
  EXPECT_EQ(effect.after.realised_gross, dec("10"));
  EXPECT_EQ(effect.quote_change, dec("330"));

  const auto back = apply_fill(effect.after, make_fill(side::buy, "5", "100"), usdt).after;
  EXPECT_EQ(back.size, dec("3"));
  EXPECT_EQ(back.cost, dec("300"));
  EXPECT_EQ(back.realised_gross, dec("30"));
}

TEST(position, splits_a_rounded_notional_so_that_nothing_is_lost_through_zero) {
  // 1.00000001 · 0.5 = 0.500000005 for each half; together 1.00000001.
  const auto open = after({make_fill(side::sell, "0.5", "1")});
  const auto effect = apply_fill(open, make_fill(side::buy, "1", "1.00000001"), usdt);
  EXPECT_EQ(effect.quote_change, dec("-1.00000001"));
  EXPECT_EQ(effect.after.realised_gross, dec("0")); // 0.500000005 rounds to the even 0.5.
  EXPECT_EQ(effect.after.cost, dec("0.50000001"));
}

TEST(position, counts_only_fees_charged_in_the_quote_asset) {
  const auto p = after({make_fill(side::buy, "1", "100", "0.1"),
                        make_fill(side::buy, "1", "100", "0.001", "BTC"),
                        make_fill(side::sell, "2", "110", "-0.05")});
  EXPECT_EQ(p.fees_quote, dec("0.05"));
  EXPECT_EQ(p.realised_gross, dec("20"));
  EXPECT_EQ(p.realised_net(), dec("19.95"));
  EXPECT_EQ(p.fill_count, 3U);
}

TEST(position, has_no_average_price_when_flat) {
  const auto p = after({make_fill(side::buy, "1", "100"), make_fill(side::sell, "1", "90")});
  EXPECT_TRUE(p.size.is_zero());
  EXPECT_TRUE(p.cost.is_zero());
  EXPECT_TRUE(p.average_price().is_zero());
  EXPECT_TRUE(p.unrealised(dec("123")).is_zero());
}

TEST(position, refuses_fills_that_break_the_contract) {
  EXPECT_THROW((void)apply_fill({}, make_fill(side::buy, "0", "100"), usdt), contract_violation);
  EXPECT_THROW((void)apply_fill({}, make_fill(side::buy, "-1", "100"), usdt), contract_violation);
  EXPECT_THROW((void)apply_fill({}, make_fill(side::buy, "1", "0"), usdt), contract_violation);
}

TEST(position, throws_instead_of_wrapping) {
  EXPECT_THROW((void)apply_fill({}, make_fill(side::buy, "90000000000", "2"), usdt),
               std::overflow_error);
  position p;
  p.size = decimal::from_raw(std::numeric_limits<int64_t>::max());
  EXPECT_THROW((void)apply_fill(p, make_fill(side::buy, "1", "1"), usdt), std::overflow_error);
}

} // namespace
} // namespace supreme::trading
