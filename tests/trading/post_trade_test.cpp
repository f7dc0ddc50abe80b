// Goal: what the venue reports is held against what was asked for, and what is kept against what
// was reported.
// Method: a buy of 2 at a decision price of 100 with a fill that fits, changed in one respect per
// test. Properties: positions and cash booked by apply_fill() always pass the ledger check, and one
// unit more or less never does · the slippage of the sum lies between those of its fills.

#include "tests/trading/generators.hpp"

#include "trading/portfolio/position.hpp"
#include "trading/risk/post_trade.hpp"
#include "trading/risk/ppb.hpp"

#include <algorithm>

namespace supreme::trading {
namespace {

using std::chrono::seconds;

decimal dec(const char* text) { return decimal::literal(text); }

const asset_id usdt{"USDT"};

order bought() {
  order o;
  o.id = client_order_id{"s1-1"};
  o.account = account_id{"main"};
  o.venue = venue_id{"sim"};
  o.instrument = instrument_id{"BTCUSDT"};
  o.size = dec("2");
  o.decision_price = dec("100");
  o.event_time = timestamp::from_ms(1'000'000);
  return o;
}

order sold() {
  auto o = bought();
  o.direction = side::sell;
  return o;
}

fill fill_of(const order& o, const char* at, const char* size) {
  fill f;
  f.venue = o.venue;
  f.account = o.account;
  f.order = o.id;
  f.instrument = o.instrument;
  f.direction = o.direction;
  f.at = dec(at);
  f.size = dec(size);
  f.fee_asset = usdt;
  return f;
}

const fill_bounds bounds{dec("101"), 10'000'000};

TEST(post_trade, finds_nothing_wrong_with_a_fill_that_was_asked_for) {
  const auto found =
    check_fill(bought(), {dec("1.5"), dec("150")}, fill_of(bought(), "100.5", "0.5"), bounds);
  EXPECT_EQ(found, (std::vector<trade_finding>{
                     {trade_check::identity, true, dec("1"), dec("1")},
                     {trade_check::direction, true, dec("1"), dec("1")},
                     {trade_check::size, true, dec("2"), dec("2")},
                     {trade_check::price_bound, true, dec("101"), dec("100.5")},
                     {trade_check::slippage, true, dec("1"), dec("0.5")},
                   }));
}

TEST(post_trade, lists_everything_that_is_wrong_with_a_fill) {
  auto f = fill_of(bought(), "102", "1");
  f.direction = side::sell;
  f.order = client_order_id{"s1-2"};
  const auto found = check_fill(bought(), {dec("1.5"), dec("150")}, f, bounds);
  EXPECT_EQ(found, (std::vector<trade_finding>{
                     {trade_check::identity, false, dec("1"), dec("0")},
                     {trade_check::direction, false, dec("1"), dec("0")},
                     {trade_check::size, false, dec("2"), dec("2.5")},
                     {trade_check::price_bound, false, dec("101"), dec("102")},
                     {trade_check::slippage, false, dec("1"), dec("2")},
                   }));
}

bool identified(const fill& f) { return check_fill(bought(), {}, f, {}).front().passed; }

TEST(post_trade, knows_a_fill_by_order_account_venue_and_instrument) {
  EXPECT_TRUE(identified(fill_of(bought(), "100", "1")));
  auto f = fill_of(bought(), "100", "1");
  f.account = account_id{"other"};
  EXPECT_FALSE(identified(f));
  f = fill_of(bought(), "100", "1");
  f.venue = venue_id{"other"};
  EXPECT_FALSE(identified(f));
  f = fill_of(bought(), "100", "1");
  f.instrument = instrument_id{"ETHUSDT"};
  EXPECT_FALSE(identified(f));
}

TEST(post_trade, binds_a_limit_order_to_its_own_price) {
  auto o = bought();
  o.limit_price = dec("100");
  EXPECT_FALSE(check_fill(o, {}, fill_of(o, "100.01", "1"), {dec("101"), {}})[3].passed);
  EXPECT_TRUE(check_fill(o, {}, fill_of(o, "99", "1"), {})[3].passed);
  o = sold();
  EXPECT_TRUE(check_fill(o, {}, fill_of(o, "99", "1"), {dec("99"), {}})[3].passed);
  EXPECT_FALSE(check_fill(o, {}, fill_of(o, "98.99", "1"), {dec("99"), {}})[3].passed);
}

TEST(post_trade, refuses_fills_of_nothing_and_at_nothing) {
  EXPECT_FALSE(check_fill(bought(), {}, fill_of(bought(), "100", "0"), bounds)[2].passed);
  EXPECT_FALSE(check_fill(bought(), {}, fill_of(bought(), "0", "1"), bounds)[3].passed);
  auto f = fill_of(bought(), "100", "1");
  f.size = decimal::from_raw(INT64_MAX);
  EXPECT_EQ(check_fill(bought(), {dec("1"), {}}, f, {})[2].code, trade_check::overflow);
}

TEST(slippage, is_what_the_price_was_worse_than_the_decision) {
  EXPECT_EQ(slippage_ppb(side::buy, dec("100"), dec("100.1")), 1'000'000);
  EXPECT_EQ(slippage_ppb(side::sell, dec("100"), dec("99.9")), 1'000'000);
  EXPECT_EQ(slippage_ppb(side::buy, dec("100"), dec("99.9")), -1'000'000);
  EXPECT_EQ(slippage_ppb(side::sell, dec("100"), dec("100")), 0);
  EXPECT_EQ(slippage_ppb(side::buy, dec("3"), dec("4")), 333'333'334) << "rounded up";
  EXPECT_EQ(slippage_ppb(side::buy, dec("3"), dec("2")), -333'333'333) << "rounded up";
  EXPECT_FALSE(slippage_ppb(side::buy, dec("0"), dec("1")));
  EXPECT_FALSE(slippage_ppb(side::buy, decimal::from_raw(1), dec("1000000")));
}

TEST(slippage, of_an_order_weighs_its_fills_by_size) {
  const auto o = bought();
  EXPECT_FALSE(realised_slippage_ppb(o, {}));
  auto total = with_fill({}, fill_of(o, "101", "0.5"));
  total = with_fill(*total, fill_of(o, "100", "1.5"));
  EXPECT_EQ(*total, (execution_total{dec("2"), dec("200.5")}));
  EXPECT_EQ(realised_slippage_ppb(o, *total), 2'500'000);
  EXPECT_EQ(realised_slippage_ppb(sold(), *total), -2'500'000);
  auto f = fill_of(o, "100", "1");
  f.size = decimal::from_raw(INT64_MAX);
  EXPECT_FALSE(with_fill({}, f));
}

TEST(post_trade, watches_an_order_that_still_works) {
  working_order w;
  w.now = bought().event_time + seconds{30};
  EXPECT_TRUE(check_working_order(bought(), w).empty());
  w.max_age = seconds{30};
  w.mark = dec("101");
  w.max_slippage_ppb = 10'000'000;
  EXPECT_EQ(check_working_order(bought(), w),
            (std::vector<trade_finding>{
              {trade_check::order_age, true, dec("30"), dec("30")},
              {trade_check::slippage, true, dec("1"), dec("1")},
            }));
  w.now = w.now + nanoseconds{1};
  w.mark = dec("101.01");
  EXPECT_EQ(check_working_order(bought(), w),
            (std::vector<trade_finding>{
              {trade_check::order_age, false, dec("30"), dec("30.00000001")},
              {trade_check::slippage, false, dec("1"), dec("1.01")},
            }));
  w.now = timestamp::from_ns(INT64_MIN);
  EXPECT_EQ(check_working_order(bought(), w).front().seen, dec("0"));
}

// -- ledger -----------------------------------------------------------------------------

TEST(ledger, explains_position_and_cash_by_the_fills) {
  auto buy = fill_of(bought(), "100", "2");
  buy.fee = dec("0.2");
  auto sell = fill_of(sold(), "110", "0.5");
  sell.fee = dec("0.1");
  auto elsewhere = fill_of(bought(), "100", "1");
  elsewhere.fee = dec("7");
  elsewhere.fee_asset = asset_id{"BNB"};
  const ledger_claim claim{dec("1"), dec("1000"), dec("3.5"), dec("754.7")};
  EXPECT_EQ(check_ledger(claim, {buy, sell, elsewhere}, usdt),
            (std::vector<trade_finding>{
              {trade_check::holding, true, dec("3.5"), dec("3.5")},
              {trade_check::cash, true, dec("754.7"), dec("754.7")},
            }));
  const auto lost = check_ledger(claim, {buy, sell}, usdt);
  EXPECT_EQ(lost, (std::vector<trade_finding>{
                    {trade_check::holding, false, dec("2.5"), dec("3.5")},
                    {trade_check::cash, false, dec("854.7"), dec("754.7")},
                  }));
}

TEST(ledger, says_when_its_sums_leave_the_range) {
  auto f = fill_of(bought(), "100", "1");
  const ledger_claim full{decimal::from_raw(INT64_MAX), {}, {}, {}};
  EXPECT_EQ(check_ledger(full, {f}, usdt).front().code, trade_check::overflow);
  f.size = decimal::from_raw(INT64_MAX);
  EXPECT_EQ(check_ledger({}, {f}, usdt),
            (std::vector<trade_finding>{{trade_check::overflow, false, {}, {}}}));
}

fill any_fill() {
  auto f = fill_of(*rc::gen::element(bought(), sold()), "1", "1");
  f.at = *tests::decimal_between(1, 100'000 * decimal::scale);
  f.size =
    *rc::gen::oneOf(tests::decimal_between(1, 20), tests::decimal_between(1, 10 * decimal::scale));
  f.fee = *tests::decimal_between(-1'000, 1'000'000);
  f.fee_asset = *rc::gen::element(usdt, asset_id{"BNB"});
  return f;
}

RC_GTEST_PROP(ledger_property, agrees_with_what_is_booked_to_the_last_unit, ()) {
  position held;
  ledger_claim claim;
  claim.opening_cash = *tests::decimal_between(0, 1'000 * decimal::scale);
  claim.cash = claim.opening_cash;
  std::vector<fill> fills;
  for (int n = *rc::gen::inRange(0, 30); n > 0; --n) {
    fills.push_back(any_fill());
    const auto effect = apply_fill(held, fills.back(), usdt);
    held = effect.after;
    claim.cash += effect.quote_change;
    if (fills.back().fee_asset == usdt)
      claim.cash -= fills.back().fee;
  }
  claim.position = held.size;
  for (const auto& found : check_ledger(claim, fills, usdt))
    RC_ASSERT(found.passed);
  const auto unit = decimal::from_raw(*rc::gen::element(-1, 1));
  claim.cash += unit;
  RC_ASSERT(!check_ledger(claim, fills, usdt)[1].passed);
  claim.position += unit;
  RC_ASSERT(!check_ledger(claim, fills, usdt)[0].passed);
}

RC_GTEST_PROP(slippage_property, of_the_sum_lies_between_those_of_its_fills, ()) {
  auto o = *rc::gen::element(bought(), sold());
  o.decision_price = *tests::decimal_between(500 * decimal::scale, 1'000 * decimal::scale);
  std::optional<execution_total> total = execution_total{};
  int64_t best = INT64_MAX, worst = INT64_MIN;
  for (int n = *rc::gen::inRange(1, 10); n > 0; --n) {
    auto f = fill_of(o, "1", "1");
    f.at = *tests::decimal_between(500 * decimal::scale, 1'000 * decimal::scale);
    f.size = *tests::decimal_between(decimal::scale, 10 * decimal::scale);
    total = with_fill(*total, f);
    const auto one = *slippage_ppb(o.direction, o.decision_price, f.at);
    best = std::min(best, one);
    worst = std::max(worst, one);
  }
  const auto all = *realised_slippage_ppb(o, *total);
  // Eleven halves of a unit in a notional of 5e10 are less than one part per billion.
  RC_ASSERT(all >= best - 1);
  RC_ASSERT(all <= worst + 1);
}

} // namespace
} // namespace supreme::trading
