#pragma once

#include "trading/market/decimal.hpp"
#include "trading/market/ids.hpp"
#include "trading/portfolio/booking_refusal.hpp"
#include "trading/result.hpp"

#include <map>
#include <optional>
#include <utility>

namespace supreme::trading {

/// Prices at which amounts of one asset are valued in another. Memory: one price for each pair. A
/// plain value: any thread, one at a time.
class conversion_prices {
public:
  /// Two assets that have no common price are converted through `pivot`, for example USDT.
  explicit conversion_prices(asset_id pivot) : pivot_(std::move(pivot)) {}

  /// One unit of `base` costs `at` units of `quote`. Replaces the pair's price, also one that was
  /// given the other way round. Refuses: invalid (a price that is not positive, a single asset).
  [[nodiscard]] booking_refusal set(const asset_id& base, const asset_id& quote, price at);

  /// The amount in units of `to`, rounded half-even once, at the end: by the price of the pair, of
  /// the inverse pair, or by two prices through the pivot. An asset in itself is exact and needs no
  /// price. Refuses: no_price, overflow.
  [[nodiscard]] result<decimal, booking_refusal> convert(decimal amount, const asset_id& from,
                                                         const asset_id& to) const;

  /// Σ of all holdings in units of `to`, each rounded on its own. Refuses: no_price, overflow.
  [[nodiscard]] result<decimal, booking_refusal> value(const std::map<asset_id, decimal>& holdings,
                                                       const asset_id& to) const;

private:
  /// Units of the one for units of the other.
  struct rate {
    int64_t numerator = 1;
    int64_t denominator = 1;
  };
  [[nodiscard]] std::optional<rate> find(const asset_id& from, const asset_id& to) const;

  asset_id pivot_;
  std::map<std::pair<asset_id, asset_id>, price> prices_; ///< of the first, in units of the second
};

} // namespace supreme::trading
