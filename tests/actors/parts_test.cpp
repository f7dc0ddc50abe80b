// Goal: the pure parts between the actors: merging bars, the node's lease, deciding one step's
// signals, booking a trade, comparing two processes' greetings. Method: tables and properties; a
// manual clock; no messages.
#include "actors/cluster/gatekeeper.hpp"
#include "actors/cluster/lease.hpp"
#include "actors/portfolio/bookkeeping.hpp"
#include "actors/replay/bar_merger.hpp"
#include "actors/risk_guard/decisions.hpp"
#include "tests/actors/unit_bench.hpp"
#include "trading/check.hpp"

#include <rapidcheck/gtest.h>

#include <algorithm>

namespace supreme::tests {
namespace {

using trading::decimal;
using trading::instrument_id;

decimal operator""_d(const char* text, size_t size) { return decimal::literal({text, size}); }

// -- merging ------------------------------------------------------------------------

trading::bar bar_at(const std::string& instrument, int64_t closes_at, int64_t interval = 1) {
  trading::bar b;
  b.instrument = instrument_id{instrument};
  b.interval = interval * 1min;
  b.open_time = trading::timestamp::from_ns((closes_at - interval) * 60'000'000'000);
  b.open = b.high = b.low = b.close = decimal::from_integer(100);
  return b;
}

/// Plays the feeds: gives what is asked for in batches of `batch` bars.
std::vector<std::vector<trading::bar>>
merge(actors::bar_merger& merger, const std::map<std::string, std::vector<trading::bar>>& feeds,
      size_t batch) {
  std::vector<std::vector<trading::bar>> steps;
  for (;;) {
    while (auto need = merger.next_need()) {
      const auto& all = feeds.at(need->unit);
      if (all.empty()) {
        merger.refill(need->unit, {}, true);
        continue;
      }
      std::vector<trading::bar> bars;
      for (const auto& b : all) {
        if (b.close_time() > need->after && bars.size() < batch)
          bars.push_back(b);
      }
      // Whole close times only, as feeds answer.
      while (!bars.empty() && bars.size() == batch && bars.back() != all.back()
             && bars.back().close_time()
                  == std::find(all.begin(), all.end(), bars.back())[1].close_time())
        bars.pop_back();
      merger.refill(need->unit, bars, bars.empty() || bars.back() == all.back());
    }
    if (merger.exhausted())
      return steps;
    steps.push_back(merger.take());
  }
}

RC_GTEST_PROP(bar_merger, gives_all_bars_sorted_by_close_time_then_configured_order, ()) {
  auto settings = cluster_text{}.to_settings();
  std::map<std::string, std::vector<trading::bar>> feeds{
    {"feed/minute/0", {}}, {"feed/minute/1", {}}, {"feed/slow/0", {}}};
  std::vector<trading::bar> all;
  auto add = [&](const std::string& unit, const std::string& instrument, int64_t minute,
                 int64_t interval) {
    feeds[unit].push_back(bar_at(instrument, minute, interval));
    all.push_back(feeds[unit].back());
  };
  for (int64_t minute = 1; minute <= 30; ++minute) {
    // Shard 0 of the sharded feed has BTCUSDT and SOLUSDT; markets have gaps.
    if (*rc::gen::inRange(0, 4) != 0)
      add("feed/minute/0", "SOLUSDT", minute, 1);
    if (*rc::gen::inRange(0, 4) != 0)
      add("feed/minute/0", "BTCUSDT", minute, 1);
    if (*rc::gen::inRange(0, 4) != 0)
      add("feed/minute/1", "ETHUSDT", minute, 1);
    if (minute % 3 == 0)
      add("feed/slow/0", "BNBUSDT", minute, 3);
  }
  auto rank = [&](const trading::bar& b) {
    auto found = std::find_if(settings.instruments.begin(), settings.instruments.end(),
                              [&](const auto& i) { return i.id == b.instrument; });
    return found - settings.instruments.begin();
  };
  std::stable_sort(all.begin(), all.end(), [&](const auto& a, const auto& b) {
    return std::pair{a.close_time(), rank(a)} < std::pair{b.close_time(), rank(b)};
  });
  actors::bar_merger merger{settings, {}};
  auto steps = merge(merger, feeds, *rc::gen::inRange<size_t>(2, 9));
  std::vector<trading::bar> seen;
  for (const auto& s : steps) {
    RC_ASSERT(!s.empty());
    RC_ASSERT((seen.empty()
               || seen.back().close_time()
                    < s.front().close_time())); // Bare, both sides would be evaluated.
    for (const auto& b : s) {
      RC_ASSERT(b.close_time() == s.front().close_time());
      seen.push_back(b);
    }
  }
  RC_ASSERT(seen == all);
}

TEST(bar_merger, waits_for_every_input_before_it_gives_a_step) {
  actors::bar_merger merger{cluster_text{}.to_settings(), {}};
  merger.refill("feed/minute/0", {bar_at("BTCUSDT", 1)}, false);
  merger.refill("feed/minute/1", {bar_at("ETHUSDT", 1)}, false);
  ASSERT_TRUE(merger.next_need());
  EXPECT_EQ(merger.next_need()->unit, "feed/slow/0");
  EXPECT_THROW((void)merger.take(), trading::contract_violation);
  merger.refill("feed/slow/0", {}, true);
  EXPECT_EQ(merger.take().size(), 2u);
}

TEST(bar_merger, asks_on_from_the_last_bar_it_got) {
  actors::bar_merger merger{cluster_text{}.to_settings(), bar_at("X", 7).close_time()};
  EXPECT_EQ(merger.next_need()->after, bar_at("X", 7).close_time());
  merger.refill("feed/minute/0", {bar_at("BTCUSDT", 8), bar_at("BTCUSDT", 9)}, false);
  merger.refill("feed/minute/1", {}, true);
  merger.refill("feed/slow/0", {}, true);
  (void)merger.take();
  (void)merger.take();
  ASSERT_TRUE(merger.next_need());
  EXPECT_EQ(merger.next_need()->after, bar_at("X", 9).close_time());
}

TEST(bar_merger, is_exhausted_only_when_every_input_has_ended) {
  actors::bar_merger merger{cluster_text{}.to_settings(), {}};
  merger.refill("feed/minute/0", {}, true);
  merger.refill("feed/minute/1", {}, true);
  EXPECT_FALSE(merger.exhausted());
  merger.refill("feed/slow/0", {bar_at("BNBUSDT", 3, 3)}, true);
  EXPECT_FALSE(merger.exhausted());
  (void)merger.take();
  EXPECT_TRUE(merger.exhausted());
}

TEST(bar_merger, refuses_bars_that_go_back_in_time) {
  actors::bar_merger merger{cluster_text{}.to_settings(), {}};
  merger.refill("feed/minute/0", {bar_at("BTCUSDT", 5)}, false);
  EXPECT_THROW(merger.refill("feed/minute/0", {bar_at("BTCUSDT", 4)}, false),
               trading::contract_violation);
}

// -- lease --------------------------------------------------------------------------

TEST(lease, is_not_held_before_the_first_renewal) {
  manual_clock clock;
  EXPECT_FALSE(actors::lease{clock}.held());
}

TEST(lease, runs_from_the_moment_the_renewal_was_sent) {
  manual_clock clock;
  actors::lease lease{clock};
  auto sent = clock.since_boot();
  clock.advance(1500ms); // The database took its time.
  lease.renew(sent, 2s);
  EXPECT_TRUE(lease.held());
  clock.advance(499ms);
  EXPECT_TRUE(lease.held());
  clock.advance(1ms);
  EXPECT_FALSE(lease.held());
}

TEST(lease, is_over_for_a_process_that_was_stopped_and_wakes_up) {
  manual_clock clock;
  actors::lease lease{clock};
  lease.renew(clock.since_boot(), 2s);
  clock.advance(1h);
  EXPECT_FALSE(lease.held());
  // An answer to a renewal that was sent before the stop brings nothing back.
  lease.renew(clock.since_boot() - 1h, 2s);
  EXPECT_FALSE(lease.held());
}

TEST(lease, ends_at_once_when_told) {
  manual_clock clock;
  actors::lease lease{clock};
  lease.renew(clock.since_boot(), 2s);
  lease.expire();
  EXPECT_FALSE(lease.held());
}

TEST(lease, notices_a_ledger_that_does_not_come_back) {
  manual_clock clock;
  actors::lease lease{clock};
  EXPECT_FALSE(lease.ledger_stuck(3s));
  lease.enter_ledger();
  clock.advance(3s);
  EXPECT_FALSE(lease.ledger_stuck(3s));
  clock.advance(1ns);
  EXPECT_TRUE(lease.ledger_stuck(3s));
  lease.leave_ledger();
  EXPECT_FALSE(lease.ledger_stuck(3s));
}

// -- greetings ----------------------------------------------------------------------

TEST(hello, accepts_a_process_of_the_same_cluster_build_and_message_set) {
  protocols::hello a{"c", "b", "m", "one", 1}, b{"c", "b", "m", "two", 9};
  EXPECT_EQ(actors::compare_hello(a, b), "");
}

TEST(hello, names_the_node_and_what_differs) {
  const protocols::hello mine{"c", "b", "m", "one", 1};
  EXPECT_EQ(actors::compare_hello(mine, {"x", "b", "m", "two", 1}),
            "node two has cluster x, here it is c");
  EXPECT_EQ(actors::compare_hello(mine, {"c", "x", "m", "two", 1}),
            "node two has build x, here it is b");
  EXPECT_EQ(actors::compare_hello(mine, {"c", "b", "x", "two", 1}),
            "node two has message set x, here it is m");
}

// -- decisions ----------------------------------------------------------------------

struct decisions : ::testing::Test, unit_bench {
  decisions() {
    open_accounts();
    rows = rows_of("main");
    frame.settings = &settings();
    frame.account = settings().find_account(trading::account_id{"main"});
    frame.now = minute(1);
  }

  trading::signal buy(const std::string& strategy, const std::string& instrument,
                      const std::string& price) {
    return make_signal(strategy, instrument, 1, trading::target::long_position, price);
  }
  std::vector<trading::refusal> outcomes_of(const std::vector<trading::signal>& signals) {
    std::vector<trading::refusal> result;
    for (const auto& d : actors::decide_all(signals, rows, frame, no_policy, {}))
      result.push_back(d.verdict.outcome);
    return result;
  }

  storage::account_snapshot rows;
  actors::decision_frame frame;
  trading::account_risk no_policy;
};

using refusals = std::vector<trading::refusal>;
using trading::refusal;

TEST_F(decisions, count_each_approval_against_the_ones_after_it) {
  // 25000 in cash, about 9100 reserved for each: the third does not fit any more, whichever it is.
  auto btc = buy("trend", "BTCUSDT", "60000"), eth = buy("trend", "ETHUSDT", "3000"),
       sol = buy("trend", "SOLUSDT", "150");
  EXPECT_EQ(outcomes_of({btc, eth, sol}), (refusals{refusal::none, refusal::none, refusal::cash}));
  EXPECT_EQ(outcomes_of({sol, eth, btc}), (refusals{refusal::none, refusal::none, refusal::cash}));
}

TEST_F(decisions, count_what_the_rows_have_promised_already) {
  rows.balances[trading::asset_id{"USDT"}].reserved = "16000"_d;
  EXPECT_EQ(outcomes_of({buy("trend", "BTCUSDT", "60000")}), refusals{refusal::cash});
}

TEST_F(decisions, make_nothing_twice_for_a_slot_that_has_asked_already) {
  auto btc = buy("trend", "BTCUSDT", "60000");
  auto again = btc;
  again.key.cause += "0";
  EXPECT_EQ(outcomes_of({btc, again}), (refusals{refusal::none, refusal::nothing_to_do}));
  auto row = approve(btc, trading::side::buy, "0.1");
  rows = rows_of("main");
  EXPECT_EQ(outcomes_of({again}), refusals{refusal::nothing_to_do});
}

TEST_F(decisions, follow_the_strictest_of_all_modes) {
  auto btc = buy("trend", "BTCUSDT", "60000"), bnb = buy("calm", "BNBUSDT", "600");
  rows.strategy_modes["trend"] = trading::trading_mode::halted;
  // In the order of their keys: "calm" comes before "trend".
  EXPECT_EQ(outcomes_of({btc, bnb}), (refusals{refusal::none, refusal::halted}));
  rows.instrument_modes["BNBUSDT"] = trading::trading_mode::reducing;
  EXPECT_EQ(outcomes_of({btc, bnb}), (refusals{refusal::reducing, refusal::halted}));
  frame.latch = trading::trading_mode::halted;
  EXPECT_EQ(outcomes_of({btc, bnb}), (refusals{refusal::halted, refusal::halted}));
  rows = rows_of("main");
  frame.latch = trading::trading_mode::active;
  rows.mode = trading::trading_mode::halted;
  EXPECT_EQ(outcomes_of({btc, bnb}), (refusals{refusal::halted, refusal::halted}));
}

TEST_F(decisions, use_the_limits_of_the_instrument_where_it_has_some) {
  auto changed = settings();
  changed.accounts[0].instrument_limits[instrument_id{"BTCUSDT"}] = changed.accounts[0].limits;
  changed.accounts[0].instrument_limits[instrument_id{"BTCUSDT"}].max_order_notional = "10"_d;
  frame.settings = &changed;
  frame.account = &changed.accounts[0];
  EXPECT_EQ(outcomes_of({buy("trend", "BTCUSDT", "60000"), buy("trend", "ETHUSDT", "3000")}),
            (refusals{refusal::max_notional, refusal::none}));
}

TEST_F(decisions, size_by_the_mark_of_the_step_and_else_by_the_deciding_close) {
  auto eth = buy("trend", "ETHUSDT", "3000");
  frame.marks = {{instrument_id{"ETHUSDT"}, "1500"_d, minute(1)}};
  EXPECT_EQ(actors::decide_all({eth}, rows, frame, no_policy, {}).at(0).verdict.size, "6"_d);
  frame.marks = {};
  EXPECT_EQ(actors::decide_all({eth}, rows, frame, no_policy, {}).at(0).verdict.size, "3"_d);
}

TEST_F(decisions, refuse_what_is_no_longer_traded) {
  auto changed = settings();
  std::erase_if(changed.instruments, [](const auto& i) { return i.id.str() == "BTCUSDT"; });
  frame.settings = &changed;
  EXPECT_EQ(outcomes_of({buy("trend", "BTCUSDT", "60000")}), refusals{refusal::unknown_instrument});
}

// -- books --------------------------------------------------------------------------

struct trade {
  bool buys;
  int64_t price; ///< in hundredths
  int64_t size;  ///< in thousandths
};

RC_GTEST_PROP(books, always_hold_cash_equal_to_what_came_in_minus_what_is_held_plus_what_was_earned,
              ()) {
  auto settings = cluster_text{}.to_settings();
  const auto& btc = *settings.find_instrument(instrument_id{"BTCUSDT"});
  const trading::asset_id quote{"USDT"}, base{"BTC"};
  storage::account_snapshot rows;
  rows.balances[quote].amount = "1000000"_d;
  uint64_t count = 0;
  trading::quantity held;
  for (size_t i = 0, n = *rc::gen::inRange<size_t>(1, 30); i < n; ++i) {
    trade t{*rc::gen::arbitrary<bool>(), *rc::gen::inRange<int64_t>(1, 10'000'000),
            *rc::gen::inRange<int64_t>(1, 5'000)};
    trading::fill f;
    f.venue = trading::venue_id{"sim"};
    f.account = trading::account_id{"main"};
    f.id = trading::trade_id{std::to_string(++count)};
    f.order = trading::client_order_id{"m1-1"};
    f.instrument = btc.id;
    f.direction = t.buys ? trading::side::buy : trading::side::sell;
    f.at = decimal::from_raw(t.price * 1'000'000);
    f.size = decimal::from_raw(t.size * 100'000);
    f.fee = decimal::from_raw(*rc::gen::inRange<int64_t>(-50, 500));
    f.fee_asset = quote;
    auto slot = trading::make_slot(trading::strategy_id{"trend"}, btc.id);
    auto booked = actors::book_trade(rows, f, slot, btc, {"portfolio/main", 1});
    held += trading::signed_quantity(f.direction, f.size);
    const auto& p = rows.positions.at(btc.id).position;
    RC_ASSERT(p == booked.account_after);
    RC_ASSERT(rows.slots.at(slot).position == booked.slot_after);
    RC_ASSERT(p.fill_count == count);
    RC_ASSERT(p.size == held);
    RC_ASSERT(rows.balances.at(base).amount == held);
    RC_ASSERT(rows.balances.at(quote).amount
              == "1000000"_d - p.cost + p.realised_gross - p.fees_quote);
    // Valued at the price it was just traded at, an account is worth its cash and its holding, to
    // the last unit.
    config::account_settings account = settings.accounts[0];
    auto report = actors::value_account(rows, account, {{btc.id, f.at, {}}}, 7);
    RC_ASSERT(report.cash == rows.balances.at(quote).amount);
    RC_ASSERT(report.equity
              == report.cash + trading::multiply(held, f.at, trading::rounding::half_even));
    RC_ASSERT(report.step == 7u);
    // Without a mark the holding counts at its cost.
    RC_ASSERT(actors::value_account(rows, account, {}, 7).equity == report.cash + p.cost);
  }
}

TEST(books, take_a_fee_in_another_asset_from_that_asset) {
  auto settings = cluster_text{}.to_settings();
  const auto& btc = *settings.find_instrument(instrument_id{"BTCUSDT"});
  storage::account_snapshot rows;
  trading::fill f;
  f.instrument = btc.id;
  f.at = "100"_d;
  f.size = "2"_d;
  f.fee = "0.5"_d;
  f.fee_asset = trading::asset_id{"BTC"};
  auto t = actors::book_trade(rows, f, {}, btc, {"portfolio/main", 1});
  EXPECT_EQ(t.balances.size(), 2u); // One movement per asset, or the rows would refuse it.
  EXPECT_EQ(rows.balances.at(trading::asset_id{"BTC"}).amount, "1.5"_d);
  EXPECT_EQ(rows.balances.at(trading::asset_id{"USDT"}).amount, "-200"_d);
  EXPECT_EQ(t.account_after.fees_quote, decimal{});
  f.fee_asset = trading::asset_id{"BNB"};
  t = actors::book_trade(rows, f, {}, btc, {"portfolio/main", 1});
  EXPECT_EQ(t.balances.size(), 3u);
  EXPECT_EQ(rows.balances.at(trading::asset_id{"BNB"}).amount, "-0.5"_d);
}

} // namespace
} // namespace supreme::tests
