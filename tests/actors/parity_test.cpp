// Goal: a backtest says what a run of the cluster leaves in its rows: every signal, verdict with
// all its checks, order, fill, movement, position, balance and equity sample, to the last unit; and
// one altered rule of one of the two does not go unnoticed. Method: a configuration and a market
// run through test_cluster; its rows are compared with a backtest's by what `supreme parity`
// compares them with. Each market must trade and refuse enough to mean something. Then the same
// rows are compared with backtests that are altered in one rule each: by the plan, by the bars they
// see, or by other names and so another order of decisions.
#include "actors/feed/feed.hpp"
#include "actors/replay/bar_merger.hpp"
#include "config/backtest_plan.hpp"
#include "config/loader.hpp"
#include "storage/parity/parity_run.hpp"
#include "tests/actors/cluster_text.hpp"
#include "tests/actors/finite_history.hpp"
#include "tests/actors/memory_run_rows.hpp"
#include "tests/actors/parity_market.hpp"
#include "tests/actors/test_cluster.hpp"
#include "tests/support/shared_data.hpp"
#include "trading/backtest/engine.hpp"

namespace supreme::tests {
namespace {

using storage::parity_table;
using trading::decimal;

constexpr size_t fills_min = 200;
constexpr size_t refusals_min = 50;
constexpr size_t kept = 5'000;

using steps = std::vector<std::vector<trading::bar>>;

config::cluster_settings parse(const std::string& toml) {
  auto parsed = config::parse_cluster(toml, "parity test");
  if (auto* settings = std::get_if<config::cluster_settings>(&parsed))
    return std::move(*settings);
  std::string all;
  for (const auto& problem : std::get<config::problems>(parsed))
    all += problem.to_string() + "\n";
  throw std::runtime_error(all);
}

/// The configured feeds, read to their end; one entry per close time.
steps read_market(const config::cluster_settings& settings, trading::timestamp end) {
  constexpr size_t bars_max = 100'000;
  actors::bar_merger merger{settings, {}};
  for (const auto& feed : settings.feeds) {
    for (uint32_t shard = 0; shard < feed.shards; ++shard) {
      std::vector<trading::bar> all;
      for (auto& h : actors::open_histories(settings, feed, shard)) {
        finite_history limited{std::move(h), end};
        for (auto part = limited.after({}, bars_max); !part.empty();
             part = limited.after(part.back().close_time(), bars_max))
          all.insert(all.end(), part.begin(), part.end());
      }
      std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return a.close_time() < b.close_time();
      });
      merger.refill(actors::feed_unit(feed.name, shard), all, true);
    }
  }
  steps market;
  while (!merger.exhausted())
    market.push_back(merger.take());
  return market;
}

/// What a run was made of, and what it left.
struct finished_run {
  config::cluster_settings settings;
  trading::execution_costs costs;
  steps market;
  memory_run_rows rows;
};

finished_run run_cluster(const std::string& toml, trading::timestamp end,
                         int64_t max_volume_share_ppb = 0) {
  cluster_settings in{.config = toml, .end = end};
  in.costs.max_volume_share_ppb = max_volume_share_ppb;
  test_cluster cluster{in};
  for (const char* name : {"n1", "n2", "n3"})
    cluster.start_node(name);
  if (!cluster.run_until([&] { return cluster.finished(); }))
    throw std::runtime_error(cluster.story());
  auto settings = parse(toml);
  return {settings, in.costs, read_market(settings, end), memory_run_rows{cluster.database()}};
}

/// A backtest that may differ from the run in one thing.
struct alteration {
  std::string name;
  std::function<void(trading::backtest_plan&)> plan = [](auto&) {};
  std::function<void(steps&)> market = [](auto&) {};
  std::string renamed_from = {}; ///< a strategy, in the plan and in the cluster's rows
  std::string renamed_to = {};
};

