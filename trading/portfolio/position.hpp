#pragma once

#include "trading/orders/order.hpp"

namespace supreme::trading {

/// A holding in one instrument at average cost. Quantity is signed (short < 0). Plain value, any
/// thread. A fill through zero closes first, then opens.
struct position {
  quantity size; ///< signed base units
  /// Signed cost of the open quantity in quote units, without fees: Σ price·quantity of what is
  /// still open. Kept instead of an average price, so that closing in parts never drifts: closing
  /// the last unit releases exactly what is left.
  money cost;
  money realised_gross; ///< quote units, before fees
  money fees_quote;     ///< fees charged in the quote asset, ≥ 0 unless rebates prevail
  uint64_t fill_count = 0;

  /// cost / size rounded half-even; 0 when flat.
  [[nodiscard]] price average_price() const;
  [[nodiscard]] money realised_net() const { return realised_gross - fees_quote; }
  /// size·mark − cost, rounded half-even.
  [[nodiscard]] money unrealised(price mark) const;

  friend bool operator==(const position&, const position&) = default;
};

/// What a fill does to a position and to the account's balances.
struct fill_effect {
  position after;
  money quote_change; ///< −price·size for a buy, + for a sell (notional rounded half-even), without
                      ///< the fee
  quantity base_change; ///< +size or −size
};

/// What of a fill moves a position.
struct execution {
  side direction = side::buy;
  price at;
  quantity size;
  money fee_quote; ///< 0 where the fee is charged in another asset
};

/// Applies an execution. Throws std::overflow_error outside the decimal range and
/// contract_violation when size or price is not positive.
[[nodiscard]] fill_effect apply_fill(const position& before, const execution& e);

/// Applies a fill. The fee is charged in f.fee_asset: the caller moves that balance; fees_quote
/// grows only when the fee asset is `quote`. Throws std::overflow_error outside the decimal range
/// and contract_violation when size or price is not positive.
[[nodiscard]] fill_effect apply_fill(const position& before, const fill& f, const asset_id& quote);

} // namespace supreme::trading
