// Goal: T1 and T2 keep their promises in PostgreSQL and in memory alike: one decision per key,
// limits held by the rows, modes obeyed, an order sent by at most one incarnation. Method: every
// test runs against both stores on a fresh database; what matters is read back, not only answered.
#include "tests/storage/stores.hpp"
#include "tests/storage/transactions.hpp"

#include <gtest/gtest.h>

namespace supreme::tests {

using namespace storage;
using namespace trading;

class decisions : public store_test {
protected:
  void SetUp() override {
    store_test::SetUp();
    if (IsSkipped() || HasFatalFailure())
      return;
    ledger_->open_account(account_id{"main"}, venue_id{"sim"}, {{asset_id{"USDT"}, "1000"_d}});
    desk_.guard = own("guard/main");
    desk_.strategy = own("strategy/trend/0");
    desk_.executor = own("executor/main");
    desk_.portfolio = own("portfolio/main");
  }

  account_snapshot snapshot() { return ledger_->load_account(account_id{"main"}); }
  position_row held() { return snapshot().positions[instrument_id{"BTCUSDT"}]; }
  balance_row cash() { return snapshot().balances[asset_id{"USDT"}]; }

  /// An order of which everything is filled.
  void hold(std::string_view size) {
    const auto made = commit(*ledger_, desk_.fused(desk_.decide("hold", side::buy, size, "0"), 1));
    ASSERT_EQ(made.status, commit_status::applied);
    const auto applied = commit(*ledger_, desk_.fill(*ledger_, *made.order, "hold", "1", size));
    ASSERT_EQ(applied.status, commit_status::applied) << applied.text;
  }

  change_outcome set_mode(mode_scope scope, const std::string& name, trading_mode mode,
                          const std::string& who = "alice") {
    return ledger_->change_mode({scope, name, mode, who, "test"});
  }

  change_outcome latch(const breaker_key& breaker, const std::string& who = "alice") {
    return ledger_->command_risk(
      {account_id{"main"}, {risk_command_kind::latch_breaker, breaker}, who, "test"});
  }
  change_outcome release(const breaker_key& breaker, const std::string& who) {
    return ledger_->command_risk(
      {account_id{"main"}, {risk_command_kind::release_breaker, breaker}, who, "test"});
  }
  /// As the guard does once it has read all there is.
  void tell(const breaker_report& report, timestamp step = {}) {
    breakers_transaction t;
    t.account = account_id{"main"};
    t.guard = desk_.guard;
    t.event_time = step;
    t.history_seq = ledger_->events_after(t.account, 0, 1000).through;
    t.breakers = {report};
    ASSERT_EQ(commit(*ledger_, t).status, commit_status::applied);
  }
  /// The account's mode after the guard has told of the global breaker at a step.
  trading_mode tell_global(breaker_state state, int64_t since_ms, int64_t step_ms,
                           bool latched = false) {
    breaker_report report;
    report.key = {breaker_scope::global, ""};
    report.state = state;
    report.latched = latched;
    report.trigger = breaker_trigger::daily_loss;
    report.since = timestamp::from_ms(since_ms);
    tell(report, timestamp::from_ms(step_ms));
    return snapshot().mode;
  }

  desk desk_;
};

INSTANTIATE_TEST_SUITE_P(stores, decisions,
                         ::testing::Values(store_kind::postgres, store_kind::memory),
                         ::testing::PrintToStringParamName());

TEST_P(decisions, an_approved_order_is_an_intent_that_reserves_its_worst_case) {
  const auto made = commit(*ledger_, desk_.decide("c1", side::buy, "2", "203.00000001"));
  ASSERT_EQ(made.status, commit_status::applied) << made.text;
  EXPECT_EQ(made.refusal, refusal::none);
  ASSERT_TRUE(made.order);
  EXPECT_EQ(made.order->order.id.str(), "m1-1");
  EXPECT_EQ(made.order->number, 1U);
  EXPECT_EQ(made.order->state, order_state::intent);
  EXPECT_EQ(made.order->order.decision_price, "100.5"_d);
  EXPECT_EQ(made.order->order.event_time.ns(), 1'776'607'020'123'456'789);
  EXPECT_EQ(made.order->order.key.cause, "c1");
  EXPECT_EQ(made.order->reserved_cash, "203.00000001"_d);
  EXPECT_EQ(held().reserved_buy, "2"_d);
  EXPECT_EQ(cash().reserved, "203.00000001"_d);
  EXPECT_EQ(cash().amount, "1000"_d);
  const auto open = snapshot().open_orders;
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open[0].order, made.order->order);
}

