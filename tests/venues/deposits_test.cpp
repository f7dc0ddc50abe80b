// Goal: the venue fills no more of a buy than the account's deposit and its trades pay for, says
// so, and a new process on the same ledger agrees. Method: a deposit of 1,000, bars that open where
// it is not enough; figures by hand, the ledger opened again after every step.

#include "tests/venues/venue_fixture.hpp"

namespace supreme::venues {
namespace {

using namespace tests;
using trading::order_state;
using trading::side;

class deposits : public venue_fixture {
protected:
  deposits() {
    settings_.deposits[main_account] = {{trading::asset_id{"USDT"}, d("1000")}};
    reopen();
    log_on();
  }

  /// Minute `number` at one price.
  step_report move(uint64_t number, const char* at) {
    return venue_fixture::move(number, at, at, at, at);
  }

  [[nodiscard]] decimal cash() { return d("1000") + ask(balances{main_account}).cash.at(0).amount; }
};

TEST_F(deposits, a_buy_is_cut_to_what_they_pay_for_and_the_rest_expires) {
  ask(market_order("a", side::buy, "9.99"));
  const auto r = move(1, "110"); // 9.081 cost 999.90891, one lot more costs 1000.019021.
  ASSERT_EQ(r.trades.size(), 1U);
  EXPECT_EQ(r.trades[0].size, d("9.081"));
  EXPECT_EQ(r.trades[0].fee, d("0.99891"));
  ASSERT_EQ(r.ended.size(), 1U);
  EXPECT_EQ(r.ended[0].state, order_state::expired);
  EXPECT_EQ(r.ended[0].refusal, venue_refusal::unpaid);
  EXPECT_EQ(r.ended[0].filled, d("9.081"));
  EXPECT_EQ(cash(), d("0.09109"));
  EXPECT_TRUE(ask(open_orders{main_account}).orders.empty());
}

TEST_F(deposits, a_buy_that_costs_all_there_is_to_the_last_unit_is_filled) {
  settings_.deposits[main_account] = {{trading::asset_id{"USDT"}, d("1001")}};
  reopen();
  ask(market_order("a", side::buy, "10"));
  EXPECT_TRUE(move(1, "100").ended.empty());
  EXPECT_EQ(ask(balances{main_account}).cash.at(0).amount, d("-1001"));
}

TEST_F(deposits, a_buy_of_which_they_pay_for_no_lot_expires_without_a_trade) {
  ask(market_order("all", side::buy, "9.99"));
  ask(market_order("more", side::buy, "1"));
  const auto r = move(1, "100");
  ASSERT_EQ(r.trades.size(), 1U) << "the orders of a step pay one after the other";
  EXPECT_EQ(r.trades[0].order.str(), "all");
  ASSERT_EQ(r.ended.size(), 1U);
  EXPECT_EQ(r.ended[0].id.str(), "more");
  EXPECT_EQ(r.ended[0].refusal, venue_refusal::unpaid);
  EXPECT_TRUE(r.ended[0].filled.is_zero());
}

TEST_F(deposits, what_was_sold_pays_as_well) {
  ask(market_order("in", side::buy, "9"));
  move(1, "100");
  ask(market_order("out", side::sell, "9"));
  move(2, "200");
  ask(market_order("again", side::buy, "9"));
  EXPECT_TRUE(move(3, "200").ended.empty());
}

TEST_F(deposits, what_only_closes_is_filled_whatever_it_costs) {
  const trading::slot_id slot{"trend/BTCUSDT"};
  auto in = market_order("in", side::sell, "10");
  in.slot = slot;
  ask(in);
  move(1, "100");
  auto out = market_order("out", side::buy, "10");
  out.slot = slot;
  out.reduce_only = true;
  ask(out);
  const auto r = move(2, "500");
  ASSERT_EQ(r.trades.size(), 1U);
  EXPECT_TRUE(r.ended.empty());
  EXPECT_LT(cash(), decimal{});
}

TEST_F(deposits, an_account_without_any_has_no_limit) {
  settings_.deposits.clear();
  reopen();
  ask(market_order("a", side::buy, "5000"));
  EXPECT_TRUE(move(1, "100").ended.empty());
}

TEST_F(deposits, an_asset_that_is_not_named_is_none) {
  settings_.deposits[main_account] = {{trading::asset_id{"EUR"}, d("1000")}};
  reopen();
  ask(market_order("a", side::buy, "1"));
  EXPECT_EQ(move(1, "100").ended.at(0).refusal, venue_refusal::unpaid);
}

TEST_F(deposits, the_protection_of_an_entry_that_was_not_paid_is_cancelled) {
  const trading::slot_id slot{"trend/BTCUSDT"};
  auto in = market_order("in", side::buy, "1");
  auto stop = stop_order("stop", side::sell, "1", "90");
  in.slot = stop.slot = slot;
  stop.reduce_only = true;
  settings_.deposits[main_account] = {{trading::asset_id{"USDT"}, d("0.05")}};
  reopen();
  handle({in, stop});
  const auto r = move(1, "100");
  ASSERT_EQ(r.ended.size(), 2U);
  EXPECT_EQ(r.ended[1].refusal, venue_refusal::nothing_to_close);
}

} // namespace
} // namespace supreme::venues
