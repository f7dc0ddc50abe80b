// Goal: what an account's risk remembers can be read back whole, in the order in which it was
// committed, in pages of any size, from PostgreSQL and from memory alike. Method: a short life of
// an account (an order with hints that is filled in parts, a refusal, an order that is cancelled; a
// person's commands), read in one page and in pages of one entry.
#include "tests/storage/stores.hpp"
#include "tests/storage/transactions.hpp"

#include <gtest/gtest.h>

namespace supreme::tests {

using namespace storage;
using namespace trading;

class history : public store_test {
protected:
  void SetUp() override {
    store_test::SetUp();
    if (IsSkipped() || HasFatalFailure())
      return;
    ledger_->open_account(main, venue_id{"sim"}, {{asset_id{"USDT"}, "1000"_d}});
    desk_.guard = own("guard/main");
    desk_.strategy = own("strategy/trend/0");
    desk_.executor = own("executor/main");
    desk_.portfolio = own("portfolio/main");
  }

  /// Everything, by pages of so many entries.
  std::vector<account_event> read(size_t limit) {
    std::vector<account_event> all;
    account_events page;
    do {
      page = ledger_->events_after(main, page.through, limit);
      all.insert(all.end(), page.events.begin(), page.events.end());
    } while (!page.complete);
    return all;
  }

  /// By the server's clock, since what was decided so far.
  void pass_time(std::chrono::milliseconds time) {
    if (memory_)
      memory_now_ = memory_now_ + time;
    else
      sql("UPDATE trading.orders SET recorded_at = recorded_at - interval '"
          + std::to_string(time.count()) + " milliseconds'");
  }

  void live() {
    auto wish = desk_.decide("c1", side::buy, "2", "210");
    wish.wish.hints = {"1.5"_d, "2.5"_d, 800'000'000, 250'000'000};
    wish.verdict.checks = {{refusal::order_rate, true, "3"_d, "1"_d}};
    wish.verdict.type = order_type::stop_limit;
    wish.verdict.limit_price = "99"_d;
    wish.verdict.stop_price = "101"_d;
    wish.verdict.reduce_only = true;
    first_ = wish.wish;
    const auto made = commit(*ledger_, desk_.fused(std::move(wish), 1));
    ASSERT_EQ(made.status, commit_status::applied) << made.text;
    order_ = *made.order;
    ASSERT_EQ(commit(*ledger_, desk_.report(order_.order.id, order_state::open)).status,
              commit_status::applied);
    ASSERT_EQ(commit(*ledger_, desk_.fill(*ledger_, order_, "t1", "100", "0.5")).status,
              commit_status::applied);
    auto refused = desk_.refuse("c2", refusal::quantity_zero);
    refused.verdict.checks = {no_size_};
    ASSERT_EQ(commit(*ledger_, refused).refusal, refusal::quantity_zero);
    ASSERT_EQ(commit(*ledger_, desk_.report(order_.order.id, order_state::cancelled)).status,
              commit_status::applied);
  }