TEST_P(decisions, the_same_key_gets_the_stored_decision_and_reserves_nothing_more) {
  const auto first = commit(*ledger_, desk_.decide("c1", side::buy, "2", "200"));
  const auto again = commit(*ledger_, desk_.decide("c1", side::sell, "5", "0"));
  EXPECT_EQ(again.status, commit_status::unchanged);
  ASSERT_TRUE(again.order);
  EXPECT_EQ(again.order->order, first.order->order);
  EXPECT_EQ(held().reserved_buy, "2"_d);
  EXPECT_EQ(held().reserved_sell, "0"_d);
}

TEST_P(decisions, a_refusal_is_stored_and_answered_again_even_when_it_would_be_allowed_now) {
  ASSERT_EQ(set_mode(mode_scope::global, "", trading_mode::halted), change_outcome::applied);
  const auto refused = commit(*ledger_, desk_.decide("c1", side::buy, "1", "100"));
  EXPECT_EQ(refused.status, commit_status::refused);
  EXPECT_EQ(refused.refusal, refusal::halted);
  ASSERT_EQ(set_mode(mode_scope::global, "", trading_mode::active, "bob"), change_outcome::applied);
  const auto again = commit(*ledger_, desk_.decide("c1", side::buy, "1", "100"));
  EXPECT_EQ(again.status, commit_status::unchanged);
  EXPECT_EQ(again.refusal, refusal::halted);
  EXPECT_FALSE(again.order);
}

TEST_P(decisions, a_verdict_that_is_a_refusal_is_a_row_without_an_order) {
  const auto refused = commit(*ledger_, desk_.refuse("c1", refusal::min_notional));
  EXPECT_EQ(refused.status, commit_status::refused);
  EXPECT_EQ(refused.refusal, refusal::min_notional);
  const auto again = commit(*ledger_, desk_.decide("c1", side::buy, "1", "1"));
  EXPECT_EQ(again.status, commit_status::unchanged);
  EXPECT_EQ(again.refusal, refusal::min_notional);
  EXPECT_TRUE(snapshot().positions.empty());
}

TEST_P(decisions, legs_and_children_of_one_cause_are_decisions_of_their_own) {
  auto t = desk_.decide("c1", side::buy, "1", "1");
  EXPECT_EQ(commit(*ledger_, t).status, commit_status::applied);
  t.wish.key.leg = 1;
  EXPECT_EQ(commit(*ledger_, t).status, commit_status::applied);
  t.wish.key.child = 1;
  EXPECT_EQ(commit(*ledger_, t).status, commit_status::applied);
  EXPECT_EQ(snapshot().open_orders.size(), 3U);
}

TEST_P(decisions, cash_is_never_reserved_beyond_the_balance) {
  EXPECT_EQ(commit(*ledger_, desk_.decide("c1", side::buy, "1", "999.99999999")).status,
            commit_status::applied);
  const auto refused = commit(*ledger_, desk_.decide("c2", side::buy, "1", "0.00000002"));
  EXPECT_EQ(refused.refusal, refusal::cash);
  EXPECT_EQ(commit(*ledger_, desk_.decide("c3", side::buy, "1", "0.00000001")).status,
            commit_status::applied);
  EXPECT_EQ(cash().reserved, cash().amount);
}

TEST_P(decisions, an_asset_without_a_balance_row_has_no_cash) {
  auto t = desk_.decide("c1", side::buy, "1", "0.00000001");
  t.quote = asset_id{"EUR"};
  EXPECT_EQ(commit(*ledger_, t).refusal, refusal::cash);
}

TEST_P(decisions, the_position_limit_counts_what_is_held_and_promised_on_the_orders_side_only) {
  hold("3");
  const auto limited = [&](const std::string& cause, side direction, std::string_view size) {
    auto t = desk_.decide(cause, direction, size, "0");
    t.max_position = "5"_d;
    return commit(*ledger_, t).refusal;
  };
  EXPECT_EQ(limited("c1", side::buy, "2.00000001"), refusal::max_position);
  EXPECT_EQ(limited("c2", side::sell, "3"), refusal::none);
  EXPECT_EQ(limited("c3", side::buy, "1.5"), refusal::none);
  EXPECT_EQ(limited("c4", side::buy, "0.5"), refusal::none);
  EXPECT_EQ(limited("c5", side::buy, "0.00000001"), refusal::max_position);
}

TEST_P(decisions, a_shrunken_position_limit_still_lets_the_position_be_reduced) {
  hold("3");
  auto t = desk_.decide("c1", side::sell, "1", "0");
  t.max_position = "0.5"_d;
  EXPECT_EQ(commit(*ledger_, t).refusal, refusal::none);
}

