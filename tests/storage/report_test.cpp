// Goal: T3, T4 and replay steps keep their promises in PostgreSQL and in memory alike: each fill
// applied once, orders move forward only, reservations shrink with what is filled, and what
// contradicts the rows is kept but not applied. Method: every test runs against both stores on a
// fresh database; positions are computed by trading::apply_fill.
#include "tests/storage/stores.hpp"
#include "tests/storage/transactions.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace supreme::tests {

using namespace storage;
using namespace trading;

class reports : public store_test {
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
  order_row stored(const order_row& o) { return ledger_->find_order(o.order.id).value(); }

  /// A sent buy of `size` that reserves `cash`.
  order_row sent(const std::string& cause, std::string_view size, std::string_view cash) {
    return commit(*ledger_, desk_.fused(desk_.decide(cause, side::buy, size, cash), 1))
      .order.value();
  }

  outcome fill(const order_row& o, const std::string& trade, std::string_view price,
               std::string_view size, std::string_view fee = "0") {
    return commit(*ledger_, desk_.fill(*ledger_, o, trade, price, size, fee));
  }

  outcome report(const order_row& o, order_state state, const std::string& venue_order = {},
                 const std::string& reason = {}) {
    auto t = desk_.report(o.order.id, state);
    t.venue_order = venue_order_id{venue_order};
    t.reason = reason;
    return commit(*ledger_, t);
  }

  std::string quarantined() {
    return memory_ ? std::to_string(memory_->quarantined().size())
                   : sql("SELECT count(*) FROM trading.quarantine_fill");
  }

  desk desk_;
};

INSTANTIATE_TEST_SUITE_P(stores, reports,
                         ::testing::Values(store_kind::postgres, store_kind::memory),
                         ::testing::PrintToStringParamName());

TEST_P(reports, an_accepted_order_is_open_under_the_venues_id) {
  const auto o = sent("c1", "2", "200");
  const auto answer = report(o, order_state::open, "v-17");
  EXPECT_EQ(answer.status, commit_status::applied);
  EXPECT_EQ(answer.order->state, order_state::open);
  EXPECT_EQ(answer.order->venue_order.str(), "v-17");
  EXPECT_EQ(report(o, order_state::open, "v-17").status, commit_status::unchanged);
  EXPECT_EQ(report(o, order_state::unknown).status, commit_status::unchanged);
}

TEST_P(reports, a_terminal_report_releases_what_is_left_of_the_reservation) {
  const auto o = sent("c1", "2", "200");
  const auto answer = report(o, order_state::rejected, "", "no such symbol");
  EXPECT_EQ(answer.order->state, order_state::rejected);
  EXPECT_EQ(answer.order->reason, "no such symbol");
  EXPECT_TRUE(answer.order->reserved_quantity.is_zero());
  EXPECT_TRUE(answer.order->reserved_cash.is_zero());
  EXPECT_TRUE(held().reserved_buy.is_zero());
  EXPECT_TRUE(cash().reserved.is_zero());
  EXPECT_TRUE(snapshot().open_orders.empty());
}

TEST_P(reports, a_terminal_state_never_changes) {
  const auto o = sent("c1", "2", "200");
  report(o, order_state::cancelled);
  for (const auto state : {order_state::open, order_state::unknown, order_state::rejected,
                           order_state::expired, order_state::not_accepted})
    EXPECT_EQ(report(o, state).status, commit_status::unchanged) << to_string(state);
  EXPECT_EQ(stored(o).state, order_state::cancelled);
}

TEST_P(reports, a_venues_id_that_comes_after_the_fills_is_still_taken) {
  const auto o = sent("c1", "2", "200");
  ASSERT_EQ(fill(o, "t1", "99", "2").status, commit_status::applied);
  const auto late = report(o, order_state::open, "v-17");
  EXPECT_EQ(late.order->state, order_state::filled);
  EXPECT_EQ(late.order->venue_order.str(), "v-17");
  EXPECT_EQ(report(o, order_state::open, "v-18").status, commit_status::unchanged);
  EXPECT_EQ(stored(o).venue_order.str(), "v-17");
}

