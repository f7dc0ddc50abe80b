// Goal: a backtest leaves the rows that a run of the cluster leaves: every signal, verdict with all
// its checks, order, fill, position, balance and equity sample, to the last unit. Method: the same
// configuration and market through test_cluster and through the backtest engine; what the engine
// says is written to a memory database of its own, and the two databases are read alike. Each
// market must trade and refuse enough to mean something.
#include "actors/feed/feed.hpp"
#include "actors/replay/bar_merger.hpp"
#include "config/backtest_plan.hpp"
#include "tests/actors/finite_history.hpp"
#include "tests/actors/test_cluster.hpp"
#include "tests/actors/unit_bench.hpp"
#include "trading/backtest/engine.hpp"

namespace supreme::tests {
namespace {

constexpr uint64_t executor_number = 1;
constexpr trading::execution_costs venue_costs{1'000'000, 1'000'000, 100'000,
                                               0}; // Those of test_cluster's venue.

/// Writes what one account's backtest says as the cluster's transactions.
class row_writer final : public trading::backtest_listener {
public:
  row_writer(unit_bench& bench, const config::account_settings& account)
    : bench_(bench), account_(account) {}

  void decided(const trading::made_decision& d, const trading::client_order_id& order) override {
    const bool is_own = trading::is_own(d.wish);
    signals += is_own ? 0 : 1; // Nobody sent and counted what the risk engine wants by itself.
    storage::decide_transaction t;
    t.wish = d.wish;
    t.verdict = d.verdict;
    t.mark = d.mark;
    t.venue = account_.venue;
    t.quote = account_.quote;
    t.guard = bench_.claim_of(actors::guard_unit(account_.id));
    if (!is_own)
      t.strategy = bench_.claim_of(bench_.strategy_unit_of(d.wish));
    t.fused = storage::fused_executor{bench_.claim_of(actors::executor_unit(account_.id)),
                                      executor_number, 60'000};
    t.shard = account_.shard;
    t.max_position = d.limits.max_position;
    t.allow_short = d.limits.allow_short;
    t.config_version = 1;
    auto done = commit(std::move(t));
    ASSERT_EQ(done.order.has_value(), !order.empty()) << "the rows decide otherwise: " << done.text;
    if (!done.order)
      return;
    ids_[order] = done.order->order.id;
    report(done.order->order.id, trading::order_state::open, d.wish.event_time);
  }

  void filled(const trading::fill& f, const trading::slot_id& slot,
              const trading::booked_fill& after, uint64_t seq) override {
    storage::fill_transaction t;
    t.fill = f;
    t.fill.order = ids_.at(f.order);
    t.slot = slot;
    t.portfolio = bench_.claim_of(actors::portfolio_unit(account_.id));
    t.account_after = after.account_after;
    t.slot_after = after.slot_after;
    t.balances = after.balances;
    EXPECT_EQ(commit(std::move(t)).account_seq, seq);
  }

  void expired(const trading::client_order_id& order, trading::timestamp at) override {
    report(ids_.at(order), trading::order_state::expired, at);
  }

  void valued(const trading::account_value& v) override {
    sample = {account_.id, v.equity, v.cash};
  }

  storage::equity_sample sample;
  uint64_t signals = 0; ///< of the step under way

private:
  void report(const trading::client_order_id& id, trading::order_state state,
              trading::timestamp at) {
    storage::report_transaction t;
    t.account = account_.id;
    t.id = id;
    t.executor = bench_.claim_of(actors::executor_unit(account_.id));
    t.state = state;
    t.event_time = at;
    (void)commit(std::move(t));
  }

  storage::outcome commit(storage::transaction t) {
    auto done = bench_.rows_.commit({std::move(t)}).front();
    EXPECT_TRUE(done.status == storage::commit_status::applied
                || done.status == storage::commit_status::refused)
      << done.text;
    return done;
  }

  unit_bench& bench_;
  const config::account_settings& account_;
  std::map<trading::client_order_id, trading::client_order_id> ids_; ///< the engine's → the rows'
};

/// The configured feeds, read to their end.
actors::bar_merger read_market(const config::cluster_settings& settings, uint64_t bars) {
  actors::bar_merger merger{settings, {}};
  for (const auto& feed : settings.feeds) {
    for (uint32_t shard = 0; shard < feed.shards; ++shard) {
      std::vector<trading::bar> all;
      for (auto& h : actors::open_histories(settings, feed, shard)) {
        finite_history limited{std::move(h), unit_bench::minute(bars)};
        for (const auto& b : limited.after({}, bars))
          all.push_back(b);
      }
      std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return a.close_time() < b.close_time();
      });
      merger.refill(actors::feed_unit(feed.name, shard), all, true);
    }
  }
  return merger;
}

cluster_rows backtest(const cluster_text& text, uint64_t bars) {
  unit_bench bench;
  auto settings = text.to_settings();
  bench.configure(settings);
  bench.open_accounts();
  std::vector<std::unique_ptr<row_writer>> writers;
  std::vector<std::unique_ptr<trading::backtest_engine>> engines;
  for (const auto& account : settings.accounts) {
    writers.push_back(std::make_unique<row_writer>(bench, account));
    engines.push_back(std::make_unique<trading::backtest_engine>(
      config::make_backtest_plan(settings, account, venue_costs), *writers.back()));
  }
  auto merger = read_market(settings, bars);
  for (uint64_t number = 1; !merger.exhausted(); ++number) {
    auto step_bars = merger.take();
    storage::step_transaction t;
    t.replay = settings.replay.name;
    t.conductor = bench.claim_of("conductor/main");
    t.step = number;
    t.event_time = step_bars.front().close_time();
    t.bars = step_bars.size();
    for (size_t i = 0; i < engines.size(); ++i) {
      engines[i]->step(t.event_time, step_bars);
      t.signals += std::exchange(writers[i]->signals, 0);
      t.equity.push_back(writers[i]->sample);
    }
    t.finished = merger.exhausted();
    EXPECT_EQ(bench.rows_.commit({t}).front().status, storage::commit_status::applied);
  }
  return read_rows(bench.database_);
}

cluster_rows replay(const cluster_text& text, uint64_t bars) {
  test_cluster cluster{{text.to_toml(), bars}};
  for (const char* name : {"n1", "n2", "n3"})
    cluster.start_node(name);
  if (!cluster.run_until([&] { return cluster.finished(); }))
    throw std::runtime_error(cluster.story());
  return cluster.rows();
}

size_t refusals_in(const cluster_rows& rows) {
  return static_cast<size_t>(
    std::count_if(rows.decisions.begin(), rows.decisions.end(),
                  [](const auto& d) { return d.find("\"none\",\"guard\"") == std::string::npos; }));
}

size_t decisions_with(const cluster_rows& rows, const std::string& text) {
  return static_cast<size_t>(
    std::count_if(rows.decisions.begin(), rows.decisions.end(),
                  [&](const auto& d) { return d.find(text) != std::string::npos; }));
}

cluster_rows expect_parity(const cluster_text& text, uint64_t bars, size_t fills = 200) {
  auto expected = replay(text, bars);
  EXPECT_EQ(first_difference(expected, backtest(text, bars)), "");
  EXPECT_GE(expected.fills.size(), fills);
  ::testing::Test::RecordProperty("fills", static_cast<int>(expected.fills.size()));
  ::testing::Test::RecordProperty("refusals", static_cast<int>(refusals_in(expected)));
  return expected;
}

TEST(parity, a_backtest_leaves_the_rows_of_a_replay) { expect_parity({}, 240); }

TEST(parity, holds_on_another_market) { expect_parity({.market_seed = 11}, 240); }

TEST(parity, holds_with_limits_over_the_account_and_rates) {
  const auto rows = expect_parity({.main_policy = R"([accounts.exposure]
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
                                  240, 100);
  for (const char* code :
       {"\"gross_exposure\",\"guard\"", "\"order_rate\",\"guard\"", "\"restricted\",\"guard\""})
    EXPECT_GE(decisions_with(rows, code), 1u) << code;
}

TEST(parity, holds_with_breakers) {
  const auto rows = expect_parity({.main_policy = R"([[accounts.breakers]]
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
                                  240, 100);
  EXPECT_GE(decisions_with(rows, "\"breaker_open\",\"guard\""), 5u);
}

TEST(parity, holds_where_drawdown_cuts_and_closes_positions) {
  const auto rows = expect_parity({.main_policy = R"([accounts.drawdown]
points = [{ drawdown_bps = 40, scale_bps = 8000 }, { drawdown_bps = 80, scale_bps = 5000 },
          { drawdown_bps = 120, scale_bps = 2500 }]
no_entries_bps = 100
reduce_bps = 100
flatten_bps = 140
recovery_bps = 10
)"},
                                  240, 60);
  EXPECT_GE(decisions_with(rows, "risk/"), 2u);
  EXPECT_GE(decisions_with(rows, "\"drawdown\",\"guard\""), 1u);
}

TEST(parity, holds_with_sizes_from_equity_volatility_and_closed_trades) {
  for (const char* size :
       {"{ mode = \"percent_of_equity\", share_bps = 3000 }", "{ mode = \"all_in\" }",
        "{ mode = \"volatility_target\", share_bps = 2000, volatility_returns = 20 }",
        "{ mode = \"kelly\", min_trades = 20, floor_bps = 2500, "
        "shrinkage_trades = 5, fraction_bps = 10000 }"})
    (void)expect_parity({.trend_size = size}, 200, 20);
}

TEST(parity, holds_where_the_limits_refuse_much) {
  cluster_text text{.market_seed = 23, .trend_amount = "9990"};
  expect_parity(text, 300);
  EXPECT_GE(refusals_in(replay(text, 300)), 50u);
}

} // namespace
} // namespace supreme::tests