TEST_P(decisions, without_short_permission_no_more_is_promised_than_is_held) {
  hold("3");
  EXPECT_EQ(commit(*ledger_, desk_.decide("c1", side::sell, "2", "0")).refusal, refusal::none);
  EXPECT_EQ(commit(*ledger_, desk_.decide("c2", side::sell, "1.00000001", "0")).refusal,
            refusal::short_not_allowed);
  auto t = desk_.decide("c3", side::sell, "1.00000001", "0");
  t.allow_short = true;
  EXPECT_EQ(commit(*ledger_, t).refusal, refusal::none);
}

TEST_P(decisions, a_protective_order_keeps_its_price_and_reserves_nothing) {
  hold("2");
  auto stop = desk_.decide("c1", side::sell, "2", "0");
  stop.wish.key.leg = 2;
  stop.verdict.type = order_type::stop;
  stop.verdict.stop_price = "0.9"_d;
  stop.verdict.reduce_only = true;
  const auto made = commit(*ledger_, desk_.fused(stop, 1));
  ASSERT_EQ(made.status, commit_status::applied) << made.text;
  const auto row = ledger_->find_order(made.order->order.id).value();
  EXPECT_EQ(row.order.type, order_type::stop);
  EXPECT_EQ(row.order.stop_price, "0.9"_d);
  EXPECT_EQ(row.order.limit_price, std::nullopt);
  EXPECT_TRUE(row.order.reduce_only);
  EXPECT_TRUE(row.reserved_quantity.is_zero());
  EXPECT_TRUE(held().reserved_sell.is_zero());

  // What is held may still be closed by another order.
  auto target = desk_.decide("c1", side::sell, "2", "0");
  target.wish.key.leg = 3;
  target.verdict.type = order_type::limit;
  target.verdict.limit_price = "1.1"_d;
  target.verdict.reduce_only = true;
  ASSERT_EQ(commit(*ledger_, target).status, commit_status::applied);
  auto exit = desk_.decide("c2", side::sell, "2", "0");
  exit.verdict.reduce_only = true;
  const auto leaving = commit(*ledger_, exit);
  ASSERT_EQ(leaving.status, commit_status::applied) << leaving.text;
  EXPECT_TRUE(ledger_->find_order(leaving.order->order.id)->order.reduce_only);
  EXPECT_EQ(held().reserved_sell, "2"_d);

  // Its fill releases nothing of that.
  ASSERT_EQ(commit(*ledger_, desk_.fill(*ledger_, row, "t", "0.9", "1")).status,
            commit_status::applied);
  EXPECT_EQ(held().reserved_sell, "2"_d);
  EXPECT_TRUE(ledger_->find_order(row.order.id)->reserved_quantity.is_zero());
  EXPECT_EQ(ledger_->find_order(row.order.id)->state, order_state::partially_filled);
}

TEST_P(decisions, a_protective_order_is_decided_before_its_entry_has_filled) {
  ASSERT_EQ(commit(*ledger_, desk_.decide("c1", side::buy, "2", "10")).status,
            commit_status::applied);
  ASSERT_EQ(set_mode(mode_scope::account, "main", trading_mode::reducing), change_outcome::applied);
  auto stop = desk_.decide("c1", side::sell, "2", "0");
  stop.wish.key.leg = 2;
  stop.verdict.type = order_type::stop;
  stop.verdict.stop_price = "0.9"_d;
  stop.verdict.reduce_only = true;
  const auto made = commit(*ledger_, stop);
  EXPECT_EQ(made.status, commit_status::applied)
    << "no short permission, nothing held, and the mode has just changed: it adds nothing";
}

TEST_P(decisions, a_protective_order_is_asked_for_nothing_that_its_slot_does_not_change) {
  // Another strategy is short by more than this one is long; shorts have been taken away since.
  auto shorted = desk_.decide("other", side::sell, "3", "0");
  shorted.allow_short = true;
  const auto made = commit(*ledger_, desk_.fused(shorted, 1));
  ASSERT_EQ(made.status, commit_status::applied);
  ASSERT_EQ(commit(*ledger_, desk_.fill(*ledger_, *made.order, "t", "1", "3")).status,
            commit_status::applied);
  auto stop = desk_.decide("c1", side::sell, "2", "0");
  stop.wish.key.leg = 2;
  stop.verdict.type = order_type::stop;
  stop.verdict.stop_price = "0.9"_d;
  stop.verdict.reduce_only = true;
  stop.max_position = "1"_d;
  EXPECT_EQ(commit(*ledger_, stop).status, commit_status::applied);
  ASSERT_EQ(set_mode(mode_scope::account, "main", trading_mode::halted), change_outcome::applied);
  stop.wish.key.cause = "c2";
  EXPECT_EQ(commit(*ledger_, stop).refusal, refusal::halted);
}