TEST_P(reports, states_that_submissions_and_fills_make_cannot_be_reported) {
  const auto o = sent("c1", "2", "200");
  for (const auto state : {order_state::intent, order_state::submitting,
                           order_state::partially_filled, order_state::filled})
    EXPECT_EQ(report(o, state).status, commit_status::refused) << to_string(state);
}

TEST_P(reports, an_intent_that_was_never_sent_is_abandoned) {
  const auto o = commit(*ledger_, desk_.decide("c1", side::buy, "2", "200")).order.value();
  EXPECT_EQ(report(o, order_state::open).status, commit_status::unchanged);
  EXPECT_EQ(report(o, order_state::abandoned).order->state, order_state::abandoned);
  EXPECT_TRUE(cash().reserved.is_zero());
}

TEST_P(reports, reporting_needs_the_executors_epoch_and_an_order_that_exists) {
  const auto o = sent("c1", "2", "200");
  auto t = desk_.report(o.order.id, order_state::open);
  ++t.executor.epoch;
  EXPECT_EQ(commit(*ledger_, t).status, commit_status::fenced);
  EXPECT_EQ(commit(*ledger_, desk_.report(client_order_id{"m1-99"}, order_state::open)).status,
            commit_status::refused);
}

TEST_P(reports, a_fill_moves_position_slot_balances_and_reservation_in_one_step) {
  const auto o = sent("c1", "3", "100.00000001");
  const auto answer = fill(o, "t1", "30.5", "1", "0.03");
  ASSERT_EQ(answer.status, commit_status::applied) << answer.text;
  EXPECT_EQ(answer.account_seq, 1U);
  EXPECT_EQ(answer.order->state, order_state::partially_filled);
  EXPECT_EQ(answer.order->filled, "1"_d);
  EXPECT_EQ(answer.order->reserved_quantity, "2"_d);
  // 100.00000001 · 2/3 = 66.66666667333..., truncated.
  EXPECT_EQ(answer.order->reserved_cash, "66.66666667"_d);
  const auto s = snapshot();
  EXPECT_EQ(s.account_seq, 1U);
  const auto p = s.positions.at(instrument_id{"BTCUSDT"});
  EXPECT_EQ(p.position.size, "1"_d);
  EXPECT_EQ(p.position.cost, "30.5"_d);
  EXPECT_EQ(p.position.fees_quote, "0.03"_d);
  EXPECT_EQ(p.position.fill_count, 1U);
  EXPECT_EQ(p.reserved_buy, "2"_d);
  EXPECT_EQ(s.slots.at(slot_id{"trend/BTCUSDT"}).position, p.position);
  EXPECT_EQ(s.slots.at(slot_id{"trend/BTCUSDT"}).account.str(), "main");
  EXPECT_EQ(s.balances.at(asset_id{"USDT"}).amount, "969.47"_d);
  EXPECT_EQ(s.balances.at(asset_id{"USDT"}).reserved, "66.66666667"_d);
  EXPECT_EQ(s.balances.at(asset_id{"BTC"}).amount, "1"_d);
}

TEST_P(reports, the_last_fill_ends_the_order_and_its_reservation) {
  const auto o = sent("c1", "3", "100");
  fill(o, "t1", "30", "1");
  const auto last = fill(o, "t2", "31", "2");
  EXPECT_EQ(last.order->state, order_state::filled);
  EXPECT_EQ(last.account_seq, 2U);
  EXPECT_TRUE(held().reserved_buy.is_zero());
  EXPECT_TRUE(cash().reserved.is_zero());
  EXPECT_TRUE(snapshot().open_orders.empty());
}

