// Goal: no order takes the account beyond its limits over all instruments, and an order that makes
// nothing worse is let through; the same limits are looked at when marks move.
// Method: two instruments at marks 100 and 10, one thing changed per test. Hours against known days
// of the week. The property compares each approval with the worst case counted in 128 bits from its
// definition.

#include "tests/trading/generators.hpp"

#include "trading/risk/exposure_limits.hpp"
#include "trading/risk/ppb.hpp"

#include <algorithm>

namespace supreme::trading {
namespace {

__extension__ using wide = __int128;

decimal dec(const char* text) { return decimal::literal(text); }

const instrument_id btc{"BTCUSDT"};
const instrument_id eth{"ETHUSDT"};

account_exposure account(const char* btc_position = "0", const char* eth_position = "0") {
  account_exposure a;
  a.instruments = {{btc, dec(btc_position), {}, {}, dec("100")},
                   {eth, dec(eth_position), {}, {}, dec("10")}};
  a.equity = dec("1000");
  return a;
}

exposure_limits no_limits() {
  exposure_limits l;
  l.may_short = {btc, eth};
  return l;
}

proposed_order buy(const char* size, const instrument_id& what = btc) {
  proposed_order o;
  o.instrument = what;
  o.size = dec(size);
  return o;
}

proposed_order sell(const char* size, const instrument_id& what = btc) {
  auto o = buy(size, what);
  o.direction = side::sell;
  return o;
}

void expect_passed(const exposure_limits& l, const account_exposure& a, const proposed_order& o) {
  const auto v = check_exposure(l, a, o);
  EXPECT_STREQ(to_string(v.outcome), "none");
  EXPECT_TRUE(
    std::all_of(v.checks.begin(), v.checks.end(), [](const check_result& c) { return c.passed; }));
}

void expect_refused(const exposure_limits& l, const account_exposure& a, const proposed_order& o,
                    refusal code, const char* limit, const char* seen) {
  const auto v = check_exposure(l, a, o);
  EXPECT_STREQ(to_string(v.outcome), to_string(code));
  ASSERT_FALSE(v.checks.empty());
  EXPECT_EQ(v.checks.back(), (check_result{code, false, dec(limit), dec(seen)}))
    << v.checks.back().limit.to_string() << ' ' << v.checks.back().seen.to_string();
}

TEST(exposure_limits, lists_every_check_in_the_documented_order) {
  exposure_limits l;
  l.max_gross = l.max_net = l.max_daily_loss = dec("1000");
  l.max_concentration_ppb = l.initial_margin_ppb = 1'000'000'000;
  l.max_open_orders = 5;
  l.price_collar_ppb = 10'000'000;
  l.restricted[btc] = restriction::reduce_only;
  const trading_session always;
  auto o = sell("1");
  o.own_price = dec("100");
  o.session = &always;
  std::vector<refusal> codes;
  for (const auto& c : check_exposure(l, account("2"), o).checks)
    codes.push_back(c.code);
  EXPECT_EQ(codes,
            (std::vector{refusal::unknown_instrument, refusal::session_closed, refusal::restricted,
                         refusal::short_not_allowed, refusal::price_collar, refusal::open_orders,
                         refusal::daily_loss, refusal::gross_exposure, refusal::net_exposure,
                         refusal::concentration, refusal::margin}));
}

TEST(exposure_limits, refuses_an_instrument_the_account_does_not_know) {
  expect_refused(no_limits(), account(), buy("1", instrument_id{"XRPUSDT"}),
                 refusal::unknown_instrument, "1", "0");
}

TEST(exposure_limits, limits_the_worth_of_all_positions) {
  auto l = no_limits();
  l.max_gross = dec("500");
  expect_passed(l, account("1", "-20"), buy("2"));
  expect_refused(l, account("1", "-20"), buy("2.001"), refusal::gross_exposure, "500", "500.1");
  auto a = account("1", "-20");
  a.instruments[1].reserved_sell = dec("5"); // ETH is worth 250 in the worst case.
  a.instruments[1].reserved_buy = dec("40"); // 200 if the buys fill instead.
  expect_refused(l, a, buy("2"), refusal::gross_exposure, "500", "550");
}

TEST(exposure_limits, lets_an_order_shrink_what_is_above_a_lowered_limit) {
  auto l = no_limits();
  l.max_gross = dec("500");
  l.max_concentration_ppb = 100'000'000;
  expect_passed(l, account("10"), sell("4"));
  expect_passed(l, account("10"), sell("10"));
  // As large on the other side is no better.
  expect_refused(l, account("10"), sell("20"), refusal::gross_exposure, "500", "1000");
}

TEST(exposure_limits, limits_what_the_account_leans_to_one_side) {
  auto l = no_limits();
  l.max_net = dec("300");
  expect_passed(l, account("1", "-20"), buy("4"));
  expect_refused(l, account("1", "-20"), buy("4.01"), refusal::net_exposure, "300", "301");
  expect_passed(l, account("1", "-20"), sell("2"));
  expect_refused(l, account("1", "-20"), sell("2.01"), refusal::net_exposure, "300", "301");
  auto a = account("1", "-20");
  a.instruments[1].reserved_buy = dec("20"); // May fill: the short is no help for buys.
  expect_refused(l, a, buy("2.01"), refusal::net_exposure, "300", "301");
}

TEST(exposure_limits, asks_equity_to_cover_its_share_of_all_positions_long_and_short) {
  auto l = no_limits();
  l.initial_margin_ppb = 500'000'000; // A leverage of two.
  auto a = account("1", "-20");       // Worth 300, the short of it 200.
  a.equity = dec("200");
  expect_passed(l, a, buy("1"));
  expect_refused(l, a, buy("1.01"), refusal::margin, "200", "200.5");
  expect_refused(l, a, sell("40", eth), refusal::margin, "200", "350");
  // What is promised counts as if it had been filled.
  a.instruments[1].reserved_sell = dec("5");
  expect_refused(l, a, buy("1"), refusal::margin, "200", "225");
  // Closing passes whatever equity there is; nothing else does without any.
  a.equity = dec("-1");
  expect_passed(l, a, sell("1"));
  expect_passed(l, a, buy("20", eth));
  expect_refused(l, a, buy("0.01"), refusal::margin, "0", "175.5");
  l.initial_margin_ppb = 1;
  a = account();
  a.equity = {};
  expect_refused(l, a, buy("0.00000001"), refusal::margin, "0", "0.00000001");
}

TEST(exposure_limits, tells_when_the_marks_have_eaten_the_maintenance_margin) {
  exposure_limits l;
  l.initial_margin_ppb = 500'000'000; // Asked of orders alone.
  l.maintenance_margin_ppb = 250'000'000;
  auto a = account("-4");
  a.equity = dec("100");
  EXPECT_EQ(recheck_exposure(l, a),
            (std::vector<check_result>{{refusal::margin, true, dec("100"), dec("100")}}));
  a.instruments[0].mark = dec("100.01");
  EXPECT_EQ(recheck_exposure(l, a),
            (std::vector<check_result>{{refusal::margin, false, dec("100"), dec("100.01")}}));
}

TEST(exposure_limits, rounds_worth_against_the_order) {
  auto l = no_limits();
  l.max_net = decimal::from_raw(1);
  auto a = account();
  a.instruments[0].mark = dec("0.5");
  expect_passed(l, a, buy("0.00000002"));
  expect_refused(l, a, buy("0.00000003"), refusal::net_exposure, "0.00000001", "0.00000002");
  expect_refused(l, a, sell("0.00000003"), refusal::net_exposure, "0.00000001", "0.00000002");
  l = no_limits();
  l.max_gross = decimal::from_raw(1);
  expect_refused(l, a, sell("0.00000003"), refusal::gross_exposure, "0.00000001", "0.00000002");
}

TEST(exposure_limits, limits_one_instrument_to_its_share_of_equity) {
  auto l = no_limits();
  l.max_concentration_ppb = 250'000'000;
  expect_passed(l, account("1"), buy("1.5"));
  expect_refused(l, account("1"), buy("1.51"), refusal::concentration, "250", "251");
  auto a = account("1");
  a.equity = dec("-5");
  expect_refused(l, a, buy("0.01"), refusal::concentration, "0", "101");
  expect_passed(l, a, sell("1"));
}

TEST(exposure_limits, limits_the_number_of_open_orders) {
  auto l = no_limits();
  l.max_open_orders = 2;
  auto a = account();
  a.open_orders = 1;
  expect_passed(l, a, buy("1"));
  a.open_orders = 2;
  expect_refused(l, a, buy("1"), refusal::open_orders, "2", "3");
}

TEST(exposure_limits, holds_prices_of_ours_inside_the_collar) {
  auto l = no_limits();
  l.price_collar_ppb = 50'000'000;
  auto o = buy("1");
  o.own_price = dec("105");
  expect_passed(l, account(), o);
  o.own_price = dec("105.01");
  expect_refused(l, account(), o, refusal::price_collar, "105", "105.01");
  o.own_price = dec("1"); // Far away from the market costs nothing.
  expect_passed(l, account(), o);
  o = sell("1");
  o.own_price = dec("95");
  expect_passed(l, account(), o);
  o.own_price = dec("94.99");
  expect_refused(l, account(), o, refusal::price_collar, "95", "94.99");
}

TEST(exposure_limits, keeps_to_the_restricted_list) {
  auto l = no_limits();
  l.restricted[btc] = restriction::reduce_only;
  expect_refused(l, account("1"), buy("1"), refusal::restricted, "1", "0");
  expect_passed(l, account("1"), sell("1"));
  expect_refused(l, account("1"), sell("1.1"), refusal::restricted, "1", "0");
  expect_passed(l, account("-1"), buy("1"));
  expect_passed(l, account("1"), buy("1", eth));
  l.restricted[btc] = restriction::no_trading;
  expect_refused(l, account("1"), sell("1"), refusal::restricted, "1", "0");
}

TEST(exposure_limits, allows_shorts_only_where_they_are_permitted) {
  exposure_limits l;
  l.may_short = {eth};
  expect_passed(l, account(), sell("1", eth));
  expect_refused(l, account(), sell("1"), refusal::short_not_allowed, "0", "1");
  auto a = account("2");
  a.instruments[0].reserved_sell = dec("1.5");
  expect_passed(l, a, sell("0.5"));
  expect_refused(l, a, sell("1"), refusal::short_not_allowed, "0.5", "1");
}

TEST(exposure_limits, only_closes_after_the_loss_of_the_day) {
  auto l = no_limits();
  l.max_daily_loss = dec("100");
  auto a = account("1");
  a.day_loss = dec("100");
  expect_passed(l, a, buy("1"));
  a.day_loss = dec("100.01");
  expect_refused(l, a, buy("1"), refusal::daily_loss, "100", "100.01");
  expect_refused(l, a, sell("1.5"), refusal::daily_loss, "100", "100.01");
  expect_passed(l, a, sell("1"));
}

TEST(exposure_limits, refuses_numbers_that_leave_the_range) {
  auto l = no_limits();
  l.max_gross = dec("500");
  auto a = account();
  a.instruments[1].position = decimal::from_raw(INT64_MIN);
  expect_refused(l, a, buy("1"), refusal::overflow, "0", "0");
  a = account();
  a.instruments[1].mark = decimal{};
  expect_refused(no_limits(), a, buy("1"), refusal::overflow, "0", "0");
  a = account();
  a.instruments[0].reserved_buy = dec("-1");
  expect_refused(no_limits(), a, buy("1"), refusal::overflow, "0", "0");
  expect_refused(no_limits(), account(), buy("0"), refusal::overflow, "0", "0");
  l.price_collar_ppb = -1;
  auto o = buy("1");
  o.own_price = dec("100");
  expect_refused(l, account(), o, refusal::overflow, "0", "0");
}

// -- marks --------------------------------------------------------------------------------

TEST(exposure_limits, looks_again_when_the_marks_have_moved) {
  exposure_limits l;
  l.max_gross = dec("400");
  l.max_net = dec("100");
  l.max_daily_loss = dec("50");
  l.max_concentration_ppb = 250'000'000;
  auto a = account("-2", "20");
  a.day_loss = dec("10");
  for (const auto& c : recheck_exposure(l, a))
    EXPECT_TRUE(c.passed) << to_string(c.code);
  a.instruments[0].mark = dec("151");
  a.equity = dec("898");
  a.day_loss = dec("102");
  EXPECT_EQ(recheck_exposure(l, a), (std::vector<check_result>{
                                      {refusal::daily_loss, false, dec("50"), dec("102")},
                                      {refusal::gross_exposure, false, dec("400"), dec("502")},
                                      {refusal::net_exposure, false, dec("100"), dec("102")},
                                      {refusal::concentration, false, dec("224.5"), dec("302")},
                                      {refusal::concentration, true, dec("224.5"), dec("200")},
                                    }));
  a.instruments[0].mark = dec("-1");
  EXPECT_EQ(recheck_exposure(l, a),
            (std::vector<check_result>{{refusal::overflow, false, {}, {}}}));
}

// -- hours --------------------------------------------------------------------------------

constexpr int32_t hours(int32_t day, int32_t hour) { return day * 86'400 + hour * 3'600; }

bool open_at(const trading_session& s, const char* time) {
  return is_open(s, *timestamp::parse(time));
}

TEST(trading_session, is_open_from_the_first_second_up_to_the_last) {
  trading_session s;
  for (int32_t day = 0; day < 5; ++day) // Monday to Friday
    s.windows.push_back({hours(day, 13) + 1'800, hours(day, 20)});
  ASSERT_TRUE(s.usable());
  EXPECT_FALSE(open_at(s, "2026-04-20T13:29:59.999999999Z")); // A Monday.
  EXPECT_TRUE(open_at(s, "2026-04-20T13:30:00Z"));
  EXPECT_TRUE(open_at(s, "2026-04-24T19:59:59.999999999Z"));
  EXPECT_FALSE(open_at(s, "2026-04-24T20:00:00Z"));
  EXPECT_FALSE(open_at(s, "2026-04-25T15:00:00Z"));
  EXPECT_TRUE(open_at(s, "1969-12-31T15:00:00Z")) << "a Wednesday before the epoch";
  EXPECT_FALSE(open_at(s, "1969-12-28T15:00:00Z"));
}

TEST(trading_session, runs_over_the_end_of_the_week) {
  trading_session s;
  s.windows = {{hours(6, 22), hours(4, 21)}}; // Sunday 22:00 to Friday 21:00
  EXPECT_TRUE(open_at(s, "2026-04-19T22:00:00Z"));
  EXPECT_FALSE(open_at(s, "2026-04-19T21:59:59Z"));
  EXPECT_TRUE(open_at(s, "2026-04-20T00:00:00Z"));
  EXPECT_TRUE(open_at(s, "2026-04-24T20:59:59Z"));
  EXPECT_FALSE(open_at(s, "2026-04-24T21:00:00Z"));
}

TEST(trading_session, is_closed_on_holidays_and_otherwise_always_open_without_hours) {
  trading_session s;
  EXPECT_TRUE(open_at(s, "2026-12-25T12:00:00Z"));
  s.holidays = {20'812}; // 2026-12-25
  EXPECT_FALSE(open_at(s, "2026-12-25T00:00:00Z"));
  EXPECT_FALSE(open_at(s, "2026-12-25T23:59:59.999999999Z"));
  EXPECT_TRUE(open_at(s, "2026-12-26T00:00:00Z"));
}

TEST(trading_session, knows_seconds_outside_the_week) {
  EXPECT_FALSE((trading_session{{{-1, 5}}, {}}.usable()));
  EXPECT_FALSE((trading_session{{{0, weekly_window::week_s}}, {}}.usable()));
}

TEST(trading_session, refuses_orders_while_it_is_closed) {
  trading_session s;
  s.windows = {{hours(0, 0), hours(0, 1)}};
  auto o = buy("1");
  o.session = &s;
  o.now = *timestamp::parse("2026-04-20T02:00:00Z");
  expect_refused(no_limits(), account(), o, refusal::session_closed, "1", "0");
  o.now = *timestamp::parse("2026-04-20T00:30:00Z");
  expect_passed(no_limits(), account(), o);
}

TEST(trading_session, survives_the_ends_of_time) {
  trading_session s;
  s.windows = {{0, weekly_window::week_s - 1}};
  EXPECT_TRUE(is_open(s, timestamp::from_ns(INT64_MIN)));
  EXPECT_TRUE(is_open(s, timestamp::from_ns(INT64_MAX)));
}

// -- properties -------------------------------------------------------------------------

struct worst_case {
  wide gross = 0; ///< units of 1e-16, as all worth here
  wide most_long = 0;
  wide most_short = 0;
};

worst_case count(const account_exposure& a) {
  worst_case w;
  for (const auto& e : a.instruments) {
    const wide high = wide{e.position.raw()} + e.reserved_buy.raw();
    const wide low = wide{e.position.raw()} - e.reserved_sell.raw();
    w.gross += std::max(high < 0 ? -high : high, low < 0 ? -low : low) * e.mark.raw();
    w.most_long += high * e.mark.raw();
    w.most_short -= low * e.mark.raw();
  }
  return w;
}

bool only_closes(const account_exposure& a, const proposed_order& o) {
  for (const auto& e : a.instruments)
    if (e.instrument == o.instrument)
      return o.direction == side::buy
               ? wide{e.position.raw()} + e.reserved_buy.raw() + o.size.raw() <= 0
               : wide{e.position.raw()} - e.reserved_sell.raw() - o.size.raw() >= 0;
  return false;
}

account_exposure any_account() {
  account_exposure a;
  for (const auto& id : {btc, eth})
    a.instruments.push_back({id, *tests::decimal_between(-50 * decimal::scale, 50 * decimal::scale),
                             *tests::decimal_between(0, 20 * decimal::scale),
                             *tests::decimal_between(0, 20 * decimal::scale),
                             *tests::decimal_between(1, 100 * decimal::scale)});
  a.equity = *tests::decimal_between(-decimal::scale, 10'000 * decimal::scale);
  return a;
}

RC_GTEST_PROP(exposure_limits_property, approves_what_is_within_its_limits_or_only_closes, ()) {
  const auto a = any_account();
  exposure_limits l = no_limits();
  l.max_gross = *tests::decimal_between(0, 10'000 * decimal::scale);
  l.max_net = *tests::decimal_between(0, 10'000 * decimal::scale);
  l.initial_margin_ppb = *rc::gen::inRange<int64_t>(0, whole_ppb + 1);
  proposed_order o;
  o.instrument = *rc::gen::element(btc, eth);
  o.direction = *rc::gen::element(side::buy, side::sell);
  o.size = *tests::decimal_between(1, 40 * decimal::scale);
  const auto v = check_exposure(l, a, o);
  auto after = a;
  for (auto& e : after.instruments)
    if (e.instrument == o.instrument)
      (o.direction == side::buy ? e.reserved_buy : e.reserved_sell) += o.size;
  const auto is = count(after);
  const wide gross = wide{l.max_gross->raw()} * decimal::scale;
  const wide net = wide{l.max_net->raw()} * decimal::scale;
  const wide leaning = o.direction == side::buy ? is.most_long : is.most_short;
  const wide margin = is.gross * *l.initial_margin_ppb;
  const wide equity = wide{std::max(a.equity, money{}).raw()} * decimal::scale * whole_ppb;
  const bool closes = only_closes(a, o);
  RC_CLASSIFY(v.outcome == refusal::none, "approved");
  if (v.outcome == refusal::none) {
    RC_ASSERT((closes || is.gross <= gross));
    RC_ASSERT((closes || margin <= equity));
    RC_ASSERT(leaning <= net);
    return;
  }
  // Each instrument's worth may be rounded up by one unit.
  const wide rounded = wide{2} * decimal::scale;
  RC_ASSERT(((!closes && is.gross > gross - rounded) || leaning > net - rounded
             || (!closes && margin > equity - 2 * rounded * whole_ppb)));
}

RC_GTEST_PROP(exposure_limits_property, answers_any_input, ()) {
  account_exposure a;
  for (const auto& id : {btc, eth})
    a.instruments.push_back({id, *tests::any_decimal(), *tests::any_decimal(),
                             *tests::any_decimal(), *tests::any_decimal()});
  a.equity = *tests::any_decimal();
  a.day_loss = *tests::any_decimal();
  a.open_orders = *rc::gen::arbitrary<uint32_t>();
  exposure_limits l;
  l.max_gross = *tests::any_decimal();
  l.max_net = *tests::any_decimal();
  l.max_daily_loss = *tests::any_decimal();
  l.max_concentration_ppb = *tests::any_int64();
  l.initial_margin_ppb = *tests::any_int64();
  l.maintenance_margin_ppb = *tests::any_int64();
  l.max_open_orders = *rc::gen::arbitrary<uint32_t>();
  l.price_collar_ppb = *tests::any_int64();
  if (*rc::gen::arbitrary<bool>())
    l.may_short = {btc};
  proposed_order o;
  o.instrument = btc;
  o.direction = *rc::gen::element(side::buy, side::sell);
  o.size = *tests::any_decimal();
  o.own_price = *tests::any_decimal();
  const auto v = check_exposure(l, a, o);
  RC_ASSERT(!v.checks.empty());
  RC_ASSERT(v.checks.back().passed == (v.outcome == refusal::none));
  RC_ASSERT(!recheck_exposure(l, a).empty());
}

} // namespace
} // namespace supreme::trading