TEST_P(decisions, reducing_lets_only_orders_through_that_stop_at_zero) {
  hold("3");
  ASSERT_EQ(set_mode(mode_scope::account, "main", trading_mode::reducing), change_outcome::applied);
  EXPECT_EQ(commit(*ledger_, desk_.decide("c1", side::buy, "1", "0")).refusal, refusal::reducing);
  EXPECT_EQ(commit(*ledger_, desk_.decide("c2", side::sell, "2", "0")).refusal, refusal::none);
  auto t = desk_.decide("c3", side::sell, "1.00000001", "0");
  t.allow_short = true;
  EXPECT_EQ(commit(*ledger_, t).refusal, refusal::reducing);
  EXPECT_EQ(commit(*ledger_, desk_.decide("c4", side::sell, "1", "0")).refusal, refusal::none);
}

TEST_P(decisions, reducing_lets_a_short_be_bought_back) {
  auto t = desk_.fused(desk_.decide("short", side::sell, "2", "0"), 1);
  t.allow_short = true;
  const auto made = commit(*ledger_, t);
  ASSERT_EQ(commit(*ledger_, desk_.fill(*ledger_, *made.order, "t1", "100", "2")).status,
            commit_status::applied);
  ASSERT_EQ(set_mode(mode_scope::instrument, "BTCUSDT", trading_mode::reducing),
            change_outcome::applied);
  EXPECT_EQ(commit(*ledger_, desk_.decide("c1", side::buy, "2.5", "0")).refusal, refusal::reducing);
  EXPECT_EQ(commit(*ledger_, desk_.decide("c2", side::buy, "2", "0")).refusal, refusal::none);
}

TEST_P(decisions, the_strictest_of_all_scopes_is_in_force) {
  ASSERT_EQ(set_mode(mode_scope::global, "", trading_mode::reducing), change_outcome::applied);
  ASSERT_EQ(set_mode(mode_scope::strategy, "trend", trading_mode::halted), change_outcome::applied);
  ASSERT_EQ(set_mode(mode_scope::strategy, "other", trading_mode::halted), change_outcome::applied);
  EXPECT_EQ(commit(*ledger_, desk_.decide("c1", side::buy, "1", "0")).refusal, refusal::halted);
  const auto s = snapshot();
  EXPECT_EQ(s.mode, trading_mode::reducing);
  EXPECT_EQ(s.strategy_modes, (std::map<std::string, trading_mode>{
                                {"other", trading_mode::halted}, {"trend", trading_mode::halted}}));
  EXPECT_TRUE(s.instrument_modes.empty());
}

TEST_P(decisions, whoever_tightened_a_mode_cannot_loosen_it) {
  ASSERT_EQ(set_mode(mode_scope::global, "", trading_mode::reducing, "alice"),
            change_outcome::applied);
  ASSERT_EQ(set_mode(mode_scope::global, "", trading_mode::halted, "alice"),
            change_outcome::applied);
  EXPECT_EQ(set_mode(mode_scope::global, "", trading_mode::halted, "bob"),
            change_outcome::unchanged);
  EXPECT_EQ(set_mode(mode_scope::global, "", trading_mode::reducing, "alice"),
            change_outcome::needs_second_person);
  EXPECT_EQ(set_mode(mode_scope::global, "", trading_mode::reducing, "bob"),
            change_outcome::applied);
  EXPECT_EQ(set_mode(mode_scope::global, "", trading_mode::active, "alice"),
            change_outcome::needs_second_person);
  EXPECT_EQ(set_mode(mode_scope::global, "", trading_mode::active, "bob"), change_outcome::applied);
}

TEST_P(decisions, modes_of_unknown_accounts_and_misnamed_scopes_are_refused) {
  EXPECT_EQ(set_mode(mode_scope::account, "nobody", trading_mode::halted),
            change_outcome::unknown_scope);
  EXPECT_EQ(set_mode(mode_scope::global, "main", trading_mode::halted),
            change_outcome::unknown_scope);
  EXPECT_EQ(set_mode(mode_scope::strategy, "", trading_mode::halted),
            change_outcome::unknown_scope);
}

