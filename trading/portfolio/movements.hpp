#pragma once

#include "trading/market/instrument.hpp"
#include "trading/portfolio/booking_refusal.hpp"
#include "trading/portfolio/corporate_action.hpp"
#include "trading/portfolio/position.hpp"
#include "trading/result.hpp"

#include <compare>
#include <optional>
#include <vector>

namespace supreme::trading {

/// What an entry of the ledger stands for. Debits are positive: assets and expenses grow upwards,
/// income and the counterparties downwards. Stored by name; values are never reused.
enum class entry_kind : uint8_t {
  balance = 1,           ///< what the account holds of an asset, cash or units
  external = 2,          ///< −(deposits − withdrawals)
  market = 3,            ///< −(units bought − units sold): the other side of fills
  position_cost = 4,     ///< quote paid for what is still open: position::cost
  realised = 5,          ///< −profit of what was closed: −position::realised_gross
  fees = 6,              ///< charged − rebates, in the asset they were charged in
  dividends = 7,         ///< −dividends received
  corporate_actions = 8, ///< −units that splits have added
};

[[nodiscard]] const char* to_string(entry_kind k) noexcept;
[[nodiscard]] std::optional<entry_kind> parse_entry_kind(std::string_view name) noexcept;

/// One entry of the ledger in one asset.
struct ledger_entry {
  account_id account;
  entry_kind kind = entry_kind::balance;
  instrument_id instrument; ///< empty for balance and external, which all instruments share
  asset_id asset;

  friend auto operator<=>(const ledger_entry&, const ledger_entry&) = default;
  friend bool operator==(const ledger_entry&, const ledger_entry&) = default;
};

struct movement {
  ledger_entry entry;
  decimal change; ///< not 0

  friend bool operator==(const movement&, const movement&) = default;
};

/// An event in double entry: the changes of each asset sum to zero.
using movements = std::vector<movement>;

/// Movements of an event that changes a position, too.
struct booking {
  position after;
  movements moved;
};

/// A deposit (amount > 0) or a withdrawal (< 0). Refuses: overflow.
[[nodiscard]] result<movements, booking_refusal>
book_transfer(const account_id& account, const asset_id& asset, decimal amount);

/// A fill of `traded`, whose position was `before`. The position is apply_fill's; its cost and
/// profit are the other side of what the fill pays in the quote asset. The fee, in whatever asset,
/// or the rebate moves between the balance and the fees. Refuses: invalid (another instrument's
/// fill, a size or price that is not positive), overflow.
[[nodiscard]] result<booking, booking_refusal> book_fill(const position& before, const fill& f,
                                                         const instrument& traded);

/// A cash dividend in `asset` on what is held. Refuses as cash_dividend does.
[[nodiscard]] result<movements, booking_refusal>
book_dividend(const account_id& account, const instrument_id& traded, const position& held,
              const asset_id& asset, money per_unit);

/// A split of what is held, its rest paid in the quote asset. Refuses as apply_split does.
[[nodiscard]] result<booking, booking_refusal>
book_split(const account_id& account, const instrument& traded, const position& before,
           const split_ratio& ratio, std::optional<price> cash_in_lieu);

} // namespace supreme::trading
