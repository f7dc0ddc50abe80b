// Goal: fills are cut into round trips whose costs and profits are those of the position.
// Method: short stories of fills worked out by hand; then any run of fills against
// trading::position.

#include "trading/portfolio/closed_trade.hpp"

#include "tests/trading/generators.hpp"
#include "trading/check.hpp"

#include <stdexcept>

namespace supreme::trading {
namespace {

const asset_id usdt{"USDT"};

fill make_fill(side direction, const char* size, const char* at, const char* fee = "0",
               int64_t time_ms = 0) {
  fill f;
  f.instrument = instrument_id{"BTCUSDT"};
  f.direction = direction;
  f.size = decimal::literal(size);
  f.at = decimal::literal(at);
  f.fee = decimal::literal(fee);
  f.fee_asset = usdt;
  f.event_time = timestamp::from_ms(time_ms);
  return f;
}

decimal dec(const char* text) { return decimal::literal(text); }

TEST(closed_trade, is_a_round_trip_with_its_cost_profit_and_fees) {
  const auto trades = closed_trades(std::vector{make_fill(side::buy, "1", "100", "0.1", 1),
                                                make_fill(side::buy, "1", "120", "0.12", 2),
                                                make_fill(side::sell, "0.5", "130", "0.06", 3),
                                                make_fill(side::sell, "1.5", "140", "0.21", 4)},
                                    usdt);
  ASSERT_EQ(trades.size(), 1U);
  const closed_trade expected{.direction = side::buy,
                              .opened_at = timestamp::from_ms(1),
                              .closed_at = timestamp::from_ms(4),
                              .entered = dec("2"),
                              .entry_cost = dec("220"),
                              .gross = dec("55"),
                              .fees = dec("0.49"),
                              .fill_count = 4};
  EXPECT_EQ(trades[0], expected);
  EXPECT_EQ(trades[0].net(), dec("54.51"));
}

TEST(closed_trade, of_a_short_has_the_same_signs) {
  const auto trades = closed_trades(
    std::vector{make_fill(side::sell, "2", "100"), make_fill(side::buy, "2", "90")}, usdt);
  ASSERT_EQ(trades.size(), 1U);
  EXPECT_EQ(trades[0].direction, side::sell);
  EXPECT_EQ(trades[0].entered, dec("2"));
  EXPECT_EQ(trades[0].entry_cost, dec("200"));
  EXPECT_EQ(trades[0].gross, dec("20"));
}

TEST(closed_trade, ends_where_a_fill_goes_through_zero_and_the_next_one_begins) {
  const auto trades = closed_trades(std::vector{make_fill(side::buy, "1", "100", "0.1", 1),
                                                make_fill(side::sell, "3", "110", "0.33", 2),
                                                make_fill(side::buy, "2", "100", "0.2", 3)},
                                    usdt);
  ASSERT_EQ(trades.size(), 2U);
  EXPECT_EQ(trades[0].gross, dec("10"));
  EXPECT_EQ(trades[0].fees, dec("0.21")); // A third of the fill's fee.
  EXPECT_EQ(trades[0].closed_at, timestamp::from_ms(2));
  EXPECT_EQ(trades[1].direction, side::sell);
  EXPECT_EQ(trades[1].opened_at, timestamp::from_ms(2));
  EXPECT_EQ(trades[1].entered, dec("2"));
  EXPECT_EQ(trades[1].entry_cost, dec("220"));
  EXPECT_EQ(trades[1].gross, dec("20"));
  EXPECT_EQ(trades[1].fees, dec("0.42"));
  EXPECT_EQ(trades[1].fill_count, 2U);
}

TEST(closed_trade, entered_again_after_a_partial_exit_counts_both_entries) {
  const auto trades =
    closed_trades(std::vector{make_fill(side::buy, "2", "100"), make_fill(side::sell, "1", "110"),
                              make_fill(side::buy, "1", "120"), make_fill(side::sell, "2", "130")},
                  usdt);
  ASSERT_EQ(trades.size(), 1U);
  EXPECT_EQ(trades[0].entered, dec("3"));
  EXPECT_EQ(trades[0].entry_cost, dec("320"));
  EXPECT_EQ(trades[0].gross, dec("50"));
}

TEST(closed_trade, takes_fees_of_other_assets_at_their_worth) {
  round_trip trip{usdt};
  auto f = make_fill(side::buy, "1", "100", "0.001");
  f.fee_asset = asset_id{"BNB"};
  EXPECT_FALSE(trip.add(f, dec("0.3")));
  EXPECT_EQ(trip.open().fees, dec("0.3"));
  EXPECT_THROW((void)closed_trades(std::vector{f}, usdt), contract_violation);
}

TEST(closed_trade, is_unchanged_by_a_fill_that_leaves_the_range) {
  round_trip trip{usdt};
  (void)trip.add(make_fill(side::buy, "1", "90000000000"), {});
  const auto held = trip.held();
  const auto open = trip.open();
  EXPECT_THROW((void)trip.add(make_fill(side::buy, "1", "90000000000"), {}), std::overflow_error);
  EXPECT_EQ(trip.held(), held);
  EXPECT_EQ(trip.open(), open);
}

TEST(closed_trade, goes_on_through_a_split_and_earns_its_cash) {
  round_trip trip{usdt};
  (void)trip.add(make_fill(side::buy, "5", "15", "0", 1), {});
  // Three for two: 7 units, and half a one for 10, which cost 5.
  const auto split = apply_split(trip.held(), {3, 2}, dec("1"), dec("20")).value();
  EXPECT_FALSE(trip.add(split, timestamp::from_ms(2)));
  EXPECT_EQ(trip.held().size, dec("7"));
  const auto closed = trip.add(make_fill(side::sell, "7", "20", "0", 3), {});
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->entry_cost, dec("75"));
  EXPECT_EQ(closed->gross, dec("75")); // 10 + 140 − 75.
  EXPECT_EQ(closed->fill_count, 2U);
}

TEST(closed_trade, ends_with_a_split_that_leaves_less_than_a_lot) {
  round_trip trip{usdt};
  (void)trip.add(make_fill(side::sell, "3", "10", "0", 1), {});
  const auto split = apply_split(trip.held(), {1, 4}, dec("1"), dec("36")).value();
  const auto closed = trip.add(split, timestamp::from_ms(2));
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->direction, side::sell);
  EXPECT_EQ(closed->gross, dec("3"));
  EXPECT_EQ(closed->closed_at, timestamp::from_ms(2));
  EXPECT_EQ(trip.open(), closed_trade{});
  EXPECT_FALSE(
    trip.add(apply_split(trip.held(), {2, 1}, dec("1"), {}).value(), timestamp::from_ms(3)));
}

