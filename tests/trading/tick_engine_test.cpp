// Goal: a plan run over ticks decides on the bars of the trades, and its orders fill against what
// was recorded after their arrival. Method: hand-made ticks and a strategy that does what it is
// told; with no latency, no cap and no slippage, the bar engine over the same bars must agree fill
// by fill.

#include "tests/trading/plans.hpp"

#include "trading/backtest/tick_run.hpp"
#include "trading/check.hpp"

#include <gtest/gtest.h>
// After GoogleTest, whose names it uses without including it.
#include <rapidcheck/gtest.h>

namespace supreme::trading {
namespace {

using namespace std::chrono_literals;

decimal dec(const char* text) { return decimal::literal(text); }
timestamp at_ms(int64_t ms) { return timestamp::from_ms(1'000'000'000'000 + ms); }

const instrument_id btc{"BTCUSDT"};
const instrument_id eth{"ETHUSDT"};

/// Long when the close has risen, flat when it has fallen.
class follower final : public strategy {
public:
  void on_fill(const slot_holding&) override {}
  std::optional<decision> on_bar(const bar& b) override {
    const auto before = std::exchange(last_, b.close);
    if (before.is_zero() || before == b.close)
      return std::nullopt;
    return decision{before < b.close ? desire::long_position : desire::flat, "follow", {}, {}, {}};
  }
  [[nodiscard]] uint32_t warmup_bars() const override { return 0; }

private:
  price last_;
};

const strategy_kind& follower_kind() {
  static const auto kind = tests::plain_kind<follower>("follower", "follows");
  return kind;
}

/// Long when the close has risen, with a stop and a target five away; never out by itself.
class guarded final : public strategy {
public:
  void on_fill(const slot_holding&) override {}
  std::optional<decision> on_bar(const bar& b) override {
    const auto before = std::exchange(last_, b.close);
    if (before.is_zero() || b.close <= before)
      return std::nullopt;
    return decision{desire::long_position, "rises", {}, 5, 5};
  }
  [[nodiscard]] uint32_t warmup_bars() const override { return 0; }

private:
  price last_;
};

const strategy_kind& guarded_kind() {
  static const auto kind = tests::plain_kind<guarded>("guarded", "is protected");
  return kind;
}

struct listener final : named_listener {
  void decided(const made_decision& d, const client_order_id& order) override {
    decisions.push_back(d.wish.event_time);
    orders.push_back(order);
  }
  void filled(const fill& f, const slot_id&, const booked_fill&, uint64_t) override {
    fills.push_back(f);
  }
  void ended(const client_order_id& order, order_state, timestamp) override {
    gone.push_back(order);
  }
  void valued(const account_value& v) override { values.push_back(v); }