storage::parity_report compare(const finished_run& run, const alteration& altered = {}) {
  std::vector<trading::backtest_plan> plans;
  for (const auto& account : run.settings.accounts) {
    plans.push_back(config::make_backtest_plan(run.settings, account, run.costs));
    altered.plan(plans.back());
    for (auto& s : plans.back().strategies) {
      if (s.id.str() == altered.renamed_from)
        s.id = trading::strategy_id{altered.renamed_to};
    }
  }
  auto rows = run.rows;
  if (!altered.renamed_from.empty())
    rows.rename(altered.renamed_from, altered.renamed_to);
  auto market = run.market;
  altered.market(market);
  storage::parity_run parity{std::move(plans), rows, kept};
  for (const auto& bars : market)
    parity.step(bars.front().close_time(), bars);
  return parity.finish();
}

std::string story_of(const storage::parity_report& report) {
  std::string text = report.summary();
  for (size_t i = 0; i < std::min<size_t>(report.first.size(), 10); ++i)
    text += "\n" + report.first[i].to_string();
  return text;
}

void expect_parity(const finished_run& run) {
  auto report = compare(run);
  EXPECT_EQ(report.differences, 0u) << story_of(report);
  EXPECT_EQ(report.rows_of(parity_table::signals), run.rows.count(parity_table::signals));
  EXPECT_EQ(report.rows_of(parity_table::steps), run.market.size());
  EXPECT_GE(report.rows_of(parity_table::fills), fills_min);
  EXPECT_GE(run.rows.refusals(), refusals_min);
  ::testing::Test::RecordProperty("fills", static_cast<int>(report.rows_of(parity_table::fills)));
  ::testing::Test::RecordProperty("refusals", static_cast<int>(run.rows.refusals()));
}

trading::timestamp at(const char* text) { return trading::timestamp::parse(text).value(); }

void expect_parity(const parity_market& market) {
  SCOPED_TRACE(market.name);
  expect_parity(run_cluster(market.to_toml(), market.end));
}

/// Two accounts, three strategies, feeds of two intervals, one of them in shards.
const finished_run& small_cluster() {
  static const finished_run run = run_cluster(
    cluster_text{.market_seed = 23, .trend_amount = "9990"}.to_toml(), at("2026-01-01T05:00:00Z"));
  return run;
}

TEST(parity, holds_for_several_accounts_feeds_and_strategies) { expect_parity(small_cluster()); }

TEST(parity, holds_on_generated_markets) {
  for (const uint64_t seed : {7, 11})
    expect_parity(generated_market(seed, 200));
}

TEST(parity, holds_on_minutes_of_bitcoin_and_ether) {
  SUPREME_SHARED_PATH(folder, "data/bars/binance_spot");
  expect_parity(
    {.name = "BTC and ETH",
     .quote = "USDT",
     .instruments =
       {{"BTCUSDT", "BTC", "0.01", "0.00001", {}, folder / "BTCUSDT_1m_2026-04-19_2026-04-21.csv"},
        {"ETHUSDT", "ETH", "0.01", "0.0001", {}, folder / "ETHUSDT_1m_2026-04-19_2026-04-21.csv"}},
     .end = at("2026-04-19T20:00:00Z"),
     .cash = "12000",
     .notional = "9990",
     .notional_max = "9995"});
}

TEST(parity, holds_on_minutes_of_american_shares) {
  SUPREME_SHARED_PATH(folder, "data/bars/us_equity_minute");
  expect_parity(
    {.name = "SPY and IBM",
     .quote = "USD",
     .instruments = {{"SPY", "SPY", "0.01", "1", {}, folder / "SPY_1m_20131004_20131009.csv"},
                     {"IBM", "IBM", "0.01", "1", {}, folder / "IBM_1m_20131004_20131011.csv"}},
     .end = at("2013-10-08T00:00:00Z"),
     .cash = "12000",
     .notional = "9990",
     .notional_max = "9800"});
}

