// Goal: reduce-only orders close what their slot has opened at the venue and nothing else, from the
// bar in which that is opened, and are cancelled when nothing is left; killing the venue changes
// nothing of that.
// Method: one slot's orders against bars by hand, the ledger opened again after every step.

#include "tests/venues/venue_fixture.hpp"

namespace supreme::venues {
namespace {

using namespace tests;
using trading::order_state;
using trading::side;

submit in_slot(submit c, bool reduce_only, const char* slot = "trend/BTCUSDT") {
  c.slot = trading::slot_id{slot};
  c.reduce_only = reduce_only;
  return c;
}

class reduce_only : public venue_fixture {
protected:
  void cap_at_a_quarter_of_the_volume() {
    settings_.costs.max_volume_share_ppb = 250'000'000;
    reopen();
  }
  void enter_with_protection() {
    log_on();
    handle({in_slot(market_order("entry", side::buy, "2"), false),
            in_slot(stop_order("stop", side::sell, "2", "90"), true),
            in_slot(limit_order("target", side::sell, "2", "110"), true)});
  }
};

TEST_F(reduce_only, a_stop_fills_in_the_bar_of_its_entry_and_the_target_is_cancelled) {
  enter_with_protection();
  const auto r = move(1, "100", "120", "80", "100");
  ASSERT_EQ(r.trades.size(), 2U);
  EXPECT_EQ(r.trades[0].order.str(), "entry");
  EXPECT_EQ(r.trades[1].order.str(), "stop");
  EXPECT_EQ(r.trades[1].at, d("90"));
  ASSERT_EQ(r.ended.size(), 1U);
  EXPECT_EQ(r.ended[0].id.str(), "target");
  EXPECT_EQ(r.ended[0].state, order_state::cancelled);
  EXPECT_EQ(r.ended[0].refusal, venue_refusal::nothing_to_close);
  EXPECT_TRUE(ask(open_orders{main_account}).orders.empty());
}

TEST_F(reduce_only, an_exit_at_the_open_comes_before_a_stop_that_was_there_first) {
  enter_with_protection();
  move(1, "100", "101", "99", "100");
  ask(in_slot(market_order("exit", side::sell, "2"), true));
  const auto r = move(2, "101", "120", "80", "100");
  ASSERT_EQ(r.trades.size(), 1U);
  EXPECT_EQ(r.trades[0].order.str(), "exit");
  EXPECT_EQ(r.ended.size(), 2U);
}

TEST_F(reduce_only, an_account_that_did_not_trade_is_told_of_its_cancelled_orders) {
  log_on();
  ask(in_slot(stop_order("stop", side::sell, "2", "90"), true));
  const auto r = move(1, "100", "101", "80", "100");
  EXPECT_TRUE(r.trades.empty()) << "there is nothing that it could close";
  ASSERT_EQ(r.ended.size(), 1U);
  ASSERT_EQ(r.accounts.size(), 1U);
  EXPECT_EQ(r.accounts[0].account, main_account);
  EXPECT_EQ(r.accounts[0].last_seq, 0U);
  EXPECT_GT(r.accounts[0].first_seq, r.accounts[0].last_seq);
}

TEST_F(reduce_only, nothing_of_another_slot_or_account_is_closed) {
  enter_with_protection();
  ask(in_slot(market_order("other", side::buy, "5"), false, "other/BTCUSDT"));
  const auto r = move(1, "100", "120", "80", "100");
  EXPECT_EQ(r.trades.size(), 3U);
  EXPECT_EQ(ask(balances{main_account}).holdings.at(0).size, d("5"));
}

TEST_F(reduce_only, fills_no_more_than_what_is_open_when_both_exits_are_capped) {
  cap_at_a_quarter_of_the_volume();
  enter_with_protection();
  move(1, "100", "100", "100", "100");
  ask(in_slot(market_order("exit", side::sell, "2"), true));
  const auto r = move(2, "95", "95", "80", "85", "4");
  EXPECT_EQ(r.trades.size(), 2U) << "the exit has a quarter of four, and so has the stop";
  EXPECT_TRUE(ask(balances{main_account}).holdings.at(0).size.is_zero());
  EXPECT_EQ(r.ended.size(), 3U);
  EXPECT_TRUE(ask(open_orders{main_account}).orders.empty());
}

TEST_F(reduce_only, waits_while_its_entry_may_still_fill) {
  cap_at_a_quarter_of_the_volume();
  enter_with_protection();
  EXPECT_TRUE(move(1, "100", "100", "95", "100", "0").ended.empty());
  ask(cancel{main_account, 1, trading::client_order_id{"entry"}});
  EXPECT_EQ(move(2, "100", "100", "80", "100").ended.size(), 2U);
}

TEST_F(reduce_only, an_exit_withdraws_the_entry_that_still_fills) {
  cap_at_a_quarter_of_the_volume();
  enter_with_protection();
  move(1, "100", "100", "100", "100", "4");
  handle({in_slot(market_order("exit", side::sell, "1"), true),
          in_slot(market_order("again", side::buy, "1"), false),
          in_slot(market_order("other", side::buy, "1"), false, "other/BTCUSDT")});
  const auto idle = make_step(2, {make_bar(eth, 1, "50", "50", "50", "50")});
  EXPECT_TRUE(ask(idle).ended.empty()) << "the exit has not met a bar";
  const auto r = move(3, "100", "100", "100", "100", "4");
  ASSERT_EQ(r.ended.size(), 1U);
  EXPECT_EQ(r.ended[0].id.str(), "entry");
  EXPECT_EQ(r.ended[0].state, order_state::cancelled);
  EXPECT_EQ(r.ended[0].filled, d("1"));
  EXPECT_EQ(r.ended[0].refusal, venue_refusal::withdrawn);
  ASSERT_EQ(r.trades.size(), 3U);
  EXPECT_EQ(r.trades[0].order.str(), "exit");
}

TEST_F(reduce_only, a_stop_that_has_triggered_withdraws_the_entry_that_still_fills) {
  cap_at_a_quarter_of_the_volume();
  enter_with_protection();
  EXPECT_TRUE(move(1, "100", "100", "85", "90", "4").ended.empty());
  const auto r = move(2, "90", "90", "90", "90", "4");
  EXPECT_TRUE(r.trades.empty()) << "who was stopped out buys no more";
  ASSERT_EQ(r.ended.size(), 3U);
  EXPECT_EQ(r.ended[0].id.str(), "entry");
  EXPECT_EQ(r.ended[0].refusal, venue_refusal::withdrawn);
  EXPECT_TRUE(ask(balances{main_account}).holdings.at(0).size.is_zero());
}

TEST_F(reduce_only, an_entry_waits_for_the_exit_before_it) {
  cap_at_a_quarter_of_the_volume();
  log_on();
  ask(in_slot(market_order("entry", side::buy, "2"), false));
  move(1, "100", "100", "100", "100", "8");
  handle({in_slot(market_order("exit", side::sell, "2"), true),
          in_slot(market_order("again", side::buy, "1"), false)});
  const auto first = move(2, "100", "100", "100", "100", "4");
  ASSERT_EQ(first.trades.size(), 1U);
  EXPECT_EQ(first.trades[0].order.str(), "exit");
  const auto second = move(3, "100", "100", "100", "100", "4");
  ASSERT_EQ(second.trades.size(), 2U) << "the exit is done at this open";
  EXPECT_EQ(second.trades[1].order.str(), "again");
}

TEST_F(reduce_only, an_old_stop_does_not_wait_for_a_new_entry) {
  cap_at_a_quarter_of_the_volume();
  enter_with_protection();
  move(1, "100", "100", "100", "100", "8");
  handle({in_slot(market_order("exit", side::sell, "2"), true),
          in_slot(market_order("again", side::buy, "2"), false)});
  const auto r = move(2, "100", "100", "80", "90", "4");
  ASSERT_EQ(r.trades.size(), 2U) << "the exit and the stop have one each";
  EXPECT_EQ(r.ended.size(), 3U) << "exit, stop and target have nothing left to close";
  const auto open = ask(open_orders{main_account}).orders;
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open[0].id.str(), "again");
}

TEST_F(reduce_only, needs_a_slot) {
  log_on();
  auto c = stop_order("stop", side::sell, "2", "90");
  c.reduce_only = true;
  EXPECT_EQ(ask(c).refusal, venue_refusal::malformed);
  c.slot = trading::slot_id{"has a space"};
  EXPECT_EQ(ask(c).refusal, venue_refusal::malformed);
}

} // namespace
} // namespace supreme::venues
