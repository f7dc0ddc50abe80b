// Goal: a backtest hears and books the same whether its steps are done one by one or many at once,
// in whatever blocks, and whether or not anybody wants names. Method: random markets with gaps,
// plans of built-in strategies, of one that wishes at random and of pairs, under limits that
// refuse, caps that fill in parts, latency and drawdown control; everything that is heard is
// written down and compared line by line.

#include "tests/trading/generators.hpp"
#include "tests/trading/plans.hpp"

#include "trading/backtest/run.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string>

namespace supreme::trading {
namespace {

decimal dec(const char* text) { return decimal::literal(text); }

/// Wishes something at every fourth bar or so, and fails at a bar when it is told to.
class whimsical final : public strategy {
public:
  whimsical(uint64_t seed, uint64_t fails_at) : state_(seed * 2 + 1), fails_at_(fails_at) {}
  void on_fill(const slot_holding& after) override { held_ = after; }
  std::optional<decision> on_bar(const bar& b) override {
    if (++bars_ == fails_at_)
      throw std::runtime_error("bar " + std::to_string(bars_));
    state_ = state_ * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
    const auto draw = (state_ >> 33) % 12;
    if (draw > 2)
      return std::nullopt;
    // What it has been told of its fills is part of what it says.
    return decision{static_cast<desire>(draw + 1),
                    std::to_string(draw) + " holding " + held_.size.to_string(),
                    {{"average", held_.average_price.to_double()}, {"close", b.close.to_double()}},
                    distance(b, 60),
                    distance(b, 40)};
  }
  [[nodiscard]] uint32_t warmup_bars() const override { return 0; }

private:
  /// For every second wish: near enough to be hit within some bars.
  [[nodiscard]] std::optional<double> distance(const bar& b, double parts) const {
    const auto draw = state_ >> 20 & 7;
    return draw % 2 == 0 ? std::nullopt
                         : std::optional{b.close.to_double() * static_cast<double>(draw) / parts};
  }

