// Goal: every pre-trade check refuses exactly what it is there for, in the documented order, and
// shows what it saw.
// Method: one input that passes everything, changed in one respect per test. Mark 100, tick 0.01,
// lot 0.001.

#include "tests/trading/decision_input.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>

namespace supreme::trading {
namespace {

using tests::decision_input;

decimal dec(const char* text) { return decimal::literal(text); }

decision_input passing() {
  decision_input in;
  in.wanted = target::long_position;
  in.traded = instrument{instrument_id{"BTCUSDT"},
                         asset_id{"BTC"},
                         asset_id{"USDT"},
                         dec("0.01"),
                         dec("0.001"),
                         dec("10")};
  in.size = {sizing_mode::fixed_quantity, dec("1")};
  in.account.free_cash = dec("100000");
  in.now = in.mark_time = timestamp::from_ms(1'776'606'960'000);
  in.mark = dec("100");
  return in;
}

/// A slot and account that hold `size`.
decision_input holding(const char* size) {
  auto in = passing();
  in.slot.position = in.account.position = dec(size);
  return in;
}

std::vector<refusal> codes(const verdict& v) {
  std::vector<refusal> out;
  for (const auto& c : v.checks)
    out.push_back(c.code);
  return out;
}

/// Expects a refusal by `code`, as the last check made, with these values, and no order.
void expect_refused(const decision_input& in, refusal code, const char* limit, const char* seen) {
  const auto v = decide(in);
  EXPECT_STREQ(to_string(v.outcome), to_string(code));
  ASSERT_FALSE(v.checks.empty());
  EXPECT_EQ(v.checks.back(),
            (check_result{code, false, dec(limit), dec(seen), v.checks.back().why}))
    << v.checks.back().limit.to_string() << ' ' << v.checks.back().seen.to_string();
  EXPECT_TRUE(std::all_of(v.checks.begin(), v.checks.end() - 1,
                          [](const check_result& c) { return c.passed; }));
  EXPECT_TRUE(v.size.is_zero());
  EXPECT_TRUE(v.reserve_cash.is_zero());
}

void expect_order(const decision_input& in, side direction, const char* size) {
  const auto v = decide(in);
  EXPECT_STREQ(to_string(v.outcome), "none");
  EXPECT_EQ(v.direction, direction);
  EXPECT_EQ(v.size, dec(size)) << v.size.to_string();
}

TEST(pre_trade, lists_every_check_in_the_documented_order) {
  auto in = passing();
  in.limits.max_input_age = std::chrono::seconds{5};
  in.limits.max_order_quantity = dec("2");
  in.limits.max_order_notional = dec("200");
  in.limits.max_position = dec("3");
  EXPECT_EQ(codes(decide(in)),
            (std::vector{refusal::unknown_instrument, refusal::halted, refusal::nothing_to_do,
                         refusal::quantity_zero, refusal::stale_input, refusal::off_lot,
                         refusal::min_notional, refusal::max_quantity, refusal::max_notional,
                         refusal::max_position, refusal::cash}));
  in = holding("1");
  in.wanted = target::flat;
  in.mode = trading_mode::reducing;
  EXPECT_EQ(codes(decide(in)),
            (std::vector{refusal::unknown_instrument, refusal::halted, refusal::nothing_to_do,
                         refusal::quantity_zero, refusal::off_lot, refusal::min_notional,
                         refusal::short_not_allowed, refusal::reducing}));
}

TEST(pre_trade, refuses_an_instrument_it_does_not_know) {
  auto in = passing();
  in.traded.reset();
  in.mode = trading_mode::halted; // The unknown instrument comes first.
  expect_refused(in, refusal::unknown_instrument, "1", "0");
}

TEST(pre_trade, refuses_everything_while_halted) {
  auto in = holding("1");
  in.wanted = target::flat;
  in.mode = trading_mode::halted;
  expect_refused(in, refusal::halted, "0", "1");
}

TEST(pre_trade, refuses_a_mark_older_than_allowed) {
  auto in = passing();
  in.limits.max_input_age = std::chrono::seconds{5};
  in.now = in.mark_time + std::chrono::seconds{5};
  expect_order(in, side::buy, "1");
  in.now = in.now + nanoseconds{1};
  expect_refused(in, refusal::stale_input, "5", "5.00000001");
  in.limits.max_input_age = nanoseconds{0}; // Not checked.
  expect_order(in, side::buy, "1");
}

TEST(pre_trade, takes_a_mark_from_the_future_as_fresh) {
  auto in = passing();
  in.limits.max_input_age = nanoseconds{1};
  in.mark_time = in.now + std::chrono::hours{1};
  expect_order(in, side::buy, "1");
}

TEST(pre_trade, leaves_a_slot_that_reached_its_target_alone) {
  auto in = passing();
  in.slot.position = dec("0.5");
  expect_refused(in, refusal::nothing_to_do, "0", "0.5");
  in.slot = {dec("0"), dec("0.2"), dec("0.2")}; // A buy is on its way.
  expect_refused(in, refusal::nothing_to_do, "0", "0.2");
  in.wanted = target::flat;
  in.slot = {dec("1"), dec("-1"), {}}; // The exit is on its way.
  expect_refused(in, refusal::nothing_to_do, "0", "0");
  in.wanted = target::short_position;
  in.slot = {dec("-1"), dec("0"), {}};
  expect_refused(in, refusal::nothing_to_do, "0", "-1");
}

TEST(pre_trade, closes_exactly_what_the_slot_holds_and_has_asked_for) {
  auto in = holding("1");
  in.wanted = target::flat;
  expect_order(in, side::sell, "1");
  in.slot.pending = dec("-0.4");
  expect_order(in, side::sell, "0.6");
  in = holding("-1");
  in.wanted = target::flat;
  expect_order(in, side::buy, "1");
}

TEST(pre_trade, closes_a_short_whatever_it_costs) {
  // Found beside a long that had taken the cash: the exit was refused until equity was below zero.
  auto in = holding("-1");
  in.wanted = target::flat;
  in.account.free_cash = dec("50");
  expect_order(in, side::buy, "1");
  EXPECT_EQ(decide(in).reserve_cash, dec("50")) << "no more than is free";
  in.account.free_cash = dec("-5");
  expect_order(in, side::buy, "1");
  EXPECT_TRUE(decide(in).reserve_cash.is_zero());
  // What opens as well is asked for all of it.
  in.wanted = target::long_position;
  EXPECT_EQ(decide(in).outcome, refusal::cash);
  // And so is what closes a slot's short and makes the account longer than it is.
  in = holding("-1");
  in.wanted = target::flat;
  in.account.position = dec("2");
  in.account.free_cash = dec("50");
  EXPECT_EQ(decide(in).outcome, refusal::cash);
}

TEST(pre_trade, does_not_undo_a_reversal_that_is_under_way) {
  // Found with latency: a strategy that has not heard of the fill yet says its exit again.
  auto in = holding("-1");
  in.wanted = target::flat;
  in.slot.pending = dec("2");
  expect_refused(in, refusal::nothing_to_do, "0", "1");
  in = holding("1");
  in.wanted = target::flat;
  in.slot.pending = dec("-3");
  expect_refused(in, refusal::nothing_to_do, "0", "-2");
}

TEST(pre_trade, cuts_what_is_there_because_the_cut_takes_back_what_still_enters) {
  auto in = holding("0.5");
  in.slot.pending = in.slot.entering = dec("0.5");
  in.cut_to = dec("0.3");
  expect_order(in, side::sell, "0.2");
  in.cut_to = dec("0.5");
  EXPECT_EQ(decide(in).outcome, refusal::nothing_to_do) << "there is no more yet";
  in.cut_to = dec("0");
  expect_order(in, side::sell, "0.5"); // Without shorts no more than is there.
}

TEST(pre_trade, closes_what_is_held_while_the_entry_still_fills) {
  // Found with a volume cap: the whole entry was to be sold, which an account without shorts
  // refuses.
  auto in = holding("0.6");
  in.wanted = target::flat;
  in.account.reserved_buy = dec("0.4");
  in.slot.pending = dec("0.4");
  expect_order(in, side::sell, "0.6");
  // And is being sold already.
  in.account.reserved_sell = dec("0.6");
  in.slot.pending = dec("-0.2");
  expect_refused(in, refusal::nothing_to_do, "0", "0.4");
  in = holding("-0.6");
  in.wanted = target::flat;
  in.account.reserved_sell = dec("0.4");
  in.slot.pending = dec("-0.4");
  expect_order(in, side::buy, "0.6");
  // Nothing is held yet.
  in = holding("0");
  in.wanted = target::flat;
  in.slot.pending = dec("-0.4");
  expect_order(in, side::buy, "0.4");
}

TEST(pre_trade, turns_a_slot_around_with_one_order) {
  auto in = holding("-2");
  expect_order(in, side::buy, "3");
  in = holding("2");
  in.wanted = target::short_position;
  in.limits.allow_short = true;
  expect_order(in, side::sell, "3");
}

TEST(pre_trade, opens_anew_when_the_exit_is_already_on_its_way) {
  auto in = holding("1");
  in.slot.pending = dec("-1");
  expect_order(in, side::buy, "1");
}

TEST(pre_trade, sizes_a_fixed_notional_at_the_mark_and_rounds_down_to_the_lot) {
  auto in = passing();
  in.size = {sizing_mode::fixed_notional, dec("333.33")};
  expect_order(in, side::buy, "3.333"); // 3.3333 at a lot of 0.001
  in.wanted = target::short_position;
  in.limits.allow_short = true;
  expect_order(in, side::sell, "3.333");
}

TEST(pre_trade, refuses_a_size_below_one_lot) {
  auto in = passing();
  in.size = {sizing_mode::fixed_notional, dec("0.05")};
  expect_refused(in, refusal::quantity_zero, "0.001", "0.0005");
  in.size = {sizing_mode::fixed_quantity, dec("-1")};
  expect_refused(in, refusal::quantity_zero, "0.001", "0");
  in = holding("0.0009"); // Less than a lot cannot be sold.
  in.wanted = target::flat;
  expect_refused(in, refusal::quantity_zero, "0.001", "0.0009");
}

TEST(pre_trade, says_why_there_is_no_size) {
  const auto why = [](const decision_input& in) {
    const auto v = decide(in);
    EXPECT_EQ(v.outcome, refusal::quantity_zero);
    for (const auto& c : v.checks)
      EXPECT_EQ(c.why != zero_size::none, !c.passed) << to_string(c.code);
    return v.checks.back().why;
  };
  auto in = passing();
  in.size = {sizing_mode::fixed_notional, dec("0.05")};
  EXPECT_EQ(why(in), zero_size::below_lot);
  in.size = {sizing_mode::fixed_quantity, dec("-1")};
  EXPECT_EQ(why(in), zero_size::not_configured);
  in.size = {.mode = sizing_mode::risk_based, .share_ppb = whole_ppb / 100};
  in.basis.equity = dec("1000");
  EXPECT_EQ(why(in), zero_size::no_stop);
  in = holding("0.0009");
  in.wanted = target::flat;
  EXPECT_EQ(why(in), zero_size::below_lot);
  // An opening of nothing still closes the other side.
  in = holding("1");
  in.wanted = target::short_position;
  in.size = {.mode = sizing_mode::risk_based, .share_ppb = whole_ppb / 100};
  in.limits.allow_short = true;
  expect_order(in, side::sell, "1");
}

TEST(pre_trade, refuses_less_than_the_smallest_notional_also_for_exits) {
  auto in = passing();
  in.size.amount = dec("0.1");
  expect_order(in, side::buy, "0.1");
  in.size.amount = dec("0.099");
  expect_refused(in, refusal::min_notional, "10", "9.9");
  in = holding("0.099");
  in.wanted = target::flat;
  expect_refused(in, refusal::min_notional, "10", "9.9");
}

TEST(pre_trade, limits_the_quantity_of_an_order) {
  auto in = passing();
  in.limits.max_order_quantity = dec("1");
  expect_order(in, side::buy, "1");
  in.limits.max_order_quantity = dec("0.999");
  expect_refused(in, refusal::max_quantity, "0.999", "1");
}

TEST(pre_trade, limits_the_notional_of_an_order_at_the_mark) {
  auto in = passing();
  in.limits.max_order_notional = dec("100");
  expect_order(in, side::buy, "1");
  in.limits.max_order_notional = dec("99.99999999");
  expect_refused(in, refusal::max_notional, "99.99999999", "100");
}

TEST(pre_trade, lets_a_position_that_has_outgrown_the_order_limits_be_closed) {
  auto in = holding("2");
  in.wanted = target::flat;
  in.limits.max_order_quantity = dec("1");
  in.limits.max_order_notional = dec("100");
  expect_order(in, side::sell, "2");
  // What is promised already cannot be closed again: the rest of the order would make exposure.
  in.account.reserved_sell = dec("0.001");
  in.limits.allow_short = true;
  expect_refused(in, refusal::max_quantity, "1", "2");
}

TEST(pre_trade, lets_a_position_be_closed_on_an_old_mark) {
  auto in = holding("1");
  in.wanted = target::flat;
  in.limits.max_input_age = std::chrono::seconds{5};
  in.now = in.mark_time + std::chrono::seconds{6};
  expect_order(in, side::sell, "1");
  in.wanted = target::short_position; // Through zero it makes new exposure.
  in.limits.allow_short = true;
  expect_refused(in, refusal::stale_input, "5", "6");
}

TEST(pre_trade, limits_orders_that_close_a_slot_but_make_exposure_of_the_account) {
  auto in = holding("2");
  in.account.position = dec("-1"); // Other slots are short by more than this one is long.
  in.wanted = target::flat;
  in.limits.allow_short = true;
  in.limits.max_order_quantity = dec("1");
  expect_refused(in, refusal::max_quantity, "1", "2");
}

TEST(pre_trade, rounds_a_notional_against_the_order) {
  auto in = passing();
  in.mark = dec("33.33333333");
  in.size.amount = dec("0.3"); // 9.999999999
  expect_refused(in, refusal::min_notional, "10", "9.99999999");
  in.size.amount = dec("0.333"); // 11.09999999889
  in.limits.max_order_notional = dec("11.09999999");
  expect_refused(in, refusal::max_notional, "11.09999999", "11.1");
}

TEST(pre_trade, limits_the_worst_case_position_on_the_buying_side) {
  auto in = passing();
  in.account.position = dec("1");
  in.account.reserved_buy = dec("2");
  in.account.reserved_sell = dec("3"); // Sells may not fill: they make no room.
  in.limits.max_position = dec("4");
  expect_order(in, side::buy, "1");
  in.limits.max_position = dec("3.999");
  expect_refused(in, refusal::max_position, "3.999", "4");
}

TEST(pre_trade, limits_the_worst_case_position_on_the_selling_side) {
  auto in = passing();
  in.wanted = target::short_position;
  in.limits.allow_short = true;
  in.account.position = dec("-1");
  in.account.reserved_buy = dec("3");
  in.account.reserved_sell = dec("2");
  in.limits.max_position = dec("4");
  expect_order(in, side::sell, "1");
  in.limits.max_position = dec("3.5");
  expect_refused(in, refusal::max_position, "3.5", "4");
}

TEST(pre_trade, lets_an_order_shrink_a_position_above_a_lowered_limit) {
  auto in = holding("10");
  in.wanted = target::flat;
  in.limits.max_position = dec("5");
  expect_order(in, side::sell, "10");
}

TEST(pre_trade, refuses_shorts_of_the_account_where_they_are_not_allowed) {
  auto in = passing();
  in.wanted = target::short_position;
  expect_refused(in, refusal::short_not_allowed, "0", "1");
  // The account's net decides: another slot's holding may be sold by this one.
  in.account.position = dec("1.5");
  expect_order(in, side::sell, "1");
  in.account.reserved_sell = dec("0.6");
  expect_refused(in, refusal::short_not_allowed, "0.9", "1");
  in.limits.allow_short = true;
  expect_order(in, side::sell, "1");
}

TEST(pre_trade, only_reduces_while_reducing) {
  auto in = passing();
  in.mode = trading_mode::reducing;
  expect_refused(in, refusal::reducing, "0", "1");
  in = holding("1");
  in.mode = trading_mode::reducing;
  in.wanted = target::flat;
  expect_order(in, side::sell, "1");
  in.limits.allow_short = true;
  in.account.reserved_sell = dec("0.3"); // 0.7 is left to close.
  expect_refused(in, refusal::reducing, "0.7", "1");
  in = holding("-1");
  in.mode = trading_mode::reducing;
  in.wanted = target::flat;
  expect_order(in, side::buy, "1");
  in.wanted = target::long_position; // Would go through zero.
  expect_refused(in, refusal::reducing, "1", "2");
}

TEST(pre_trade, reserves_the_collar_price_with_fee_for_a_buy) {
  auto in = passing();
  in.mark = dec("100.01");
  in.limits.collar_ppb = 10'000'000;
  in.limits.taker_fee_ppb = 1'000'000;
  const auto v = decide(in);
  EXPECT_EQ(v.worst_price, dec("101.02")); // 101.0101 up to the tick
  EXPECT_EQ(v.reserve_cash, dec("101.12102"));
  in.account.free_cash = v.reserve_cash;
  expect_order(in, side::buy, "1");
  in.account.free_cash -= decimal::from_raw(1);
  expect_refused(in, refusal::cash, "101.12101999", "101.12102");
}

TEST(pre_trade, rounds_the_reservation_up) {
  auto in = passing();
  in.traded->lot_size = decimal::from_raw(1);
  in.traded->min_notional = money{};
  in.size.amount = decimal::from_raw(1);
  in.mark = dec("0.01");
  in.limits.collar_ppb = 0;
  in.limits.taker_fee_ppb = 1;
  // 0.01 · 0.00000001 is less than one unit; so is the fee on it.
  EXPECT_EQ(decide(in).reserve_cash.raw(), 2);
}

TEST(pre_trade, needs_no_cash_for_a_sell) {
  auto in = holding("1");
  in.wanted = target::flat;
  in.account.free_cash = dec("-5");
  in.mark = dec("100.01");
  const auto v = decide(in);
  EXPECT_EQ(v.outcome, refusal::none);
  EXPECT_EQ(v.worst_price, dec("99")); // 99.0099 down to the tick
  EXPECT_TRUE(v.reserve_cash.is_zero());
}

TEST(pre_trade, refuses_numbers_that_leave_the_range) {
  constexpr auto largest = decimal::from_raw(std::numeric_limits<int64_t>::max());
  constexpr auto smallest = decimal::from_raw(std::numeric_limits<int64_t>::min());
  auto in = passing();
  in.size.amount = largest;
  in.mark = dec("2");
  expect_refused(in, refusal::overflow, "0", "0");
  in = passing();
  in.wanted = target::flat;
  in.slot.position = smallest;
  expect_refused(in, refusal::overflow, "0", "0");
  in = passing();
  in.slot = {largest, largest, {}};
  expect_refused(in, refusal::overflow, "0", "0");
  in = passing();
  in.account.reserved_buy = largest;
  expect_refused(in, refusal::overflow, "0", "0");
}

TEST(pre_trade, refuses_numbers_outside_their_documented_ranges) {
  const std::function<void(decision_input&)> spoilers[] = {
    [](decision_input& in) { in.mark = decimal{}; },
    [](decision_input& in) { in.mark = dec("-1"); },
    [](decision_input& in) { in.traded->tick_size = decimal{}; },
    [](decision_input& in) { in.traded->lot_size = dec("-0.001"); },
    [](decision_input& in) { in.limits.collar_ppb = -1; },
    [](decision_input& in) { in.limits.collar_ppb = 1'000'000'001; },
    [](decision_input& in) { in.limits.taker_fee_ppb = -1; },
    [](decision_input& in) { in.account.reserved_buy = dec("-1"); },
    [](decision_input& in) { in.account.reserved_sell = dec("-1"); },
  };
  for (const auto& spoil : spoilers) {
    auto in = passing();
    spoil(in);
    expect_refused(in, refusal::overflow, "0", "0");
  }
}

TEST(pre_trade, answers_equal_inputs_alike) {
  const auto in = passing();
  const auto a = decide(in);
  const auto b = decide(in);
  EXPECT_EQ(a.checks, b.checks);
  EXPECT_EQ(a.size, b.size);
  EXPECT_EQ(a.reserve_cash, b.reserve_cash);
}

TEST(pre_trade, cuts_a_slot_to_what_it_may_hold_at_most) {
  auto in = holding("10");
  in.cut_to = dec("2.5006"); // Half a lot is not left behind.
  expect_order(in, side::sell, "7.5");
  in.limits.allow_short = true;
  in.slot.position = in.account.position = dec("-10");
  expect_order(in, side::buy, "7.5");
  in.cut_to = dec("0");
  expect_order(in, side::buy, "10");
  in.cut_to = dec("10");
  expect_refused(in, refusal::nothing_to_do, "0", "-10");
}

} // namespace
} // namespace supreme::trading
