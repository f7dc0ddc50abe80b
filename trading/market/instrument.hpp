#pragma once

#include "trading/market/decimal.hpp"
#include "trading/market/ids.hpp"

namespace supreme::trading {

/// What may be traded and in which steps. All steps are > 0; min_notional ≥ 0 in quote units.
struct instrument {
  instrument_id id;
  asset_id base;
  asset_id quote;
  price tick_size;    ///< prices are multiples of this
  quantity lot_size;  ///< quantities are multiples of this
  money min_notional; ///< smallest price·quantity of an order

  friend bool operator==(const instrument&, const instrument&) = default;
};

} // namespace supreme::trading