TEST_P(decisions, nothing_that_adds_risk_commits_after_a_latch_of_its_scope) {
  hold("4");
  const breaker_key trend{breaker_scope::strategy, "trend"};
  for (const auto& other : {breaker_key{breaker_scope::strategy, "other"},
                            breaker_key{breaker_scope::instrument, "ETHUSDT"}})
    ASSERT_EQ(latch(other), change_outcome::applied);
  EXPECT_EQ(commit(*ledger_, desk_.decide("c1", side::buy, "1", "0")).refusal, refusal::none);
  for (const auto& own :
       {trend, breaker_key{breaker_scope::instrument, "BTCUSDT"},
        breaker_key{breaker_scope::account, "main"}, breaker_key{breaker_scope::global, ""}}) {
    const auto cause = std::string{trading::to_string(own.scope)} + own.name;
    ASSERT_EQ(latch(own), change_outcome::applied);
    EXPECT_EQ(snapshot().mode,
              own.scope == breaker_scope::global ? trading_mode::reducing : trading_mode::active);
    EXPECT_EQ(commit(*ledger_, desk_.decide(cause, side::buy, "1", "0")).refusal,
              refusal::reducing);
    EXPECT_EQ(commit(*ledger_, desk_.decide(cause + " out", side::sell, "1", "0")).refusal,
              refusal::none);
    ASSERT_EQ(release(own, "bob"), change_outcome::applied);
  }
  ASSERT_EQ(set_mode(mode_scope::global, "", trading_mode::active),
            change_outcome::needs_second_person)
    << "alice's latch reduced it";
  ASSERT_EQ(set_mode(mode_scope::global, "", trading_mode::active, "bob"), change_outcome::applied);
  EXPECT_EQ(commit(*ledger_, desk_.decide("c2", side::buy, "1", "0")).refusal, refusal::none);
}

TEST_P(decisions, whoever_latched_a_breaker_cannot_release_it) {
  const breaker_key trend{breaker_scope::strategy, "trend"};
  ASSERT_EQ(latch(trend), change_outcome::applied);
  EXPECT_EQ(latch(trend, "bob"), change_outcome::unchanged);
  EXPECT_EQ(release(trend, "alice"), change_outcome::needs_second_person);
  EXPECT_EQ(release(trend, "bob"), change_outcome::applied);
  EXPECT_EQ(latch(trend, "bob"), change_outcome::applied) << "again";
}

TEST_P(decisions, a_release_that_no_guard_has_taken_yet_is_not_recorded_twice) {
  const breaker_key trend{breaker_scope::strategy, "trend"};
  ASSERT_EQ(release(trend, "bob"), change_outcome::unknown_scope) << "nobody knows of it";
  ASSERT_EQ(latch(trend), change_outcome::applied);
  ASSERT_EQ(release(trend, "bob"), change_outcome::applied);
  EXPECT_EQ(release(trend, "bob"), change_outcome::unchanged);
  tell({trend, breaker_state::open, false, breaker_trigger::daily_loss, "5"_d, "6"_d,
        timestamp::from_ms(1)});
  EXPECT_EQ(release(trend, "bob"), change_outcome::applied) << "this one ends its cool-down";
  EXPECT_EQ(release(trend, "bob"), change_outcome::unchanged);
  tell({trend,
        breaker_state::half_open,
        false,
        breaker_trigger::person,
        {},
        {},
        timestamp::from_ms(2)});
  EXPECT_EQ(release(trend, "bob"), change_outcome::unchanged) << "it is not open";
}

TEST_P(decisions, no_account_adds_risk_once_a_global_breaker_has_opened) {
  hold("3");
  ledger_->open_account(account_id{"other"}, venue_id{"sim"}, {{asset_id{"USDT"}, "1000"_d}});
  const auto resume = [this] {
    ASSERT_EQ(set_mode(mode_scope::global, "", trading_mode::active), change_outcome::applied)
      << "any person may, because none did it";
  };
  EXPECT_EQ(tell_global(breaker_state::open, 1, 2), trading_mode::active)
    << "a new rule would have opened it in the past";
  EXPECT_EQ(tell_global(breaker_state::closed, 3, 3), trading_mode::active);
  EXPECT_EQ(tell_global(breaker_state::open, 2, 4), trading_mode::active)
    << "a changed rule would have opened it before it was told closed";
  EXPECT_EQ(tell_global(breaker_state::closed, 4, 5), trading_mode::active);
  EXPECT_EQ(tell_global(breaker_state::open, 6, 7), trading_mode::reducing) << "one tell was lost";
  EXPECT_EQ(ledger_->load_account(account_id{"other"}).mode, trading_mode::reducing);
  EXPECT_EQ(commit(*ledger_, desk_.decide("c1", side::buy, "1", "0")).refusal, refusal::reducing);
  EXPECT_EQ(commit(*ledger_, desk_.decide("c2", side::sell, "1", "0")).refusal, refusal::none);

  resume();
  EXPECT_EQ(tell_global(breaker_state::open, 6, 8), trading_mode::active)
    << "a guard that starts tells it again";
  EXPECT_EQ(tell_global(breaker_state::open, 9, 9, true), trading_mode::active) << "latched, too";
  EXPECT_EQ(tell_global(breaker_state::open, 10, 10), trading_mode::active) << "released";
  EXPECT_EQ(tell_global(breaker_state::half_open, 11, 11), trading_mode::active);
  EXPECT_EQ(tell_global(breaker_state::open, 12, 12), trading_mode::reducing) << "opened anew";
}

