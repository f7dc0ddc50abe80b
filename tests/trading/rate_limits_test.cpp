// Goal: no window holds more than its limit, no slot goes on executing on one signal, and no order
// goes out twice.
// Method: few events at chosen times; rates are also compared, over random times that may go
// backward, with every window counted from scratch.

#include "tests/trading/generators.hpp"

#include "trading/check.hpp"
#include "trading/risk/rate_limits.hpp"
#include "trading/risk/risk_measures.hpp"

#include <algorithm>

namespace supreme::trading {
namespace {

using std::chrono::seconds;

decimal dec(const char* text) { return decimal::literal(text); }
timestamp at(int64_t s) { return timestamp::from_ms(s * 1'000); }

// -- rates ------------------------------------------------------------------------------

TEST(event_rate, refuses_what_exceeds_the_count_within_the_window) {
  event_rate rate{{2, seconds{10}}};
  rate.record(at(0));
  EXPECT_EQ(rate.check(refusal::order_rate, at(1)),
            (check_result{refusal::order_rate, true, dec("2"), dec("2")}));
  rate.record(at(1));
  EXPECT_EQ(rate.check(refusal::cancel_rate, at(10) - nanoseconds{1}),
            (check_result{refusal::cancel_rate, false, dec("2"), dec("3")}));
  EXPECT_TRUE(rate.check(refusal::order_rate, at(10)).passed) << "the first one has left";
}

TEST(event_rate, does_not_count_what_was_only_asked) {
  event_rate rate{{1, seconds{10}}};
  for (int i = 0; i < 5; ++i)
    EXPECT_TRUE(rate.check(refusal::order_rate, at(i)).passed);
}

TEST(event_rate, takes_an_earlier_time_for_the_latest) {
  event_rate rate{{1, seconds{10}}};
  rate.record(at(100));
  EXPECT_FALSE(rate.check(refusal::order_rate, at(0)).passed);
  rate.record(at(0));
  EXPECT_FALSE(rate.check(refusal::order_rate, at(109)).passed);
  EXPECT_TRUE(rate.check(refusal::order_rate, at(110)).passed);
}

TEST(event_rate, remembers_no_more_than_its_count) {
  event_rate rate{{2, seconds{10}}}, last{{2, seconds{10}}};
  for (int i = 0; i < 5; ++i)
    rate.record(at(i));
  last.record(at(3));
  last.record(at(4));
  EXPECT_EQ(rate, last);
}

TEST(event_rate, survives_the_ends_of_time) {
  event_rate rate{{1, nanoseconds::max()}};
  rate.record(timestamp::from_ns(INT64_MIN));
  EXPECT_TRUE(rate.check(refusal::order_rate, timestamp::from_ns(INT64_MAX)).passed);
  EXPECT_FALSE(rate.check(refusal::order_rate, timestamp::from_ns(-2)).passed);
}

TEST(event_rate, refuses_limits_that_mean_nothing) {
  EXPECT_THROW(event_rate({0, seconds{1}}), contract_violation);
  EXPECT_THROW(event_rate({rate_limit::max_count + 1, seconds{1}}), contract_violation);
  EXPECT_THROW(event_rate({1, seconds{0}}), contract_violation);
}

RC_GTEST_PROP(event_rate_property, never_lets_a_window_hold_more_than_its_count, ()) {
  const rate_limit limit{*rc::gen::inRange<uint32_t>(1, 6),
                         nanoseconds{*rc::gen::inRange<int64_t>(1, 20)}};
  event_rate rate{limit};
  std::vector<int64_t> passed;
  int64_t clock = 0;
  for (int n = 0; n < 60; ++n) {
    clock += *rc::gen::inRange<int64_t>(-2, 8);
    const auto now = passed.empty() ? clock : std::max(clock, passed.back());
    const auto inside = std::count_if(passed.begin(), passed.end(),
                                      [&](int64_t t) { return now - t < limit.window.count(); });
    const auto checked = rate.check(refusal::order_rate, timestamp::from_ns(clock));
    RC_ASSERT(checked.passed == (inside < limit.count));
    if (!checked.passed)
      continue;
    rate.record(timestamp::from_ns(clock));
    passed.push_back(now);
  }
  for (size_t i = limit.count; i < passed.size(); ++i)
    RC_ASSERT(passed[i] - passed[i - limit.count] >= limit.window.count());
}

// -- repeated executions ------------------------------------------------------------------

const slot_id slot{"trend/BTCUSDT"};

TEST(repeated_executions, stops_a_slot_that_executes_again_and_again_on_one_signal) {
  repeated_executions watch{2, 8};
  watch.note_signal(slot, target::long_position);
  watch.record(slot, side::buy);
  EXPECT_TRUE(watch.check(slot, side::buy).passed);
  watch.record(slot, side::buy);
  EXPECT_EQ(watch.check(slot, side::buy),
            (check_result{refusal::repeated_execution, false, dec("2"), dec("3")}));
  watch.note_signal(slot, target::long_position);
  EXPECT_FALSE(watch.check(slot, side::buy).passed) << "the same signal said again";
  EXPECT_TRUE(watch.check(slot, side::sell).passed) << "the other side is another run";
  EXPECT_TRUE(watch.check(slot_id{"trend/ETHUSDT"}, side::buy).passed);
}

TEST(repeated_executions, begins_anew_with_another_signal_or_by_a_person) {
  repeated_executions watch{1, 8};
  watch.note_signal(slot, target::long_position);
  watch.record(slot, side::buy);
  watch.note_signal(slot, target::flat);
  EXPECT_TRUE(watch.check(slot, side::buy).passed);
  watch.record(slot, side::buy);
  EXPECT_FALSE(watch.check(slot, side::buy).passed);
  watch.begin_anew(slot);
  EXPECT_TRUE(watch.check(slot, side::buy).passed);
  watch.note_signal(slot, target::flat);
  watch.record(slot, side::buy);
  watch.note_signal(slot, target::flat);
  EXPECT_FALSE(watch.check(slot, side::buy).passed) << "a person does not change the signal";
}

TEST(repeated_executions, refuses_a_slot_that_it_has_no_room_to_watch) {
  repeated_executions watch{3, 1};
  watch.note_signal(slot, target::long_position);
  const slot_id other{"trend/ETHUSDT"};
  watch.note_signal(other, target::long_position);
  watch.record(other, side::buy);
  EXPECT_EQ(watch.check(other, side::buy),
            (check_result{refusal::repeated_execution, false, dec("0"), dec("1")}));
  EXPECT_TRUE(watch.check(slot, side::buy).passed);
  EXPECT_THROW((repeated_executions{0, 1}), contract_violation);
  EXPECT_THROW((repeated_executions{1, 0}), contract_violation);
}

// -- duplicates ---------------------------------------------------------------------------

order_print bought(const char* size) { return {slot, side::buy, dec(size), std::nullopt}; }

TEST(duplicate_orders, finds_an_order_that_repeats_one_within_the_window) {
  duplicate_orders seen{seconds{10}, 8};
  seen.record(bought("1"), at(0));
  EXPECT_EQ(seen.check(bought("1"), at(4)),
            (check_result{refusal::duplicate_order, false, dec("10"), dec("4")}));
  EXPECT_EQ(seen.check(bought("1"), at(10)),
            (check_result{refusal::duplicate_order, true, dec("10"), dec("10")}));
}

TEST(duplicate_orders, takes_orders_that_differ_in_anything_for_others) {
  duplicate_orders seen{seconds{10}, 8};
  auto print = bought("1");
  print.at = dec("100");
  seen.record(print, at(0));
  EXPECT_FALSE(seen.check(print, at(1)).passed);
  for (const auto& other : {order_print{slot_id{"trend/ETHUSDT"}, side::buy, dec("1"), dec("100")},
                            order_print{slot, side::sell, dec("1"), dec("100")},
                            order_print{slot, side::buy, dec("1.1"), dec("100")},
                            order_print{slot, side::buy, dec("1"), dec("101")},
                            order_print{slot, side::buy, dec("1"), std::nullopt}})
    EXPECT_TRUE(seen.check(other, at(1)).passed);
}

TEST(duplicate_orders, lets_nothing_through_that_it_cannot_remember) {
  duplicate_orders seen{seconds{10}, 2};
  seen.record(bought("1"), at(0));
  seen.record(bought("2"), at(1));
  EXPECT_EQ(seen.check(bought("3"), at(9)),
            (check_result{refusal::order_rate, false, dec("2"), dec("3")}));
  EXPECT_TRUE(seen.check(bought("3"), at(10)).passed);
  duplicate_orders last{seconds{10}, 2};
  last.record(bought("2"), at(1));
  last.record(bought("3"), at(10));
  EXPECT_NE(seen, last);
  seen.record(bought("3"), at(10));
  EXPECT_EQ(seen, last) << "the oldest one is forgotten";
  EXPECT_FALSE(seen.check(bought("2"), at(10)).passed);
  EXPECT_FALSE(seen.check(bought("2"), at(0)).passed) << "an earlier time counts as the latest";
  EXPECT_THROW((duplicate_orders{seconds{0}, 1}), contract_violation);
  EXPECT_THROW((duplicate_orders{seconds{1}, 0}), contract_violation);
}

TEST(duplicate_orders, prints_an_order_by_its_limit_then_its_stop) {
  order o;
  o.key.slot = slot;
  o.direction = side::sell;
  o.size = dec("2");
  EXPECT_EQ(print_of(o), (order_print{slot, side::sell, dec("2"), std::nullopt}));
  o.stop_price = dec("90");
  EXPECT_EQ(print_of(o).at, dec("90"));
  o.limit_price = dec("89");
  EXPECT_EQ(print_of(o).at, dec("89"));
}

// -- measures -------------------------------------------------------------------------------

TEST(risk_measures, counts_losses_in_a_row) {
  uint32_t run = 0;
  for (const char* net : {"-1", "-2"})
    run = next_loss_run(run, dec(net));
  EXPECT_EQ(run, 2u);
  EXPECT_EQ(next_loss_run(run, dec("0")), 2u);
  EXPECT_EQ(next_loss_run(run, dec("0.1")), 0u);
  EXPECT_EQ(next_loss_run(UINT32_MAX, dec("-1")), UINT32_MAX);
}

TEST(risk_measures, rates_failures_among_the_last_outcomes) {
  failure_rate rate{4, 2};
  EXPECT_FALSE(rate.ppb());
  rate.record(true);
  EXPECT_FALSE(rate.ppb());
  rate.record(false);
  EXPECT_EQ(rate.ppb(), 500'000'000);
  rate.record(false);
  EXPECT_EQ(rate.ppb(), 333'333'333);
  rate.record(false);
  EXPECT_EQ(rate.ppb(), 250'000'000);
  rate.record(false); // The failure leaves.
  EXPECT_EQ(rate.ppb(), 0);
  for (int i = 0; i < 9; ++i)
    rate.record(true);
  EXPECT_EQ(rate.ppb(), whole_ppb);
  EXPECT_THROW((failure_rate{4, 5}), contract_violation);
  EXPECT_THROW((failure_rate{4, 0}), contract_violation);
}

TEST(risk_measures, counts_a_loss_from_the_last_equity_before_the_day) {
  const auto day = [](int64_t n, int64_t s) { return at(n * 86'400 + s); };
  daily_loss_measure measure;
  EXPECT_EQ(measure.update(day(10, 5), dec("1000")), dec("0"));
  EXPECT_EQ(measure.update(day(10, 6), dec("900")), dec("100"));
  EXPECT_EQ(measure.update(day(11, 0), dec("880")), dec("20"));
  EXPECT_EQ(measure.update(day(10, 7), dec("870")), dec("30")) << "an earlier day changes nothing";
  EXPECT_EQ(measure.update(day(11, 9), dec("905")), dec("-5"));
  EXPECT_EQ(utc_day(timestamp::from_ns(-1)), -1);
  EXPECT_FALSE(measure.update(day(11, 9), decimal::from_raw(INT64_MIN)));
}

} // namespace
} // namespace supreme::trading
