// Goal: the money invariants hold for any run of events.
// Method: random runs of transfers, fills with fees in any asset, dividends and splits of two
// instruments in two accounts, applied to a ledger and, apart from it, to positions and to balances
// kept in 128 bits.
// Properties: the entries of every asset sum to zero · balances are the sums of what each event
// pays · positions made up from entries are trading::position's · cash + Σ position·mark = deposits
// + what was earned · hostile numbers are refused whole.

#include "tests/trading/generators.hpp"

#include "trading/portfolio/movement_ledger.hpp"

#include <map>
#include <string>

namespace supreme::trading {
namespace {

__extension__ using wide = __int128;

const asset_id usdt{"USDT"};

instrument make_instrument(const char* base) {
  return {instrument_id{std::string{base} + "USDT"},
          asset_id{base},
          usdt,
          decimal::literal("0.01"),
          decimal::literal("0.5"),
          {}};
}

const std::vector<instrument> instruments{make_instrument("BTC"), make_instrument("ETH")};
const std::vector<account_id> accounts{account_id{"main"}, account_id{"second"}};

fill any_fill(const account_id& account, const instrument& traded) {
  fill f;
  f.account = account;
  f.instrument = traded.id;
  f.direction = *rc::gen::element(side::buy, side::sell);
  f.at = *tests::decimal_between(1, 10'000 * decimal::scale);
  f.size =
    *rc::gen::oneOf(tests::decimal_between(1, 20), tests::decimal_between(1, 10 * decimal::scale));
  f.fee = *tests::decimal_between(-1'000, 1'000'000);
  f.fee_asset = *rc::gen::element(usdt, traded.base, asset_id{"BNB"});
  return f;
}

/// What the ledger should say, kept without it.
struct shadow {
  std::map<std::pair<account_id, instrument_id>, position> positions;
  std::map<std::pair<account_id, asset_id>, wide> balances;
  std::map<account_id, wide> deposits;  ///< USDT
  std::map<account_id, wide> dividends; ///< USDT
};

wide sum_of(const movement_ledger& ledger, const asset_id& asset) {
  wide sum = 0;
  for (const auto& [entry, amount] : ledger.entries())
    if (entry.asset == asset)
      sum += amount.raw();
  return sum;
}

/// One event, booked in the ledger and in its shadow.
void any_event(movement_ledger& ledger, shadow& s) {
  const auto account = *rc::gen::elementOf(accounts);
  const auto traded = *rc::gen::elementOf(instruments);
  auto& held = s.positions[{account, traded.id}];
  const auto pay = [&](const asset_id& asset, wide amount) {
    s.balances[{account, asset}] += amount;
  };
  switch (*rc::gen::inRange(0, 8)) {
    case 0: {
      const auto amount = *tests::decimal_between(-1'000 * decimal::scale, 1'000 * decimal::scale);
      RC_ASSERT(ledger.apply(book_transfer(account, usdt, amount).value())
                == booking_refusal::none);
      pay(usdt, amount.raw());
      s.deposits[account] += amount.raw();
      break;
    }
    case 1: {
      const auto per_unit = *tests::decimal_between(0, decimal::scale);
      const auto event = book_dividend(account, traded.id, held, usdt, per_unit).value();
      RC_ASSERT(ledger.apply(event) == booking_refusal::none);
      const auto paid = multiply(held.size, per_unit, rounding::half_even);
      pay(usdt, paid.raw());
      s.dividends[account] += paid.raw();
      break;
    }
    case 2: {
      const split_ratio ratio{*rc::gen::inRange<int64_t>(1, 5), *rc::gen::inRange<int64_t>(1, 5)};
      const auto at = *tests::decimal_between(1, 10'000 * decimal::scale);
      const auto b = book_split(account, traded, held, ratio, at).value();
      RC_ASSERT(ledger.apply(b.moved) == booking_refusal::none);
      const auto effect = apply_split(held, ratio, traded.lot_size, at).value();
      pay(traded.base, effect.after.size.raw() - held.size.raw());
      pay(usdt, effect.quote_change.raw());
      held = effect.after;
      break;
    }
    default: {
      const auto f = any_fill(account, traded);
      const auto b = book_fill(held, f, traded).value();
      RC_ASSERT(ledger.apply(b.moved) == booking_refusal::none);
      const auto effect = apply_fill(held, f, usdt);
      RC_ASSERT(b.after == effect.after);
      pay(traded.base, effect.base_change.raw());
      pay(usdt, effect.quote_change.raw());
      pay(f.fee_asset, -f.fee.raw());
      held = effect.after;
    }
  }
}

RC_GTEST_PROP(movement_ledger_property, any_run_of_events_sums_to_zero_in_every_asset, ()) {
  movement_ledger ledger;
  shadow s;
  for (auto i = *rc::gen::inRange(0, 50); i > 0; --i) {
    any_event(ledger, s);
    for (const char* asset : {"USDT", "BTC", "ETH", "BNB"})
      RC_ASSERT((sum_of(ledger, asset_id{asset}) == 0));
  }
}

RC_GTEST_PROP(movement_ledger_property, balances_are_what_the_events_paid, ()) {
  movement_ledger ledger;
  shadow s;
  for (auto i = *rc::gen::inRange(0, 50); i > 0; --i)
    any_event(ledger, s);
  for (const auto& [key, amount] : s.balances)
    RC_ASSERT((wide{ledger.balance(key.first, key.second).raw()} == amount));
}

RC_GTEST_PROP(movement_ledger_property, positions_made_up_from_entries_are_those_of_the_fills, ()) {
  movement_ledger ledger;
  shadow s;
  for (auto i = *rc::gen::inRange(0, 50); i > 0; --i)
    any_event(ledger, s);
  for (const auto& account : accounts)
    for (const auto& traded : instruments) {
      auto expected = s.positions[{account, traded.id}];
      expected.fill_count = 0;
      RC_ASSERT(position_in(ledger, account, traded) == expected);
    }
}

RC_GTEST_PROP(movement_ledger_property, cash_and_cost_are_deposits_and_what_was_earned, ()) {
  movement_ledger ledger;
  shadow s;
  for (auto i = *rc::gen::inRange(0, 50); i > 0; --i)
    any_event(ledger, s);
  for (const auto& account : accounts) {
    wide earned = s.deposits[account] + s.dividends[account];
    wide cost = 0;
    for (const auto& traded : instruments) {
      const auto& p = s.positions[{account, traded.id}];
      earned += p.realised_gross.raw() - p.fees_quote.raw();
      cost += p.cost.raw();
    }
    RC_ASSERT((wide{ledger.balance(account, usdt).raw()} + cost == earned));
  }
}

RC_GTEST_PROP(movement_ledger_property, hostile_numbers_are_refused_whole_or_booked_in_balance,
              ()) {
  movement_ledger ledger;
  const auto& traded = instruments.front();
  position held;
  for (auto i = *rc::gen::inRange(0, 10); i > 0; --i) {
    const auto before = ledger.entries();
    auto f = any_fill(accounts.front(), traded);
    f.at = *tests::any_decimal();
    f.size = *tests::any_decimal();
    f.fee = *tests::any_decimal();
    auto booked = *rc::gen::arbitrary<bool>()
                    ? book_fill(held, f, traded)
                    : book_split(accounts.front(), traded, held,
                                 {*tests::any_int64(), *tests::any_int64()}, *tests::any_decimal());
    if (booked && ledger.apply(booked->moved) == booking_refusal::none)
      held = booked->after;
    else
      RC_ASSERT(ledger.entries() == before);
    const auto paid = book_dividend(accounts.front(), traded.id, held, usdt, *tests::any_decimal());
    if (paid)
      (void)ledger.apply(*paid);
    for (const char* asset : {"USDT", "BTC", "BNB"})
      RC_ASSERT((sum_of(ledger, asset_id{asset}) == 0));
  }
}

} // namespace
} // namespace supreme::trading
