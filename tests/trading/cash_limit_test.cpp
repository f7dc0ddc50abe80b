// Goal: a simulated buy takes what the cash pays for, to the last lot, and no account goes into
// debt by buying. Method: figures by hand; random fills against a search from below; and random
// markets with gaps in which everything is bought that the mark seems to allow.

#include "tests/trading/plans.hpp"

#include "trading/backtest/engine.hpp"
#include "trading/matching/cash_limit.hpp"
#include "trading/matching/fees.hpp"

#include <gtest/gtest.h>
// After GoogleTest, whose names it uses without including it.
#include <rapidcheck/gtest.h>

namespace supreme::trading {
namespace {

decimal dec(const char* text) { return decimal::literal(text); }

bar_execution bought(const char* at, const char* size, int64_t fee_ppb, bool maker = false) {
  bar_execution e;
  e.at = dec(at);
  e.size = dec(size);
  e.maker = maker;
  e.fee = fee_of(notional_of(e.at, e.size), fee_ppb);
  return e;
}

TEST(cash_limit, leaves_what_costs_all_there_is_and_cuts_what_costs_more) {
  const execution_costs costs{1'000'000, 1'000'000, 0, 0};
  const auto fill = bought("100", "10", 1'000'000);
  const auto all = within_cash(fill, dec("1001"), dec("0.1"), costs);
  EXPECT_TRUE(all.all);
  EXPECT_EQ(all.done.size, dec("10"));
  const auto less = within_cash(fill, dec("1000.99999999"), dec("0.1"), costs);
  EXPECT_FALSE(less.all);
  EXPECT_EQ(less.done.size, dec("9.9"));
  EXPECT_EQ(less.done.fee, dec("0.99"));
}

TEST(cash_limit, pays_for_nothing_without_cash) {
  const auto fill = bought("100", "10", 0);
  for (const char* cash : {"0", "-5", "9.99"}) {
    const auto paid = within_cash(fill, dec(cash), dec("0.1"), {});
    EXPECT_FALSE(paid.all) << cash;
    EXPECT_TRUE(paid.done.size.is_zero() && paid.done.fee.is_zero()) << cash;
  }
}

TEST(cash_limit, does_not_pay_with_a_rebate_that_is_still_to_come) {
  const execution_costs costs{1'000'000, -100'000'000, 0, 0}; // A tenth for the maker.
  const auto whole = bought("100", "10", -100'000'000, true);
  EXPECT_TRUE(within_cash(whole, dec("900"), dec("1"), costs).all) << "900 is what it costs";
  const auto cut = within_cash(whole, dec("899"), dec("1"), costs);
  EXPECT_EQ(cut.done.size, dec("8"));
  EXPECT_EQ(cut.done.fee, dec("-80"));
}

TEST(cash_limit, leaves_what_is_no_fill) {
  EXPECT_TRUE(within_cash({}, dec("-1"), dec("1"), {}).all);
}

RC_GTEST_PROP(cash_limit, cuts_to_the_largest_lot_multiple_that_is_paid_for, ()) {
  const auto lot = decimal::from_raw(*rc::gen::inRange<int64_t>(1, 1'000'000'000));
  const auto lots = *rc::gen::inRange<int64_t>(1, 60);
  const auto at = decimal::from_raw(*rc::gen::inRange<int64_t>(1, 20'000'000'000));
  const auto cash = decimal::from_raw(*rc::gen::inRange<int64_t>(0, 1'000'000'000'000));
  const int64_t fee_ppb = *rc::gen::element<int64_t>(0, 1'000'000, 1'234'567);
  const execution_costs costs{fee_ppb, 0, 0, 0};
  const auto cost_of = [&](quantity size) {
    const auto notional = multiply(at, size, rounding::away_from_zero);
    return multiply_divide(notional, one_ppb + fee_ppb, one_ppb, rounding::away_from_zero);
  };
  bar_execution fill;
  fill.at = at;
  fill.size = decimal::from_raw(lot.raw() * lots);
  fill.fee = fee_of(notional_of(at, fill.size), fee_ppb);
  const auto paid = within_cash(fill, cash, lot, costs);
  RC_CLASSIFY(!paid.all, "cut");
  if (paid.all) {
    RC_ASSERT(notional_of(at, fill.size) + fill.fee <= cash);
    return;
  }
  RC_ASSERT(notional_of(at, fill.size) + fill.fee > cash);
  quantity most;
  while (most < fill.size && cost_of(most + lot) <= cash)
    most += lot;
  RC_ASSERT(paid.done.size == most);
  RC_ASSERT(paid.done.fee == fee_of(notional_of(at, most), fee_ppb));
}

// -- an account ---------------------------------------------------------------------------------

const instrument_id btc{"BTCUSDT"};

/// In at every odd bar, out at every even one.
class restless final : public strategy {
public:
  void on_fill(const slot_holding&) override {}
  std::optional<decision> on_bar(const bar&) override {
    return decision{
      ++bars_ % 2 == 1 ? desire::long_position : desire::flat, "in and out", {}, {}, {}};
  }
  [[nodiscard]] uint32_t warmup_bars() const override { return 0; }

private:
  uint64_t bars_ = 0;
};

backtest_plan all_in_plan() {
  static const auto kind = tests::plain_kind<restless>("restless", "in and out");
  auto plan = tests::account_plan("1000");
  plan.instruments = {{btc, asset_id{"BTC"}, plan.quote, dec("0.01"), dec("0.001"), dec("5")}};
  plan.limits.taker_fee_ppb = plan.costs.taker_fee_ppb = 1'000'000;
  plan.strategies = {{strategy_id{"one"}, &kind, {}, {sizing_mode::all_in, {}}, {btc}}};
  return plan;
}

bar flat_bar(int64_t number, decimal at) {
  return {btc,        timestamp::from_ms(number * 60'000), std::chrono::minutes{1}, at, at, at, at,
          dec("1000")};
}

struct listener final : named_listener {
  void decided(const made_decision&, const client_order_id&) override {}
  void filled(const fill& f, const slot_id&, const booked_fill&, uint64_t) override {
    sizes.push_back(f.size);
  }
  void ended(const client_order_id&, order_state state, timestamp) override {
    ends.push_back(state);
  }
  void valued(const account_value& v) override { cash.push_back(v.cash); }

  std::vector<quantity> sizes;
  std::vector<order_state> ends;
  std::vector<money> cash;
};

TEST(cash_limit, of_an_entry_that_opens_beyond_the_collar_keeps_cash_above_zero) {
  auto plan = all_in_plan();
  listener heard;
  backtest_engine engine{plan, heard};
  engine.step(timestamp::from_ms(60'000), {flat_bar(0, dec("100"))});
  engine.step(timestamp::from_ms(120'000), {flat_bar(1, dec("110"))});
  ASSERT_EQ(heard.sizes.size(), 1u); // 9.891 were ordered, for 101 at most.
  EXPECT_EQ(heard.sizes[0], dec("9.081"));
  EXPECT_EQ(heard.cash.back(), dec("0.09109"));
  EXPECT_EQ(heard.ends, std::vector{order_state::expired});
  EXPECT_EQ(engine.open_orders(), 1u) << "the exit alone";
}

TEST(cash_limit, frees_what_the_expired_rest_has_reserved) {
  listener heard;
  backtest_engine engine{all_in_plan(), heard};
  for (int64_t i = 0; i < 5; ++i)
    engine.step(timestamp::from_ms((i + 1) * 60'000),
                {flat_bar(i, dec(i % 2 == 0 ? "100" : "110"))});
  // In at 110, out at 100, and in again for all that is left then.
  ASSERT_EQ(heard.sizes.size(), 4u);
  EXPECT_EQ(heard.sizes[1], heard.sizes[0]);
  EXPECT_GT(heard.sizes[2], dec("8.2"));
}

/// Short at the first bar, flat at the second.
class bear final : public strategy {
public:
  void on_fill(const slot_holding&) override {}
  std::optional<decision> on_bar(const bar&) override {
    return decision{++bars_ == 1 ? desire::short_position : desire::flat, "bear", {}, {}, {}};
  }
  [[nodiscard]] uint32_t warmup_bars() const override { return 0; }

private:
  uint64_t bars_ = 0;
};

TEST(cash_limit, lets_a_short_be_bought_back_whatever_it_costs) {
  static const auto kind = tests::plain_kind<bear>("bear", "short and out");
  auto plan = all_in_plan();
  plan.limits.allow_short = true;
  plan.strategies.front().kind = &kind;
  plan.strategies.front().size = {sizing_mode::fixed_quantity, dec("9")};
  listener heard;
  backtest_engine engine{plan, heard};
  for (const auto& [i, at] : {std::pair{0, "100"}, {1, "100"}, {2, "300"}})
    engine.step(timestamp::from_ms((i + 1) * 60'000), {flat_bar(i, dec(at))});
  ASSERT_EQ(heard.sizes.size(), 2u);
  EXPECT_EQ(heard.sizes[1], dec("9"));
  EXPECT_TRUE(heard.ends.empty());
  EXPECT_LT(heard.cash.back(), money{});
}

TEST(cash_limit, is_off_where_the_venue_has_none) {
  auto plan = all_in_plan();
  plan.pays_from_cash = false;
  listener heard;
  backtest_engine engine{plan, heard};
  engine.step(timestamp::from_ms(60'000), {flat_bar(0, dec("100"))});
  engine.step(timestamp::from_ms(120'000), {flat_bar(1, dec("110"))});
  EXPECT_TRUE(heard.ends.empty());
  EXPECT_LT(heard.cash.back(), money{});
}

RC_GTEST_PROP(cash_limit, lets_no_account_go_into_debt_by_buying, ()) {
  auto plan = all_in_plan();
  plan.limits.collar_ppb = *rc::gen::element<int64_t>(0, 1'000'000, 10'000'000);
  plan.costs.slippage_ppb = *rc::gen::element<int64_t>(0, 2'000'000);
  plan.costs.max_volume_share_ppb = *rc::gen::element<int64_t>(0, 3'000'000);
  listener heard;
  backtest_engine engine{plan, heard};
  int64_t cents = 10'000;
  for (int64_t i = 0; i < 60; ++i) {
    cents = std::max<int64_t>(cents + *rc::gen::inRange<int64_t>(-900, 901), 500);
    engine.step(timestamp::from_ms((i + 1) * 60'000),
                {flat_bar(i, decimal::from_raw(cents * (decimal::scale / 100)))});
  }
  for (const auto& cash : heard.cash)
    RC_ASSERT(!cash.is_negative());
  RC_CLASSIFY(!heard.ends.empty(), "with unpaid entries");
}

} // namespace
} // namespace supreme::trading