TEST_P(reports, a_fill_counts_once_however_often_it_is_reported) {
  const auto o = sent("c1", "3", "100");
  const auto t = desk_.fill(*ledger_, o, "t1", "30", "1");
  ASSERT_EQ(commit(*ledger_, t).status, commit_status::applied);
  const auto before = snapshot();
  for (int i = 0; i < 3; ++i) {
    const auto again = commit(*ledger_, t);
    EXPECT_EQ(again.status, commit_status::unchanged);
    EXPECT_EQ(again.account_seq, 1U);
    EXPECT_EQ(again.order->filled, "1"_d);
  }
  const auto in_one_group = ledger_->commit({t, t});
  EXPECT_EQ(in_one_group[1].status, commit_status::unchanged);
  EXPECT_EQ(snapshot().balances.at(asset_id{"USDT"}).amount,
            before.balances.at(asset_id{"USDT"}).amount);
  EXPECT_EQ(ledger_->fills_after(account_id{"main"}, 0, 10).size(), 1U);
}

TEST_P(reports, a_known_trade_id_with_other_contents_is_quarantined) {
  const auto o = sent("c1", "3", "100");
  fill(o, "t1", "30", "1");
  EXPECT_EQ(fill(o, "t1", "31", "1").status, commit_status::quarantined);
  EXPECT_EQ(held().position.size, "1"_d);
  EXPECT_EQ(quarantined(), "1");
}

TEST_P(reports, fills_of_unknown_orders_are_quarantined_once) {
  auto o = sent("c1", "3", "100");
  o.order.id = client_order_id{"m1-99"};
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(fill(o, "t1", "30", "1").status, commit_status::quarantined);
  EXPECT_EQ(quarantined(), "1");
  EXPECT_TRUE(held().position.size.is_zero());
}

TEST_P(reports, fills_that_contradict_their_order_are_quarantined) {
  const auto o = sent("c1", "3", "100");
  auto t = desk_.fill(*ledger_, o, "t1", "30", "1");
  t.fill.direction = side::sell;
  EXPECT_EQ(commit(*ledger_, t).status, commit_status::quarantined);
  t = desk_.fill(*ledger_, o, "t1", "30", "1");
  t.fill.instrument = instrument_id{"ETHUSDT"};
  EXPECT_EQ(commit(*ledger_, t).status, commit_status::quarantined);
  t = desk_.fill(*ledger_, o, "t1", "30", "1");
  t.fill.venue = venue_id{"other"};
  EXPECT_EQ(commit(*ledger_, t).status, commit_status::quarantined);
  EXPECT_EQ(quarantined(), "3");
}

TEST_P(reports, positions_computed_from_old_rows_are_stale) {
  const auto o = sent("c1", "3", "100");
  const auto late = desk_.fill(*ledger_, o, "t2", "31", "1");
  fill(o, "t1", "30", "1");
  EXPECT_EQ(commit(*ledger_, late).status, commit_status::stale);
  EXPECT_EQ(held().position.fill_count, 1U);
  EXPECT_EQ(fill(o, "t2", "31", "1").status, commit_status::applied);
}

TEST_P(reports, positions_that_do_not_add_up_are_refused) {
  const auto o = sent("c1", "3", "100");
  auto t = desk_.fill(*ledger_, o, "t1", "30", "1");
  t.account_after.size += "0.00000001"_d;
  EXPECT_EQ(commit(*ledger_, t).status, commit_status::refused);
  t = desk_.fill(*ledger_, o, "t1", "30", "1");
  t.slot_after.size += "0.00000001"_d;
  EXPECT_EQ(commit(*ledger_, t).status, commit_status::refused);
  t = desk_.fill(*ledger_, o, "t1", "30", "1");
  EXPECT_EQ(snapshot().account_seq, 0U);
}

TEST_P(reports, a_fill_for_another_slot_is_refused_and_told_whose_the_order_is) {
  const auto o = sent("c1", "3", "100");
  for (const auto* slot : {"", "other/BTCUSDT"}) {
    auto t = desk_.fill(*ledger_, o, "t1", "30", "1");
    t.slot = slot_id{slot};
    const auto refused = commit(*ledger_, t);
    EXPECT_EQ(refused.status, commit_status::refused);
    ASSERT_TRUE(refused.order);
    EXPECT_EQ(refused.order->order.key.slot.str(), "trend/BTCUSDT");
  }
  EXPECT_EQ(snapshot().account_seq, 0U);
}