TEST_P(decisions, a_global_breaker_that_opens_when_it_is_first_told_of_counts) {
  EXPECT_EQ(tell_global(breaker_state::open, 2, 2), trading_mode::reducing);
}

TEST_P(decisions, a_global_breaker_loosens_no_halt) {
  ASSERT_EQ(set_mode(mode_scope::global, "", trading_mode::halted), change_outcome::applied);
  EXPECT_EQ(tell_global(breaker_state::open, 2, 2), trading_mode::halted);
  EXPECT_EQ(set_mode(mode_scope::global, "", trading_mode::active),
            change_outcome::needs_second_person)
    << "it is alice's halt as before";
}

TEST_P(decisions, commands_that_name_nothing_of_the_account_are_refused) {
  EXPECT_EQ(latch({breaker_scope::account, "other"}), change_outcome::unknown_scope);
  EXPECT_EQ(latch({breaker_scope::global, "main"}), change_outcome::unknown_scope);
  EXPECT_EQ(latch({breaker_scope::strategy, ""}), change_outcome::unknown_scope);
  EXPECT_EQ(ledger_->command_risk(
              {account_id{"nobody"}, {risk_command_kind::accept_drawdown, {}}, "bob", "r"}),
            change_outcome::unknown_scope);
}

TEST_P(decisions, what_a_superseded_guard_tells_of_its_breakers_is_not_taken) {
  breakers_transaction t;
  t.account = account_id{"main"};
  t.guard = desk_.guard;
  ++t.guard.epoch;
  EXPECT_EQ(commit(*ledger_, t).status, commit_status::fenced);
}

TEST_P(decisions, a_superseded_or_released_unit_decides_nothing) {
  auto t = desk_.decide("c1", side::buy, "1", "1");
  ++t.guard.epoch;
  EXPECT_EQ(commit(*ledger_, t).status, commit_status::fenced);
  t = desk_.decide("c1", side::buy, "1", "1");
  t.strategy.unit = "strategy/unknown";
  EXPECT_EQ(commit(*ledger_, t).status, commit_status::fenced);
  t = desk_.fused(desk_.decide("c1", side::buy, "1", "1"), 1);
  --t.fused->executor.epoch;
  EXPECT_EQ(commit(*ledger_, t).status, commit_status::fenced);
  ASSERT_TRUE(cluster_->release("guard/main", "n1", node_incarnation_, desk_.guard.epoch));
  EXPECT_EQ(commit(*ledger_, desk_.decide("c1", side::buy, "1", "1")).status,
            commit_status::fenced);
  EXPECT_TRUE(snapshot().open_orders.empty());
}

TEST_P(decisions, a_fenced_decision_stops_the_ones_after_it_of_the_same_guard) {
  // The guard decided c2 and c3 after c1 and reckoned with it; once c1 cannot be stored they must
  // be decided anew, in that order.
  auto moved = desk_.decide("c1", side::buy, "1", "1");
  moved.strategy.epoch += 1;
  auto step = step_transaction{};
  step.replay = "main";
  step.conductor = own("conductor/main");
  step.step = 1;
  step.event_time = moved.wish.event_time;
  const auto done = ledger_->commit({desk_.decide("c0", side::buy, "1", "1"), moved,
                                     desk_.decide("c2", side::buy, "1", "1"), step,
                                     desk_.decide("c3", side::buy, "1", "1")});
  ASSERT_EQ(done.size(), 5u);
  EXPECT_EQ(done[0].status, commit_status::applied);
  EXPECT_EQ(done[1].status, commit_status::fenced);
  EXPECT_EQ(done[2].status, commit_status::fenced);
  EXPECT_EQ(done[3].status, commit_status::applied);
  EXPECT_EQ(done[4].status, commit_status::fenced);
  EXPECT_EQ(snapshot().open_orders.size(), 1u);
}

