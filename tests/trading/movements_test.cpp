// Goal: every event moves what it should, and in each asset as much out as in.
// Method: single events worked out by hand, as lists of movements.

#include "trading/portfolio/movement_ledger.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <ostream>

namespace supreme::trading {

void PrintTo(const movement& m, std::ostream* out) {
  *out << to_string(m.entry.kind) << '/' << m.entry.instrument.str() << '/' << m.entry.asset.str()
       << ' ' << m.change.to_string();
}

namespace {

const account_id owner{"main"};
const asset_id btc{"BTC"};
const asset_id usdt{"USDT"};
const asset_id bnb{"BNB"};
const instrument traded{instrument_id{"BTCUSDT"}, btc, usdt, decimal::literal("0.01"),
                        decimal::literal("1"),    {}};

decimal dec(const char* text) { return decimal::literal(text); }

fill make_fill(side direction, const char* size, const char* at, const char* fee = "0",
               const asset_id& fee_asset = usdt) {
  fill f;
  f.account = owner;
  f.instrument = traded.id;
  f.direction = direction;
  f.size = dec(size);
  f.at = dec(at);
  f.fee = dec(fee);
  f.fee_asset = fee_asset;
  return f;
}

position holding(const char* size, const char* cost) {
  position p;
  p.size = dec(size);
  p.cost = dec(cost);
  return p;
}

/// A movement of the account or, where an entry belongs to one, of the instrument.
movement shared(entry_kind kind, const asset_id& asset, const char* change) {
  return {{owner, kind, {}, asset}, dec(change)};
}
movement own(entry_kind kind, const asset_id& asset, const char* change) {
  return {{owner, kind, traded.id, asset}, dec(change)};
}

void append(movements& event, const movements& more) {
  event.insert(event.end(), more.begin(), more.end());
}

using kind = entry_kind;

TEST(movements, a_deposit_comes_from_outside_and_a_withdrawal_goes_there) {
  EXPECT_EQ(book_transfer(owner, usdt, dec("100")).value(),
            (movements{shared(kind::balance, usdt, "100"), shared(kind::external, usdt, "-100")}));
  EXPECT_EQ(book_transfer(owner, usdt, dec("-30")).value(),
            (movements{shared(kind::balance, usdt, "-30"), shared(kind::external, usdt, "30")}));
}

TEST(movements, a_buy_turns_cash_into_cost_and_takes_units_from_the_market) {
  const auto b = book_fill({}, make_fill(side::buy, "2", "100", "0.2"), traded).value();
  EXPECT_EQ(b.moved,
            (movements{shared(kind::balance, btc, "2"), own(kind::market, btc, "-2"),
                       shared(kind::balance, usdt, "-200"), own(kind::position_cost, usdt, "200"),
                       shared(kind::balance, usdt, "-0.2"), own(kind::fees, usdt, "0.2")}));
  EXPECT_EQ(b.after.size, dec("2"));
}

TEST(movements, a_sell_releases_cost_and_realises_the_rest) {
  const auto b = book_fill(holding("2", "200"), make_fill(side::sell, "1", "120"), traded).value();
  EXPECT_EQ(b.moved,
            (movements{shared(kind::balance, btc, "-1"), own(kind::market, btc, "1"),
                       shared(kind::balance, usdt, "120"), own(kind::position_cost, usdt, "-100"),
                       own(kind::realised, usdt, "-20")}));
}

TEST(movements, a_fill_through_zero_closes_and_opens) {
  const auto b = book_fill(holding("1", "100"), make_fill(side::sell, "3", "110"), traded).value();
  EXPECT_EQ(b.moved,
            (movements{shared(kind::balance, btc, "-3"), own(kind::market, btc, "3"),
                       shared(kind::balance, usdt, "330"), own(kind::position_cost, usdt, "-320"),
                       own(kind::realised, usdt, "-10")}));
}

TEST(movements, a_fee_or_rebate_moves_in_the_asset_it_was_charged_in) {
  for (const auto& asset : {btc, usdt, bnb}) {
    const auto charged =
      book_fill({}, make_fill(side::buy, "1", "1", "0.01", asset), traded).value();
    EXPECT_EQ((movements{charged.moved.end() - 2, charged.moved.end()}),
              (movements{shared(kind::balance, asset, "-0.01"), own(kind::fees, asset, "0.01")}));
    const auto rebate =
      book_fill({}, make_fill(side::buy, "1", "1", "-0.01", asset), traded).value();
    EXPECT_EQ((movements{rebate.moved.end() - 2, rebate.moved.end()}),
              (movements{shared(kind::balance, asset, "0.01"), own(kind::fees, asset, "-0.01")}));
  }
}

TEST(movements, a_dividend_is_received_by_a_long_and_paid_by_a_short_position) {
  EXPECT_EQ(book_dividend(owner, traded.id, holding("10", "1"), usdt, dec("0.25")).value(),
            (movements{shared(kind::balance, usdt, "2.5"), own(kind::dividends, usdt, "-2.5")}));
  EXPECT_EQ(book_dividend(owner, traded.id, holding("-10", "-1"), usdt, dec("0.25")).value(),
            (movements{shared(kind::balance, usdt, "-2.5"), own(kind::dividends, usdt, "2.5")}));
  EXPECT_TRUE(book_dividend(owner, traded.id, {}, usdt, dec("1")).value().empty());
  EXPECT_EQ(book_dividend(owner, traded.id, {}, usdt, dec("-1")).error(), booking_refusal::invalid);
}

TEST(movements, a_split_makes_units_and_pays_the_rest_in_cash) {
  // Three for two of 5 shares is 7.5: 7 and half a share at 20; it takes 1/15 of the cost along.
  const auto b = book_split(owner, traded, holding("5", "75"), {3, 2}, dec("20")).value();
  EXPECT_EQ(b.moved,
            (movements{shared(kind::balance, btc, "2"), own(kind::corporate_actions, btc, "-2"),
                       shared(kind::balance, usdt, "10"), own(kind::position_cost, usdt, "-5"),
                       own(kind::realised, usdt, "-5")}));
  EXPECT_EQ(b.after.size, dec("7"));
  EXPECT_EQ(b.after.cost, dec("70"));
  EXPECT_EQ(b.after.realised_gross, dec("5"));
}

TEST(movements, refuse_what_is_no_fill_of_the_instrument_or_leaves_the_range) {
  auto other = make_fill(side::buy, "1", "1");
  other.instrument = instrument_id{"ETHUSDT"};
  EXPECT_EQ(book_fill({}, other, traded).error(), booking_refusal::invalid);
  EXPECT_EQ(book_fill({}, make_fill(side::buy, "0", "1"), traded).error(),
            booking_refusal::invalid);
  EXPECT_EQ(book_fill({}, make_fill(side::buy, "1", "-1"), traded).error(),
            booking_refusal::invalid);
  EXPECT_EQ(book_fill({}, make_fill(side::buy, "90000000000", "2"), traded).error(),
            booking_refusal::overflow);
  const auto lowest = decimal::from_raw(std::numeric_limits<int64_t>::min());
  EXPECT_EQ(book_transfer(owner, usdt, lowest).error(), booking_refusal::overflow);
  position p = holding("1", "1");
  p.size = decimal::from_raw(std::numeric_limits<int64_t>::max());
  EXPECT_EQ(book_dividend(owner, traded.id, p, usdt, dec("2")).error(), booking_refusal::overflow);
}

TEST(movement_ledger, refuses_an_event_that_does_not_balance_in_every_asset) {
  movement_ledger ledger;
  EXPECT_EQ(ledger.apply(movements{shared(kind::balance, usdt, "1")}), booking_refusal::unbalanced);
  // Balanced over all assets, but in none.
  EXPECT_EQ(
    ledger.apply(movements{shared(kind::balance, usdt, "1"), shared(kind::external, btc, "-1")}),
    booking_refusal::unbalanced);
  EXPECT_TRUE(ledger.entries().empty());
  EXPECT_EQ(ledger.apply({}), booking_refusal::none);
}

TEST(movement_ledger, applies_an_event_whole_or_not_at_all) {
  movement_ledger ledger;
  const auto most = decimal::from_raw(std::numeric_limits<int64_t>::max());
  ASSERT_EQ(ledger.apply(book_transfer(owner, usdt, most).value()), booking_refusal::none);
  const auto before = ledger.entries();
  auto event = book_transfer(owner, bnb, dec("1")).value();
  append(event, book_transfer(owner, usdt, decimal::from_raw(1)).value());
  EXPECT_EQ(ledger.apply(event), booking_refusal::overflow);
  EXPECT_EQ(ledger.entries(), before);
  EXPECT_EQ(ledger.balance(owner, usdt), most);
}

TEST(movement_ledger, looks_at_the_sum_of_an_event_and_not_at_its_steps) {
  movement_ledger ledger;
  const auto most = decimal::from_raw(std::numeric_limits<int64_t>::max());
  auto event = book_transfer(owner, usdt, most).value();
  append(event, book_transfer(owner, usdt, most).value());
  append(event, book_transfer(owner, usdt, -most).value());
  EXPECT_EQ(ledger.apply(event), booking_refusal::none);
  EXPECT_EQ(ledger.balance(owner, usdt), most);
}

TEST(movement_ledger, keeps_no_entry_that_is_zero) {
  movement_ledger ledger;
  ASSERT_EQ(ledger.apply(book_transfer(owner, usdt, dec("5")).value()), booking_refusal::none);
  ASSERT_EQ(ledger.apply(book_transfer(owner, usdt, dec("-5")).value()), booking_refusal::none);
  EXPECT_TRUE(ledger.entries().empty());
  EXPECT_TRUE(ledger.balance(owner, usdt).is_zero());
}

TEST(entry_kind, has_a_name_that_reads_back) {
  for (int value = 1; value <= 8; ++value) {
    const auto k = static_cast<entry_kind>(value);
    EXPECT_EQ(parse_entry_kind(to_string(k)), k);
  }
  EXPECT_STREQ(to_string(static_cast<entry_kind>(9)), "invalid");
  EXPECT_FALSE(parse_entry_kind("cash"));
}

TEST(booking_refusal, has_a_name_that_reads_back) {
  for (int value = 0; value <= 4; ++value) {
    const auto r = static_cast<booking_refusal>(value);
    EXPECT_EQ(parse_booking_refusal(to_string(r)), r);
  }
  EXPECT_STREQ(to_string(static_cast<booking_refusal>(5)), "invalid");
  EXPECT_FALSE(parse_booking_refusal(""));
}

} // namespace
} // namespace supreme::trading