TEST_P(reports, a_late_fill_changes_what_is_held_but_not_the_terminal_state) {
  const auto o = sent("c1", "3", "100");
  report(o, order_state::cancelled);
  const auto late = fill(o, "t1", "30", "1");
  EXPECT_EQ(late.status, commit_status::applied);
  EXPECT_EQ(late.text, "late_fill");
  EXPECT_EQ(late.order->state, order_state::cancelled);
  EXPECT_EQ(late.order->filled, "1"_d);
  EXPECT_EQ(held().position.size, "1"_d);
  EXPECT_TRUE(held().reserved_buy.is_zero());
  EXPECT_EQ(cash().amount, "970"_d);
}

TEST_P(reports, an_overfill_is_applied_and_named) {
  const auto o = sent("c1", "1", "100");
  const auto over = fill(o, "t1", "30", "1.5");
  EXPECT_EQ(over.text, "overfill");
  EXPECT_EQ(over.order->state, order_state::filled);
  EXPECT_EQ(over.order->filled, "1.5"_d);
  EXPECT_TRUE(held().reserved_buy.is_zero());
  EXPECT_EQ(held().position.size, "1.5"_d);
}

TEST_P(reports, a_fill_of_an_intent_is_applied_and_named) {
  const auto o = commit(*ledger_, desk_.decide("c1", side::buy, "2", "200")).order.value();
  const auto answer = fill(o, "t1", "30", "1");
  EXPECT_EQ(answer.text, "unsent_fill");
  EXPECT_EQ(answer.order->state, order_state::partially_filled);
}

TEST_P(reports, fills_before_the_acknowledgement_win_over_it) {
  const auto o = sent("c1", "2", "200");
  fill(o, "t1", "30", "1");
  EXPECT_EQ(report(o, order_state::open).status, commit_status::unchanged);
  EXPECT_EQ(stored(o).state, order_state::partially_filled);
  EXPECT_EQ(report(o, order_state::cancelled).order->state, order_state::cancelled);
  EXPECT_EQ(stored(o).filled, "1"_d);
}

TEST_P(reports, any_order_of_reports_and_fills_ends_in_the_same_holdings) {
  const std::vector<std::string> steps{"ack", "fill1", "fill2", "cancel"};
  auto order = steps;
  int number = 0;
  std::sort(order.begin(), order.end());
  do {
    const auto name = std::to_string(++number);
    const auto before = held().position.size;
    const auto o = sent("c" + name, "3", "0");
    for (const auto& step : order) {
      if (step == "ack")
        report(o, order_state::open, "v" + name);
      else if (step == "cancel")
        report(o, order_state::cancelled);
      else
        ASSERT_EQ(fill(o, name + step, "1", "1").status, commit_status::applied);
    }
    EXPECT_EQ(held().position.size - before, "2"_d) << name;
    EXPECT_EQ(stored(o).state, order_state::cancelled) << name;
    EXPECT_EQ(stored(o).filled, "2"_d) << name;
    EXPECT_EQ(stored(o).venue_order.str(), "v" + name);
    EXPECT_TRUE(held().reserved_buy.is_zero()) << name;
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_P(reports, fills_need_the_portfolios_epoch) {
  const auto o = sent("c1", "3", "100");
  auto t = desk_.fill(*ledger_, o, "t1", "30", "1");
  --t.portfolio.epoch;
  EXPECT_EQ(commit(*ledger_, t).status, commit_status::fenced);
  EXPECT_EQ(snapshot().account_seq, 0U);
}

TEST_P(reports, a_fill_with_two_movements_of_one_asset_or_without_a_size_is_parked) {
  const auto o = sent("c1", "3", "100");
  auto t = desk_.fill(*ledger_, o, "t1", "30", "1");
  t.balances.push_back(t.balances.front());
  EXPECT_EQ(commit(*ledger_, t).status, commit_status::poisoned);
  t = desk_.fill(*ledger_, o, "t1", "30", "1");
  t.fill.size = {};
  t.account_after.size = {};
  t.slot_after.size = {};
  EXPECT_EQ(commit(*ledger_, t).status, commit_status::poisoned);
  EXPECT_EQ(snapshot().account_seq, 0U);
}

TEST_P(reports, fills_are_read_in_the_order_of_account_events) {
  const auto o = sent("c1", "3", "100");
  fill(o, "t1", "30", "1", "0.25");
  fill(o, "t2", "31", "1");
  fill(o, "t3", "32", "1");
  const auto rows = ledger_->fills_after(account_id{"main"}, 1, 1);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].fill.id.str(), "t2");
  EXPECT_EQ(rows[0].account_seq, 2U);
  EXPECT_EQ(rows[0].slot.str(), "trend/BTCUSDT");
  EXPECT_EQ(rows[0].slot_after.size, "2"_d);
  EXPECT_EQ(rows[0].fill, desk_.fill(*ledger_, o, "t2", "31", "1").fill);
  EXPECT_EQ(ledger_->fills_after(account_id{"main"}, 0, 100).front().fill.fee, "0.25"_d);
  EXPECT_TRUE(ledger_->fills_after(account_id{"main"}, 3, 100).empty());
  EXPECT_TRUE(ledger_->fills_after(account_id{"nobody"}, 0, 100).empty());
}

