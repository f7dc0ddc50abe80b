// Goal: what is said of a backtest at its end is what happened in it: every unit of profit belongs
// to a strategy, trades carry the reasons for their ends, series keep what they sample, and an
// early question changes nothing. Method: a strategy that wishes at random from a seed, run by the
// engine over random markets whose prices do not divide; hand-made bars where figures are known.

#include "tests/trading/generators.hpp"
#include "tests/trading/plans.hpp"

#include "trading/backtest/result_collector.hpp"
#include "trading/backtest/run.hpp"

#include <chrono>
#include <map>
#include <numeric>

namespace supreme::trading {
namespace {

decimal dec(const char* text) { return decimal::literal(text); }
timestamp minute(int64_t n) { return timestamp::from_ms(n * 60'000); }

/// Wishes something at every third bar or so; the wish is its reason.
class whimsical final : public strategy {
public:
  explicit whimsical(uint64_t seed) : state_(seed * 2 + 1) {}
  void on_fill(const slot_holding&) override {}
  std::optional<decision> on_bar(const bar& b) override {
    state_ = state_ * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
    const auto draw = (state_ >> 33) % 9;
    if (draw > 2)
      return std::nullopt;
    const auto wish = static_cast<desire>(draw + 1);
    return decision{wish, std::to_string(draw) + " at " + b.close_time().to_string(), {}, {}, {}};
  }
  [[nodiscard]] uint32_t warmup_bars() const override { return 0; }

private:
  uint64_t state_;
};

std::unique_ptr<strategy> make_whimsical(const parameters& p) {
  return std::make_unique<whimsical>(static_cast<uint64_t>(p.at("seed")));
}

const strategy_kind& whimsical_kind() {
  static const strategy_kind kind{"whimsical",
                                  "wishes at random",
                                  {{"seed", "where it begins", 0, 1e6, 1, true}},
                                  make_whimsical,
                                  nullptr,
                                  nullptr};
  return kind;
}

/// Three strategies on two instruments whose notionals have more than eight fraction digits.
backtest_plan make_plan(int64_t seed) {
  auto plan = tests::account_plan("100000");
  for (const auto* id : {"BTCUSDT", "ETHUSDT"})
    plan.instruments.push_back(
      {instrument_id{id}, asset_id{"X"}, plan.quote, dec("0.00000001"), dec("0.00000001"), {}});
  plan.limits.allow_short = true;
  plan.limits.taker_fee_ppb = plan.costs.taker_fee_ppb = 1'234'567;
  const std::vector<instrument_id> both{instrument_id{"BTCUSDT"}, instrument_id{"ETHUSDT"}};
  for (int i = 0; i < 3; ++i)
    plan.strategies.push_back({strategy_id{"s" + std::to_string(i)},
                               &whimsical_kind(),
                               {{"seed", static_cast<double>(seed + i)}},
                               {sizing_mode::fixed_quantity, dec("0.12345677")},
                               both});
  return plan;
}

std::vector<bar_record> any_market(int64_t count) {
  std::vector<bar_record> out;
  auto at = *rc::gen::inRange<int64_t>(1, 4);
  for (int64_t i = 0; i < count; ++i) {
    const auto open = *tests::decimal_between(900'000'001, 1'100'000'001);
    const auto close = *tests::decimal_between(900'000'001, 1'100'000'001);
    out.push_back(
      {minute(at), open, std::max(open, close), std::min(open, close), close, dec("1000")});
    at += *rc::gen::element(1, 1, 1, 2);
  }
  return out;
}

struct finished_run {
  backtest_result result;
  money engine_equity;
  money start;
};

finished_run run(const backtest_plan& plan, const std::vector<std::vector<bar_record>>& markets) {
  result_collector collector{plan, 16};
  backtest_engine engine{plan, collector};
  collector.watch(engine);
  std::vector<memory_bars> streams;
  for (const auto& bars : markets)
    streams.emplace_back(bars);
  std::vector<market_input> inputs;
  for (size_t i = 0; i < markets.size(); ++i)
    inputs.push_back({plan.instruments[i].id, std::chrono::minutes{1}, &streams[i]});
  run_backtest(engine, inputs);
  return {collector.result(true), engine.equity(), plan.initial.at(plan.quote)};
}

RC_GTEST_PROP(result_collector, gives_every_unit_of_profit_to_a_strategy, ()) {
  const auto plan = make_plan(*rc::gen::inRange<int64_t>(0, 100'000));
  const auto [result, equity, start] = run(plan, {any_market(40), any_market(40)});
  RC_ASSERT(result.equity == equity);
  money sum;
  uint64_t fills = 0;
  uint64_t trades = 0;
  for (const auto& s : result.strategies) {
    sum += result.earned_by(s).net();
    fills += s.fills;
    trades += s.trades;
  }
  RC_ASSERT(sum == result.equity - start);
  RC_ASSERT(result.earned.total().net() == sum);
  // What an instrument's slots earned is what its position did.
  for (const auto& i : result.instruments)
    RC_ASSERT(result.earned.by_instrument().at(i.traded.id).net()
              == value_of(i.held, i.mark) - i.held.cost + i.held.realised_net());
  RC_ASSERT(fills == result.fills);
  RC_ASSERT(trades == result.trades.size());
  RC_ASSERT(result.statistics.trades.count == trades);
}

/// The same run, each step handed over by itself.
backtest_result run_by_step(const backtest_plan& plan,
                            const std::vector<std::vector<bar_record>>& markets) {
  result_collector collector{plan, 16};
  backtest_engine engine{plan, collector};
  collector.watch(engine);
  std::map<timestamp, std::vector<step_bar>> steps;
  for (size_t i = 0; i < markets.size(); ++i) {
    for (const auto& b : markets[i])
      steps[b.open_time + std::chrono::minutes{1}].push_back({i, std::chrono::minutes{1}, &b});
  }
  for (const auto& [at, bars] : steps)
    engine.step(at, bars);
  return collector.result(true);
}

void expect_same(const backtest_result& a, const backtest_result& b) {
  RC_ASSERT(a.statistics == b.statistics);
  RC_ASSERT(a.days == b.days);
  RC_ASSERT(a.equity_curve == b.equity_curve);
  RC_ASSERT(a.benchmark == b.benchmark);
  RC_ASSERT(a.exposure == b.exposure);
  RC_ASSERT(a.trades.size() == b.trades.size());
  RC_ASSERT(a.instruments.size() == b.instruments.size());
  for (size_t i = 0; i < a.instruments.size(); ++i) {
    RC_ASSERT(a.instruments[i].prices == b.instruments[i].prices);
    RC_ASSERT(a.instruments[i].mark == b.instruments[i].mark);
    RC_ASSERT(a.instruments[i].bars == b.instruments[i].bars);
  }
}

RC_GTEST_PROP(result_collector, tells_the_same_of_blocks_as_of_single_steps, ()) {
  auto plan = make_plan(*rc::gen::inRange<int64_t>(0, 100'000));
  std::vector markets{any_market(*rc::gen::inRange<int64_t>(1, 600)),
                      any_market(*rc::gen::inRange<int64_t>(1, 600))};
  if (*rc::gen::arbitrary<bool>()) {
    markets.pop_back();
    plan.instruments.pop_back();
    for (auto& s : plan.strategies)
      s.instruments.pop_back();
  }
  // Some do nothing for more than a block.
  if (*rc::gen::arbitrary<bool>())
    plan.trade_after = minute(*rc::gen::inRange<int64_t>(1, 900));
  expect_same(run(plan, markets).result, run_by_step(plan, markets));
}

TEST(result_collector, compares_with_the_market_from_the_first_close_of_a_quiet_block) {
  auto plan = make_plan(1);
  plan.instruments.pop_back();
  plan.strategies = {{strategy_id{"slow"},
                      find_strategy_kind("sma_cross"),
                      check_parameters(*find_strategy_kind("sma_cross"), {}).values,
                      {sizing_mode::fixed_quantity, dec("1")},
                      {plan.instruments[0].id}}};
  std::vector<bar_record> bars;
  for (int64_t i = 0; i < 600; ++i) {
    const auto close = decimal::from_integer(100 + i);
    bars.push_back({minute(i), close, close, close, close, dec("1")});
  }
  const auto result = run(plan, {bars}).result;
  EXPECT_EQ(result.signals, 0u) << "no average ever crosses another";
  EXPECT_DOUBLE_EQ(result.statistics.market.market_return.value(), 5.99);
}

RC_GTEST_PROP(result_collector, keeps_the_ends_and_extremes_of_the_markets, ()) {
  const auto plan = make_plan(*rc::gen::inRange<int64_t>(0, 100'000));
  const std::vector markets{any_market(60), any_market(60)};
  const auto result = run(plan, markets).result;
  RC_ASSERT(result.bars == 120u);
  RC_ASSERT(result.equity_curve.size() <= 16u);
  RC_ASSERT(result.equity_curve.back().last == result.equity);
  for (size_t i = 0; i < markets.size(); ++i) {
    const auto& seen = result.instruments[i];
    RC_ASSERT(seen.bars == markets[i].size());
    RC_ASSERT(seen.mark == markets[i].back().close);
    RC_ASSERT(seen.prices.front().first == markets[i].front().close);
    price low = markets[i].front().low;
    price high = markets[i].front().high;
    for (const auto& b : markets[i]) {
      low = std::min(low, b.low);
      high = std::max(high, b.high);
    }
    for (const auto& b : seen.prices)
      RC_ASSERT(b.lowest >= low && b.highest <= high);
  }
}

/// Bars that open and close at these prices, one after the other.
std::vector<bar_record> flat_bars(std::initializer_list<const char*> prices) {
  std::vector<bar_record> out;
  for (const auto* text : prices) {
    const auto p = dec(text);
    out.push_back({minute(static_cast<int64_t>(out.size())), p, p, p, p, dec("1000")});
  }
  return out;
}

/// Enters with the first bar, leaves with the third.
class in_and_out final : public strategy {
public:
  void on_fill(const slot_holding&) override {}
  std::optional<decision> on_bar(const bar&) override {
    ++bars_;
    if (bars_ == 1)
      return decision{desire::long_position, "in", {}, {}, {}};
    if (bars_ == 3)
      return decision{desire::flat, "out", {}, {}, {}};
    return std::nullopt;
  }
  [[nodiscard]] uint32_t warmup_bars() const override { return 0; }

private:
  int bars_ = 0;
};

backtest_plan in_and_out_plan(const char* quantity) {
  static const auto kind = tests::plain_kind<in_and_out>("in_and_out", "once");
  auto plan = make_plan(1);
  plan.strategies = {{strategy_id{"once"},
                      &kind,
                      {},
                      {sizing_mode::fixed_quantity, dec(quantity)},
                      {plan.instruments.front().id}}};
  plan.costs = {};
  return plan;
}

TEST(result_collector, tells_a_trade_with_the_reasons_for_its_ends) {
  const auto plan = in_and_out_plan("10");
  const auto result = run(plan, {flat_bars({"100", "110", "120", "130", "140"})}).result;
  ASSERT_EQ(result.trades.size(), 1u);
  const auto& t = result.trades.front();
  EXPECT_EQ(result.strategy_of(t).str(), "once");
  EXPECT_EQ(result.entry_reason_of(t), "in");
  EXPECT_EQ(result.exit_reason_of(t), "out");
  EXPECT_EQ(t.trade.entry_cost, dec("1100"));
  EXPECT_EQ(t.trade.gross, dec("200"));
  EXPECT_EQ(t.trade.opened_at, minute(2));
}

TEST(result_collector, shows_the_share_of_equity_that_is_held) {
  const auto result = run(in_and_out_plan("100"), {flat_bars({"100", "110", "120", "130"})}).result;
  ASSERT_EQ(result.exposure.size(), 4u);
  EXPECT_TRUE(result.exposure[0].last.is_zero());
  EXPECT_EQ(result.exposure[1].last, dec("0.11"));       // 11,000 of 100,000
  EXPECT_EQ(result.exposure[2].last, dec("0.11881188")); // 12,000 of 101,000
  EXPECT_TRUE(result.exposure[3].last.is_zero());
}

TEST(result_collector, compares_with_equal_shares_that_are_held_from_the_first_closes) {
  const auto plan = in_and_out_plan("1");
  auto second = flat_bars({"10", "20", "5"});
  second.erase(second.begin());
  const auto result = run(plan, {flat_bars({"100", "110", "120"}), second}).result;
  ASSERT_EQ(result.benchmark.size(), 3u);
  EXPECT_EQ(result.benchmark[0].last, dec("100000"));
  EXPECT_EQ(result.benchmark[1].last, dec("105000"));
  EXPECT_EQ(result.benchmark[2].last, dec("72500")); // 60,000 + 50,000 · 5/20
}

TEST(result_collector, takes_the_only_instrument_for_the_market) {
  auto plan = in_and_out_plan("1");
  plan.instruments.resize(1);
  const auto result = run(plan, {flat_bars({"100", "110", "125"})}).result;
  ASSERT_TRUE(result.statistics.market.market_return);
  EXPECT_DOUBLE_EQ(*result.statistics.market.market_return, 0.25);
}

TEST(result_collector, counts_refusals_by_code_with_their_times) {
  const auto plan = in_and_out_plan("100000");
  const auto result = run(plan, {flat_bars({"100", "110", "120", "130"})}).result;
  ASSERT_EQ(result.refusals.size(), 2u);
  EXPECT_EQ(result.refusals[0].code, "cash");
  EXPECT_EQ(result.refusals[0].count, 1u);
  EXPECT_EQ(result.refusals[0].first, minute(1));
  EXPECT_EQ(result.refusals[1].code, "nothing_to_do");
  EXPECT_EQ(result.orders, 0u);
}

TEST(result_collector, has_an_answer_before_the_first_step) {
  const auto plan = make_plan(1);
  result_collector collector{plan};
  backtest_engine engine{plan, collector};
  collector.watch(engine);
  const auto result = collector.result(false);
  EXPECT_FALSE(result.complete);
  EXPECT_EQ(result.steps, 0u);
  EXPECT_TRUE(result.equity_curve.empty());
  EXPECT_EQ(result.instruments.size(), 2u);
}

} // namespace
} // namespace supreme::trading