TEST(parity, holds_on_hours_of_a_currency_pair) {
  SUPREME_SHARED_PATH(folder, "data/bars/fx_oanda");
  expect_parity(
    {.name = "EURUSD",
     .quote = "USD",
     .instruments = {{"EURUSD", "EUR", "0.00001", "1", {}, folder / "EURUSD_1h_2007_2016.csv.gz"}},
     .interval_s = 3600,
     .end = at("2007-02-15T00:00:00Z"),
     .cash = "12000",
     .notional = "9990.3",
     .notional_max = "9990"});
}

// -- the account's policies -----------------------------------------------------------

finished_run run_policy(const cluster_text& text, const char* end) {
  return run_cluster(text.to_toml(), at(end));
}

/// A policy changes how often anything happens: the least fills are each case's own.
void expect_parity_with_policy(const finished_run& run, size_t fills) {
  auto report = compare(run);
  EXPECT_EQ(report.differences, 0u) << story_of(report);
  EXPECT_GE(report.rows_of(parity_table::fills), fills);
}

TEST(parity, holds_with_limits_over_the_account_and_rates) {
  const auto run = run_policy({.main_policy = R"([accounts.exposure]
max_gross = "18000"
max_concentration_bps = 4500
max_open_orders = 2
[accounts.restricted]
BNBUSDT = "reduce_only"
[accounts.rates]
max_orders = 3
window_ms = 300000
duplicate_window_ms = 120000
max_repeated_executions = 5
)"},
                              "2026-01-01T04:00:00Z");
  expect_parity_with_policy(run, 100);
  for (const char* code : {"gross_exposure", "order_rate", "restricted"})
    EXPECT_GE(run.rows.count_with(parity_table::verdicts, code), 1u) << code;
}

TEST(parity, holds_with_breakers) {
  const auto run = run_policy({.main_policy = R"([[accounts.breakers]]
scope = "strategy"
name = "trend"
consecutive_losses = 3
cool_down_s = 600
probes = 2
probe_deadline_s = 1200
[[accounts.breakers]]
scope = "account"
daily_loss = "300"
cool_down_s = 1800
)"},
                              "2026-01-01T04:00:00Z");
  expect_parity_with_policy(run, 100);
  EXPECT_GE(run.rows.count_with(parity_table::verdicts, "breaker_open"), 5u);
}

TEST(parity, holds_with_a_feed_that_is_stale_at_every_step) {
  // Every step comes a minute after the one before: nothing but the first may add risk to main.
  const auto run = run_policy({.main_policy = R"([[accounts.breakers]]
scope = "account"
stale_feed_ms = 60000
cool_down_s = 1
)"},
                              "2026-01-01T04:00:00Z");
  expect_parity_with_policy(run, 1);
  EXPECT_GE(run.rows.count_with(parity_table::verdicts, "breaker_open"), 50u);
}

TEST(parity, holds_where_drawdown_cuts_and_closes_positions) {
  const auto run = run_policy({.main_policy = R"([accounts.drawdown]
points = [{ drawdown_bps = 10, scale_bps = 8000 }, { drawdown_bps = 40, scale_bps = 5000 }]
no_entries_bps = 40
reduce_bps = 40
flatten_bps = 45
recovery_bps = 5
)"},
                              "2026-01-01T04:00:00Z");
  expect_parity_with_policy(run, 60);
  EXPECT_GE(run.rows.count_with(parity_table::signals, "drawdown: every position is closed")
              + run.rows.count_with(parity_table::signals,
                                    "drawdown: positions are cut to their scaled size"),
            1u);
  EXPECT_GE(run.rows.count_with(parity_table::verdicts, "drawdown"), 1u);
}

TEST(parity, holds_with_sizes_from_equity_volatility_and_closed_trades) {
  for (const char* size :
       {"{ mode = \"percent_of_equity\", share_bps = 3000 }", "{ mode = \"all_in\" }",
        "{ mode = \"volatility_target\", share_bps = 2000, volatility_returns = 20 }",
        "{ mode = \"kelly\", min_trades = 20, floor_bps = 2500, "
        "shrinkage_trades = 5, fraction_bps = 10000 }"}) {
    SCOPED_TRACE(size);
    expect_parity_with_policy(run_policy({.trend_size = size}, "2026-01-01T03:20:00Z"), 20);
  }
}

