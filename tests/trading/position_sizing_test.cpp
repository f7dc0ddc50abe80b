// Goal: every sizing mode sizes as its definition says, rounds toward zero, and says why a size is
// 0.
// Method: tables with equity 10 000, price 100 and lot 0.001; the Kelly criterion against fractions
// worked out by hand. Properties check sizes in 128 bits straight from the definitions: within the
// budget, one lot more would not be · never beyond the exact value · a smaller scale never sizes
// more · a reason exactly where the size is 0 · no input throws.

#include "tests/trading/decision_input.hpp"
#include "tests/trading/generators.hpp"

#include "trading/risk/order_cost.hpp"

#include <algorithm>

namespace supreme::trading {
namespace {

using tests::decision_input;

__extension__ using wide = __int128;

decimal dec(const char* text) { return decimal::literal(text); }

const decimal lot = dec("0.001");

sizing mode(sizing_mode m, int64_t share_ppb = 0) {
  sizing s;
  s.mode = m;
  s.share_ppb = share_ppb;
  return s;
}

sizing_basis basis() {
  sizing_basis b;
  b.equity = dec("10000");
  b.free_cash = dec("10000");
  b.at = dec("100");
  return b;
}

void expect_size(const sizing& s, const sizing_basis& b, const char* size) {
  const auto sized = size_position(s, b, lot);
  EXPECT_EQ(sized.size, dec(size)) << to_string(s.mode) << ' ' << sized.size.to_string();
  EXPECT_STREQ(to_string(sized.why), "none");
}

void expect_zero(const sizing& s, const sizing_basis& b, zero_size why) {
  const auto sized = size_position(s, b, lot);
  EXPECT_TRUE(sized.size.is_zero()) << sized.size.to_string();
  EXPECT_STREQ(to_string(sized.why), to_string(why)) << to_string(s.mode);
}

TEST(position_sizing, takes_a_fixed_quantity_down_to_the_lot) {
  auto s = mode(sizing_mode::fixed_quantity);
  s.amount = dec("1.2349");
  expect_size(s, basis(), "1.234");
  EXPECT_EQ(size_position(s, basis(), lot).wanted, dec("1.2349"));
}

TEST(position_sizing, takes_a_fixed_notional_at_the_price) {
  auto s = mode(sizing_mode::fixed_notional);
  s.amount = dec("333.39");
  expect_size(s, basis(), "3.333");
}

TEST(position_sizing, takes_a_share_of_equity) {
  expect_size(mode(sizing_mode::percent_of_equity, 250'000'000), basis(), "25");
  expect_size(mode(sizing_mode::percent_of_equity, 2'000'000'000), basis(), "200");
}

TEST(position_sizing, takes_all_that_the_cash_covers_with_its_fee) {
  auto b = basis();
  expect_size(mode(sizing_mode::all_in), b, "100");
  b.fee_ppb = 1'000'000; // 0.1 %: 100.1 for each unit
  expect_size(mode(sizing_mode::all_in), b, "99.9");
  b.free_cash = dec("9999.99");
  expect_size(mode(sizing_mode::all_in), b, "99.9"); // 99.9 costs 9999.99 exactly
  b.free_cash = dec("9999.98999999");
  expect_size(mode(sizing_mode::all_in), b, "99.899");
}

TEST(position_sizing, risks_a_share_of_equity_down_to_the_stop) {
  auto b = basis();
  b.stop_distance = dec("4");
  expect_size(mode(sizing_mode::risk_based, 10'000'000), b, "25"); // 100 lost at the stop
  b.stop_distance = dec("0.3");
  expect_size(mode(sizing_mode::risk_based, 10'000'000), b, "100"); // 333.333 would need leverage
  auto s = mode(sizing_mode::risk_based, 10'000'000);
  s.max_notional_ppb = 5'000'000'000;
  expect_size(s, b, "333.333");
}

TEST(position_sizing, exceeds_its_cap_by_no_rounding) {
  sizing_basis b;
  b.equity = decimal::from_raw(1);
  b.at = dec("0.5");
  b.stop_distance = decimal::from_raw(33'333'333);
  // Risking the one unit would buy three, worth one and a half.
  const auto sized =
    size_position(mode(sizing_mode::risk_based, whole_ppb), b, decimal::from_raw(1));
  EXPECT_EQ(sized.size.raw(), 2);
}

TEST(position_sizing, targets_an_annual_volatility) {
  auto b = basis();
  b.volatility_ppb = 600'000'000;
  expect_size(mode(sizing_mode::volatility_target, 150'000'000), b, "25");
  b.volatility_ppb = 100'000'000;
  expect_size(mode(sizing_mode::volatility_target, 150'000'000), b, "100"); // No leverage.
  b.volatility_ppb = 1; // The exact notional leaves the range, the cap does not.
  expect_size(mode(sizing_mode::volatility_target, 1'000'000'000), b, "100");
}

// -- Kelly ------------------------------------------------------------------------------

/// 60 wins of 2 each, 40 losses of 1 each: f* = 0.6 − 0.4/2 = 0.4.
trade_record good_record() { return {60, 40, dec("120"), dec("40")}; }

kelly_settings plain_kelly() {
  kelly_settings k;
  k.fraction_ppb = whole_ppb;
  k.shrinkage_trades = 0;
  k.min_trades = 30;
  return k;
}

TEST(kelly, is_the_win_rate_less_the_loss_rate_over_the_payoff) {
  EXPECT_EQ(kelly_share_ppb(good_record(), plain_kelly(), whole_ppb), 400'000'000);
  // 1/3 of the trades gain 3 for 1: 1/3 − (2/3)/3 = 1/9, rounded down.
  EXPECT_EQ(kelly_share_ppb({10, 20, dec("30"), dec("20")}, plain_kelly(), whole_ppb), 111'111'111);
}

TEST(kelly, shrinks_with_few_trades_and_takes_its_fraction) {
  auto k = plain_kelly();
  k.shrinkage_trades = 100;
  EXPECT_EQ(kelly_share_ppb(good_record(), k, whole_ppb), 200'000'000);
  k.fraction_ppb = 250'000'000;
  EXPECT_EQ(kelly_share_ppb(good_record(), k, whole_ppb), 50'000'000);
}

TEST(kelly, is_capped) {
  EXPECT_EQ(kelly_share_ppb(good_record(), plain_kelly(), 300'000'000), 300'000'000);
}

TEST(kelly, is_everything_for_a_strategy_that_never_lost) {
  EXPECT_EQ(kelly_share_ppb({50, 0, dec("10"), dec("0")}, plain_kelly(), whole_ppb), whole_ppb);
}

TEST(kelly, is_nothing_without_an_edge) {
  EXPECT_EQ(kelly_share_ppb({50, 50, dec("40"), dec("40")}, plain_kelly(), whole_ppb), 0);
  EXPECT_EQ(kelly_share_ppb({50, 50, dec("39"), dec("40")}, plain_kelly(), whole_ppb), 0);
  EXPECT_EQ(kelly_share_ppb({0, 50, dec("0"), dec("40")}, plain_kelly(), whole_ppb), 0);
}

TEST(kelly, is_the_floor_before_enough_trades) {
  auto k = plain_kelly();
  k.min_trades = 101;
  k.floor_ppb = 20'000'000;
  EXPECT_EQ(kelly_share_ppb(good_record(), k, whole_ppb), 20'000'000);
  EXPECT_EQ(kelly_share_ppb({}, k, whole_ppb), 20'000'000);
  EXPECT_EQ(kelly_share_ppb(good_record(), k, 10'000'000), 10'000'000) << "capped as well";
  k.min_trades = 100;
  EXPECT_EQ(kelly_share_ppb(good_record(), k, whole_ppb), 400'000'000);
  k.min_trades = 0;
  EXPECT_EQ(kelly_share_ppb({}, k, whole_ppb), 20'000'000) << "no trade at all says nothing";
}

TEST(kelly, refuses_records_and_settings_that_mean_nothing) {
  EXPECT_FALSE(kelly_share_ppb({60, 40, dec("-1"), dec("40")}, plain_kelly(), whole_ppb));
  EXPECT_FALSE(kelly_share_ppb({60, 40, dec("120"), dec("-1")}, plain_kelly(), whole_ppb));
  EXPECT_FALSE(kelly_share_ppb({60, 40, dec("0"), dec("1")}, plain_kelly(), whole_ppb));
  EXPECT_FALSE(kelly_share_ppb({0, 40, dec("5"), dec("1")}, plain_kelly(), whole_ppb));
  auto k = plain_kelly();
  k.fraction_ppb = whole_ppb + 1;
  EXPECT_FALSE(kelly_share_ppb(good_record(), k, whole_ppb));
  k = plain_kelly();
  k.floor_ppb = -1;
  EXPECT_FALSE(kelly_share_ppb(good_record(), k, whole_ppb));
}

TEST(kelly, survives_the_largest_record) {
  constexpr auto most = decimal::from_raw(INT64_MAX);
  EXPECT_EQ(kelly_share_ppb({UINT32_MAX, UINT32_MAX, most, decimal{}}, plain_kelly(), whole_ppb),
            500'000'000);
}

TEST(kelly, counts_a_trade_that_gained_nothing_as_lost) {
  auto record = with_trade({}, dec("2"));
  record = with_trade(*record, dec("-0.5"));
  record = with_trade(*record, dec("0"));
  EXPECT_EQ(*record, (trade_record{1, 2, dec("2"), dec("0.5")}));
  EXPECT_FALSE(with_trade({1, 0, decimal::from_raw(INT64_MAX), {}}, dec("1")));
  EXPECT_FALSE(with_trade({UINT32_MAX, 0, dec("1"), {}}, dec("1")));
  EXPECT_FALSE(with_trade({0, 1, {}, dec("1")}, decimal::from_raw(INT64_MIN)));
}

TEST(position_sizing, takes_the_kelly_share_of_equity) {
  auto s = mode(sizing_mode::kelly);
  s.kelly = plain_kelly();
  auto b = basis();
  b.trades = good_record();
  expect_size(s, b, "40");
  b.trades = {50, 50, dec("40"), dec("40")};
  expect_zero(s, b, zero_size::no_edge);
  b.trades = {1, 0, dec("1"), {}};
  expect_zero(s, b, zero_size::too_few_trades);
  s.kelly.floor_ppb = 10'000'000;
  expect_size(s, b, "1");
  s.kelly.fraction_ppb = 0;
  expect_zero(s, b, zero_size::not_configured);
}

// -- nothing ----------------------------------------------------------------------------

TEST(position_sizing, says_why_a_size_is_zero) {
  auto b = basis();
  const auto share = mode(sizing_mode::percent_of_equity, 250'000'000);
  expect_zero(mode(sizing_mode::fixed_quantity), b, zero_size::not_configured);
  expect_zero(mode(sizing_mode::percent_of_equity), b, zero_size::not_configured);
  expect_zero(mode(sizing_mode{99}), b, zero_size::not_configured);
  expect_zero(mode(sizing_mode::risk_based, 1), b, zero_size::no_stop);
  expect_zero(mode(sizing_mode::volatility_target, 1), b, zero_size::no_volatility);
  expect_zero(mode(sizing_mode::percent_of_equity, 1), b, zero_size::below_lot);
  b.stop_distance = decimal{};
  expect_zero(mode(sizing_mode::risk_based, 1), b, zero_size::no_stop);
  b.volatility_ppb = 0;
  expect_zero(mode(sizing_mode::volatility_target, 1), b, zero_size::no_volatility);
  b.free_cash = dec("0.09");
  expect_zero(mode(sizing_mode::all_in), b, zero_size::no_cash);
  b.free_cash.reset();
  expect_zero(mode(sizing_mode::all_in), b, zero_size::no_cash);
  b.equity = decimal{};
  expect_zero(share, b, zero_size::no_equity);
  b.equity.reset();
  expect_zero(share, b, zero_size::no_equity);
  b = basis();
  b.at = decimal{};
  expect_zero(share, b, zero_size::no_price);
  b = basis();
  b.scale_ppb = 0;
  expect_zero(share, b, zero_size::scaled_to_zero);
  b.scale_ppb = whole_ppb + 1;
  expect_zero(share, b, zero_size::not_configured);
  b = basis();
  b.at = decimal::from_raw(1);
  b.equity = dec("1000000000");
  expect_zero(share, b, zero_size::overflow);
  EXPECT_EQ(size_position(share, basis(), decimal{}).why, zero_size::not_configured);
}

TEST(position_sizing, scales_every_mode) {
  auto b = basis();
  b.scale_ppb = 500'000'000;
  expect_size(mode(sizing_mode::all_in), b, "50");
  expect_size(mode(sizing_mode::percent_of_equity, 250'000'000), b, "12.5");
}

// -- in a decision ------------------------------------------------------------------------

decision_input deciding(const sizing& s) {
  decision_input in;
  in.wanted = target::long_position;
  in.traded = instrument{
    instrument_id{"BTCUSDT"}, asset_id{"BTC"}, asset_id{"USDT"}, dec("0.01"), lot, dec("10")};
  in.size = s;
  in.account.free_cash = dec("10000");
  in.mark = dec("100");
  return in;
}

TEST(position_sizing, decides_all_in_at_the_collar_price_with_its_fee) {
  auto in = deciding(mode(sizing_mode::all_in));
  in.limits.taker_fee_ppb = 1'000'000;
  const auto v = decide(in);
  EXPECT_STREQ(to_string(v.outcome), "none");
  EXPECT_EQ(v.size, dec("98.91")); // 10 000 / (101 · 1.001), down to the lot
  EXPECT_LE(v.reserve_cash, in.account.free_cash);
}

TEST(position_sizing, decides_an_all_in_short_at_the_mark) {
  auto in = deciding(mode(sizing_mode::all_in));
  in.wanted = target::short_position;
  in.limits.allow_short = true;
  EXPECT_EQ(decide(in).size, dec("100")) << "its collar price of 99 would make it larger";
}

TEST(position_sizing, decides_by_the_basis_and_not_without_one) {
  auto in = deciding(mode(sizing_mode::percent_of_equity, 250'000'000));
  EXPECT_STREQ(to_string(decide(in).outcome), "quantity_zero");
  in.basis.equity = dec("10000");
  EXPECT_EQ(decide(in).size, dec("25"));
  in.basis.scale_ppb = 500'000'000;
  EXPECT_EQ(decide(in).size, dec("12.5"));
  in.wanted = target::flat;
  in.slot.position = in.account.position = dec("25");
  EXPECT_EQ(decide(in).size, dec("25")) << "an exit is never scaled";
}

// -- properties -------------------------------------------------------------------------

RC_GTEST_PROP(position_sizing_property, covers_as_many_lots_as_the_cash_and_not_one_more, ()) {
  const auto cash = *tests::decimal_between(0, 1'000'000 * decimal::scale);
  const auto worst = *tests::decimal_between(1'000'000, 100'000 * decimal::scale);
  const auto step = *tests::decimal_between(1, decimal::scale);
  const auto fee = *rc::gen::inRange<int64_t>(0, 20'000'000);
  const auto size = affordable_size(cash, worst, fee, step);
  RC_ASSERT(size.has_value());
  RC_ASSERT(is_multiple(*size, step));
  RC_ASSERT(*worst_cost(worst, *size, fee) <= cash);
  RC_ASSERT(*worst_cost(worst, *size + step, fee) > cash);
}

rc::Gen<sizing_mode> any_mode() {
  return rc::gen::element(sizing_mode::fixed_quantity, sizing_mode::fixed_notional,
                          sizing_mode::percent_of_equity, sizing_mode::all_in,
                          sizing_mode::risk_based, sizing_mode::volatility_target,
                          sizing_mode::kelly);
}

sizing any_sizing() {
  sizing s;
  s.mode = *any_mode();
  s.amount = *tests::any_decimal();
  s.share_ppb = *tests::any_int64();
  s.max_notional_ppb = *tests::any_int64();
  s.kelly.fraction_ppb = *tests::any_int64();
  s.kelly.floor_ppb = *tests::any_int64();
  s.kelly.min_trades = *rc::gen::arbitrary<uint32_t>();
  s.kelly.shrinkage_trades = *rc::gen::arbitrary<uint32_t>();
  return s;
}

sizing_basis any_basis() {
  sizing_basis b;
  b.equity = *tests::any_decimal();
  b.free_cash = *tests::any_decimal();
  b.stop_distance = *tests::any_decimal();
  b.volatility_ppb = *tests::any_int64();
  b.trades = {*rc::gen::arbitrary<uint32_t>(), *rc::gen::arbitrary<uint32_t>(),
              *tests::any_decimal(), *tests::any_decimal()};
  b.at = *tests::any_decimal();
  b.fee_ppb = *tests::any_int64();
  b.scale_ppb = *tests::any_int64();
  return b;
}

RC_GTEST_PROP(position_sizing_property, answers_any_input_with_a_size_or_a_reason, ()) {
  const auto step = *tests::any_decimal();
  const auto sized = size_position(any_sizing(), any_basis(), step);
  RC_ASSERT(sized.size.is_zero() == (sized.why != zero_size::none));
  RC_ASSERT(!sized.size.is_negative());
  RC_ASSERT(sized.size <= sized.wanted);
  RC_ASSERT((sized.size.is_zero() || is_multiple(sized.size, step)));
}

sizing plausible_sizing() {
  sizing s;
  s.mode = *any_mode();
  s.amount = *tests::decimal_between(1, 1'000 * decimal::scale);
  s.share_ppb = *rc::gen::inRange<int64_t>(1, 2'000'000'000);
  s.max_notional_ppb = *rc::gen::inRange<int64_t>(1, 3'000'000'000);
  s.kelly.fraction_ppb = *rc::gen::inRange<int64_t>(1, whole_ppb);
  s.kelly.floor_ppb = *rc::gen::inRange<int64_t>(0, 100'000'000);
  s.kelly.min_trades = *rc::gen::inRange<uint32_t>(0, 50);
  s.kelly.shrinkage_trades = *rc::gen::inRange<uint32_t>(0, 200);
  return s;
}

sizing_basis plausible_basis() {
  sizing_basis b;
  b.equity = *tests::decimal_between(1, 1'000'000 * decimal::scale);
  b.free_cash = *tests::decimal_between(1, 1'000'000 * decimal::scale);
  b.stop_distance = *tests::decimal_between(1'000, 100 * decimal::scale);
  b.volatility_ppb = *rc::gen::inRange<int64_t>(1'000'000, 3'000'000'000);
  b.trades = {*rc::gen::inRange<uint32_t>(1, 100), *rc::gen::inRange<uint32_t>(0, 100),
              *tests::decimal_between(1, 1'000 * decimal::scale),
              *tests::decimal_between(0, 1'000 * decimal::scale)};
  b.at = *tests::decimal_between(1'000'000, 10'000 * decimal::scale);
  b.fee_ppb = *rc::gen::inRange<int64_t>(0, 20'000'000);
  return b;
}

RC_GTEST_PROP(position_sizing_property, never_sizes_beyond_the_definition, ()) {
  const auto s = plausible_sizing();
  const auto b = plausible_basis();
  const auto sized = size_position(s, b, lot);
  RC_CLASSIFY(!sized.size.is_zero(), to_string(s.mode));
  const wide size = sized.size.raw();
  const wide worth = size * b.at.raw(); // in units of 1e-16
  const bool derived = s.mode == sizing_mode::risk_based || s.mode == sizing_mode::volatility_target
                       || s.mode == sizing_mode::kelly;
  // Divided first, so that no product leaves 128 bits; the cap is met to one unit of money.
  if (derived)
    RC_ASSERT(worth / decimal::scale <= wide{b.equity->raw()} * s.max_notional_ppb / whole_ppb);
  switch (s.mode) {
    case sizing_mode::fixed_quantity:
      RC_ASSERT(sized.size <= s.amount);
      break;
    case sizing_mode::fixed_notional:
      RC_ASSERT(worth <= wide{s.amount.raw()} * decimal::scale);
      break;
    case sizing_mode::percent_of_equity:
      RC_ASSERT(worth / decimal::scale <= wide{b.equity->raw()} * s.share_ppb / whole_ppb);
      break;
    case sizing_mode::all_in:
      RC_ASSERT(worth <= wide{b.free_cash->raw()} * decimal::scale);
      break;
    case sizing_mode::risk_based:
      RC_ASSERT(size * b.stop_distance->raw() / decimal::scale
                <= wide{b.equity->raw()} * s.share_ppb / whole_ppb);
      break;
    case sizing_mode::volatility_target:
      RC_ASSERT(worth / decimal::scale * *b.volatility_ppb <= wide{b.equity->raw()} * s.share_ppb);
      break;
    case sizing_mode::kelly:
      break; // The cap above; its share has tests of its own.
  }
}

RC_GTEST_PROP(position_sizing_property, sizes_no_more_at_a_smaller_scale, ()) {
  const auto s = plausible_sizing();
  auto b = plausible_basis();
  b.scale_ppb = *rc::gen::inRange<int64_t>(0, whole_ppb + 1);
  const auto larger = size_position(s, b, lot);
  b.scale_ppb = *rc::gen::inRange<int64_t>(0, b.scale_ppb + 1);
  const auto smaller = size_position(s, b, lot);
  RC_ASSERT(smaller.size <= larger.size);
}

/// p − (1−p)/b with both averages, in the order of the textbook, as a fraction of whole numbers.
RC_GTEST_PROP(kelly_property, is_the_textbook_formula_shrunk_and_capped, ()) {
  const auto wins = *rc::gen::inRange<uint32_t>(1, 200);
  const auto losses = *rc::gen::inRange<uint32_t>(1, 200);
  const auto won = *tests::decimal_between(1, 1'000'000);
  const auto lost = *tests::decimal_between(1, 1'000'000);
  auto k = plain_kelly();
  k.min_trades = 0;
  k.shrinkage_trades = *rc::gen::inRange<uint32_t>(0, 300);
  k.fraction_ppb = *rc::gen::inRange<int64_t>(1, whole_ppb + 1);
  const wide n = wins + losses;
  // p = wins/n, 1 − p = losses/n, 1/b = (lost/losses)/(won/wins).
  const wide numerator =
    wide{wins} * (wide{losses} * won.raw()) - wide{losses} * (wide{lost.raw()} * wins);
  const wide denominator = n * (wide{losses} * won.raw());
  const wide shrunk = numerator * n * k.fraction_ppb / (denominator * (n + k.shrinkage_trades));
  const auto expected = std::clamp<wide>(shrunk, 0, whole_ppb);
  RC_ASSERT(wide{*kelly_share_ppb({wins, losses, won, lost}, k, whole_ppb)} == expected);
}

TEST(position_sizing, weighs_the_size_at_the_end) {
  auto b = basis();
  b.weight_ppb = 250'000'000;
  expect_size(mode(sizing_mode::percent_of_equity, whole_ppb / 10), b, "2.5");
  b.weight_ppb = 3 * whole_ppb;
  b.scale_ppb = whole_ppb / 2;
  expect_size(mode(sizing_mode::percent_of_equity, whole_ppb / 10), b, "15");
  b.weight_ppb = 0;
  expect_zero(mode(sizing_mode::percent_of_equity, whole_ppb / 10), b, zero_size::not_configured);
}

} // namespace
} // namespace supreme::trading