  uint64_t state_;
  uint64_t fails_at_;
  uint64_t bars_ = 0;
  slot_holding held_;
};

const strategy_kind& whimsical_kind() {
  static const strategy_kind kind{
    "whimsical",
    "wishes at random",
    {{"seed", "where it begins", 0, 1e6, 1, true}, {"fails_at", "a bar", 0, 1e6, 0, true}},
    [](const parameters& p) -> std::unique_ptr<strategy> {
      return std::make_unique<whimsical>(static_cast<uint64_t>(p.at("seed")),
                                         static_cast<uint64_t>(p.at("fails_at")));
    },
    nullptr,
    nullptr};
  return kind;
}

const std::vector<instrument_id> both{instrument_id{"BTCUSDT"}, instrument_id{"ETHUSDT"}};

planned_strategy plan_strategy(const char* id, const char* kind, const parameters& given,
                               const char* size) {
  const auto& found = *find_strategy_kind(kind);
  return {strategy_id{id},
          &found,
          check_parameters(found, given).values,
          {sizing_mode::fixed_quantity, dec(size)},
          both};
}

backtest_plan any_plan() {
  auto plan = tests::account_plan("2000");
  for (const auto& id : both)
    plan.instruments.push_back(
      {id, asset_id{id.str().substr(0, 3)}, plan.quote, dec("0.01"), dec("0.001"), dec("1")});
  plan.limits.allow_short = *rc::gen::arbitrary<bool>();
  plan.limits.max_position = dec("9");
  plan.limits.max_input_age = std::chrono::minutes{3};
  plan.limits.taker_fee_ppb = plan.costs.taker_fee_ppb = 1'234'567;
  plan.limits.collar_ppb = *rc::gen::element<int64_t>(10'000'000, 0);
  plan.costs.slippage_ppb = *rc::gen::element<int64_t>(0, 500'000);
  plan.costs.max_volume_share_ppb = *rc::gen::element<int64_t>(0, 20'000'000);
  plan.latency = std::chrono::seconds{*rc::gen::element(0, 0, 30, 90)};
  if (*rc::gen::arbitrary<bool>())
    plan.trade_after = timestamp::from_ms(20 * 60'000);
  plan.strategies = {
    plan_strategy("trend", "momentum",
                  {{"fast", 2},
                   {"slow", 5},
                   {"signal", 2},
                   {"rsi_length", 3},
                   {"direction", 2},
                   {"stop_atr", 2},
                   {"atr_length", 3}},
                  "1.5"),
    plan_strategy("back", "mean_reversion", {{"length", 6}, {"width", 1}}, "2"),
    plan_strategy("spread", "pairs", {{"window", 6}, {"entry_z", 0.6}, {"exit_z", 0.2}}, "1"),
    {strategy_id{"any"},
     &whimsical_kind(),
     {{"seed", *rc::gen::inRange(0, 1'000)}, {"fails_at", 0}},
     {sizing_mode::fixed_quantity, dec("3")},
     both}};
  if (*rc::gen::arbitrary<bool>()) {
    plan.strategies.back().size.mode = sizing_mode::all_in;
    plan.limits.max_position = dec("30");
  }
  // One that remembers without ordering by itself, and sizes that need to know of trades.
  if (*rc::gen::inRange(0, 3) == 0)
    plan.policy.duplicates = duplicate_limit{std::chrono::minutes{2}, 5};
  if (*rc::gen::inRange(0, 3) == 0) {
    auto& size = plan.strategies.front().size;
    size.mode = sizing_mode::kelly;
    size.kelly.min_trades = 3;
    size.kelly.floor_ppb = 50'000'000;
  }
  if (*rc::gen::inRange(0, 3) == 0) {
    drawdown_policy drawdown;
    drawdown.no_entries_ppb = 5'000'000;
    drawdown.reduce_ppb = 8'000'000;
    drawdown.flatten_ppb = 12'000'000;
    drawdown.points = {{3'000'000, 500'000'000}};
    plan.policy.drawdown = drawdown;
  }
  return plan;
}

using market = std::vector<bar_record>;

market any_market(size_t count) {
  market out;
  int64_t at = *rc::gen::inRange<int64_t>(1, 4);
  int64_t cents = 10'000;
  for (size_t i = 0; i < count; ++i) {
    const auto open = std::max<int64_t>(cents + *rc::gen::element(0, 0, 0, -90, 90), 100);
    cents = std::max<int64_t>(open + *rc::gen::inRange<int64_t>(-150, 151), 100);
    const auto wick = *rc::gen::element(0, 0, 60);
    const auto price_of = [](int64_t c) { return decimal::from_raw(c * (decimal::scale / 100)); };
    out.push_back({timestamp::from_ms(at * 60'000), price_of(open),
                   price_of(std::max(open, cents) + wick),
                   price_of(std::max<int64_t>(std::min(open, cents) - wick, 1)), price_of(cents),
                   dec(*rc::gen::element("100", "100", "0.04", "0"))});
    at += *rc::gen::element(1, 1, 1, 1, 2, 5);
  }
  return out;
}

/// Gives bars out in parts of random lengths.
class parted_bars final : public bar_stream {
public:
  parted_bars(market bars, std::vector<size_t> parts)
    : bars_(std::move(bars)), parts_(std::move(parts)) {}
  std::span<const bar_record> next() override {
    const auto wanted = part_ < parts_.size() ? parts_[part_++] : bars_.size();
    const auto first = given_;
    given_ = std::min(bars_.size(), given_ + wanted);
    // What was given before is gone.
    now_.assign(bars_.begin() + static_cast<std::ptrdiff_t>(first),
                bars_.begin() + static_cast<std::ptrdiff_t>(given_));
    return now_;
  }

private:
  market bars_;
  std::vector<size_t> parts_;
  size_t part_ = 0;
  size_t given_ = 0;
  std::vector<bar_record> now_;
};

std::string text_of(const position& p) {
  return p.size.to_string() + "/" + p.cost.to_string() + "/" + p.realised_gross.to_string() + "/"
         + p.fees_quote.to_string() + "/" + std::to_string(p.fill_count);
}

/// Writes down what it hears.
class recorder final : public backtest_listener {
public:
  explicit recorder(bool names) : names_(names) {}
  [[nodiscard]] bool reads_names() const override { return names_; }
  void on_decision(const decision_event& e) override {
    auto line = "decision " + e.at.to_string() + " " + std::to_string(e.slot) + " "
                + std::to_string(e.instrument) + " " + std::string{e.reason} + " "
                + to_string(e.verdict->outcome) + " " + e.verdict->size.to_string() + " "
                + std::to_string(e.order) + " " + to_string(e.verdict->direction) + " "
                + e.verdict->worst_price.to_string() + " " + e.verdict->reserve_cash.to_string();
    lines.push_back(line);
    if (e.with_entry)
      protective.push_back(e.order);
    if (!names_)
      return;
    RC_ASSERT(!e.verdict->checks.empty());
    checks.push_back(e.verdict->checks);
    named.push_back(e.made->wish);
    RC_ASSERT(e.made->wish.event_time == e.at);
    RC_ASSERT(e.made->wish.reason == e.reason);
    RC_ASSERT(e.order_id->empty() == (e.order == 0));
  }
  void on_fill(const fill_event& e) override {
    filled.insert(e.order);
    lines.push_back("fill " + e.at.to_string() + " " + std::to_string(e.slot) + " "
                    + std::to_string(e.instrument) + " " + std::to_string(e.order) + " "
                    + std::to_string(e.account_seq) + " " + e.done.at.to_string() + " "
                    + e.done.size.to_string() + " " + e.done.fee_quote.to_string() + " "
                    + text_of(*e.account_after) + " " + text_of(*e.slot_after));
    if (!names_)
      return;
    RC_ASSERT(e.named->size == e.done.size && e.named->at == e.done.at
              && e.named->direction == e.done.direction);
    RC_ASSERT(e.booked->account_after == *e.account_after);
    RC_ASSERT(e.booked->slot_after == *e.slot_after);
    RC_ASSERT(e.booked->balances.front().delta.abs()
              == (e.done.direction == side::buy ? e.notional + e.done.fee_quote
                                                : (e.notional - e.done.fee_quote).abs()));
  }
  void on_order_end(const order_end_event& e) override {
    lines.push_back(std::string{to_string(state_of(e.ending))} + " " + std::to_string(e.order));
  }
  void on_values(const valued_steps& v) override {
    RC_ASSERT(v.times.size() == v.equity.size());
    for (size_t i = 0; i < v.times.size(); ++i)
      lines.push_back("value " + v.times[i].to_string() + " " + v.equity[i].to_string() + " "
                      + v.cash.to_string() + (v.exposed ? " exposed" : ""));
  }
  void on_block(const valued_block& b) override {
    for (size_t i = 0; i < b.steps.times.size(); ++i)
      blocks.push_back(b.steps.times[i].to_string() + " " + b.equity[i].to_string() + " "
                       + b.gross[i].to_string());
  }

  std::vector<std::string> lines;
  std::vector<std::string> blocks;
  std::vector<signal> named;
  std::vector<std::vector<check_result>> checks;
  std::vector<uint64_t> protective; ///< numbers of stops and targets
  std::set<uint64_t> filled;        ///< numbers of orders with a fill

private:
  bool names_;
};

struct outcome {
  std::vector<std::string> lines;
  std::vector<std::string> blocks;
  std::vector<signal> named;
  std::vector<std::vector<check_result>> checks;
  std::vector<uint64_t> protective;
  std::set<uint64_t> filled;
  std::string failure;
  std::map<instrument_id, position> positions;
  std::map<asset_id, money> balances;
  std::vector<std::optional<price>> marks; ///< after the bars are gone
};

template <class Run>
outcome observe(const backtest_plan& plan, bool names, Run run) {
  recorder heard{names};
  backtest_engine engine{plan, heard};
  outcome out;
  try {
    run(engine);
  } catch (const std::exception& why) {
    out.failure = why.what();
  }
  out.lines = std::move(heard.lines);
  out.blocks = std::move(heard.blocks);
  out.named = std::move(heard.named);
  out.checks = std::move(heard.checks);
  out.protective = std::move(heard.protective);
  out.filled = std::move(heard.filled);
  out.positions = engine.positions();
  out.balances = engine.balances();
  for (size_t i = 0; i < engine.instrument_count(); ++i)
    out.marks.push_back(engine.mark_at(i));
  return out;
}

/// One step after the other, each handed over by itself.
void run_by_step(backtest_engine& engine, const std::vector<market>& markets) {
  std::map<timestamp, std::vector<bar>> steps;
  for (size_t i = 0; i < markets.size(); ++i) {
    for (const auto& r : markets[i]) {
      bar b;
      b.instrument = both[i];
      b.interval = std::chrono::minutes{1};
      set_values(b, r);
      steps[b.close_time()].push_back(b);
    }
  }
  for (const auto& [at, bars] : steps)
    engine.step(at, bars);
}

void run_by_block(backtest_engine& engine, const std::vector<market>& markets,
                  const std::vector<std::vector<size_t>>& parts) {
  std::vector<parted_bars> streams;
  streams.reserve(markets.size());
  std::vector<market_input> inputs;
  for (size_t i = 0; i < markets.size(); ++i) {
    streams.emplace_back(markets[i], parts[i]);
    inputs.push_back({both[i], std::chrono::minutes{1}, &streams.back()});
  }
  run_backtest(engine, inputs);
}

/// Goes long of 2 at its first bar and stays.
class patient final : public strategy {
public:
  void on_fill(const slot_holding&) override {}
  std::optional<decision> on_bar(const bar&) override {
    return std::exchange(asked_, true)
             ? std::nullopt
             : std::optional{decision{desire::long_position, "in", {}, {}, {}}};
  }
  [[nodiscard]] uint32_t warmup_bars() const override { return 0; }

private:
  bool asked_ = false;
};

backtest_plan make_plan_that_holds() {
  static const auto kind = tests::plain_kind<patient>("patient", "buys and holds");
  auto plan = tests::account_plan("2000");
  plan.instruments = {{both[0], asset_id{"BTC"}, plan.quote, dec("0.01"), dec("0.001"), dec("1")}};
  plan.strategies = {
    {strategy_id{"holder"}, &kind, {}, {sizing_mode::fixed_quantity, dec("2")}, {both[0]}}};
  return plan;
}

std::vector<size_t> any_parts() {
  return *rc::gen::container<std::vector<size_t>>(20, rc::gen::inRange<size_t>(1, 60));
}

void expect_equal(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    RC_ASSERT(a[i] == b[i]);
  RC_ASSERT(a.size() == b.size());
}

RC_GTEST_PROP(backtest_blocks, are_heard_and_booked_as_single_steps_are, ()) {
  const auto plan = any_plan();
  const std::vector markets{any_market(*rc::gen::inRange<size_t>(1, 400)),
                            any_market(*rc::gen::inRange<size_t>(1, 400))};
  const std::vector parts{any_parts(), any_parts()};
  const auto expected = observe(plan, true, [&](auto& engine) { run_by_step(engine, markets); });
  RC_ASSERT(expected.failure.empty());
  for (const bool names : {true, false}) {
    const auto seen =
      observe(plan, names, [&](auto& engine) { run_by_block(engine, markets, parts); });
    RC_ASSERT(seen.failure.empty());
    expect_equal(seen.lines, expected.lines);
    expect_equal(seen.blocks, expected.blocks);
    RC_ASSERT(seen.positions == expected.positions);
    RC_ASSERT(seen.balances == expected.balances);
    RC_ASSERT(seen.marks == expected.marks);
    if (names) {
      RC_ASSERT(seen.named == expected.named);
      RC_ASSERT(seen.checks == expected.checks);
    }
  }
}

RC_GTEST_PROP(backtest_blocks, end_where_a_strategy_fails_with_all_that_was_before_it, ()) {
  auto plan = any_plan();
  plan.strategies.back().values["fails_at"] = *rc::gen::inRange(1, 200);
  const std::vector markets{any_market(200), any_market(200)};
  const auto expected = observe(plan, true, [&](auto& engine) { run_by_step(engine, markets); });
  const auto seen = observe(plan, false, [&](auto& engine) {
    run_by_block(engine, markets, {any_parts(), any_parts()});
  });
  RC_ASSERT(!expected.failure.empty());
  RC_ASSERT(seen.failure == expected.failure);
  expect_equal(seen.lines, expected.lines);
  RC_ASSERT(seen.marks == expected.marks);
}

TEST(backtest_blocks, trade_enough_for_the_comparison_to_mean_something) {
  rc::Random random{1};
  const auto generated =
    rc::gen::exec([] {
      return std::pair{any_plan(), std::vector{any_market(400), any_market(400)}};
    })(random, 100)
      .value();
  auto plan = generated.first;
  plan.policy = {};
  plan.trade_after.reset();
  plan.limits.collar_ppb = 10'000'000;
  plan.strategies.back().size.mode = sizing_mode::fixed_quantity;
  const auto run = [&] {
    return observe(plan, true, [&](auto& engine) { run_by_step(engine, generated.second); });
  };
  auto seen = run();
  const auto count = [&](const std::string& what) {
    return std::count_if(seen.lines.begin(), seen.lines.end(),
                         [&](const auto& line) { return line.starts_with(what); });
  };
  EXPECT_GT(count("fill"), 100);
  EXPECT_GT(count("decision"), count("fill")) << "some are refused";
  EXPECT_GT(count("value"), 400);
  EXPECT_GT(count("cancelled"), 20) << "stops and targets that became pointless";
  EXPECT_GT(std::count_if(seen.protective.begin(), seen.protective.end(),
                          [&](const auto& order) { return seen.filled.contains(order); }),
            5)
    << "stops and targets that filled";
  plan.limits.collar_ppb = 0;
  plan.costs.slippage_ppb = 500'000;
  plan.limits.max_position.reset();
  plan.strategies.erase(plan.strategies.begin(), std::prev(plan.strategies.end()));
  plan.strategies.back().size.mode = sizing_mode::all_in;
  seen = run();
  EXPECT_GT(count("expired"), 5) << "buys that cash did not pay for";
}

TEST(backtest_blocks, end_with_the_values_before_one_that_no_decimal_holds) {
  auto plan = make_plan_that_holds();
  market bars;
  const char* closes[] = {"100", "100", "110", "120", "90000000000", "100"};
  for (int64_t i = 0; i < 6; ++i) {
    const auto close = dec(closes[i]);
    bars.push_back({timestamp::from_ms((i + 1) * 60'000), dec("100"), std::max(close, dec("100")),
                    dec("100"), close, dec("1000")});
  }
  const auto by_step = observe(plan, true, [&](auto& engine) { run_by_step(engine, {bars}); });
  const auto by_block =
    observe(plan, false, [&](auto& engine) { run_by_block(engine, {bars}, {{}}); });
  EXPECT_FALSE(by_step.failure.empty());
  EXPECT_EQ(by_block.failure, by_step.failure);
  EXPECT_EQ(by_block.lines, by_step.lines);
  EXPECT_EQ(std::count_if(by_step.lines.begin(), by_step.lines.end(),
                          [](const auto& line) { return line.starts_with("value"); }),
            4);
}

} // namespace
} // namespace supreme::trading
