// Goal: simulated fills follow the written rules, for gaps and mirrored sides too.
// Method: a table of orders against single bars, each row worked out by hand. Tick 0.5, lot 0.1.

#include "tests/trading/generators.hpp"

#include "trading/matching/bar_matching.hpp"

#include "trading/check.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace supreme::trading {
namespace {

decimal dec(const char* text) { return decimal::literal(text); }

const instrument traded{instrument_id{"X"}, asset_id{"A"}, asset_id{"B"},
                        dec("0.5"),         dec("0.1"),    dec("0")};

bar make_bar(const char* open, const char* high, const char* low, const char* close,
             const char* volume = "1000") {
  bar b;
  b.interval = std::chrono::minutes{1};
  b.open = dec(open);
  b.high = dec(high);
  b.low = dec(low);
  b.close = dec(close);
  b.volume = dec(volume);
  return b;
}

resting_order make_order(side s, order_type type, const char* limit, const char* stop,
                         bool triggered = false) {
  resting_order o;
  o.direction = s;
  o.type = type;
  o.open_size = dec("2");
  if (*limit != '\0')
    o.limit_price = dec(limit);
  if (*stop != '\0')
    o.stop_price = dec(stop);
  o.triggered = triggered;
  return o;
}

struct bar_case {
  const char* name;
  resting_order order;
  bar on;
  const char* at; ///< "" = no fill
  bool maker = false;
  bool triggered = false;
};

class bar_matching : public ::testing::TestWithParam<bar_case> {};

TEST_P(bar_matching, follows_the_rule) {
  const auto& c = GetParam();
  const auto e = execute_on_bar(c.order, c.on, traded, {});
  EXPECT_EQ(e.triggered, c.triggered);
  if (*c.at == '\0') {
    EXPECT_TRUE(e.size.is_zero()) << e.at.to_string();
    return;
  }
  EXPECT_EQ(e.size, dec("2"));
  EXPECT_EQ(e.at, dec(c.at)) << e.at.to_string();
  EXPECT_EQ(e.maker, c.maker);
}

using enum order_type;
constexpr auto buy = side::buy;
constexpr auto sell = side::sell;

/// Opens at 100, ranges from 95 to 105, closes at 102.
const bar plain = make_bar("100", "105", "95", "102");

INSTANTIATE_TEST_SUITE_P(
  rules, bar_matching,
  ::testing::Values(
    bar_case{"market_buy_at_the_open", make_order(buy, market, "", ""), plain, "100"},
    bar_case{"market_sell_at_the_open", make_order(sell, market, "", ""), plain, "100"},

    bar_case{"limit_buy_waits_and_makes", make_order(buy, limit, "97", ""), plain, "97", true},
    bar_case{"limit_buy_touched_exactly", make_order(buy, limit, "95", ""), plain, "95", true},
    bar_case{"limit_buy_not_reached", make_order(buy, limit, "94.5", ""), plain, ""},
    bar_case{"limit_buy_takes_at_the_open", make_order(buy, limit, "100", ""), plain, "100"},
    bar_case{"limit_buy_gapped_through_gets_the_open", make_order(buy, limit, "110", ""), plain,
             "100"},
    bar_case{"limit_sell_waits_and_makes", make_order(sell, limit, "103", ""), plain, "103", true},
    bar_case{"limit_sell_touched_exactly", make_order(sell, limit, "105", ""), plain, "105", true},
    bar_case{"limit_sell_not_reached", make_order(sell, limit, "105.5", ""), plain, ""},
    bar_case{"limit_sell_gapped_through_gets_the_open", make_order(sell, limit, "90", ""), plain,
             "100"},

    bar_case{"stop_buy_triggers_at_its_price", make_order(buy, stop, "", "104"), plain, "104",
             false, true},
    bar_case{"stop_buy_touched_exactly", make_order(buy, stop, "", "105"), plain, "105", false,
             true},
    bar_case{"stop_buy_not_reached", make_order(buy, stop, "", "105.5"), plain, ""},
    bar_case{"stop_buy_gapped_over_gets_the_open", make_order(buy, stop, "", "90"), plain, "100",
             false, true},
    bar_case{"stop_sell_triggers_at_its_price", make_order(sell, stop, "", "96"), plain, "96",
             false, true},
    bar_case{"stop_sell_not_reached", make_order(sell, stop, "", "94.5"), plain, ""},
    bar_case{"stop_sell_gapped_under_gets_the_open", make_order(sell, stop, "", "110"), plain,
             "100", false, true},
    bar_case{"stop_triggered_before_is_a_market_order", make_order(buy, stop, "", "200", true),
             plain, "100", false, true},

    bar_case{"stop_limit_buy_not_triggered", make_order(buy, stop_limit, "120", "110"), plain, ""},
    bar_case{"stop_limit_buy_fills_at_the_trigger", make_order(buy, stop_limit, "104.5", "104"),
             plain, "104", false, true},
    bar_case{"stop_limit_buy_beyond_its_limit_waits", make_order(buy, stop_limit, "101", "104"),
             plain, "", false, true},
    bar_case{"stop_limit_buy_fills_when_the_close_came_back",
             make_order(buy, stop_limit, "102", "104"), plain, "102", true, true},
    bar_case{"stop_limit_buy_ignores_a_low_before_the_trigger",
             make_order(buy, stop_limit, "96", "104"), plain, "", false, true},
    bar_case{"stop_limit_buy_gapped_over_both_fills_on_the_way_back",
             make_order(buy, stop_limit, "96", "95.5"), plain, "96", true, true},
    bar_case{"stop_limit_buy_gapped_over_both_waits_above_its_limit",
             make_order(buy, stop_limit, "94.5", "94"), plain, "", false, true},
    bar_case{"stop_limit_buy_gapped_inside_its_limit_gets_the_open",
             make_order(buy, stop_limit, "101", "99"), plain, "100", false, true},
    bar_case{"stop_limit_sell_fills_at_the_trigger", make_order(sell, stop_limit, "95.5", "96"),
             plain, "96", false, true},
    bar_case{"stop_limit_sell_fills_when_the_close_came_back",
             make_order(sell, stop_limit, "101", "96"), plain, "101", true, true},
    bar_case{"stop_limit_sell_ignores_a_high_before_the_trigger",
             make_order(sell, stop_limit, "103", "96"), plain, "", false, true},
    bar_case{"stop_limit_sell_gapped_under_both_fills_on_the_way_back",
             make_order(sell, stop_limit, "104", "104.5"), plain, "104", true, true},
    bar_case{"stop_limit_triggered_before_is_a_limit_order",
             make_order(buy, stop_limit, "96", "200", true), plain, "96", true, true},
    bar_case{"stop_limit_triggered_before_gets_a_better_open",
             make_order(sell, stop_limit, "90", "80", true), plain, "100", false, true}),
  [](const auto& tested) { return std::string{tested.param.name}; });

TEST(bar_matching_costs, slips_market_orders_to_the_tick_against_the_order) {
  execution_costs costs;
  costs.slippage_ppb = 1'000'000; // 0.1 %: 100 becomes 100.1 or 99.9, then the tick of 0.5.
  EXPECT_EQ(execute_on_bar(make_order(buy, market, "", ""), plain, traded, costs).at, dec("100.5"));
  EXPECT_EQ(execute_on_bar(make_order(sell, market, "", ""), plain, traded, costs).at, dec("99.5"));
  costs.slippage_ppb = 10'000'000; // 1 % of 100 is on the tick already.
  EXPECT_EQ(execute_on_bar(make_order(buy, market, "", ""), plain, traded, costs).at, dec("101"));
}

TEST(bar_matching_costs, slips_triggered_stops_but_neither_limits_nor_stop_limits) {
  execution_costs costs;
  costs.slippage_ppb = 1'000'000;
  EXPECT_EQ(execute_on_bar(make_order(buy, stop, "", "104"), plain, traded, costs).at,
            dec("104.5"));
  EXPECT_EQ(execute_on_bar(make_order(sell, stop, "", "96"), plain, traded, costs).at, dec("95.5"));
  EXPECT_EQ(execute_on_bar(make_order(buy, stop, "", "200", true), plain, traded, costs).at,
            dec("100.5"));
  EXPECT_EQ(execute_on_bar(make_order(buy, limit, "110", ""), plain, traded, costs).at, dec("100"));
  EXPECT_EQ(execute_on_bar(make_order(buy, stop_limit, "105", "104"), plain, traded, costs).at,
            dec("104"));
}

TEST(bar_matching_costs, never_slips_a_sale_to_nothing) {
  execution_costs costs;
  costs.slippage_ppb = 999'999'999;
  EXPECT_EQ(execute_on_bar(make_order(sell, market, "", ""), plain, traded, costs).at, dec("0.5"));
}

TEST(bar_matching_costs, leaves_a_price_off_the_tick_alone_without_slippage) {
  const bar odd = make_bar("100.3", "105", "95", "102");
  EXPECT_EQ(execute_on_bar(make_order(buy, market, "", ""), odd, traded, {}).at, dec("100.3"));
}

TEST(bar_matching_costs, charges_takers_and_makers_their_own_fee) {
  execution_costs costs;
  costs.taker_fee_ppb = 1'000'000;
  costs.maker_fee_ppb = -200'000; // A rebate.
  EXPECT_EQ(execute_on_bar(make_order(buy, market, "", ""), plain, traded, costs).fee, dec("0.2"));
  EXPECT_EQ(execute_on_bar(make_order(buy, limit, "97", ""), plain, traded, costs).fee,
            dec("-0.0388"));
}

TEST(bar_matching_costs, rounds_fees_half_even) {
  execution_costs costs;
  costs.taker_fee_ppb = 500'000'000;
  auto o = make_order(buy, market, "", "");
  const auto fee_of_units = [&](int64_t raw) {
    o.open_size = decimal::from_raw(raw);
    return execute_on_bar(o, make_bar("1", "1", "1", "1"), traded, costs).fee.raw();
  };
  EXPECT_EQ(fee_of_units(5), 2); // 2.5 units
  EXPECT_EQ(fee_of_units(7), 4); // 3.5 units
}

TEST(bar_matching_costs, caps_the_size_by_the_bars_volume_in_whole_lots) {
  execution_costs costs;
  costs.max_volume_share_ppb = 100'000'000; // a tenth
  const auto size_at_volume = [&](const char* volume) {
    return execute_on_bar(make_order(buy, market, "", ""),
                          make_bar("100", "105", "95", "102", volume), traded, costs)
      .size;
  };
  EXPECT_EQ(size_at_volume("1000"), dec("2"));
  EXPECT_EQ(size_at_volume("20"), dec("2"));
  EXPECT_EQ(size_at_volume("19.9"), dec("1.9"));
  EXPECT_EQ(size_at_volume("12.9"), dec("1.2"));
  EXPECT_EQ(size_at_volume("0.9"), dec("0"));
  EXPECT_EQ(size_at_volume("0"), dec("0"));
}

TEST(bar_matching_costs, remembers_a_trigger_that_the_volume_cap_left_unfilled) {
  execution_costs costs;
  costs.max_volume_share_ppb = 100'000'000;
  costs.taker_fee_ppb = 1'000'000;
  const auto e = execute_on_bar(make_order(buy, stop, "", "104"),
                                make_bar("100", "105", "95", "102", "0"), traded, costs);
  EXPECT_TRUE(e.triggered);
  EXPECT_TRUE(e.size.is_zero());
  EXPECT_TRUE(e.fee.is_zero());
}

TEST(bar_matching_costs, refuses_orders_that_break_the_contract) {
  auto empty = make_order(buy, market, "", "");
  empty.open_size = quantity{};
  EXPECT_THROW((void)execute_on_bar(empty, plain, traded, {}), contract_violation);
  for (const auto& o :
       {make_order(buy, limit, "", ""), make_order(buy, stop, "", ""),
        make_order(buy, stop_limit, "100", ""), make_order(buy, stop_limit, "", "100")})
    EXPECT_THROW((void)execute_on_bar(o, plain, traded, {}), contract_violation);
  execution_costs costs;
  costs.slippage_ppb = 1'000'000'000;
  EXPECT_THROW((void)execute_on_bar(make_order(buy, market, "", ""), plain, traded, costs),
               contract_violation);
}

TEST(bar_matching_costs, throws_instead_of_wrapping) {
  auto o = make_order(buy, market, "", "");
  o.open_size = dec("90000000000");
  EXPECT_THROW((void)execute_on_bar(o, plain, traded, {}), std::overflow_error);
}

/// Prices in whole units around 10, so that bars often touch levels exactly.
resting_order any_order() {
  const auto level = [] {
    return *rc::gen::element(0, 1) == 0
             ? std::nullopt
             : std::optional{decimal::from_integer(*rc::gen::inRange(7, 14))};
  };
  resting_order o;
  o.direction = *rc::gen::element(side::buy, side::sell);
  o.type = *rc::gen::element(order_type::market, order_type::limit, order_type::stop,
                             order_type::stop_limit);
  o.open_size = decimal::from_integer(1);
  o.triggered = *rc::gen::arbitrary<bool>();
  o.limit_price = level();
  o.stop_price = level();
  return o;
}

RC_GTEST_PROP(bar_matching_property, no_bar_does_anything_to_an_order_that_it_does_not_reach, ()) {
  auto o = any_order();
  const bool limited = o.type == order_type::limit || o.type == order_type::stop_limit;
  const bool stops = o.type == order_type::stop || o.type == order_type::stop_limit;
  o.triggered = o.triggered && stops;
  RC_PRE(!limited || o.limit_price);
  RC_PRE(!stops || o.stop_price);
  const auto price_of = [](int units) { return decimal::from_integer(units); };
  const int open = *rc::gen::inRange(8, 13);
  const int close = *rc::gen::inRange(8, 13);
  const int high = std::max(open, close) + *rc::gen::inRange(0, 3);
  const int low = std::min(open, close) - *rc::gen::inRange(0, 3);
  const bar_record b{timestamp::from_ms(60'000),
                     price_of(open),
                     price_of(high),
                     price_of(low),
                     price_of(close),
                     price_of(100)};
  const instrument i{instrument_id{"BTCUSDT"}, asset_id{"BTC"},           asset_id{"USDT"},
                     decimal::literal("0.01"), decimal::literal("0.001"), {}};
  const auto done = execute_on_bar(o, b, i, {1'000'000, 500'000, 100'000, 0});
  const bool does_something = done.size.is_positive() || done.triggered != o.triggered;
  RC_ASSERT((may_execute_on_bar(o, b) || !does_something));
  // It is not said of every bar either.
  RC_TAG(may_execute_on_bar(o, b) ? "reached" : "not reached");
  RC_ASSERT((!may_execute_on_bar(o, b) || does_something || o.type == order_type::stop_limit));
}

} // namespace
} // namespace supreme::trading