TEST_P(decisions, a_fenced_decision_stops_the_ones_after_it_when_a_group_is_run_one_by_one) {
  auto moved = desk_.decide("c1", side::buy, "1", "1");
  moved.strategy.epoch += 1;
  auto poison = desk_.decide("c0", side::buy, "1", "1");
  poison.verdict.reserve_cash =
    "-1"_d; // No row may hold this: the group is rolled back and run one by one.
  const auto done = ledger_->commit({poison, moved, desk_.decide("c2", side::buy, "1", "1")});
  ASSERT_EQ(done.size(), 3u);
  EXPECT_EQ(done[0].status, commit_status::poisoned);
  EXPECT_EQ(done[1].status, commit_status::fenced);
  EXPECT_EQ(done[2].status, commit_status::fenced);
  EXPECT_TRUE(snapshot().open_orders.empty());
}

TEST_P(decisions, a_persons_order_needs_no_strategys_unit) {
  auto t = desk_.decide("manual", side::buy, "1", "1");
  t.strategy = {};
  EXPECT_EQ(commit(*ledger_, t).status, commit_status::applied);
}

TEST_P(decisions, an_unknown_account_is_refused) {
  auto d = desk_;
  d.account = "nobody";
  EXPECT_EQ(commit(*ledger_, d.decide("c1", side::buy, "1", "1")).status, commit_status::refused);
}

