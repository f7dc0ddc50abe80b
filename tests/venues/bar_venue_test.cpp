// Goal: each rule of the simulated venue: sessions, orders, cancels, steps, sums.
// Method: single commands to a venue on a ledger of its own, answers compared field by field.

#include "tests/venues/venue_fixture.hpp"

#include "config/defaults.hpp"
#include "trading/check.hpp"

namespace supreme::venues {
namespace {

namespace defaults = config::defaults;
using namespace tests;
using trading::client_order_id;
using trading::order_state;
using trading::side;
using trading::timestamp;

class bar_venue_test : public venue_fixture {};

// Sessions ----------------------------------------------------------------------------------------

TEST_F(bar_venue_test, a_session_number_only_rises) {
  EXPECT_EQ(ask(logon{main_account, 5}), (logon_report{main_account, venue_refusal::none, 5}));
  EXPECT_EQ(ask(logon{main_account, 5}), (logon_report{main_account, venue_refusal::none, 5}));
  EXPECT_EQ(ask(logon{main_account, 4}),
            (logon_report{main_account, venue_refusal::session_superseded, 5}));
  EXPECT_EQ(ask(logon{main_account, 9}), (logon_report{main_account, venue_refusal::none, 9}));
  EXPECT_EQ(ask(logon{main_account, 5}),
            (logon_report{main_account, venue_refusal::session_superseded, 9}));
}

TEST_F(bar_venue_test, refuses_accounts_without_a_proper_name_and_session_zero) {
  for (const char* name : {"", "two words", "a\n", "\x80"})
    EXPECT_EQ(ask(logon{trading::account_id{name}, 1}).refusal, venue_refusal::malformed) << name;
  EXPECT_EQ(
    ask(logon{trading::account_id{std::string(defaults::name_length_max + 1, 'a')}, 1}).refusal,
    venue_refusal::malformed);
  EXPECT_EQ(ask(logon{main_account, 0}).refusal, venue_refusal::malformed);
}

TEST_F(bar_venue_test, serves_a_bounded_number_of_accounts) {
  std::vector<command> commands;
  for (size_t i = 0; i < defaults::venue_accounts_max; ++i)
    commands.push_back(logon{trading::account_id{"a" + std::to_string(i)}, 1});
  for (const auto& a : handle(commands))
    EXPECT_TRUE(std::get<logon_report>(a).accepted());
  EXPECT_EQ(ask(logon{main_account, 1}).refusal, venue_refusal::too_many_accounts);
  EXPECT_TRUE(ask(logon{trading::account_id{"a7"}, 2}).accepted());
}

TEST_F(bar_venue_test, shuts_out_an_older_session_for_ever) {
  log_on(1);
  ASSERT_EQ(ask(market_order("a", side::buy, "1")).state, order_state::open);
  log_on(2);
  const auto refused = ask(market_order("b", side::buy, "1", 1));
  EXPECT_EQ(refused.state, order_state::rejected);
  EXPECT_EQ(refused.refusal, venue_refusal::session_superseded);
  EXPECT_TRUE(refused.venue_id.empty());
  EXPECT_FALSE(ask(query{main_account, client_order_id{"b"}}).order);
  EXPECT_EQ(ask(query{main_account, client_order_id{"b"}}).current_session, 2U);
  EXPECT_EQ(ask(cancel{main_account, 1, client_order_id{"a"}}).refusal,
            venue_refusal::session_superseded);
  EXPECT_EQ(ask(query{main_account, client_order_id{"a"}}).order->state, order_state::open);
  reopen();
  EXPECT_EQ(ask(market_order("b", side::buy, "1", 1)).refusal, venue_refusal::session_superseded);
}

TEST_F(bar_venue_test, refuses_orders_before_logging_on) {
  EXPECT_EQ(ask(market_order("a", side::buy, "1")).refusal, venue_refusal::not_logged_on);
  log_on(1);
  EXPECT_EQ(ask(market_order("a", side::buy, "1", 2)).refusal, venue_refusal::not_logged_on);
  EXPECT_EQ(ask(cancel{main_account, 2, client_order_id{"a"}}).refusal,
            venue_refusal::not_logged_on);
  EXPECT_TRUE(ledger().orders.empty());
}

TEST_F(bar_venue_test, a_new_session_may_cancel_what_an_older_one_left_behind) {
  log_on(1);
  ask(limit_order("a", side::buy, "1", "50"));
  log_on(2);
  const auto cancelled = ask(cancel{main_account, 2, client_order_id{"a"}});
  EXPECT_EQ(cancelled.refusal, venue_refusal::none);
  EXPECT_EQ(cancelled.order->state, order_state::cancelled);
}

// Orders ------------------------------------------------------------------------------------------

TEST_F(bar_venue_test, accepts_an_order_and_reports_it) {
  log_on();
  ask(make_step(1, {}));
  const auto r = ask(limit_order("a-1", side::sell, "1.5", "101.25"));
  order_report expected;
  expected.account = main_account;
  expected.id = client_order_id{"a-1"};
  expected.venue_id = trading::venue_order_id{"1"};
  expected.instrument = btc;
  expected.direction = side::sell;
  expected.type = trading::order_type::limit;
  expected.size = d("1.5");
  expected.limit_price = d("101.25");
  expected.state = order_state::open;
  expected.session = 1;
  expected.accepted_at = expected.changed_at = timestamp::from_ns(minute_ns);
  EXPECT_EQ(r, expected);
  EXPECT_EQ(ask(query{main_account, client_order_id{"a-1"}}).order, expected);
  EXPECT_EQ(ask(open_orders{main_account}).orders, std::vector{expected});
}

TEST_F(bar_venue_test, makes_one_order_of_one_client_id_for_ever) {
  log_on();
  const auto first = ask(market_order("a", side::buy, "1"));
  auto again = ask(market_order("a", side::buy, "1"));
  EXPECT_TRUE(again.duplicate);
  again.duplicate = false;
  EXPECT_EQ(again, first);
  EXPECT_EQ(ask(limit_order("a", side::sell, "7", "90")).venue_id, first.venue_id);
  ask(make_step(1, {make_bar(btc, 0, "100", "101", "99", "100")}));
  const auto filled = ask(market_order("a", side::buy, "1"));
  EXPECT_TRUE(filled.duplicate);
  EXPECT_EQ(filled.state, order_state::filled);
  reopen();
  EXPECT_EQ(ask(market_order("a", side::buy, "1")), filled);
  EXPECT_EQ(ledger().orders.size(), 1U);
}

TEST_F(bar_venue_test, a_refused_order_uses_up_its_client_id) {
  log_on();
  EXPECT_EQ(ask(market_order("a", side::buy, "0.0005")).refusal, venue_refusal::off_lot);
  const auto again = ask(market_order("a", side::buy, "1"));
  EXPECT_TRUE(again.duplicate);
  EXPECT_EQ(again.state, order_state::rejected);
  EXPECT_EQ(again.refusal, venue_refusal::off_lot);
}

TEST_F(bar_venue_test, tells_a_shut_out_session_the_truth_about_a_known_order) {
  log_on(1);
  ask(market_order("a", side::buy, "1", 1));
  log_on(2);
  const auto r = ask(market_order("a", side::buy, "1", 1));
  EXPECT_TRUE(r.duplicate);
  EXPECT_EQ(r.state, order_state::open);
  EXPECT_EQ(r.refusal, venue_refusal::none);
}

TEST_F(bar_venue_test, client_ids_belong_to_their_account) {
  log_on();
  const trading::account_id other{"other"};
  ASSERT_TRUE(ask(logon{other, 1}).accepted());
  ask(market_order("a", side::buy, "1"));
  EXPECT_FALSE(ask(query{other, client_order_id{"a"}}).order);
  auto c = market_order("a", side::buy, "1");
  c.account = other;
  const auto r = ask(c);
  EXPECT_FALSE(r.duplicate);
  EXPECT_EQ(r.venue_id.str(), "2");
}

TEST_F(bar_venue_test, refuses_orders_that_break_the_instruments_rules) {
  log_on();
  ask(make_step(1, {make_bar(btc, 0, "100", "101", "99", "100")}));
  int number = 0;
  const auto refusal_of = [&](submit c) {
    c.id = client_order_id{"r" + std::to_string(++number)};
    const auto r = ask(c);
    EXPECT_EQ(r.state,
              r.refusal == venue_refusal::none ? order_state::open : order_state::rejected);
    return r.refusal;
  };
  auto unknown = market_order("x", side::buy, "1");
  unknown.instrument = trading::instrument_id{"DOGEUSDT"};
  EXPECT_EQ(refusal_of(unknown), venue_refusal::unknown_instrument);
  EXPECT_EQ(refusal_of(market_order("x", side::buy, "0")), venue_refusal::size_not_positive);
  EXPECT_EQ(refusal_of(market_order("x", side::buy, "-1")), venue_refusal::size_not_positive);
  EXPECT_EQ(refusal_of(market_order("x", side::buy, "1.0001")), venue_refusal::off_lot);
  EXPECT_EQ(refusal_of(limit_order("x", side::buy, "1", "100.001")), venue_refusal::off_tick);
  EXPECT_EQ(refusal_of(stop_order("x", side::buy, "1", "100.001")), venue_refusal::off_tick);
  EXPECT_EQ(refusal_of(limit_order("x", side::buy, "0.1", "99.99")),
            venue_refusal::below_min_notional);
  EXPECT_EQ(refusal_of(limit_order("x", side::buy, "0.1", "100")), venue_refusal::none);
  EXPECT_EQ(refusal_of(stop_order("x", side::buy, "0.1", "99.99")),
            venue_refusal::below_min_notional);
  EXPECT_EQ(refusal_of(market_order("x", side::buy, "0.099")), venue_refusal::below_min_notional);
  EXPECT_EQ(refusal_of(market_order("x", side::buy, "0.1")), venue_refusal::none);
  EXPECT_EQ(refusal_of(limit_order("x", side::buy, "1", "0")), venue_refusal::wrong_prices);
  EXPECT_EQ(refusal_of(limit_order("x", side::buy, "1", "-5")), venue_refusal::wrong_prices);
  auto without_limit = market_order("x", side::buy, "1");
  without_limit.type = trading::order_type::limit;
  EXPECT_EQ(refusal_of(without_limit), venue_refusal::wrong_prices);
  auto with_limit = limit_order("x", side::buy, "1", "100");
  with_limit.type = trading::order_type::market;
  EXPECT_EQ(refusal_of(with_limit), venue_refusal::wrong_prices);
  auto half_stop_limit = limit_order("x", side::buy, "1", "100");
  half_stop_limit.type = trading::order_type::stop_limit;
  EXPECT_EQ(refusal_of(half_stop_limit), venue_refusal::wrong_prices);
  EXPECT_EQ(refusal_of(limit_order("x", side::buy, "92233720368", "1000")),
            venue_refusal::out_of_range);
  EXPECT_EQ(refusal_of(market_order("x", side::buy, "92233720368")), venue_refusal::out_of_range);
}

TEST_F(bar_venue_test, refuses_what_cannot_be_an_order_without_a_trace) {
  log_on();
  for (const char* id : {"", "two words", "a/b", "\xC3\xA4"})
    EXPECT_EQ(ask(market_order(id, side::buy, "1")).refusal, venue_refusal::malformed) << id;
  EXPECT_EQ(ask(market_order(std::string(37, 'a').c_str(), side::buy, "1")).refusal,
            venue_refusal::malformed);
  EXPECT_EQ(ask(market_order(std::string(36, 'a').c_str(), side::buy, "1")).refusal,
            venue_refusal::none);
  EXPECT_EQ(ask(market_order("a", side{3}, "1")).refusal, venue_refusal::malformed);
  auto c = market_order("a", side::buy, "1");
  c.type = trading::order_type{0};
  EXPECT_EQ(ask(c).refusal, venue_refusal::malformed);
  EXPECT_EQ(ask(market_order("a", side::buy, "1", 0)).refusal, venue_refusal::malformed);
  EXPECT_EQ(ledger().orders.size(), 1U);
}

TEST_F(bar_venue_test, refuses_an_order_that_arrives_after_its_window) {
  log_on();
  auto c = market_order("a", side::buy, "1");
  c.valid_until_ns = 1'000;
  EXPECT_EQ(ask(c, 1'000).refusal, venue_refusal::none);
  c.id = client_order_id{"b"};
  EXPECT_EQ(ask(c, 1'001).refusal, venue_refusal::window_closed);
  // It never became an order: the same id, in time, does.
  EXPECT_EQ(ledger().orders.size(), 1U);
  const auto again = ask(c, 0);
  EXPECT_FALSE(again.duplicate);
  EXPECT_EQ(again.refusal, venue_refusal::none);
}

TEST_F(bar_venue_test, holds_a_bounded_number_of_open_orders_per_account) {
  log_on();
  std::vector<command> commands;
  for (size_t i = 0; i <= defaults::venue_open_orders_max; ++i)
    commands.push_back(limit_order(("o" + std::to_string(i)).c_str(), side::buy, "1", "50"));
  const auto answers = handle(commands);
  for (size_t i = 0; i < defaults::venue_open_orders_max; ++i)
    EXPECT_EQ(std::get<order_report>(answers[i]).state, order_state::open);
  EXPECT_EQ(std::get<order_report>(answers.back()).refusal, venue_refusal::too_many_open_orders);
  ask(cancel{main_account, 1, client_order_id{"o5"}});
  EXPECT_EQ(ask(limit_order("next", side::buy, "1", "50")).refusal, venue_refusal::none);
}

TEST_F(bar_venue_test, cancels_once_and_says_so_again) {
  log_on();
  EXPECT_EQ(ask(cancel{main_account, 1, client_order_id{"a"}}).refusal,
            venue_refusal::unknown_order);
  ask(limit_order("a", side::buy, "1", "50"));
  ask(make_step(1, {}));
  const auto first = ask(cancel{main_account, 1, client_order_id{"a"}});
  EXPECT_EQ(first.order->state, order_state::cancelled);
  EXPECT_EQ(first.order->changed_at, timestamp::from_ns(minute_ns));
  ask(make_step(2, {make_bar(btc, 1, "40", "41", "39", "40")}));
  EXPECT_EQ(ask(cancel{main_account, 1, client_order_id{"a"}}), first);
  EXPECT_TRUE(ask(trades_after{main_account, 0, 0}).trades.empty());
  EXPECT_TRUE(ask(open_orders{main_account}).orders.empty());
}

TEST_F(bar_venue_test, cancelling_a_filled_order_reports_it_filled) {
  log_on();
  ask(market_order("a", side::buy, "1"));
  ask(make_step(1, {make_bar(btc, 0, "100", "101", "99", "100")}));
  const auto r = ask(cancel{main_account, 1, client_order_id{"a"}});
  EXPECT_EQ(r.refusal, venue_refusal::none);
  EXPECT_EQ(r.order->state, order_state::filled);
}

// Steps -------------------------------------------------------------------------------------------

TEST_F(bar_venue_test, fills_a_market_order_at_the_next_bars_open) {
  log_on();
  ask(make_step(1, {make_bar(btc, 0, "90", "95", "89", "94")}));
  ask(market_order("a", side::buy, "2"));
  const auto r = ask(make_step(2, {make_bar(btc, 1, "100", "101", "99", "100.5")}));
  venue_trade expected;
  expected.account = main_account;
  expected.seq = 1;
  expected.id = trading::trade_id{"1"};
  expected.order = client_order_id{"a"};
  expected.venue_order = trading::venue_order_id{"1"};
  expected.instrument = btc;
  expected.direction = side::buy;
  expected.at = d("100");
  expected.size = d("2");
  expected.fee = d("0.2");
  expected.fee_asset = trading::asset_id{"USDT"};
  expected.step = 2;
  expected.event_time = timestamp::from_ns(2 * minute_ns);
  EXPECT_EQ(r.trades, std::vector{expected});
  EXPECT_EQ(r.run, "main");
  EXPECT_EQ(r.number, 2U);
  EXPECT_EQ(r.refusal, step_refusal::none);
  EXPECT_EQ(r.last_step, 2U);
  EXPECT_EQ(r.event_time, expected.event_time);
  EXPECT_EQ(r.accounts, (std::vector<step_report::account_trades>{{main_account, 1, 1}}));
  const auto order = ask(query{main_account, client_order_id{"a"}}).order.value();
  EXPECT_EQ(order.state, order_state::filled);
  EXPECT_EQ(order.filled, d("2"));
  EXPECT_EQ(order.notional, d("200"));
  EXPECT_EQ(order.fees, d("0.2"));
  EXPECT_EQ(order.accepted_at, timestamp::from_ns(minute_ns));
  EXPECT_EQ(order.changed_at, expected.event_time);
}

TEST_F(bar_venue_test, a_market_order_rests_until_its_instrument_has_a_bar) {
  log_on();
  ask(market_order("a", side::buy, "2"));
  EXPECT_TRUE(ask(make_step(1, {})).trades.empty());
  EXPECT_TRUE(ask(make_step(2, {make_bar(eth, 1, "10", "11", "9", "10")})).trades.empty());
  EXPECT_EQ(ask(query{main_account, client_order_id{"a"}}).order->state, order_state::open);
  EXPECT_EQ(ask(make_step(3, {make_bar(btc, 2, "100", "101", "99", "100")})).trades.size(), 1U);
}

TEST_F(bar_venue_test, matches_in_the_order_of_acceptance_over_all_accounts) {
  log_on();
  const trading::account_id other{"another"};
  ASSERT_TRUE(ask(logon{other, 1}).accepted());
  auto second = market_order("b", side::sell, "1");
  second.account = other;
  auto third = market_order("c", side::buy, "1");
  third.instrument = eth;
  handle({market_order("a", side::buy, "1"), second, third, market_order("d", side::sell, "1")});
  const auto r = ask(make_step(
    1, {make_bar(eth, 0, "20", "21", "19", "20"), make_bar(btc, 0, "100", "101", "99", "100")}));
  ASSERT_EQ(r.trades.size(), 4U);
  std::string order;
  for (const auto& t : r.trades)
    order += t.order.str() + std::to_string(t.seq);
  EXPECT_EQ(order, "a1b1c2d3");
  EXPECT_EQ(r.accounts,
            (std::vector<step_report::account_trades>{{other, 1, 1}, {main_account, 1, 3}}));
}

TEST_F(bar_venue_test, fills_limits_as_makers_and_stops_as_takers) {
  log_on();
  handle({limit_order("limit", side::buy, "1", "95"), stop_order("stop", side::sell, "1", "96"),
          limit_order("far", side::buy, "1", "50")});
  const auto r = ask(make_step(1, {make_bar(btc, 0, "100", "101", "94", "97")}));
  ASSERT_EQ(r.trades.size(), 2U);
  EXPECT_EQ(r.trades[0].at, d("95"));
  EXPECT_TRUE(r.trades[0].maker);
  EXPECT_EQ(r.trades[0].fee, d("0.0475"));
  EXPECT_EQ(r.trades[1].at, d("96"));
  EXPECT_FALSE(r.trades[1].maker);
  EXPECT_EQ(r.trades[1].fee, d("0.096"));
  EXPECT_EQ(ask(open_orders{main_account}).orders.size(), 1U);
}

TEST_F(bar_venue_test, remembers_that_a_stop_limit_was_triggered) {
  log_on();
  auto c = stop_order("a", side::buy, "1", "105");
  c.type = trading::order_type::stop_limit;
  c.limit_price = d("104");
  ask(c);
  EXPECT_TRUE(ask(make_step(1, {make_bar(btc, 0, "100", "106", "99", "106")})).trades.empty());
  reopen();
  // Without the trigger of the first bar this one would not touch the order: its high is below the
  // stop.
  const auto r = ask(make_step(2, {make_bar(btc, 1, "103", "104", "102", "103")}));
  ASSERT_EQ(r.trades.size(), 1U);
  EXPECT_EQ(r.trades[0].at, d("103"));
}

TEST_F(bar_venue_test, fills_in_parts_under_the_volume_cap_and_rests_on) {
  settings_.costs.max_volume_share_ppb = 100'000'000;
  reopen();
  log_on();
  ask(market_order("a", side::buy, "25"));
  EXPECT_EQ(
    ask(make_step(1, {make_bar(btc, 0, "100", "101", "99", "100", "100")})).trades.at(0).size,
    d("10"));
  const auto part = ask(query{main_account, client_order_id{"a"}}).order.value();
  EXPECT_EQ(part.state, order_state::partially_filled);
  EXPECT_EQ(part.filled, d("10"));
  reopen();
  EXPECT_EQ(ask(make_step(2, {make_bar(btc, 1, "101", "101", "99", "100", "0")})).trades.size(),
            0U);
  EXPECT_EQ(
    ask(make_step(3, {make_bar(btc, 2, "102", "103", "99", "100", "1000")})).trades.at(0).size,
    d("15"));
  const auto done = ask(query{main_account, client_order_id{"a"}}).order.value();
  EXPECT_EQ(done.state, order_state::filled);
  EXPECT_EQ(done.notional, d("2530"));
}

TEST_F(bar_venue_test, repeats_the_last_step_identically_also_after_a_restart) {
  log_on();
  handle({market_order("a", side::buy, "1"), limit_order("b", side::buy, "1", "99.5")});
  const auto s = make_step(1, {make_bar(btc, 0, "100", "101", "99", "100")});
  const auto first = ask(s);
  ASSERT_EQ(first.trades.size(), 2U);
  ask(market_order("c", side::sell, "1"));
  EXPECT_EQ(ask(s), first);
  reopen();
  EXPECT_EQ(ask(s), first);
  EXPECT_EQ(ask(trades_after{main_account, 0, 0}).trades.size(), 2U);
  EXPECT_EQ(ask(query{main_account, client_order_id{"c"}}).order->state, order_state::open);
}

TEST_F(bar_venue_test, refuses_steps_out_of_order) {
  const auto bars = std::vector{make_bar(btc, 0, "100", "101", "99", "100")};
  const auto refusal = [&](const step& s) {
    const auto r = ask(s);
    EXPECT_TRUE(r.trades.empty());
    return r.refusal;
  };
  EXPECT_EQ(refusal(make_step(2, bars)), step_refusal::gap);
  EXPECT_EQ(refusal(make_step(0, {})), step_refusal::malformed);
  ASSERT_EQ(refusal(make_step(1, bars)), step_refusal::none);
  ASSERT_EQ(refusal(make_step(2, {})), step_refusal::none);
  EXPECT_EQ(refusal(make_step(1, bars)), step_refusal::stale);
  EXPECT_EQ(refusal(make_step(4, {})), step_refusal::gap);
  EXPECT_EQ(refusal(make_step(2, bars)), step_refusal::content_differs);
  auto earlier = make_step(3, {});
  earlier.event_time = timestamp::from_ns(minute_ns);
  EXPECT_EQ(refusal(earlier), step_refusal::time_backwards);
  auto other = make_step(3, {});
  other.run = "other";
  EXPECT_EQ(refusal(other), step_refusal::other_run);
  other.number = 1;
  EXPECT_EQ(refusal(other), step_refusal::other_run);
  other.run = "";
  EXPECT_EQ(refusal(other), step_refusal::malformed);
  const auto r = ask(make_step(9, {}));
  EXPECT_EQ(r.run, "main");
  EXPECT_EQ(r.number, 9U);
  EXPECT_EQ(r.last_step, 2U);
  EXPECT_EQ(r.event_time, timestamp::from_ns(2 * minute_ns));
  EXPECT_EQ(refusal(make_step(3, {})), step_refusal::none);
}

TEST_F(bar_venue_test, refuses_impossible_bars_and_changes_nothing) {
  log_on();
  ask(market_order("a", side::buy, "1"));
  const auto good = make_bar(btc, 0, "100", "101", "99", "100");
  const auto refused = [&](std::vector<trading::bar> bars) {
    return ask(make_step(1, std::move(bars))).refusal == step_refusal::bad_bar;
  };
  EXPECT_TRUE(refused({make_bar(btc, 0, "100", "98", "99", "100")}));
  EXPECT_TRUE(refused({good, make_bar(eth, 0, "100", "101", "0", "100")}));
  EXPECT_TRUE(refused({good, good}));
  EXPECT_TRUE(
    refused({make_bar(btc, 1, "100", "101", "99", "100")})); // closes after the step's time
  auto far = good;
  far.interval = trading::nanoseconds::max();
  EXPECT_TRUE(refused({far}));
  far = good;
  far.open_time = timestamp::from_ns(std::numeric_limits<int64_t>::max());
  EXPECT_TRUE(refused({far}));
  auto at_the_end = make_step(1, {good});
  at_the_end.event_time = timestamp::from_ns(std::numeric_limits<int64_t>::min());
  EXPECT_EQ(ask(at_the_end).refusal, step_refusal::bad_bar);
  EXPECT_EQ(ask(make_step(1, {good})).trades.size(), 1U);
}

TEST_F(bar_venue_test, takes_bars_of_foreign_instruments_without_matching_them) {
  const trading::instrument_id doge{"DOGEUSDT"};
  EXPECT_EQ(ask(make_step(1, {make_bar(doge, 0, "100", "101", "99", "100")})).refusal,
            step_refusal::none);
}

TEST_F(bar_venue_test, an_order_whose_amounts_no_decimal_holds_expires_alone) {
  log_on();
  // The size fits at any price below 18; the bar's price is far above.
  handle({market_order("huge", side::buy, "5000000000"), market_order("small", side::buy, "1")});
  const auto s = make_step(1, {make_bar(btc, 0, "100", "101", "99", "100")});
  const auto r = ask(s);
  ASSERT_EQ(r.trades.size(), 1U);
  EXPECT_EQ(r.trades[0].order.str(), "small");
  ASSERT_EQ(r.ended.size(), 1U);
  EXPECT_EQ(r.ended[0].id.str(), "huge");
  EXPECT_EQ(r.ended[0].state, order_state::expired);
  EXPECT_EQ(r.ended[0].refusal, venue_refusal::out_of_range);
  reopen();
  EXPECT_EQ(ask(s), r);
}

TEST_F(bar_venue_test, an_order_that_would_overflow_the_accounts_sums_expires) {
  log_on();
  handle({market_order("a", side::buy, "900000000"), market_order("b", side::buy, "900000000")});
  const auto r = ask(make_step(1, {make_bar(btc, 0, "100", "101", "99", "100")}));
  ASSERT_EQ(r.trades.size(), 1U);
  EXPECT_EQ(r.trades[0].order.str(), "a");
  EXPECT_EQ(r.ended.at(0).id.str(), "b");
  EXPECT_EQ(ask(balances{main_account}).holdings.at(0).size, d("900000000"));
}

// Reading -----------------------------------------------------------------------------------------

TEST_F(bar_venue_test, sums_quantities_and_cash_per_account) {
  log_on();
  ask(market_order("a", side::buy, "2"));
  ask(make_step(1, {make_bar(btc, 0, "100", "101", "99", "100")}));
  auto in_eth = market_order("b", side::sell, "3");
  in_eth.instrument = eth;
  handle({in_eth, limit_order("c", side::sell, "0.5", "110")});
  ask(make_step(
    2, {make_bar(btc, 1, "100", "111", "99", "100"), make_bar(eth, 1, "10", "11", "9", "10")}));
  const auto r = ask(balances{main_account});
  EXPECT_EQ(r.holdings, (std::vector<balances_report::holding>{{btc, d("1.5")}, {eth, d("-3")}}));
  // −200 −0.2, +30 −0.03, +55 −0.0275
  EXPECT_EQ(r.cash,
            (std::vector<balances_report::movement>{{trading::asset_id{"USDT"}, d("-115.2575")}}));
  EXPECT_EQ(r.last_seq, 3U);
  EXPECT_EQ(ask(balances{trading::account_id{"nobody"}}).last_seq, 0U);
}

TEST_F(bar_venue_test, pages_through_an_accounts_trades) {
  log_on();
  std::vector<command> commands;
  for (int i = 0; i < 5; ++i)
    commands.push_back(market_order(("o" + std::to_string(i)).c_str(), side::buy, "1"));
  handle(commands);
  const auto all = ask(make_step(1, {make_bar(btc, 0, "100", "101", "99", "100")})).trades;
  const auto page = [&](uint64_t after, uint32_t limit) {
    const auto r = ask(trades_after{main_account, after, limit});
    EXPECT_EQ(r.last_seq, 5U);
    return r.trades;
  };
  EXPECT_EQ(page(0, 0), all);
  EXPECT_EQ(page(0, 2), (std::vector<venue_trade>(all.begin(), all.begin() + 2)));
  EXPECT_EQ(page(2, 2), (std::vector<venue_trade>(all.begin() + 2, all.begin() + 4)));
  EXPECT_EQ(page(4, 2), (std::vector<venue_trade>(all.begin() + 4, all.end())));
  EXPECT_TRUE(page(5, 2).empty());
  EXPECT_TRUE(page(std::numeric_limits<uint64_t>::max(), 2).empty());
}

TEST_F(bar_venue_test, carries_out_a_batch_in_order_with_one_frame) {
  log_on();
  const auto before = std::filesystem::file_size(settings_.ledger_file);
  const auto answers =
    handle({market_order("a", side::buy, "1"), cancel{main_account, 1, client_order_id{"a"}},
            query{main_account, client_order_id{"a"}}, limit_order("b", side::buy, "1", "50")});
  EXPECT_EQ(std::get<order_report>(answers[0]).state, order_state::open);
  EXPECT_EQ(std::get<cancel_report>(answers[1]).order->state, order_state::cancelled);
  EXPECT_EQ(std::get<query_report>(answers[2]).order->state, order_state::cancelled);
  EXPECT_EQ(std::get<order_report>(answers[3]).state, order_state::open);
  const auto after = std::filesystem::file_size(settings_.ledger_file);
  EXPECT_GT(after, before);
  handle({query{main_account, client_order_id{"a"}}, balances{main_account},
          market_order("a", side::buy, "1"), logon{main_account, 1}});
  EXPECT_EQ(std::filesystem::file_size(settings_.ledger_file), after)
    << "nothing changed, nothing is written";
}

TEST_F(bar_venue_test, same_commands_make_the_same_file) {
  const auto drive = [](bar_venue& v) {
    (void)v.handle({logon{main_account, 1}, market_order("a", side::buy, "1")}, 5);
    (void)v.handle({make_step(1, {make_bar(btc, 0, "100", "101", "99", "100")})}, 9);
  };
  drive(*venue_);
  const auto first = read_file(settings_.ledger_file);
  settings_.ledger_file = folder_.file("second.ledger");
  reopen();
  drive(*venue_);
  EXPECT_EQ(read_file(settings_.ledger_file), first);
}

TEST_F(bar_venue_test, the_ledger_can_be_read_while_the_venue_runs) {
  log_on();
  handle({market_order("a", side::buy, "1"), market_order("x", side::buy, "0.0001")});
  ask(make_step(1, {make_bar(btc, 0, "100", "101", "99", "100")}));
  const auto read = ledger();
  EXPECT_EQ(read.venue.str(), "sim");
  EXPECT_EQ(read.run, "main");
  EXPECT_EQ(read.last_step, 1U);
  EXPECT_EQ(read.event_time, timestamp::from_ns(minute_ns));
  EXPECT_EQ(read.sessions, (std::map<trading::account_id, uint64_t>{{main_account, 1}}));
  ASSERT_EQ(read.orders.size(), 2U);
  EXPECT_EQ(read.orders[0], ask(query{main_account, client_order_id{"a"}}).order);
  EXPECT_EQ(read.orders[1].refusal, venue_refusal::off_lot);
  EXPECT_EQ(read.trades, ask(trades_after{main_account, 0, 0}).trades);
  EXPECT_EQ(read.balances, std::vector{ask(balances{main_account})});
  EXPECT_EQ(read.torn_bytes, 0U);
}

TEST_F(bar_venue_test, refuses_the_ledger_of_another_venue) {
  venue_.reset();
  settings_.id = trading::venue_id{"other"};
  const auto opened = bar_venue::open(settings_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().reason, "the ledger of venue sim, not of other");
}

TEST_F(bar_venue_test, refuses_settings_that_make_no_sense) {
  venue_.reset();
  settings_.instruments.push_back(settings_.instruments.front());
  EXPECT_THROW((void)bar_venue::open(settings_), trading::contract_violation);
  settings_.instruments = {make_instrument(btc)};
  settings_.instruments[0].tick_size = decimal{};
  EXPECT_THROW((void)bar_venue::open(settings_), trading::contract_violation);
}

TEST_F(bar_venue_test, an_order_of_an_instrument_that_was_taken_off_rests_until_it_is_cancelled) {
  log_on();
  ask(market_order("a", side::buy, "1"));
  settings_.instruments = {make_instrument(eth)};
  reopen();
  EXPECT_TRUE(ask(make_step(1, {make_bar(btc, 0, "100", "101", "99", "100")})).trades.empty());
  EXPECT_EQ(ask(cancel{main_account, 1, client_order_id{"a"}}).order->state,
            order_state::cancelled);
}

TEST(venue_names, every_refusal_has_a_name) {
  for (uint8_t i = 0; i <= static_cast<uint8_t>(venue_refusal::unknown_order); ++i)
    EXPECT_STRNE(to_string(venue_refusal{i}), "invalid") << int{i};
  for (uint8_t i = 0; i <= static_cast<uint8_t>(step_refusal::malformed); ++i)
    EXPECT_STRNE(to_string(step_refusal{i}), "invalid") << int{i};
  EXPECT_STREQ(to_string(venue_refusal{99}), "invalid");
}

} // namespace
} // namespace supreme::venues
