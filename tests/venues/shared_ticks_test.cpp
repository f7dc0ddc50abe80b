// Goal: recorded ticks of real venues read without a defect, as many as their descriptions say, and
// a plan can be run over them. Method: the shared files; each fill of a run is looked up in the
// record by a walk over all of it.

#include "tests/support/shared_data.hpp"

#include "trading/backtest/tick_run.hpp"
#include "trading/matching/fees.hpp"
#include "venues/history/depth_file_stream.hpp"
#include "venues/history/tick_file_stream.hpp"

#include <gtest/gtest.h>

#include <map>

namespace supreme::venues {
namespace {

using namespace std::chrono_literals;
using trading::decimal;
using trading::side;

template <class Record>
std::vector<Record> all_of(trading::record_stream<Record>& stream) {
  std::vector<Record> out;
  for (auto batch = stream.next(); !batch.empty(); batch = stream.next())
    out.insert(out.end(), batch.begin(), batch.end());
  return out;
}

template <class Record>
std::vector<Record> all_of(trading::record_stream<Record>&& stream) {
  return all_of(stream);
}

constexpr const char* crypto_trades =
  "data/trades/binance_spot/BTCUSDT_2024-08-08T2354_2024-08-09T0005_trades.csv.gz";
constexpr const char* crypto_quotes =
  "data/quotes/binance_spot/BTCUSDT_2024-08-08T2354_2024-08-09T0005_bookTicker.csv.gz";
constexpr const char* crypto_depth =
  "data/book/binance_spot/BTCUSDT_2024-08-08T2354_2024-08-09T0005_depth.csv.gz";

TEST(shared_ticks, trades_hold_what_their_readme_says) {
  SUPREME_SHARED_PATH(crypto, crypto_trades);
  trade_file_stream stream{crypto.string()};
  EXPECT_EQ(all_of(stream).size(), 19'904u);
  EXPECT_EQ(stream.summary().missing_ids, 0u);
  EXPECT_EQ(stream.summary().without_aggressor, 0u);

  SUPREME_SHARED_PATH(tape, "data/trades/us_equity_tick/SPY_trades_20131007.csv.gz");
  trade_file_stream untold{tape.string()};
  EXPECT_EQ(all_of(untold).size(), 250'601u);
  EXPECT_EQ(untold.summary().without_aggressor, 250'601u);
}

TEST(shared_ticks, quotes_hold_what_their_readme_says) {
  SUPREME_SHARED_PATH(crypto, crypto_quotes);
  EXPECT_EQ(all_of(quote_file_stream{crypto.string()}).size(), 73'174u);
  SUPREME_SHARED_PATH(equity, "data/quotes/us_equity_minute/SPY_bbo_minute_20131004_20131009.csv");
  EXPECT_EQ(all_of(quote_file_stream{equity.string()}).size(), 3'575u);
  SUPREME_SHARED_PATH(currency, "data/quotes/fx_tick_oanda/EURUSD_quotes_20140505_20140507.csv.gz");
  EXPECT_EQ(all_of(quote_file_stream{currency.string(), decimal::from_integer(1'000'000)}).size(),
            111'408u);
}

TEST(shared_ticks, depth_has_no_break_and_never_crosses) {
  SUPREME_SHARED_PATH(crypto, crypto_depth);
  depth_file_stream stream{crypto.string()};
  const trading::instrument btc{trading::instrument_id{"BTCUSDT"}, trading::asset_id{"BTC"},
                                trading::asset_id{"USDT"},         decimal::literal("0.01"),
                                decimal::literal("0.00001"),       {}};
  trading::displayed_book book{btc};
  uint64_t event = 0;
  std::map<decimal, decimal> bids;
  std::map<decimal, decimal> asks;
  const auto compare = [&] {
    ASSERT_LT(bids.rbegin()->first, asks.begin()->first);
    ASSERT_EQ(book.best(side::buy)->at, bids.rbegin()->first);
    ASSERT_EQ(book.best(side::buy)->size, bids.rbegin()->second);
    ASSERT_EQ(book.best(side::sell)->at, asks.begin()->first);
    ASSERT_EQ(book.best(side::sell)->size, asks.begin()->second);
  };
  for (const auto& d : all_of(stream)) {
    if (event != 0 && d.event != event)
      compare();
    event = d.event;
    auto& own = d.direction == side::buy ? bids : asks;
    own.erase(d.at);
    if (d.size.is_positive())
      own.emplace(d.at, d.size);
    book.show(d.direction, d.at, d.size);
  }
  compare();
  EXPECT_EQ(stream.summary().rows, 300'111u);
}

/// Long when the close has risen, flat when it has fallen.
class follower final : public trading::strategy {
public:
  void on_fill(const trading::slot_holding&) override {}
  std::optional<trading::decision> on_bar(const trading::bar& b) override {
    const auto before = std::exchange(last_, b.close);
    if (before.is_zero() || before == b.close)
      return std::nullopt;
    return trading::decision{before < b.close ? trading::desire::long_position
                                              : trading::desire::flat,
                             "follow",
                             {},
                             {},
                             {}};
  }
  [[nodiscard]] uint32_t warmup_bars() const override { return 0; }

private:
  trading::price last_;
};

trading::backtest_plan make_plan() {
  static const trading::strategy_kind kind{
    "follower",
    "follows",
    {},
    [](const trading::parameters&) -> std::unique_ptr<trading::strategy> {
      return std::make_unique<follower>();
    },
    nullptr,
    nullptr};
  trading::backtest_plan plan;
  plan.account = trading::account_id{"main"};
  plan.venue = trading::venue_id{"sim"};
  plan.quote = trading::asset_id{"USDT"};
  plan.initial = {{plan.quote, decimal::literal("1000000")}};
  plan.instruments = {{trading::instrument_id{"BTCUSDT"}, trading::asset_id{"BTC"}, plan.quote,
                       decimal::literal("0.01"), decimal::literal("0.00001"),
                       decimal::literal("5")}};
  plan.limits.taker_fee_ppb = 1'000'000;
  plan.strategies = {{trading::strategy_id{"one"},
                      &kind,
                      {},
                      {trading::sizing_mode::fixed_quantity, decimal::literal("2")},
                      {plan.instruments[0].id}}};
  plan.costs.taker_fee_ppb = 1'000'000;
  return plan;
}

struct listener final : trading::named_listener {
  void decided(const trading::made_decision& d, const trading::client_order_id& order) override {
    if (!order.str().empty())
      sent.emplace(order, d);
  }
  void filled(const trading::fill& f, const trading::slot_id&, const trading::booked_fill&,
              uint64_t) override {
    fills.push_back(f);
  }
  void ended(const trading::client_order_id&, trading::order_state, trading::timestamp) override {
    ++gone;
  }
  void valued(const trading::account_value&) override {}

  std::map<trading::client_order_id, trading::made_decision> sent;
  std::vector<trading::fill> fills;
  size_t gone = 0;
};

/// Cash and position are what the fills say.
void expect_balanced(const trading::backtest_engine& account, const listener& heard,
                     const trading::backtest_plan& plan) {
  auto cash = plan.initial.at(plan.quote);
  decimal held;
  for (const auto& f : heard.fills) {
    const auto notional = trading::notional_of(f.at, f.size);
    cash += (f.direction == side::buy ? -notional : notional) - f.fee;
    held += trading::signed_quantity(f.direction, f.size);
  }
  EXPECT_EQ(account.balances().at(plan.quote), cash);
  EXPECT_EQ(account.positions().at(plan.instruments[0].id).size, held);
}

TEST(shared_ticks, each_order_fills_at_the_first_trade_recorded_after_its_arrival) {
  SUPREME_SHARED_PATH(path, crypto_trades);
  const auto trades = all_of(trade_file_stream{path.string()});
  const auto plan = make_plan();
  trading::tick_settings settings;
  settings.bar_interval = 1s;
  settings.to_venue = trading::latency{20ms, {}, 0};
  listener heard;
  trading::tick_engine engine{plan, settings, heard};
  trading::memory_records<trading::trade_tick> stream{trades};
  const auto progress = trading::run_tick_backtest(engine, {{0, &stream, nullptr, nullptr}});
  EXPECT_GT(progress.bars, 300u);
  EXPECT_GT(heard.fills.size(), 100u);
  for (const auto& f : heard.fills) {
    const auto arrival = heard.sent.at(f.order).wish.event_time + 20ms;
    const auto first =
      std::ranges::find_if(trades, [&](const auto& t) { return t.time >= arrival; });
    ASSERT_NE(first, trades.end());
    EXPECT_EQ(f.event_time, first->time);
    EXPECT_EQ(f.at, first->at);
    EXPECT_EQ(f.size, heard.sent.at(f.order).verdict.size);
  }
  expect_balanced(engine.account(), heard, plan);
}

TEST(shared_ticks, orders_walk_the_recorded_depth_and_pay_the_spread) {
  SUPREME_SHARED_PATH(trades_path, crypto_trades);
  SUPREME_SHARED_PATH(depth_path, crypto_depth);
  const auto plan = make_plan();
  trading::tick_settings settings;
  settings.bar_interval = 1s;
  settings.liquidity = trading::taken_liquidity::displayed;
  settings.to_venue = trading::latency{20ms, {}, 0};
  listener heard;
  trading::tick_engine engine{plan, settings, heard};
  trade_file_stream trades{trades_path.string()};
  depth_file_stream depth{depth_path.string()};
  trading::run_tick_backtest(engine, {{0, &trades, nullptr, &depth}});
  std::map<trading::client_order_id, std::vector<trading::fill>> by_order;
  for (const auto& f : heard.fills)
    by_order[f.order].push_back(f);
  size_t walked = 0;
  for (const auto& [order, fills] : by_order) {
    walked += fills.size() > 1 ? 1 : 0;
    for (size_t i = 1; i < fills.size(); ++i)
      if (fills[i].event_time == fills[i - 1].event_time) {
        EXPECT_TRUE(fills[i].direction == side::buy ? fills[i].at > fills[i - 1].at
                                                    : fills[i].at < fills[i - 1].at);
      }
  }
  EXPECT_GT(walked, 10u);
  EXPECT_EQ(heard.gone, 0u);
  expect_balanced(engine.account(), heard, plan);
}

} // namespace
} // namespace supreme::venues