/// With nothing kept for a price that moves: whatever opens above the close is not paid for.
const finished_run& penniless_cluster() {
  static const finished_run run = run_policy(
    {.trend_size = "{ mode = \"all_in\" }", .main_collar_bps = 0, .main_notional_max = "none"},
    "2026-01-01T05:00:00Z");
  return run;
}

TEST(parity, holds_where_cash_does_not_pay_for_a_fill) {
  const auto& run = penniless_cluster();
  expect_parity_with_policy(run, 40);
  EXPECT_GE(run.rows.count_with(parity_table::order_ends, "expired"), 10u);
}

/// Main goes both ways with all it has: what it is short of stays open while its cash is elsewhere.
std::string with_shorts() {
  auto text =
    cluster_text{.trend_size = "{ mode = \"all_in\" }", .main_notional_max = "none"}.to_toml();
  const auto replace = [&](const std::string& from, const std::string& to) {
    text.replace(text.find(from), from.size(), to);
  };
  replace("allow_short = false", "allow_short = true");
  replace("rsi_max = 100\n[replay]", "rsi_max = 100\nrsi_min = 0\ndirection = \"both\"\n[replay]");
  return text;
}

/// Exits that reserve less than they may cost.
struct uncovered_exits final : trading::named_listener {
  void decided(const trading::made_decision& d, const trading::client_order_id& order) override {
    const auto& v = d.verdict;
    count += !order.empty() && v.direction == trading::side::buy && v.reduce_only
                 && v.reserve_cash
                      < trading::multiply(v.worst_price, v.size, trading::rounding::toward_zero)
               ? 1
               : 0;
  }
  void filled(const trading::fill&, const trading::slot_id&, const trading::booked_fill&,
              uint64_t) override {}
  void ended(const trading::client_order_id&, trading::order_state, trading::timestamp) override {}
  void valued(const trading::account_value&) override {}

  size_t count = 0;
};

TEST(parity, holds_where_an_exit_costs_more_than_is_free) {
  const auto run = run_cluster(with_shorts(), at("2026-01-01T05:00:00Z"));
  expect_parity_with_policy(run, 100);
  const auto& account = run.settings.accounts.front();
  ASSERT_EQ(account.id.str(), "main");
  uncovered_exits heard;
  trading::backtest_engine engine{config::make_backtest_plan(run.settings, account, run.costs),
                                  heard};
  for (const auto& bars : run.market)
    engine.step(bars.front().close_time(), bars);
  EXPECT_GE(heard.count, 5u);
}

TEST(parity, holds_where_orders_fill_in_parts) {
  const auto run = run_cluster(cluster_text{.market_seed = 23, .trend_amount = "9990"}.to_toml(),
                               at("2026-01-01T05:00:00Z"), 2'000'000);
  expect_parity_with_policy(run, 400);
  EXPECT_GT(run.rows.count(parity_table::fills), run.rows.count(parity_table::orders) * 4 / 3);
  EXPECT_GE(run.rows.count_with(parity_table::order_ends, "cancelled"), 20u) << "withdrawn";
}

// -- altered rules ----------------------------------------------------------------

bool names(const storage::parity_report& report, parity_table t, const std::string& column) {
  return std::any_of(report.first.begin(), report.first.end(),
                     [&](const auto& d) { return d.table == t && d.column == column; });
}

/// The backtest is altered in one thing, and the rows of the run say where.
void expect_difference(const alteration& altered, parity_table t, const std::string& column) {
  auto report = compare(small_cluster(), altered);
  EXPECT_GT(report.differences, 0u) << altered.name;
  EXPECT_TRUE(names(report, t, column)) << altered.name << ": " << story_of(report);
}

TEST(parity, notices_a_fee_that_is_higher_by_a_billionth) {
  expect_difference({"fee", [](auto& plan) { plan.costs.taker_fee_ppb += 1; }}, parity_table::fills,
                    "fee");
}

