#pragma once

#include "trading/market/instrument.hpp"
#include "trading/portfolio/position.hpp"

#include <vector>

namespace supreme::trading {

/// A change of one asset's balance.
struct asset_change {
  asset_id asset;
  decimal delta;

  friend bool operator==(const asset_change&, const asset_change&) = default;
};

/// What a fill makes of the account's position, of the slot's, and of the account's balances: one
/// change per asset, in the order quote, base, fee asset.
struct booked_fill {
  position account_after;
  position slot_after;
  std::vector<asset_change> balances;
};

/// Books a fill on the two positions it belongs to. Throws std::overflow_error outside the decimal
/// range and contract_violation when size or price is not positive.
[[nodiscard]] booked_fill book_on_positions(const position& account_before,
                                            const position& slot_before, const fill& f,
                                            const instrument& traded);

/// What a position is worth at a mark, rounded half-even; at its cost where there is no mark.
[[nodiscard]] money value_of(const position& held, const std::optional<price>& mark);

} // namespace supreme::trading