TEST(closed_trade, refuses_a_split_of_another_position) {
  round_trip trip{usdt};
  (void)trip.add(make_fill(side::buy, "5", "15"), {});
  auto other = trip.held();
  other.size = dec("6");
  EXPECT_THROW((void)trip.add(apply_split(other, {2, 1}, dec("1"), {}).value(), {}),
               contract_violation);
  other = trip.held();
  other.cost = dec("1");
  EXPECT_THROW((void)trip.add(apply_split(other, {2, 1}, dec("1"), {}).value(), {}),
               contract_violation);
}

RC_GTEST_PROP(closed_trade_property, trades_and_the_open_one_add_up_to_the_position, ()) {
  round_trip trip{usdt};
  position reference;
  money gross;
  money fees;
  for (auto i = *rc::gen::inRange(0, 60); i > 0; --i) {
    fill f = make_fill(*rc::gen::element(side::buy, side::sell), "1", "1", "0", i);
    f.size =
      *rc::gen::oneOf(tests::decimal_between(1, 5), tests::decimal_between(1, 10 * decimal::scale));
    if (*rc::gen::inRange(0, 3) == 0 && !reference.size.is_zero())
      f.size = reference.size.abs();
    f.at = *tests::decimal_between(1, 100'000 * decimal::scale);
    f.fee = *tests::decimal_between(-1'000, 1'000'000);
    const auto before = reference;
    reference = apply_fill(reference, f, usdt).after;
    const auto closed = trip.add(f, f.fee);
    const bool was_long = before.size.is_positive();
    const bool left =
      before.size.is_positive() ? !reference.size.is_positive() : !reference.size.is_negative();
    RC_ASSERT(closed.has_value() == (!before.size.is_zero() && left));
    if (closed) {
      RC_ASSERT(closed->direction == (was_long ? side::buy : side::sell));
      RC_ASSERT(!closed->entry_cost.is_negative());
      gross += closed->gross;
      fees += closed->fees;
    }
    const auto& open = trip.open();
    RC_ASSERT(trip.held() == reference);
    RC_ASSERT(gross + open.gross == reference.realised_gross);
    RC_ASSERT(fees + open.fees == reference.fees_quote);
    RC_ASSERT(open.entry_cost >= reference.cost.abs());
    if (reference.size.is_zero())
      RC_ASSERT(open == closed_trade{});
  }
}

} // namespace
} // namespace supreme::trading