TEST_P(decisions, a_fused_decision_is_submitted_at_once_until_its_window_closes) {
  const auto intent = commit(*ledger_, desk_.decide("c1", side::buy, "1", "1"));
  EXPECT_FALSE(intent.order->valid_until);
  const auto made =
    commit(*ledger_, desk_.fused(desk_.decide("c2", side::buy, "1", "1"), 7, 60'000));
  const auto longer =
    commit(*ledger_, desk_.fused(desk_.decide("c3", side::buy, "1", "1"), 7, 3'660'000));
  ASSERT_TRUE(made.order && made.order->valid_until && longer.order && longer.order->valid_until);
  EXPECT_EQ(made.order->state, order_state::submitting);
  EXPECT_EQ(made.order->incarnation, 7U);
  EXPECT_EQ(ledger_->find_order(made.order->order.id)->valid_until, made.order->valid_until);
  const auto apart = *longer.order->valid_until - *made.order->valid_until;
  EXPECT_GE(apart, std::chrono::hours{1});
  EXPECT_LT(apart, std::chrono::hours{1} + std::chrono::minutes{1});
}

TEST_P(decisions, only_one_submission_may_send) {
  const auto made = commit(*ledger_, desk_.decide("c1", side::buy, "1", "1"));
  const auto id = made.order->order.id;
  const auto first = commit(*ledger_, desk_.submit(id, 3));
  EXPECT_EQ(first.status, commit_status::applied);
  EXPECT_EQ(first.order->state, order_state::submitting);
  EXPECT_EQ(first.order->incarnation, 3U);
  EXPECT_EQ(commit(*ledger_, desk_.submit(id, 3)).status, commit_status::unchanged);
  EXPECT_EQ(commit(*ledger_, desk_.submit(id, 4)).status, commit_status::unchanged);
  EXPECT_EQ(ledger_->find_order(id)->incarnation, 3U);
}

TEST_P(decisions, an_order_is_sent_again_only_when_proven_lost_by_a_later_incarnation) {
  const auto made = commit(*ledger_, desk_.fused(desk_.decide("c1", side::buy, "1", "1"), 3));
  const auto id = made.order->order.id;
  auto again = desk_.submit(id, 3);
  again.proven_not_accepted = true;
  EXPECT_EQ(commit(*ledger_, again).status, commit_status::refused);
  again.incarnation = 4;
  const auto resubmitted = commit(*ledger_, again);
  EXPECT_EQ(resubmitted.status, commit_status::applied);
  EXPECT_EQ(resubmitted.order->incarnation, 4U);
  EXPECT_EQ(commit(*ledger_, again).status, commit_status::refused);
  ASSERT_EQ(commit(*ledger_, desk_.report(id, order_state::unknown)).status,
            commit_status::applied);
  again.incarnation = 5;
  EXPECT_EQ(commit(*ledger_, again).order->state, order_state::submitting);
  ASSERT_EQ(commit(*ledger_, desk_.report(id, order_state::open)).status, commit_status::applied);
  again.incarnation = 6;
  EXPECT_EQ(commit(*ledger_, again).status, commit_status::unchanged);
}

TEST_P(decisions, a_halt_stops_an_intent_that_was_not_sent_yet) {
  const auto made = commit(*ledger_, desk_.decide("c1", side::buy, "1", "1"));
  ASSERT_EQ(set_mode(mode_scope::strategy, "trend", trading_mode::halted), change_outcome::applied);
  const auto refused = commit(*ledger_, desk_.submit(made.order->order.id, 1));
  EXPECT_EQ(refused.status, commit_status::refused);
  EXPECT_EQ(refused.refusal, refusal::halted);
  EXPECT_EQ(refused.order->state, order_state::intent);
}

TEST_P(decisions, submitting_needs_the_executors_epoch_and_an_order_of_that_account) {
  const auto made = commit(*ledger_, desk_.decide("c1", side::buy, "1", "1"));
  auto t = desk_.submit(made.order->order.id, 1);
  t.executor = desk_.guard;
  ++t.executor.epoch;
  EXPECT_EQ(commit(*ledger_, t).status, commit_status::fenced);
  t = desk_.submit(client_order_id{"m1-99"}, 1);
  EXPECT_EQ(commit(*ledger_, t).status, commit_status::refused);
  t = desk_.submit(made.order->order.id, 1);
  t.account = account_id{"other"};
  EXPECT_EQ(commit(*ledger_, t).status, commit_status::refused);
}

TEST_P(decisions, a_group_answers_each_member_in_order_and_later_members_see_earlier_ones) {
  auto buy = desk_.decide("c1", side::buy, "1", "600");
  auto too_much = desk_.decide("c2", side::buy, "1", "600");
  const auto outcomes = ledger_->commit({buy, too_much, buy});
  ASSERT_EQ(outcomes.size(), 3U);
  EXPECT_EQ(outcomes[0].status, commit_status::applied);
  EXPECT_EQ(outcomes[1].refusal, refusal::cash);
  EXPECT_EQ(outcomes[2].status, commit_status::unchanged);
  EXPECT_TRUE(ledger_->commit({}).empty());
}

TEST_P(decisions, a_poisonous_member_is_parked_and_the_others_are_committed) {
  auto poison =
    desk_.decide("c2", side::buy, "0", "0"); // An order of size zero breaks a rule of the row.
  const auto outcomes = ledger_->commit(
    {desk_.decide("c1", side::buy, "1", "1"), poison, desk_.decide("c3", side::buy, "1", "1")});
  EXPECT_EQ(outcomes[0].status, commit_status::applied);
  EXPECT_EQ(outcomes[1].status, commit_status::poisoned);
  EXPECT_FALSE(outcomes[1].text.empty());
  EXPECT_EQ(outcomes[2].status, commit_status::applied);
  EXPECT_EQ(snapshot().open_orders.size(), 2U);
  const auto parked =
    memory_ ? std::to_string(memory_->parked().size())
            : sql("SELECT count(*) FROM trading.parked WHERE kind = 'decide' AND account = 'main'");
  EXPECT_EQ(parked, "1");
}

TEST_P(decisions, texts_that_cannot_be_stored_are_parked) {
  auto bad_utf8 = desk_.decide("c1", side::buy, "1", "1");
  bad_utf8.wish.reason = "\xff\xfe";
  auto nul = desk_.decide("c2", side::buy, "1", "1");
  nul.wish.reason = std::string("a\0b", 3);
  const auto outcomes = ledger_->commit({bad_utf8, nul, desk_.decide("c3", side::buy, "1", "1")});
  EXPECT_EQ(outcomes[0].status, commit_status::poisoned);
  EXPECT_EQ(outcomes[1].status, commit_status::poisoned);
  EXPECT_EQ(outcomes[2].status, commit_status::applied);
}

TEST_P(decisions, reservations_at_the_edge_of_the_range_are_exact_and_beyond_it_are_parked) {
  auto t = desk_.decide("c1", side::buy, "92233720368.54775807", "0");
  ASSERT_EQ(commit(*ledger_, t).status, commit_status::applied);
  EXPECT_EQ(held().reserved_buy.raw(), INT64_MAX);
  EXPECT_EQ(commit(*ledger_, desk_.decide("c2", side::buy, "0.00000001", "0")).status,
            commit_status::poisoned);
  EXPECT_EQ(held().reserved_buy.raw(), INT64_MAX);
}

TEST_P(decisions, opening_an_account_again_changes_nothing) {
  ledger_->open_account(account_id{"main"}, venue_id{"other"}, {{asset_id{"USDT"}, "5"_d}});
  ledger_->open_account(account_id{"alt"}, venue_id{"sim"}, {});
  EXPECT_EQ(cash().amount, "1000"_d);
  EXPECT_EQ(ledger_->accounts(), (std::vector{account_id{"alt"}, account_id{"main"}}));
}

TEST_P(decisions, loading_an_account_that_is_not_there_is_a_definitive_failure) {
  try {
    static_cast<void>(ledger_->load_account(account_id{"nobody"}));
    FAIL() << "loaded";
  } catch (const store_failure& f) {
    EXPECT_EQ(f.kind(), failure_kind::definitive);
  }
}

} // namespace supreme::tests