  const account_id main{"main"};
  const check_result no_size_{refusal::quantity_zero, false, "0.1"_d, "0"_d, zero_size::no_edge};
  desk desk_;
  order_row order_;
  signal first_;
};

INSTANTIATE_TEST_SUITE_P(stores, history,
                         ::testing::Values(store_kind::postgres, store_kind::memory),
                         ::testing::PrintToStringParamName());

TEST_P(history, is_empty_at_first) {
  const auto page = ledger_->events_after(main, 0, 10);
  EXPECT_TRUE(page.events.empty());
  EXPECT_TRUE(page.complete);
  EXPECT_TRUE(ledger_->equity_after(main, "main", 0, 10).empty());
}

TEST_P(history, holds_decisions_fills_and_ends_in_the_order_of_their_commits) {
  live();
  const auto all = read(100);
  ASSERT_EQ(all.size(), 5u);
  const auto& approved = std::get<stored_decision>(all[0].what);
  EXPECT_EQ(approved.made.wish, first_);
  EXPECT_EQ(approved.made.verdict.outcome, refusal::none);
  EXPECT_EQ(approved.made.verdict.size, "2"_d);
  EXPECT_EQ(approved.made.verdict.direction, side::buy);
  EXPECT_EQ(approved.made.verdict.type, order_type::stop_limit);
  EXPECT_EQ(approved.made.verdict.limit_price, "99"_d);
  EXPECT_EQ(approved.made.verdict.stop_price, "101"_d);
  EXPECT_TRUE(approved.made.verdict.reduce_only);
  ASSERT_EQ(approved.made.verdict.checks.size(), 1u);
  EXPECT_EQ(approved.made.verdict.checks[0],
            (check_result{refusal::order_rate, true, "3"_d, "1"_d}));
  EXPECT_EQ(approved.order, order_.order.id);
  const auto& answer = std::get<venue_answer>(all[1].what);
  EXPECT_EQ(answer.order, order_.order.id);
  EXPECT_FALSE(answer.failed);
  EXPECT_GE(answer.took.count(), 0);
  EXPECT_EQ(answer.at, order_.order.event_time);
  const auto& fill = std::get<slot_fill>(all[2].what);
  EXPECT_EQ(fill.fill.order, order_.order.id);
  EXPECT_EQ(fill.fill.size, "0.5"_d);
  EXPECT_EQ(fill.slot, order_.order.key.slot);
  const auto& refused = std::get<stored_decision>(all[3].what);
  EXPECT_EQ(refused.made.verdict.outcome, refusal::quantity_zero);
  EXPECT_EQ(refused.made.verdict.checks, std::vector{no_size_});
  EXPECT_TRUE(refused.order.empty());
  const auto& end = std::get<order_end>(all[4].what);
  EXPECT_EQ(end.order, order_.order.id);
  EXPECT_EQ(end.state, order_state::cancelled);
  EXPECT_EQ(end.at, order_.order.event_time);
}

TEST_P(history, an_end_is_at_the_time_of_the_step_that_made_it) {
  const auto order =
    commit(*ledger_, desk_.fused(desk_.decide("c1", side::buy, "1", "10"), 1)).order.value().order;
  auto end = desk_.report(order.id, order_state::cancelled);
  end.event_time = order.event_time + std::chrono::minutes{7};
  ASSERT_EQ(commit(*ledger_, end).status, commit_status::applied);
  const auto all = read(100);
  EXPECT_EQ(std::get<order_end>(all.back().what).at, end.event_time);
}

TEST_P(history, says_how_each_venue_took_an_order_and_how_long_that_took) {
  const auto send = [&](const std::string& cause) {
    return commit(*ledger_, desk_.fused(desk_.decide(cause, side::buy, "1", "10"), 1))
      .order.value()
      .order.id;
  };
  const auto report = [&](const client_order_id& id, order_state state) {
    EXPECT_EQ(commit(*ledger_, desk_.report(id, state)).status, commit_status::applied);
  };
  const auto slow = send("c1");
  pass_time(std::chrono::milliseconds{30});
  report(slow, order_state::open);
  report(slow, order_state::cancelled); // It was answered before.
  const auto lost = send("c2");
  report(lost, order_state::unknown);
  report(lost, order_state::open); // What became of it was found out; the request had failed.
  const auto refused = send("c3");
  report(refused, order_state::rejected);
  report(send("c4"), order_state::not_accepted); // Proven never to have arrived: no answer.
  std::vector<venue_answer> seen;
  for (const auto& e : read(100))
    if (const auto* a = std::get_if<venue_answer>(&e.what))
      seen.push_back(*a);
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_EQ(seen[0].order, slow);
  EXPECT_FALSE(seen[0].failed);
  EXPECT_GE(seen[0].took, std::chrono::milliseconds{30});
  EXPECT_EQ(seen[1].order, lost);
  EXPECT_TRUE(seen[1].failed);
  EXPECT_EQ(seen[2].order, refused);
  EXPECT_FALSE(seen[2].failed);
}

TEST_P(history, is_the_same_in_pages_of_any_size) {
  live();
  const auto whole = read(100);
  for (const size_t limit : {1, 2, 3}) {
    const auto paged = read(limit);
    ASSERT_EQ(paged.size(), whole.size());
    for (size_t i = 0; i < whole.size(); ++i)
      EXPECT_EQ(paged[i].what.index(), whole[i].what.index());
  }
}

TEST_P(history, holds_the_equity_of_each_finished_step_of_a_replay) {
  const auto conductor = own("conductor/main");
  for (uint64_t step = 1; step <= 3; ++step) {
    step_transaction t;
    t.replay = "main";
    t.conductor = conductor;
    t.step = step;
    t.event_time = timestamp::from_ms(static_cast<int64_t>(step) * 60'000);
    t.equity = {{main, decimal::from_integer(static_cast<int64_t>(1000 - step)), "1000"_d}};
    ASSERT_EQ(commit(*ledger_, t).status, commit_status::applied);
  }
  const auto first = ledger_->equity_after(main, "main", 0, 2);
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[1].step, 2u);
  EXPECT_EQ(first[1].at, timestamp::from_ms(120'000));
  EXPECT_EQ(first[1].equity, "998"_d);
  const auto rest = ledger_->equity_after(main, "main", 2, 2);
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest[0].step, 3u);
  EXPECT_TRUE(ledger_->equity_after(main, "other", 0, 2).empty());
}

TEST_P(history, holds_a_persons_commands_with_the_step_that_was_finished_then) {
  const breaker_key trend{breaker_scope::strategy, "trend"};
  const risk_command latch{risk_command_kind::latch_breaker, trend};
  ASSERT_EQ(ledger_->command_risk({main, latch, "tom", "drill"}), change_outcome::applied);
  step_transaction t;
  t.replay = "main";
  t.conductor = own("conductor/main");
  t.step = 1;
  t.event_time = timestamp::from_ms(60'000);
  t.equity = {{main, "1000"_d, "1000"_d}};
  ASSERT_EQ(commit(*ledger_, t).status, commit_status::applied);
  const risk_command accept{risk_command_kind::accept_drawdown, {}};
  ASSERT_EQ(ledger_->command_risk({main, accept, "rita", "drill"}), change_outcome::applied);
  for (const size_t limit : {1, 100}) {
    const auto all = read(limit);
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(std::get<given_command>(all[0].what).command, latch);
    EXPECT_EQ(std::get<given_command>(all[0].what).after, timestamp{});
    EXPECT_EQ(std::get<given_command>(all[1].what).command, accept);
    EXPECT_EQ(std::get<given_command>(all[1].what).after, timestamp::from_ms(60'000));
  }
}

} // namespace supreme::tests
