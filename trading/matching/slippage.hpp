#pragma once

#include "trading/market/instrument.hpp"
#include "trading/market/trade.hpp"

#include <cstdint>
#include <variant>

namespace supreme::trading {

/// Every fill is worse by the same share of its price.
struct fixed_slippage {
  int64_t ppb = 0; ///< in [0, 1e9)
};

/// Worse the larger the order's share of the traded volume: impact·share or impact·share², as
/// Zipline's VolumeShareSlippage has it (there share² with an impact of 0.1 and shares up to 2.5
/// %).
struct volume_share_slippage {
  int64_t impact_ppb = 0;                ///< what the whole volume would cost; in [0, 1e9)
  int64_t share_max_ppb = 1'000'000'000; ///< no share counts more; in [0, 1e9]
  bool squared = true;
};

using slippage_model = std::variant<fixed_slippage, volume_share_slippage>;

/// The share of the price, in parts per billion in [0, 1e9), by which an order of this size fills
/// worse where this volume was traded; rounded up. Without volume its share is the largest. Throws
/// contract_violation when the model is outside its ranges, the size is not positive or the volume
/// negative.
[[nodiscard]] int64_t slippage_ppb(const slippage_model& model, quantity size, quantity volume);

/// The price worse by that share, rounded to the tick against the order: a buy pays more, a sale
/// receives less, but at least one tick. Throws contract_violation when the share is not in
/// [0, 1e9), std::overflow_error outside the decimal range. A share of 0 leaves the price as it is.
[[nodiscard]] price slipped_price(side s, price at, const instrument& i, int64_t slippage_ppb);

} // namespace supreme::trading
