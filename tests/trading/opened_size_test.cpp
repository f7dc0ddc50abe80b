// Goal: reduce-only orders of a slot close what its other orders have opened at the venue, and
// never more, whatever fills in whatever parts. Method: stories by hand, and random orders with
// random partial fills.

#include "trading/matching/opened_size.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace supreme::trading {
namespace {

quantity units(int64_t n) { return decimal::from_integer(n); }

slot_order market(side direction, int64_t size, bool reduce_only = false) {
  return {direction, order_type::market, reduce_only, units(size)};
}
slot_order stop(side direction, int64_t size) {
  return {direction, order_type::stop, true, units(size)};
}

/// Fills a part of an order at rest; what is left of it.
slot_order fill(opened_size& slot, slot_order o, int64_t size) {
  slot.fills(o, units(size));
  o.open_size -= units(size);
  if (o.open_size.is_zero())
    slot.ends(o);
  return o;
}

TEST(opened_size, a_protective_order_waits_for_its_entry_and_closes_no_more_than_that) {
  opened_size slot;
  const auto entry = market(side::buy, 5);
  const auto exit = stop(side::sell, 5);
  slot.rests(entry);
  slot.rests(exit);
  EXPECT_EQ(slot.closable(side::sell), units(0));
  EXPECT_TRUE(slot.has_entries(side::buy)) << "the entry may still fill";
  const auto rest = fill(slot, entry, 2);
  EXPECT_EQ(slot.closable(side::sell), units(2));
  fill(slot, exit, 2);
  EXPECT_EQ(slot.closable(side::sell), units(0));
  EXPECT_TRUE(slot.has_entries(side::buy));
  slot.ends(rest);
  EXPECT_FALSE(slot.has_entries(side::buy));
}

TEST(opened_size, an_entry_waits_while_an_exit_has_something_to_close) {
  opened_size slot;
  const auto bought = market(side::buy, 5);
  slot.rests(bought);
  fill(slot, bought, 5);
  EXPECT_FALSE(slot.waits());
  auto exit = market(side::sell, 5, true);
  slot.rests(exit);
  EXPECT_TRUE(slot.waits());
  slot.rests(market(side::buy, 5));
  exit = fill(slot, exit, 2);
  EXPECT_TRUE(slot.waits());
  slot.fills(stop(side::sell, 5), units(3));
  EXPECT_FALSE(slot.waits()) << "nothing is left to close";
}

TEST(opened_size, an_exit_ends_entries_on_its_other_side_and_nothing_else) {
  const auto order = [](side direction, order_type type, bool reduce_only) {
    resting_order o;
    o.direction = direction;
    o.type = type;
    o.reduce_only = reduce_only;
    return o;
  };
  const auto exit = order(side::sell, order_type::market, true);
  const auto bought = order(side::buy, order_type::market, false);
  EXPECT_TRUE(withdraws(exit, bought));
  EXPECT_TRUE(withdraws(exit, order(side::buy, order_type::limit, false)));
  EXPECT_FALSE(withdraws(exit, order(side::sell, order_type::market, false))) << "of a reversal";
  EXPECT_FALSE(withdraws(exit, order(side::buy, order_type::market, true))) << "another exit";
  EXPECT_FALSE(withdraws(order(side::sell, order_type::stop, true), bought)) << "waits for a price";
  EXPECT_FALSE(withdraws(order(side::sell, order_type::limit, true), bought)) << "a target";
  EXPECT_FALSE(withdraws(order(side::sell, order_type::market, false), bought)) << "opens";
  auto hit = order(side::sell, order_type::stop, true);
  hit.triggered = true;
  EXPECT_TRUE(withdraws(hit, bought));
}

TEST(opened_size, a_reversal_that_fills_in_parts_closes_and_opens_what_was_ordered) {
  opened_size slot;
  auto entry = market(side::buy, 10);
  slot.rests(entry);
  fill(slot, entry, 10);
  auto closing = market(side::sell, 10, true);
  auto opening = market(side::sell, 10);
  slot.rests(closing);
  slot.rests(opening);
  closing = fill(slot, closing, 5);
  opening = fill(slot, opening, 5);
  EXPECT_EQ(slot.closable(side::sell), units(5)) << "the opening leg has closed nothing";
  fill(slot, closing, 5);
  fill(slot, opening, 5);
  EXPECT_TRUE(slot.closable(side::sell).is_zero());
  EXPECT_EQ(slot.closable(side::buy), units(10));
}

TEST(opened_size, an_order_that_is_not_reduce_only_closes_first_what_nothing_else_closes) {
  opened_size slot;
  const auto entry = market(side::buy, 10);
  slot.rests(entry);
  fill(slot, entry, 10);
  const auto through_zero = market(side::sell, 15);
  slot.rests(through_zero);
  fill(slot, through_zero, 15);
  EXPECT_TRUE(slot.closable(side::sell).is_zero());
  EXPECT_EQ(slot.closable(side::buy), units(5));
}

TEST(bar_turns, what_fills_at_the_open_comes_before_stops_and_stops_before_targets) {
  EXPECT_EQ(bar_turn(order_type::market, false), 0);
  EXPECT_EQ(bar_turn(order_type::market, true), 0);
  EXPECT_EQ(bar_turn(order_type::stop, false), 0) << "it opens: no protective order";
  EXPECT_EQ(bar_turn(order_type::stop, true), 1);
  EXPECT_EQ(bar_turn(order_type::stop_limit, true), 1);
  EXPECT_EQ(bar_turn(order_type::limit, true), 2);
}

RC_GTEST_PROP(opened_size_property, sides_add_up_to_the_position_and_are_never_negative, ()) {
  opened_size slot;
  std::vector<slot_order> resting;
  quantity position;
  const auto steps = *rc::gen::inRange(1, 60);
  for (int i = 0; i < steps; ++i) {
    if (resting.empty() || *rc::gen::inRange(0, 3) == 0) {
      slot_order o;
      o.direction = *rc::gen::element(side::buy, side::sell);
      o.reduce_only = *rc::gen::arbitrary<bool>();
      o.type = *rc::gen::element(order_type::market, order_type::stop, order_type::limit);
      o.open_size = units(*rc::gen::inRange(1, 20));
      slot.rests(o);
      resting.push_back(o);
      continue;
    }
    const auto at = *rc::gen::inRange<size_t>(0, resting.size());
    auto& o = resting[at];
    auto most = o.open_size;
    if (o.reduce_only)
      most = std::min(most, slot.closable(o.direction));
    if (most.is_positive()) {
      const auto size = decimal::from_raw(*rc::gen::inRange<int64_t>(1, most.raw() + 1));
      slot.fills(o, size);
      o.open_size -= size;
      position += signed_quantity(o.direction, size);
    }
    if (o.open_size.is_zero() || *rc::gen::inRange(0, 4) == 0) {
      slot.ends(o);
      resting.erase(resting.begin() + static_cast<std::ptrdiff_t>(at));
    }
    const auto held_long = slot.closable(side::sell);
    const auto held_short = slot.closable(side::buy);
    RC_ASSERT(!held_long.is_negative());
    RC_ASSERT(!held_short.is_negative());
    RC_ASSERT(held_long - held_short == position);
    bool exits = false;
    for (const auto s : {side::buy, side::sell}) {
      const auto of_side = [&](bool is_exit_order) {
        return std::ranges::any_of(resting, [&](const slot_order& each) {
          return each.direction == s
                 && (is_exit_order ? is_exit(each.type, each.reduce_only) : !each.reduce_only);
        });
      };
      RC_ASSERT(slot.has_entries(s) == of_side(false));
      exits |= of_side(true);
    }
    RC_ASSERT(slot.has_exits() == exits);
  }
}

} // namespace
} // namespace supreme::trading