class replay_steps : public reports {
protected:
  step_transaction step(uint64_t number, bool finished = false) {
    step_transaction t;
    t.replay = "main";
    t.conductor = conductor_;
    t.step = number;
    t.event_time = timestamp::from_ns(1'000 + static_cast<int64_t>(number));
    t.bars = 2;
    t.signals = 1;
    t.equity = {{account_id{"main"}, "1000"_d, "900.5"_d}};
    t.finished = finished;
    return t;
  }

  void SetUp() override {
    reports::SetUp();
    if (!IsSkipped() && !HasFatalFailure())
      conductor_ = own("conductor/main");
  }

  unit_claim conductor_;
};

INSTANTIATE_TEST_SUITE_P(stores, replay_steps,
                         ::testing::Values(store_kind::postgres, store_kind::memory),
                         ::testing::PrintToStringParamName());

TEST_P(replay_steps, advance_one_by_one_and_repeat_without_effect) {
  EXPECT_EQ(ledger_->load_progress("main").step, 0U);
  EXPECT_EQ(commit(*ledger_, step(2)).status, commit_status::refused);
  EXPECT_EQ(commit(*ledger_, step(1)).status, commit_status::applied);
  EXPECT_EQ(commit(*ledger_, step(1)).status, commit_status::unchanged);
  EXPECT_EQ(commit(*ledger_, step(3)).status, commit_status::refused);
  EXPECT_EQ(commit(*ledger_, step(2)).status, commit_status::applied);
  EXPECT_EQ(commit(*ledger_, step(1)).status, commit_status::refused);
  const auto progress = ledger_->load_progress("main");
  EXPECT_EQ(progress.step, 2U);
  EXPECT_EQ(progress.event_time.ns(), 1'002);
  EXPECT_FALSE(progress.finished);
}

TEST_P(replay_steps, nothing_follows_the_last_one) {
  ASSERT_EQ(commit(*ledger_, step(1, true)).status, commit_status::applied);
  EXPECT_TRUE(ledger_->load_progress("main").finished);
  EXPECT_EQ(commit(*ledger_, step(1, true)).status, commit_status::unchanged);
  EXPECT_EQ(commit(*ledger_, step(2)).status, commit_status::refused);
}

TEST_P(replay_steps, need_the_conductors_epoch) {
  auto t = step(1);
  ++t.conductor.epoch;
  EXPECT_EQ(commit(*ledger_, t).status, commit_status::fenced);
  EXPECT_EQ(ledger_->load_progress("main").step, 0U);
}

} // namespace supreme::tests