  std::vector<timestamp> decisions;
  std::vector<client_order_id> orders;
  std::vector<fill> fills;
  std::vector<client_order_id> gone;
  std::vector<account_value> values;
};

backtest_plan make_plan() {
  auto plan = tests::account_plan("100000");
  for (const auto& [id, base] : {std::pair{btc, "BTC"}, {eth, "ETH"}})
    plan.instruments.push_back(
      {id, asset_id{base}, asset_id{"USDT"}, dec("0.01"), dec("0.001"), dec("5")});
  plan.limits.taker_fee_ppb = 1'000'000;
  plan.strategies.push_back({strategy_id{"one"},
                             &follower_kind(),
                             {},
                             {sizing_mode::fixed_quantity, dec("2")},
                             {btc, eth}});
  plan.costs.taker_fee_ppb = 1'000'000;
  return plan;
}

trade_tick trade(int64_t ms, const char* price, const char* size = "100") {
  return {at_ms(ms), dec(price), dec(size), side::buy};
}

tick_settings seconds(taken_liquidity liquidity = taken_liquidity::trades) {
  tick_settings s;
  s.bar_interval = 1s;
  s.liquidity = liquidity;
  return s;
}

std::string show(const std::vector<fill>& fills) {
  std::string out;
  for (const auto& f : fills)
    out += (out.empty() ? "" : " ") + std::string{to_string(f.direction)} + " " + f.size.to_string()
           + "@" + f.at.to_string() + " " + std::to_string(f.event_time.ms() - at_ms(0).ms());
  return out;
}

/// Two bars that rise, so that the follower buys at 2000.
void rise(tick_engine& engine) {
  engine.on_trade(0, trade(100, "100"));
  engine.on_trade(0, trade(1'100, "101"));
}

TEST(tick_engine, an_order_fills_at_the_first_trade_after_its_arrival) {
  listener heard;
  auto settings = seconds();
  settings.to_venue = latency{50ms, {}, 0};
  tick_engine engine{make_plan(), settings, heard};
  rise(engine);
  engine.on_trade(0, trade(2'049, "102"));
  engine.on_trade(0, trade(2'050, "103"));
  engine.on_trade(0, trade(2'060, "104"));
  engine.on_trade(0, trade(3'000, "104"));
  ASSERT_EQ(heard.decisions.size(), 2u);
  EXPECT_EQ(heard.decisions[0], at_ms(2'000));
  EXPECT_EQ(show(heard.fills), "buy 2@103 2050");
}

// -- protective orders ----------------------------------------------------------------------------

backtest_plan guarded_plan() {
  auto plan = make_plan();
  plan.strategies[0].kind = &guarded_kind();
  return plan;
}

TEST(tick_engine, a_stop_triggers_at_a_trade_trades_after_it_and_takes_the_target_away) {
  listener heard;
  tick_engine engine{guarded_plan(), seconds(), heard};
  rise(engine); // Decided at 101: the stop is at 96, the target at 106.
  engine.on_trade(0, trade(2'000, "101"));
  engine.on_trade(0, trade(2'100, "96.01"));
  engine.on_trade(0, trade(2'200, "96"));
  engine.on_trade(0, trade(2'300, "95"));
  engine.on_trade(0, trade(2'400, "107"));
  engine.on_trade(0, trade(2'500, "100"));
  engine.on_trade(0, trade(3'000, "100"));
  EXPECT_EQ(show(heard.fills), "buy 2@101 2000 sell 2@95 2300");
  ASSERT_EQ(heard.orders.size(), 3u);
  EXPECT_EQ(heard.gone, (std::vector<client_order_id>{heard.orders[2]}));
  EXPECT_EQ(engine.account().open_orders(), 0u);
}

TEST(tick_engine, a_target_is_made_at_its_price_and_takes_the_stop_away) {
  listener heard;
  tick_engine engine{guarded_plan(), seconds(), heard};
  rise(engine);
  engine.on_trade(0, trade(2'000, "101"));
  engine.on_trade(0, trade(2'100, "106.5"));
  engine.on_trade(0, trade(2'200, "90"));
  engine.on_trade(0, trade(3'000, "100"));
  EXPECT_EQ(show(heard.fills), "buy 2@101 2000 sell 2@106 2100");
  EXPECT_EQ(heard.gone, (std::vector<client_order_id>{heard.orders[1]}));
  EXPECT_EQ(engine.account().open_orders(), 0u);
}

TEST(tick_engine, protection_grows_with_an_entry_that_fills_in_parts) {
  listener heard;
  auto plan = guarded_plan();
  plan.costs.max_volume_share_ppb = 500'000'000;
  tick_engine engine{plan, seconds(), heard};
  rise(engine);
  engine.on_trade(0, trade(2'000, "101", "2")); // One of the entry's two.
  engine.on_trade(0, trade(2'100, "107", "8")); // The other, and the first one's target.
  engine.on_trade(0, trade(2'200, "107", "8"));
  engine.on_trade(0, trade(2'300, "90", "8"));
  engine.on_trade(0, trade(3'000, "90", "8"));
  quantity held, sold;
  for (const auto& f : heard.fills) {
    held += signed_quantity(f.direction, f.size);
    sold += f.direction == side::sell ? f.size : quantity{};
    EXPECT_FALSE(held.is_negative()) << show(heard.fills);
    EXPECT_TRUE(f.direction == side::buy || f.at >= dec("106")) << show(heard.fills);
  }
  EXPECT_EQ(sold, dec("2")) << show(heard.fills);
  EXPECT_EQ(engine.account().open_orders(), 0u);
}

TEST(tick_engine, a_record_that_reaches_stop_and_target_closes_once) {
  listener heard;
  tick_engine engine{guarded_plan(), seconds(), heard};
  rise(engine);
  engine.on_trade(0, trade(2'000, "101"));
  engine.on_trade(0, trade(2'100, "96"));  // Triggers the stop, which waits for the next trade,
  engine.on_trade(0, trade(2'200, "120")); // which is beyond the target as well.
  engine.on_trade(0, trade(3'000, "100"));
  EXPECT_EQ(show(heard.fills), "buy 2@101 2000 sell 2@120 2200");
  EXPECT_TRUE(engine.account().position_at(0).size.is_zero());
}

TEST(tick_engine, a_report_is_booked_at_the_first_close_after_its_arrival) {
  listener heard;
  auto settings = seconds();
  settings.to_us.base = 1'500ms;
  tick_engine engine{make_plan(), settings, heard};
  rise(engine);
  engine.on_trade(0, trade(2'000, "101"));
  engine.on_trade(0, trade(3'000, "101"));
  EXPECT_EQ(show(heard.fills), "");
  engine.on_trade(0, trade(4'000, "101"));
  EXPECT_EQ(show(heard.fills), "buy 2@101 2000");
}

TEST(tick_engine, what_was_reported_by_the_last_record_is_booked_at_the_end) {
  listener heard;
  tick_engine engine{make_plan(), seconds(), heard};
  rise(engine);
  engine.on_trade(0, trade(2'010, "101"));
  EXPECT_TRUE(heard.fills.empty());
  engine.finish();
  EXPECT_EQ(show(heard.fills), "buy 2@101 2010");
  EXPECT_EQ(heard.values.back().at, at_ms(2'010));
  EXPECT_TRUE(heard.values.back().exposed);
}

TEST(tick_engine, a_cap_spreads_an_order_over_the_trades_that_follow) {
  listener heard;
  auto plan = make_plan();
  plan.costs.max_volume_share_ppb = 100'000'000;
  tick_engine engine{plan, seconds(), heard};
  rise(engine);
  engine.on_trade(0, trade(2'010, "101", "15"));
  engine.on_trade(0, trade(2'020, "102", "90"));
  engine.on_trade(0, trade(3'000, "102"));
  EXPECT_EQ(show(heard.fills), "buy 1.5@101 2010 buy 0.5@102 2020");
  EXPECT_EQ(engine.account().open_orders(), 0u);
}

TEST(tick_engine, an_exit_that_arrives_withdraws_what_still_fills) {
  listener heard;
  auto plan = make_plan();
  plan.costs.max_volume_share_ppb = 100'000'000;
  tick_engine engine{plan, seconds(), heard};
  rise(engine);
  engine.on_trade(0, trade(2'010, "100", "5"));
  engine.on_trade(0, trade(3'010, "100"));
  engine.on_trade(0, trade(4'010, "100"));
  EXPECT_EQ(show(heard.fills), "buy 0.5@100 2010 sell 0.5@100 3010");
  EXPECT_EQ(heard.gone, std::vector{heard.orders.at(0)});
  EXPECT_EQ(engine.account().open_orders(), 0u);
}

TEST(tick_engine, an_entry_waits_for_the_exit_before_it) {
  listener heard;
  auto plan = make_plan();
  plan.costs.max_volume_share_ppb = 100'000'000;
  tick_engine engine{plan, seconds(), heard};
  rise(engine);
  engine.on_trade(0, trade(2'010, "101"));
  engine.on_trade(0, trade(2'020, "100", "1"));
  engine.on_trade(0, trade(3'010, "101", "10"));
  engine.on_trade(0, trade(4'010, "102", "5"));
  engine.on_trade(0, trade(4'020, "102"));
  engine.on_trade(0, trade(4'030, "102"));
  engine.on_trade(0, trade(5'000, "102"));
  EXPECT_EQ(show(heard.fills), "buy 2@101 2010 sell 1@101 3010 sell 0.5@102 4010 "
                               "sell 0.5@102 4020 buy 2@102 4030");
}

TEST(tick_engine, who_is_stopped_out_buys_no_more) {
  listener heard;
  auto plan = guarded_plan();
  plan.costs.max_volume_share_ppb = 100'000'000;
  tick_engine engine{plan, seconds(), heard};
  rise(engine);
  engine.on_trade(0, trade(2'010, "101", "5"));
  for (int64_t ms = 2'020; ms < 2'100; ms += 10)
    engine.on_trade(0, trade(ms, "90", "5"));
  engine.on_trade(0, trade(3'000, "90"));
  EXPECT_EQ(show(heard.fills),
            "buy 0.5@101 2010 buy 0.5@90 2020 sell 0.5@90 2030 sell 0.5@90 2040");
  EXPECT_EQ(std::ranges::count(heard.gone, heard.orders.at(0)), 1) << "the entry";
  EXPECT_EQ(engine.account().open_orders(), 0u);
}

TEST(tick_engine, orders_walk_the_depth_that_is_displayed_when_they_arrive) {
  listener heard;
  auto settings = seconds(taken_liquidity::displayed);
  settings.to_venue = latency{50ms, {}, 0};
  tick_engine engine{make_plan(), settings, heard};
  rise(engine);
  engine.on_depth(0, {at_ms(1'200), 1, true, side::sell, dec("101"), dec("1.5")});
  engine.on_depth(0, {at_ms(1'200), 1, true, side::sell, dec("105"), dec("9")});
  engine.on_depth(0, {at_ms(2'040), 2, false, side::sell, dec("102"), dec("0.25")});
  engine.on_depth(0, {at_ms(2'060), 3, false, side::sell, dec("103"), dec("9")});
  engine.finish();
  EXPECT_EQ(show(heard.fills), "buy 1.5@101 2050 buy 0.25@102 2050 buy 0.25@105 2050");
}

TEST(tick_engine, orders_that_found_nothing_take_what_a_quote_displays_later) {
  listener heard;
  tick_engine engine{make_plan(), seconds(taken_liquidity::displayed), heard};
  rise(engine);
  engine.on_quote(0, {at_ms(2'100), dec("99"), dec("5"), dec("101"), dec("1")});
  engine.on_quote(0, {at_ms(2'200), dec("99"), dec("5"), dec("102"), dec("1")});
  engine.finish();
  EXPECT_EQ(show(heard.fills), "buy 1@101 2100 buy 1@102 2200");
}

TEST(tick_engine, the_bars_of_all_instruments_of_one_close_are_one_step) {
  listener heard;
  tick_engine engine{make_plan(), seconds(), heard};
  engine.on_trade(0, trade(100, "100"));
  engine.on_trade(1, trade(200, "50"));
  engine.on_trade(1, trade(5'000, "50"));
  EXPECT_EQ(engine.steps(), 1u);
  EXPECT_EQ(engine.bars(), 2u);
}

TEST(tick_engine, the_bar_that_is_not_over_at_the_end_is_none) {
  listener heard;
  tick_engine engine{make_plan(), seconds(), heard};
  rise(engine);
  engine.finish();
  EXPECT_EQ(engine.bars(), 1u);
}

TEST(tick_engine, refuses_to_go_back_in_time_and_to_run_without_an_interval) {
  listener heard;
  tick_engine engine{make_plan(), seconds(), heard};
  engine.on_trade(0, trade(100, "100"));
  EXPECT_THROW(engine.on_trade(1, trade(99, "100")), contract_violation);
  EXPECT_THROW((tick_engine{make_plan(), {}, heard}), contract_violation);
}

TEST(tick_engine, an_order_whose_value_no_decimal_holds_expires_and_frees_what_it_reserved) {
  listener heard;
  tick_engine engine{make_plan(), seconds(), heard};
  rise(engine);
  engine.on_trade(0, trade(2'010, "80000000000", "0.001"));
  engine.on_trade(0, trade(3'010, "101"));
  EXPECT_EQ(heard.gone.size(), 1u);
  EXPECT_TRUE(heard.fills.empty());
}

TEST(tick_engine, a_buy_takes_what_cash_pays_for_and_the_rest_expires) {
  auto plan = make_plan();
  plan.initial = {{asset_id{"USDT"}, dec("205")}};
  listener heard;
  tick_engine engine{plan, seconds(), heard};
  rise(engine);
  engine.on_trade(0, trade(2'010, "110"));
  engine.on_trade(0, trade(3'010, "110"));
  EXPECT_EQ(show(heard.fills), "buy 1.861@110 2010"); // For 204.91471, of two that were ordered.
  EXPECT_EQ(heard.gone.size(), 1u);
  EXPECT_EQ(heard.values.back().cash, dec("0.08529"));
  EXPECT_EQ(engine.account().open_orders(), 0u);
}

TEST(tick_engine, the_parts_of_a_buy_are_paid_for_before_they_are_reported) {
  auto plan = make_plan();
  plan.initial = {{asset_id{"USDT"}, dec("205")}};
  plan.costs.max_volume_share_ppb = 1'000'000'000; // No more than a trade's size.
  auto settings = seconds();
  settings.to_us.base = 10s;
  listener heard;
  tick_engine engine{plan, settings, heard};
  rise(engine);
  engine.on_trade(0, trade(2'010, "110", "0.9"));
  for (int64_t ms = 2'020; ms < 15'000; ms += 500)
    engine.on_trade(0, trade(ms, "150", "0.9"));
  engine.finish();
  // 105.901 are left after the first part, and the third finds an order that is over.
  EXPECT_EQ(show(heard.fills), "buy 0.9@110 2010 buy 0.705@150 2020");
  EXPECT_EQ(heard.gone.size(), 1u);
  EXPECT_FALSE(heard.values.back().cash.is_negative());
}

TEST(tick_run, gives_trades_before_quotes_before_depth_of_one_time) {
  const std::vector<trade_tick> trades{trade(100, "100"), trade(1'100, "101"), trade(2'000, "101"),
                                       trade(3'000, "101")};
  const std::vector<quote_tick> quotes{{at_ms(2'000), dec("99"), dec("5"), dec("102"), dec("1")}};
  const std::vector<depth_tick> depth{{at_ms(2'000), 1, false, side::sell, dec("103"), dec("9")}};
  listener heard;
  tick_engine engine{make_plan(), seconds(taken_liquidity::displayed), heard};
  memory_records<trade_tick> first{trades};
  memory_records<quote_tick> second{quotes};
  memory_records<depth_tick> third{depth};
  const auto progress = run_tick_backtest(engine, {{0, &first, &second, &third}});
  EXPECT_EQ(show(heard.fills), "buy 1@102 2000 buy 1@103 2000");
  EXPECT_EQ(progress.bars, 3u);
  EXPECT_EQ(progress.steps, 3u);
  EXPECT_EQ(progress.at, at_ms(3'000));
}

/// Trades of both instruments, in the order of time.
std::vector<std::pair<size_t, trade_tick>> some_trades() {
  std::vector<std::pair<size_t, trade_tick>> out;
  int64_t ms = 0;
  const auto count = *rc::gen::inRange<size_t>(10, 120);
  for (size_t i = 0; i < count; ++i) {
    ms += *rc::gen::inRange<int64_t>(1, 900);
    trade_tick t;
    t.time = at_ms(ms);
    t.at = decimal::from_raw(*rc::gen::inRange<int64_t>(9'000, 11'000) * 1'000'000);
    t.size = dec("1");
    t.aggressor = *rc::gen::element(side::buy, side::sell);
    out.emplace_back(*rc::gen::inRange<size_t>(0, 2), t);
  }
  return out;
}

RC_GTEST_PROP(tick_engine, without_latency_cap_and_slippage_it_fills_as_the_bar_engine, ()) {
  const auto trades = some_trades();
  const auto plan = make_plan();
  listener by_ticks;
  tick_engine ticks{plan, seconds(), by_ticks};
  for (const auto& [i, t] : trades)
    ticks.on_trade(i, t);

  listener by_bars;
  backtest_engine bars{plan, by_bars};
  std::map<timestamp, std::vector<bar>> steps;
  for (size_t i = 0; i < 2; ++i) {
    auto made = trade_aggregation::by_time(1s);
    const auto add = [&](const std::optional<trade_bar>& m) {
      if (m)
        steps[m->bar.open_time + 1s].push_back({plan.instruments[i].id, m->bar.open_time, 1s,
                                                m->bar.open, m->bar.high, m->bar.low, m->bar.close,
                                                m->bar.volume});
    };
    for (const auto& [of, t] : trades)
      if (of == i)
        add(made.add(t));
    add(made.close_until(trades.back().second.time));
  }
  for (const auto& [close, step] : steps)
    bars.step(close, step);

  const auto key = [](const fill& f) {
    return std::tuple{f.order, f.instrument, f.direction, f.at, f.size, f.fee};
  };
  std::vector<std::tuple<client_order_id, instrument_id, side, price, quantity, money>> found;
  std::vector<std::tuple<client_order_id, instrument_id, side, price, quantity, money>> expected;
  for (const auto& f : by_ticks.fills)
    found.push_back(key(f));
  for (const auto& f : by_bars.fills)
    expected.push_back(key(f));
  // By bars, fills of one step stand in the order of their orders; by ticks, of their trades.
  std::ranges::sort(found);
  std::ranges::sort(expected);
  RC_ASSERT(found == expected);
  RC_ASSERT(by_ticks.decisions == by_bars.decisions);
  RC_ASSERT(ticks.account().equity() == bars.equity());
}

} // namespace
} // namespace supreme::trading
