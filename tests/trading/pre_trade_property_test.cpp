// Goal: whatever the input, decide() answers, and what it approves is inside every limit.
// Method: random inputs, most of them plausible and a quarter extreme; the limits are checked
// again here in 128 bits, straight from their definitions. Properties: never throws · an approved
// order keeps every limit · the verdict lists its own outcome · equal inputs, equal answers.

#include "tests/trading/decision_input.hpp"
#include "tests/trading/generators.hpp"

#include <algorithm>
#include <map>

namespace supreme::trading {
namespace {

using tests::decision_input;

__extension__ using wide = __int128;

constexpr wide scale = decimal::scale;
constexpr wide one_ppb = 1'000'000'000;

/// Values of one run: plausible ones lead to approvals, extreme ones to everything else.
struct value_source {
  bool extreme = false;

  decimal amount(int64_t low, int64_t high) const {
    return extreme ? *tests::any_decimal()
                   : *tests::decimal_between(low * decimal::scale, high * decimal::scale);
  }
  std::optional<decimal> maybe(int64_t high) const {
    if (!*rc::gen::arbitrary<bool>())
      return std::nullopt;
    return amount(0, high);
  }
  int64_t share(int64_t high) const {
    return extreme ? *tests::any_int64() : *rc::gen::inRange<int64_t>(0, high);
  }
  timestamp time() const {
    return timestamp::from_ns(extreme ? *tests::any_int64()
                                      : *rc::gen::inRange<int64_t>(0, 10'000'000'000));
  }
};

std::optional<instrument> any_instrument(const value_source& from) {
  if (*rc::gen::inRange(0, 20) == 0)
    return std::nullopt;
  instrument i;
  i.tick_size = from.extreme ? *tests::any_decimal() : *tests::decimal_between(1, 10'000'000);
  i.lot_size = from.extreme ? *tests::any_decimal() : *tests::decimal_between(1, 10'000'000);
  i.min_notional = from.amount(0, 10);
  return i;
}

risk_limits any_limits(const value_source& from) {
  risk_limits l;
  l.max_order_quantity = from.maybe(80);
  l.max_order_notional = from.maybe(8'000);
  l.max_position = from.maybe(80);
  l.allow_short = *rc::gen::arbitrary<bool>();
  l.max_input_age = nanoseconds{from.share(50'000'000'000)};
  l.collar_ppb = from.share(100'000'000);
  l.taker_fee_ppb = from.share(10'000'000);
  return l;
}

decision_input any_input() {
  const value_source from{*rc::gen::inRange(0, 4) == 0};
  decision_input in;
  in.wanted = *rc::gen::element(target::flat, target::long_position, target::short_position);
  in.traded = any_instrument(from);
  in.limits = any_limits(from);
  in.size.mode = *rc::gen::element(sizing_mode::fixed_quantity, sizing_mode::fixed_notional);
  in.size.amount = from.amount(0, 50);
  in.account.position = from.amount(-30, 30);
  in.account.reserved_buy = from.amount(0, 10);
  in.account.reserved_sell = from.amount(0, 10);
  in.account.free_cash = from.amount(-10, 20'000);
  in.slot.position = *rc::gen::oneOf(rc::gen::just(decimal{}), rc::gen::just(in.account.position));
  in.slot.pending = *rc::gen::oneOf(rc::gen::just(decimal{}), rc::gen::just(from.amount(-5, 5)));
  in.mode = *rc::gen::weightedElement<trading_mode>(
    {{6, trading_mode::active}, {3, trading_mode::reducing}, {1, trading_mode::halted}});
  in.mark = from.amount(1, 100);
  in.mark_time = from.time();
  in.now = from.time();
  return in;
}

/// The account's position when this order and all promised on its side fill.
wide worst_position(const decision_input& in, const verdict& v) {
  const auto& a = in.account;
  return v.direction == side::buy ? wide{a.position.raw()} + a.reserved_buy.raw() + v.size.raw()
                                  : wide{a.position.raw()} - a.reserved_sell.raw() - v.size.raw();
}

void expect_within_limits(const decision_input& in, const verdict& v) {
  const auto& l = in.limits;
  const bool buys = v.direction == side::buy;
  const wide size = v.size.raw();
  const wide notional = size * in.mark.raw(); // in units of 1e-16
  const wide worst = worst_position(in, v);
  RC_ASSERT(in.mode != trading_mode::halted);
  RC_ASSERT(size > 0);
  RC_ASSERT(size % in.traded->lot_size.raw() == 0);
  RC_ASSERT(v.worst_price.raw() % in.traded->tick_size.raw() == 0);
  RC_ASSERT(notional >= wide{in.traded->min_notional.raw()} * scale);
  const bool reduces = buys ? worst <= 0 : worst >= 0;
  if (l.max_input_age.count() > 0 && !reduces)
    RC_ASSERT(wide{in.now.ns()} - in.mark_time.ns() <= l.max_input_age.count());
  if (l.max_order_quantity && !reduces)
    RC_ASSERT(size <= l.max_order_quantity->raw());
  if (l.max_order_notional && !reduces)
    RC_ASSERT(notional <= wide{l.max_order_notional->raw()} * scale);
  if (l.max_position)
    RC_ASSERT((buys ? worst : -worst) <= l.max_position->raw());
  if (!buys && !l.allow_short)
    RC_ASSERT(worst >= 0);
  if (in.mode == trading_mode::reducing)
    RC_ASSERT(reduces);
}

void expect_enough_reserved(const decision_input& in, const verdict& v) {
  if (v.direction == side::sell) {
    RC_ASSERT(v.reserve_cash.is_zero());
    RC_ASSERT(v.worst_price <= in.mark);
    return;
  }
  const wide collar = one_ppb + in.limits.collar_ppb;
  RC_ASSERT(wide{v.worst_price.raw()} * one_ppb >= in.mark.raw() * collar);
  const auto free = std::max(in.account.free_cash, money{});
  RC_ASSERT(v.reserve_cash <= free);
  // What only closes is done whatever it costs.
  if (worst_position(in, v) <= 0 && v.reserve_cash == free)
    return;
  // Without the fee in 128 bits exactly; the fee's share afterwards, rounded down.
  const wide notional = wide{v.worst_price.raw()} * v.size.raw();
  const wide fee = notional / scale * in.limits.taker_fee_ppb / one_ppb;
  RC_ASSERT((wide{v.reserve_cash.raw()} - fee) * scale >= notional);
}

RC_GTEST_PROP(pre_trade_property, approves_nothing_outside_its_limits, ()) {
  const auto in = any_input();
  const auto v = decide(in);
  RC_CLASSIFY(v.outcome == refusal::none, "approved");
  if (v.outcome != refusal::none) {
    RC_ASSERT(v.size.is_zero());
    RC_ASSERT(v.reserve_cash.is_zero());
    return;
  }
  expect_within_limits(in, v);
  expect_enough_reserved(in, v);
}

RC_GTEST_PROP(pre_trade_property, lists_the_refusal_as_its_last_and_only_failed_check, ()) {
  const auto v = decide(any_input());
  const auto failed = std::count_if(v.checks.begin(), v.checks.end(),
                                    [](const check_result& c) { return !c.passed; });
  if (v.outcome == refusal::none) {
    RC_ASSERT(failed == 0);
    return;
  }
  RC_ASSERT(failed == 1);
  RC_ASSERT(v.checks.back().code == v.outcome);
}

RC_GTEST_PROP(pre_trade_property, moves_the_slot_toward_its_target_and_never_past_it, ()) {
  auto in = any_input();
  in.wanted = target::flat;
  in.slot.position = in.account.position;
  const auto v = decide(in);
  RC_CLASSIFY(v.outcome == refusal::none, "approved");
  if (v.outcome != refusal::none)
    return;
  const wide held = wide{in.slot.position.raw()} + in.slot.pending.raw();
  const wide after = held + signed_quantity(v.direction, v.size).raw();
  RC_ASSERT((held > 0 ? after >= 0 && after < held : after <= 0 && after > held));
}

RC_GTEST_PROP(pre_trade_property, answers_equal_inputs_alike, ()) {
  const auto in = any_input();
  const auto a = decide(in);
  const auto b = decide(in);
  RC_ASSERT(a.outcome == b.outcome);
  RC_ASSERT(a.checks == b.checks);
  RC_ASSERT(a.size == b.size);
}

RC_GTEST_PROP(pre_trade_property, decides_the_same_without_a_list_of_what_was_passed, ()) {
  const auto in = any_input();
  const auto expected = decide(in);
  auto facts = facts_of(in);
  facts.lists_passed = false;
  verdict seen;
  decide(facts, seen);
  RC_ASSERT(seen.outcome == expected.outcome);
  RC_ASSERT(seen.direction == expected.direction);
  RC_ASSERT(seen.size == expected.size);
  RC_ASSERT(seen.worst_price == expected.worst_price);
  RC_ASSERT(seen.reserve_cash == expected.reserve_cash);
  if (expected.outcome == refusal::none) {
    RC_ASSERT(seen.checks.empty());
    return;
  }
  RC_ASSERT(seen.checks == std::vector{expected.checks.back()});
}

/// Guards the property above against becoming empty: the generator must reach approvals and most
/// refusals.
TEST(pre_trade_property, generates_inputs_that_reach_the_checks) {
  std::map<refusal, int> seen;
  const auto inputs = rc::gen::exec([] { return any_input(); });
  for (int i = 0; i < 3'000; ++i)
    ++seen[decide(inputs(rc::Random{static_cast<uint64_t>(i)}, 100).value()).outcome];
  for (const auto code :
       {refusal::none, refusal::halted, refusal::reducing, refusal::stale_input,
        refusal::nothing_to_do, refusal::quantity_zero, refusal::min_notional,
        refusal::max_quantity, refusal::max_notional, refusal::max_position, refusal::cash,
        refusal::short_not_allowed, refusal::unknown_instrument, refusal::overflow})
    EXPECT_GE(seen[code], 3) << to_string(code);
  EXPECT_GE(seen[refusal::none], 100);
}

} // namespace
} // namespace supreme::trading
