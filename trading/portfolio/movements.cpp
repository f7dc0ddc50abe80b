#include "trading/portfolio/movements.hpp"

#include "trading/names.hpp"

#include <stdexcept>
#include <utility>

namespace supreme::trading {

namespace {

constexpr std::array<named<entry_kind>, 8> entry_kind_names{{
  {entry_kind::balance, "balance"},
  {entry_kind::external, "external"},
  {entry_kind::market, "market"},
  {entry_kind::position_cost, "position_cost"},
  {entry_kind::realised, "realised"},
  {entry_kind::fees, "fees"},
  {entry_kind::dividends, "dividends"},
  {entry_kind::corporate_actions, "corporate_actions"},
}};

/// Collects an event's movements of one account and instrument.
class event {
public:
  event(const account_id& account, const instrument_id& instrument)
    : account_(account), instrument_(instrument) {}

  void move(entry_kind kind, const asset_id& asset, decimal change) {
    if (change.is_zero())
      return;
    const bool shared = kind == entry_kind::balance || kind == entry_kind::external;
    moved_.push_back({{account_, kind, shared ? instrument_id{} : instrument_, asset}, change});
  }
  /// The balance grows by what the other entry loses. Throws std::overflow_error.
  void receive(entry_kind from, const asset_id& asset, decimal amount) {
    move(entry_kind::balance, asset, amount);
    move(from, asset, -amount);
  }
  /// The other side of a quote balance that has changed: cost, and profit with the opposite sign.
  /// Throws std::overflow_error.
  void revalue(const position& before, const position& after, const asset_id& quote) {
    move(entry_kind::position_cost, quote, after.cost - before.cost);
    move(entry_kind::realised, quote, before.realised_gross - after.realised_gross);
  }

  movements take() && { return std::move(moved_); }

private:
  const account_id& account_;
  const instrument_id& instrument_;
  movements moved_;
};

} // namespace

const char* to_string(entry_kind k) noexcept { return name_of(entry_kind_names, k); }

std::optional<entry_kind> parse_entry_kind(std::string_view name) noexcept {
  return value_of(entry_kind_names, name);
}

result<movements, booking_refusal> book_transfer(const account_id& account, const asset_id& asset,
                                                 decimal amount) try {
  event e{account, {}};
  e.receive(entry_kind::external, asset, amount);
  return std::move(e).take();
} catch (const std::overflow_error&) {
  return booking_refusal::overflow;
}

result<booking, booking_refusal> book_fill(const position& before, const fill& f,
                                           const instrument& traded) try {
  if (f.instrument != traded.id || !f.size.is_positive() || !f.at.is_positive())
    return booking_refusal::invalid;
  const auto effect = apply_fill(before, f, traded.quote);
  event e{f.account, f.instrument};
  e.receive(entry_kind::market, traded.base, effect.base_change);
  e.move(entry_kind::balance, traded.quote, effect.quote_change);
  e.revalue(before, effect.after, traded.quote);
  e.receive(entry_kind::fees, f.fee_asset, -f.fee);
  return booking{effect.after, std::move(e).take()};
} catch (const std::overflow_error&) {
  return booking_refusal::overflow;
}

result<movements, booking_refusal> book_dividend(const account_id& account,
                                                 const instrument_id& traded, const position& held,
                                                 const asset_id& asset, money per_unit) try {
  const auto amount = cash_dividend(held, per_unit);
  if (!amount)
    return amount.error();
  event e{account, traded};
  e.receive(entry_kind::dividends, asset, *amount);
  return std::move(e).take();
} catch (const std::overflow_error&) {
  return booking_refusal::overflow;
}

result<booking, booking_refusal> book_split(const account_id& account, const instrument& traded,
                                            const position& before, const split_ratio& ratio,
                                            std::optional<price> cash_in_lieu) try {
  const auto effect = apply_split(before, ratio, traded.lot_size, cash_in_lieu);
  if (!effect)
    return effect.error();
  event e{account, traded.id};
  e.receive(entry_kind::corporate_actions, traded.base, effect->base_change);
  e.move(entry_kind::balance, traded.quote, effect->quote_change);
  e.revalue(before, effect->after, traded.quote);
  return booking{effect->after, std::move(e).take()};
} catch (const std::overflow_error&) {
  return booking_refusal::overflow;
}

} // namespace supreme::trading
