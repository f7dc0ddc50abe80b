// Goal: splits and dividends change a position exactly.
// Method: cases worked out by hand; then any split against the same arithmetic done in 128 bits.

#include "trading/portfolio/corporate_action.hpp"

#include "tests/trading/generators.hpp"

#include <limits>

namespace supreme::trading {
namespace {

__extension__ using wide = __int128;

decimal dec(const char* text) { return decimal::literal(text); }

position holding(const char* size, const char* cost) {
  position p;
  p.size = dec(size);
  p.cost = dec(cost);
  return p;
}

const quantity share = decimal::from_integer(1);

TEST(split, without_a_rest_changes_the_size_and_not_the_cost) {
  const auto e = apply_split(holding("10", "1000"), {4, 1}, share, std::nullopt).value();
  EXPECT_EQ(e.after, holding("40", "1000"));
  EXPECT_EQ(e.base_change, dec("30"));
  EXPECT_TRUE(e.quote_change.is_zero());
  const auto reverse = apply_split(holding("40", "1000"), {1, 4}, share, std::nullopt).value();
  EXPECT_EQ(reverse.after, holding("10", "1000"));
  EXPECT_EQ(reverse.base_change, dec("-30"));
}

TEST(split, of_a_long_position_is_paid_for_the_rest_and_of_a_short_one_pays) {
  // 105 for 10 is 10.5: half a new share at 12, a 21st of the cost.
  const auto e = apply_split(holding("105", "1050"), {1, 10}, share, dec("12")).value();
  EXPECT_EQ(e.after.size, dec("10"));
  EXPECT_EQ(e.after.cost, dec("1000"));
  EXPECT_EQ(e.after.realised_gross, dec("-44"));
  EXPECT_EQ(e.quote_change, dec("6"));
  const auto shorted = apply_split(holding("-105", "-1050"), {1, 10}, share, dec("12")).value();
  EXPECT_EQ(shorted.after.size, dec("-10"));
  EXPECT_EQ(shorted.after.cost, dec("-1000"));
  EXPECT_EQ(shorted.after.realised_gross, dec("44"));
  EXPECT_EQ(shorted.quote_change, dec("-6"));
}

TEST(split, that_leaves_less_than_a_lot_closes_the_position_for_cash) {
  const auto e = apply_split(holding("3", "30"), {1, 4}, share, dec("50")).value();
  EXPECT_TRUE(e.after.size.is_zero());
  EXPECT_TRUE(e.after.cost.is_zero());
  EXPECT_EQ(e.after.realised_gross, dec("7.5"));
  EXPECT_EQ(e.quote_change, dec("37.5"));
}

TEST(split, pays_for_a_rest_that_has_no_decimal) {
  // A third of a share at 1: 0.33333333.
  const auto e = apply_split(holding("4", "4"), {1, 3}, share, dec("1")).value();
  EXPECT_EQ(e.after.size, dec("1"));
  EXPECT_EQ(e.quote_change, dec("0.33333333"));
  EXPECT_EQ(e.after.cost, dec("3"));
}

TEST(split, of_nothing_is_nothing) {
  const auto e = apply_split({}, {3, 2}, share, std::nullopt).value();
  EXPECT_EQ(e.after, position{});
  EXPECT_TRUE(e.base_change.is_zero());
}

TEST(split, refuses_bad_ratios_and_prices_a_rest_without_a_price_and_overflow) {
  const auto p = holding("3", "30");
  const auto why = [&](split_ratio ratio, quantity lot, std::optional<price> at) {
    return apply_split(p, ratio, lot, at).error();
  };
  using enum booking_refusal;
  EXPECT_EQ(why({0, 1}, share, dec("1")), invalid);
  EXPECT_EQ(why({1, 0}, share, dec("1")), invalid);
  EXPECT_EQ(why({-1, 1}, share, dec("1")), invalid);
  EXPECT_EQ(why({10'001, 1}, share, dec("1")), invalid);
  EXPECT_EQ(why({1, 10'001}, share, dec("1")), invalid);
  EXPECT_EQ(why({1, 1}, {}, dec("1")), invalid);
  EXPECT_EQ(why({1, 1}, share, dec("0")), invalid);
  EXPECT_EQ(why({1, 2}, share, std::nullopt), no_price);
  EXPECT_EQ(apply_split(holding("90000000000", "1"), {2, 1}, share, dec("1")).error(), overflow);
  EXPECT_EQ(apply_split(holding("90000000000", "1"), {3, 1}, share, dec("1")).error(), overflow);
  // Too many digits to tell the rest's share of the cost in 64 bits.
  position large = holding("1", "1");
  large.size = decimal::from_raw(std::numeric_limits<int64_t>::max());
  EXPECT_EQ(apply_split(large, {9'999, 10'000}, share, dec("1")).error(), overflow);
  EXPECT_EQ(apply_split(holding("0.5", "1"), {1, 1}, share,
                        decimal::from_raw(std::numeric_limits<int64_t>::max()))
              .value()
              .quote_change,
            decimal::from_raw(4'611'686'018'427'387'904)); // Half of the largest, to the even.
}

TEST(dividend, is_rounded_half_even_for_the_whole_position) {
  EXPECT_EQ(cash_dividend(holding("3", "1"), dec("0.33333333")).value(), dec("0.99999999"));
  EXPECT_EQ(cash_dividend(holding("0.5", "1"), dec("0.00000001")).value(), dec("0"));
  EXPECT_EQ(cash_dividend(holding("1.5", "1"), dec("0.00000001")).value(), dec("0.00000002"));
  EXPECT_EQ(cash_dividend(holding("-3", "1"), dec("2")).value(), dec("-6"));
  EXPECT_EQ(cash_dividend(holding("3", "1"), dec("-2")).error(), booking_refusal::invalid);
}

RC_GTEST_PROP(split_property, whole_lots_and_the_rest_are_exactly_the_split, ()) {
  position p;
  p.size = *tests::decimal_between(-1'000 * decimal::scale, 1'000 * decimal::scale);
  const auto cost = *tests::decimal_between(0, 100'000 * decimal::scale);
  p.cost = p.size.is_negative() ? -cost : p.size.is_zero() ? money{} : cost;
  const split_ratio ratio{*rc::gen::inRange<int64_t>(1, 20), *rc::gen::inRange<int64_t>(1, 20)};
  const auto lot = *rc::gen::element(decimal::from_raw(1), dec("0.1"), share);
  const auto at = *tests::decimal_between(1, 1'000 * decimal::scale);
  const auto e = apply_split(p, ratio, lot, at).value();
  // What is left over, in units of 1e-8/old; it has the sign of the position and is below a lot.
  const wide rest =
    wide{p.size.raw()} * ratio.new_units - wide{e.after.size.raw()} * ratio.old_units;
  RC_ASSERT(is_multiple(e.after.size, lot));
  RC_ASSERT((p.size.is_negative() ? rest <= 0 : rest >= 0));
  RC_ASSERT(((rest < 0 ? -rest : rest) < wide{lot.raw()} * ratio.old_units));
  // Cash is the rest at the price, to half a unit.
  const wide scale = wide{ratio.old_units} * decimal::scale;
  const wide error = rest * at.raw() - wide{e.quote_change.raw()} * scale;
  RC_ASSERT(((error < 0 ? -error : error) * 2 <= scale));
  // Nothing is lost: what was paid and what remains of the cost is profit and the old cost.
  RC_ASSERT(e.quote_change + e.after.cost == e.after.realised_gross + p.cost);
  RC_ASSERT(e.base_change == e.after.size - p.size);
  if (e.after.size.is_zero())
    RC_ASSERT(e.after.cost.is_zero());
  if (rest == 0)
    RC_ASSERT(e.after.cost == p.cost);
}

} // namespace
} // namespace supreme::trading