TEST(parity, notices_another_slippage) {
  expect_difference({"slippage", [](auto& plan) { plan.costs.slippage_ppb -= 1'000; }},
                    parity_table::fills, "price");
}

TEST(parity, notices_a_coarser_rounding_of_prices) {
  expect_difference({"tick",
                     [](auto& plan) {
                       for (auto& i : plan.instruments)
                         i.tick_size = i.tick_size + i.tick_size;
                     }},
                    parity_table::fills, "price");
}

TEST(parity, notices_a_coarser_rounding_of_sizes) {
  expect_difference({"lot",
                     [](auto& plan) {
                       for (auto& i : plan.instruments)
                         i.lot_size = i.lot_size + i.lot_size;
                     }},
                    parity_table::orders, "size");
}

TEST(parity, notices_a_volume_cap) {
  expect_difference({"cap", [](auto& plan) { plan.costs.max_volume_share_ppb = 10'000'000; }},
                    parity_table::fills, "size");
}

TEST(parity, notices_a_venue_that_gives_credit) {
  auto report =
    compare(penniless_cluster(), {"credit", [](auto& plan) { plan.pays_from_cash = false; }});
  EXPECT_TRUE(names(report, parity_table::fills, "size")) << story_of(report);
}

TEST(parity, notices_another_order_of_decisions) {
  // By names: "trend" is decided after "calm", "about" before it.
  expect_difference({.name = "order", .renamed_from = "trend", .renamed_to = "about"},
                    parity_table::checks, "limit");
  expect_difference({.name = "order", .renamed_from = "trend", .renamed_to = "about"},
                    parity_table::orders, "place");
}

TEST(parity, other_names_alone_make_no_difference) {
  // The tool of the test above changes nothing but the order.
  auto report =
    compare(small_cluster(), {.name = "name", .renamed_from = "trend", .renamed_to = "tread"});
  EXPECT_EQ(report.differences, 0u) << story_of(report);
}

TEST(parity, notices_limits_that_differ_by_the_last_unit) {
  expect_difference({"notional",
                     [](auto& plan) {
                       plan.limits.max_order_notional =
                         *plan.limits.max_order_notional - decimal::from_raw(1);
                     }},
                    parity_table::checks, "limit");
  expect_difference({"collar", [](auto& plan) { plan.limits.collar_ppb += 1; }},
                    parity_table::verdicts, "worst_price");
  expect_difference({"reserved fee", [](auto& plan) { plan.limits.taker_fee_ppb += 1; }},
                    parity_table::orders, "reserve_cash");
  expect_difference({"short", [](auto& plan) { plan.limits.allow_short = true; }},
                    parity_table::verdicts, "allow_short");
}

TEST(parity, notices_one_unit_more_to_begin_with) {
  expect_difference({"cash",
                     [](auto& plan) {
                       for (auto& [asset, amount] : plan.initial)
                         amount += decimal::from_raw(1);
                     }},
                    parity_table::equity, "equity");
}

TEST(parity, notices_another_parameter_of_a_strategy) {
  expect_difference(
    {"parameter", [](auto& plan) { plan.strategies.front().values["rsi_max"] = 60; }},
    parity_table::signals, "");
}

TEST(parity, notices_one_close_that_is_a_tick_higher) {
  const alteration altered{"close", [](auto&) {},
                           [](steps& market) {
                             auto& b = market[market.size() / 2].front();
                             b.close = b.close + decimal::literal("0.01");
                             b.high = std::max(b.high, b.close);
                           }};
  auto report = compare(small_cluster(), altered);
  EXPECT_GT(report.differences, 0u);
}

TEST(parity, notices_a_missing_bar_and_a_missing_step) {
  expect_difference({"bar", [](auto&) {}, [](steps& market) { market[100].pop_back(); }},
                    parity_table::steps, "bars");
  expect_difference({"step", [](auto&) {}, [](steps& market) { market.pop_back(); }},
                    parity_table::equity, "");
}

} // namespace
} // namespace supreme::tests
