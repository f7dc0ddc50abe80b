// Goal: what a slot is counted to hold is what its open orders make of it at the market: entries
// add, exits close no more than there is and take back the entries before them. Method: stories by
// hand.

#include "trading/risk/slot_orders.hpp"

#include <gtest/gtest.h>

namespace supreme::trading {
namespace {

decimal n(int64_t i) { return decimal::from_integer(i); }

slot_orders entry(slot_orders after, int64_t size) {
  after.add(size < 0 ? side::sell : side::buy, order_type::market, false, n(std::abs(size)));
  return after;
}
slot_orders exit(slot_orders after, int64_t size) {
  after.add(size < 0 ? side::sell : side::buy, order_type::market, true, n(std::abs(size)));
  return after;
}

TEST(slot_orders, close_no_more_than_there_is) {
  EXPECT_EQ(exit({}, -10).with(n(10)).pending, n(-10));
  EXPECT_EQ(exit({}, -6).with(n(2)).pending, n(-2)) << "a stop has taken the rest";
  EXPECT_EQ(exit({}, -6).with(n(0)).pending, n(0));
  EXPECT_EQ(exit({}, 6).with(n(-2)).pending, n(2));
}

TEST(slot_orders, add_what_enters) {
  EXPECT_EQ(entry({}, 10).with(n(0)).pending, n(10));
  EXPECT_EQ(entry({}, -15).with(n(10)).pending, n(-15)) << "through zero";
  EXPECT_EQ(entry(exit({}, -10), -10).with(n(10)).pending, n(-20)) << "a reversal";
}

TEST(slot_orders, do_not_count_what_an_exit_takes_back) {
  const auto left = exit(entry({}, 10), -4);
  EXPECT_EQ(left.with(n(4)).pending, n(-4));
  EXPECT_EQ(left.with(n(0)).pending, n(0)) << "nothing is there to close";
  EXPECT_EQ(entry(left, -10).with(n(4)).pending, n(-14)) << "a reversal of what has half entered";
  EXPECT_EQ(entry(left, 10).with(n(4)).pending, n(6)) << "wanted again after the exit";
}

TEST(slot_orders, that_leave_one_side_say_nothing_of_the_other) {
  // Exits for what never came, on their way beside one for what is held: they were offset.
  EXPECT_EQ(exit(exit({}, 10), -4).with(n(4)).pending, n(-4));
  EXPECT_EQ(exit(exit({}, -10), 4).with(n(-4)).pending, n(4));
}

TEST(slot_orders, do_not_close_what_enters_after_them) {
  // An exit on its way for what never came was counted against the entry after it.
  EXPECT_EQ(entry(exit({}, 12), -6).with(n(0)).pending, n(-6));
  EXPECT_EQ(entry(exit({}, -12), 6).with(n(1)).pending, n(5));
}

TEST(slot_orders, tell_what_an_exit_would_take_back) {
  EXPECT_EQ(entry({}, 6).with(n(4)).entering, n(6));
  EXPECT_EQ(entry({}, -6).with(n(-4)).entering, n(-6));
  EXPECT_EQ(exit({}, -4).with(n(4)).entering, n(0));
}

TEST(slot_orders, know_nothing_of_stops_and_targets) {
  slot_orders waiting;
  waiting.add(side::sell, order_type::stop, true, n(5));
  waiting.add(side::sell, order_type::limit, true, n(5));
  EXPECT_EQ(waiting.with(n(5)).pending, n(0));
  waiting.remove(side::sell, order_type::stop, true, n(5));
  EXPECT_EQ(waiting.with(n(5)).pending, n(0));
}

TEST(slot_orders, forget_what_is_filled_or_over) {
  auto left = entry({}, 10);
  left.remove(side::buy, order_type::market, false, n(4));
  EXPECT_EQ(left.with(n(4)).pending, n(6));
  left = exit(left, -4);
  left.remove(side::sell, order_type::market, true, n(3));
  EXPECT_EQ(left.with(n(1)).pending, n(-1));
}

} // namespace
} // namespace supreme::trading
