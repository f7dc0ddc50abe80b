#pragma once

#include "trading/market/decimal.hpp"
#include "trading/market/ids.hpp"
#include "trading/market/timestamp.hpp"

namespace supreme::trading {

enum class side : uint8_t { buy = 1, sell = 2 };

[[nodiscard]] constexpr const char* to_string(side s) noexcept {
  return s == side::buy ? "buy" : "sell";
}
[[nodiscard]] constexpr side opposite(side s) noexcept {
  return s == side::buy ? side::sell : side::buy;
}
/// +q for a buy, −q for a sell.
[[nodiscard]] inline quantity signed_quantity(side s, quantity q) {
  return s == side::buy ? q : -q;
}

/// A trade printed by a venue.
struct trade {
  instrument_id instrument;
  trade_id id;
  timestamp time;
  price at;
  quantity size; ///< > 0
  side aggressor = side::buy;

  friend bool operator==(const trade&, const trade&) = default;
};

} // namespace supreme::trading
