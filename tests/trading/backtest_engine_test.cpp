// Goal: the backtest does what a venue and an account do: orders rest until the next bar, fills
// move positions and cash exactly, reservations end with their order, and equity is cash plus
// positions at the closes. Method: hand-made bars and a strategy that wishes what the test tells
// it; expected figures worked out by hand.
#include "tests/trading/plans.hpp"

#include "trading/backtest/engine.hpp"

#include "trading/check.hpp"

#include <gtest/gtest.h>

namespace supreme::trading {
namespace {

decimal dec(const char* text) { return decimal::literal(text); }
timestamp minute(int64_t n) { return timestamp::from_ms(n * 60'000); }

const instrument_id btc{"BTCUSDT"};
const instrument_id eth{"ETHUSDT"};

bar make_bar(const instrument_id& id, int64_t closes_at, const char* open, const char* close) {
  auto o = dec(open);
  auto c = dec(close);
  return {id,
          minute(closes_at - 1),
          std::chrono::seconds{60},
          o,
          std::max(o, c),
          std::min(o, c),
          c,
          dec("1000")};
}

/// Goes long at the bar that closes at 1, flat at the one that closes at `leave`.
class scripted final : public strategy {
public:
  explicit scripted(int64_t leave) : leave_(leave) {}
  void on_fill(const slot_holding& after) override { held = after; }
  std::optional<decision> on_bar(const bar& b) override {
    if (b.close_time() == minute(1))
      return decision{desire::long_position, "enter", {}, {}, {}};
    if (b.close_time() == minute(leave_))
      return decision{desire::flat, "leave", {}, {}, {}};
    return std::nullopt;
  }
  [[nodiscard]] uint32_t warmup_bars() const override { return 0; }
  slot_holding held;

private:
  int64_t leave_;
};

std::unique_ptr<strategy> make_scripted(const parameters& p) {
  return std::make_unique<scripted>(static_cast<int64_t>(p.at("leave")));
}

const strategy_kind& scripted_kind() {
  static const strategy_kind kind{"scripted",
                                  "does what it is told",
                                  {{"leave", "when", 1, 100, 3, true}},
                                  make_scripted,
                                  nullptr,
                                  nullptr};
  return kind;
}

struct listener final : named_listener {
  void decided(const made_decision& d, const client_order_id& order) override {
    decisions.push_back(d);
    orders.push_back(order);
  }
  void filled(const fill& f, const slot_id&, const booked_fill&, uint64_t seq) override {
    fills.push_back(f);
    EXPECT_EQ(seq, fills.size());
  }
  void ended(const client_order_id& order, order_state, timestamp) override {
    gone.push_back(order);
  }
  void valued(const account_value& v) override { values.emplace_back(v.equity, v.cash); }

  std::vector<made_decision> decisions;
  std::vector<client_order_id> orders;
  std::vector<fill> fills;
  std::vector<client_order_id> gone;
  std::vector<std::pair<money, money>> values;
};

backtest_plan make_plan(const char* cash = "1000") {
  auto plan = tests::account_plan(cash);
  for (const auto& [id, base] : {std::pair{btc, "BTC"}, {eth, "ETH"}})
    plan.instruments.push_back(
      {id, asset_id{base}, asset_id{"USDT"}, dec("0.01"), dec("0.001"), dec("5")});
  plan.limits.taker_fee_ppb = 1'000'000;
  plan.strategies.push_back({strategy_id{"one"},
                             &scripted_kind(),
                             {{"leave", 3}},
                             {sizing_mode::fixed_quantity, dec("2")},
                             {btc}});
  plan.costs.taker_fee_ppb = 1'000'000; // 10 bps
  return plan;
}

TEST(backtest_engine, fills_on_the_next_open_and_books_to_the_last_unit) {
  listener heard;
  backtest_engine engine{make_plan(), heard};
  engine.step(minute(1), {make_bar(btc, 1, "100", "101")});
  ASSERT_EQ(heard.decisions.size(), 1u);
  EXPECT_EQ(heard.decisions[0].mark, dec("101"));
  EXPECT_EQ(engine.open_orders(), 1u);
  EXPECT_TRUE(heard.fills.empty()) << "nobody fills on the bar that was decided on";
  EXPECT_EQ(engine.equity(), dec("1000"));

  engine.step(minute(2), {make_bar(btc, 2, "102", "103")});
  ASSERT_EQ(heard.fills.size(), 1u);
  EXPECT_EQ(heard.fills[0].at, dec("102"));
  EXPECT_EQ(heard.fills[0].fee, dec("0.204"));
  EXPECT_EQ(engine.open_orders(), 0u);
  EXPECT_EQ(engine.balances().at(asset_id{"USDT"}), dec("795.796")); // 1000 − 204 − 0.204
  EXPECT_EQ(engine.equity(), dec("1001.796"));                       // + 2 · 103
  EXPECT_EQ(heard.values.back(), (std::pair{dec("1001.796"), dec("795.796")}));

  engine.step(minute(3), {make_bar(btc, 3, "104", "105")});
  engine.step(minute(4), {make_bar(btc, 4, "106", "90")});
  ASSERT_EQ(heard.fills.size(), 2u);
  EXPECT_EQ(heard.fills[1].direction, side::sell);
  const auto held = engine.positions().at(btc);
  EXPECT_TRUE(held.size.is_zero());
  EXPECT_EQ(held.realised_gross, dec("8"));
  EXPECT_EQ(held.fees_quote, dec("0.416"));
  EXPECT_EQ(engine.equity(), dec("1007.584"));
  EXPECT_EQ(engine.slots().at(make_slot(strategy_id{"one"}, btc)), held);
}

TEST(backtest_engine, trades_on_no_close_up_to_the_time_it_is_told) {
  auto plan = make_plan();
  plan.strategies.push_back({strategy_id{"two"},
                             &scripted_kind(),
                             {{"leave", 2}},
                             {sizing_mode::fixed_quantity, dec("2")},
                             {btc}});
  plan.trade_after = minute(1);
  listener heard;
  backtest_engine engine{std::move(plan), heard};
  engine.step(minute(1), {make_bar(btc, 1, "100", "101")});
  EXPECT_TRUE(heard.decisions.empty()) << "both have wished to enter";
  EXPECT_EQ(heard.values.size(), 1u) << "it is valued all the same";
  engine.step(minute(2), {make_bar(btc, 2, "100", "101")});
  ASSERT_EQ(heard.decisions.size(), 1u);
  EXPECT_EQ(heard.decisions[0].wish.strategy, strategy_id{"two"});
}

TEST(backtest_engine, reserves_until_the_order_is_filled_and_no_longer) {
  auto plan = make_plan("410"); // Two of 101 with 1 % collar and fee need 204.4; both strategies'
                                // orders need more than there is.
  plan.strategies.push_back({strategy_id{"two"},
                             &scripted_kind(),
                             {{"leave", 2}},
                             {sizing_mode::fixed_quantity, dec("2.1")},
                             {btc}});
  listener heard;
  backtest_engine engine{plan, heard};
  engine.step(minute(1), {make_bar(btc, 1, "100", "101")});
  ASSERT_EQ(heard.decisions.size(), 2u);
  EXPECT_EQ(heard.decisions[0].verdict.outcome, refusal::none);
  EXPECT_EQ(heard.decisions[1].verdict.outcome, refusal::cash)
    << "what the first has reserved is gone";
  EXPECT_TRUE(heard.orders[1].empty());
}

TEST(backtest_engine, fills_in_parts_under_a_volume_cap_and_releases_in_parts) {
  auto plan = make_plan();
  plan.costs.max_volume_share_ppb = 1'000'000; // 0.1 % of 1,000 is 1
  plan.strategies[0].values["leave"] = 5;
  listener heard;
  backtest_engine engine{plan, heard};
  engine.step(minute(1), {make_bar(btc, 1, "100", "100")});
  engine.step(minute(2), {make_bar(btc, 2, "100", "100")});
  ASSERT_EQ(heard.fills.size(), 1u);
  EXPECT_EQ(heard.fills[0].size, dec("1"));
  EXPECT_EQ(engine.open_orders(), 1u);
  engine.step(minute(3), {make_bar(btc, 3, "100", "100")});
  EXPECT_EQ(heard.fills.size(), 2u);
  EXPECT_EQ(engine.open_orders(), 0u);
  EXPECT_EQ(engine.positions().at(btc).size, dec("2"));
}

TEST(backtest_engine, lets_an_order_rest_while_its_instrument_has_no_bar) {
  listener heard;
  backtest_engine engine{make_plan(), heard};
  engine.step(minute(1), {make_bar(btc, 1, "100", "100")});
  engine.step(minute(2), {make_bar(eth, 2, "10", "10")});
  EXPECT_TRUE(heard.fills.empty());
  engine.step(minute(5), {make_bar(btc, 5, "99", "100")});
  ASSERT_EQ(heard.fills.size(), 1u);
  EXPECT_EQ(heard.fills[0].at, dec("99"));
}

TEST(backtest_engine, values_a_position_at_the_last_close_of_its_instrument) {
  listener heard;
  backtest_engine engine{make_plan(), heard};
  engine.step(minute(1), {make_bar(btc, 1, "100", "100")});
  engine.step(minute(2), {make_bar(btc, 2, "100", "100")});
  auto before = engine.equity();
  engine.step(minute(4), {make_bar(eth, 4, "10", "20")});
  EXPECT_EQ(engine.equity(), before);
}

TEST(backtest_engine, decides_in_the_order_of_the_keys_whatever_the_order_of_the_bars) {
  auto plan = make_plan("100000");
  plan.strategies[0].instruments = {eth, btc};
  plan.strategies[0].values["leave"] = 9;
  auto ids = [&](std::vector<bar> bars) {
    listener heard;
    backtest_engine engine{plan, heard};
    engine.step(minute(1), bars);
    std::vector<slot_id> slots;
    for (const auto& d : heard.decisions)
      slots.push_back(d.wish.key.slot);
    return slots;
  };
  auto one = make_bar(btc, 1, "100", "100");
  auto other = make_bar(eth, 1, "10", "10");
  EXPECT_EQ(ids({one, other}), ids({other, one}));
  EXPECT_EQ(ids({one, other}).size(), 2u);
}

TEST(backtest_engine, refuses_to_go_back_in_time) {
  listener heard;
  backtest_engine engine{make_plan(), heard};
  engine.step(minute(2), {make_bar(btc, 2, "100", "100")});
  EXPECT_THROW(engine.step(minute(2), {make_bar(btc, 2, "100", "100")}), contract_violation);
}

TEST(backtest_plan, names_everything_that_is_wrong_with_it) {
  auto plan = make_plan();
  EXPECT_TRUE(plan.problems().empty());
  plan.instruments.push_back(plan.instruments.front());
  plan.instruments.front().quote = asset_id{"EUR"};
  plan.instruments.back().lot_size = {};
  plan.strategies.push_back(plan.strategies.front());
  plan.strategies.back().kind = nullptr;
  plan.strategies.back().size.amount = {};
  plan.strategies.back().instruments = {instrument_id{"DOGEUSDT"}, instrument_id{"DOGEUSDT"}};
  EXPECT_EQ(plan.problems().size(), 9u);
  EXPECT_EQ(backtest_plan{}.problems(), std::vector<std::string>{"there is no strategy"});
}

TEST(backtest_engine, lets_an_order_that_arrives_after_an_open_miss_that_bar) {
  listener heard;
  auto plan = make_plan();
  plan.latency = std::chrono::milliseconds{50};
  backtest_engine engine{plan, heard};
  engine.step(minute(1), {make_bar(btc, 1, "100", "101")});
  engine.step(minute(2), {make_bar(btc, 2, "102", "103")});
  EXPECT_TRUE(heard.fills.empty()) << "it opened when the order was still under way";
  engine.step(minute(3), {make_bar(btc, 3, "104", "105")});
  ASSERT_EQ(heard.fills.size(), 1u);
  EXPECT_EQ(heard.fills[0].at, dec("104"));
}

TEST(backtest_engine, refuses_an_order_that_arrives_before_it_is_sent) {
  auto plan = make_plan();
  plan.latency = std::chrono::milliseconds{-1};
  EXPECT_EQ(plan.problems().size(), 1u);
}

TEST(backtest_engine, asks_its_accounts_policy_and_lets_it_act_by_itself) {
  listener heard;
  auto plan = make_plan();
  plan.strategies.back().values = {{"leave", 100}};
  drawdown_policy d;
  d.flatten_ppb = whole_ppb / 100;
  plan.policy.drawdown = d;
  backtest_engine engine{plan, heard};
  engine.step(minute(1), {make_bar(btc, 1, "100", "101")});
  engine.step(minute(2), {make_bar(btc, 2, "102", "102")});
  engine.step(minute(3), {make_bar(btc, 3, "96", "96")}); // 12.2 of 1000 are lost.
  ASSERT_EQ(heard.decisions.size(), 2u);
  EXPECT_TRUE(is_own(heard.decisions[1].wish));
  EXPECT_EQ(heard.decisions[1].verdict.direction, side::sell);
  engine.step(minute(4), {make_bar(btc, 4, "96", "96")});
  EXPECT_TRUE(engine.positions().at(btc).size.is_zero());
  EXPECT_EQ(engine.risk().memory()->findings().at("drawdown"), 1u);
}

TEST(backtest_engine, refuses_what_its_accounts_policy_refuses) {
  listener heard;
  auto plan = make_plan();
  plan.policy.exposure.max_gross = dec("100");
  backtest_engine engine{plan, heard};
  engine.step(minute(1), {make_bar(btc, 1, "100", "101")});
  ASSERT_EQ(heard.decisions.size(), 1u);
  EXPECT_EQ(heard.decisions[0].verdict.outcome, refusal::gross_exposure);
  EXPECT_EQ(engine.open_orders(), 0u);
}

TEST(backtest_plan, refuses_a_policy_that_means_nothing) {
  auto plan = make_plan();
  plan.policy.order_rate = rate_limit{0, nanoseconds{1}};
  EXPECT_EQ(plan.problems().size(), 1u);
}

} // namespace
} // namespace supreme::trading
