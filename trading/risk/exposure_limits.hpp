#pragma once

#include "trading/market/ids.hpp"
#include "trading/market/trade.hpp"
#include "trading/risk/check_result.hpp"
#include "trading/risk/trading_session.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace supreme::trading {

enum class restriction : uint8_t { reduce_only = 1, no_trading = 2 };

/// Limits of an account over all its instruments. A limit that is absent is not checked.
struct exposure_limits {
  std::optional<money> max_gross; ///< quote units, Σ of the absolute worth of every position
  std::optional<money> max_net;   ///< quote units, on either side
  /// Worth of one position as a share of equity, > 0.
  std::optional<int64_t> max_concentration_ppb;
  /// Share of the worth of all positions that equity must cover, 0…1e9: when an order is to pass,
  /// and for as long as they are held. 5e8 is a leverage of two.
  std::optional<int64_t> initial_margin_ppb;
  std::optional<int64_t> maintenance_margin_ppb; ///< at most the initial one, where there is one
  std::optional<uint32_t> max_open_orders;
  std::optional<money> max_daily_loss;     ///< quote units
  std::optional<int64_t> price_collar_ppb; ///< 0…1e9: how far beyond the mark a price may pay
  std::map<instrument_id, restriction> restricted;
  std::set<instrument_id> may_short; ///< instruments whose net position may be below zero
};

/// One instrument of the account. Worth is looked at in the worst case: everything promised on one
/// side fills, and nothing on the other.
struct instrument_exposure {
  instrument_id instrument;
  quantity position;      ///< signed
  quantity reserved_buy;  ///< ≥ 0
  quantity reserved_sell; ///< ≥ 0
  price mark;             ///< > 0
};

/// All in one quote asset.
struct account_exposure {
  std::vector<instrument_exposure> instruments; ///< each once
  money equity;
  money day_loss; ///< since the UTC day began; see daily_loss_measure
  uint32_t open_orders = 0;
};

/// The order that is asked about.
struct proposed_order {
  instrument_id instrument;
  side direction = side::buy;
  quantity size;                            ///< > 0
  std::optional<price> own_price;           ///< of limit kinds
  const trading_session* session = nullptr; ///< nullptr: always open
  timestamp now;                            ///< event time
};

struct exposure_verdict {
  refusal outcome = refusal::none;
  std::vector<check_result> checks; ///< those that were made, in order
};

/// Every check that has a limit, in this order, stopping at the first refusal: unknown_instrument,
/// session_closed, restricted, short_not_allowed, price_collar, open_orders, daily_loss,
/// gross_exposure, net_exposure, concentration, margin. An order that, after everything promised on
/// its side, only brings a position nearer to zero passes restricted (reduce_only), daily_loss,
/// gross_exposure, concentration and margin, also above a limit that was lowered. Money is rounded
/// against the order. Numbers outside their ranges are the refusal `overflow`.
[[nodiscard]] exposure_verdict check_exposure(const exposure_limits& limits,
                                              const account_exposure& account,
                                              const proposed_order& order);

/// The same limits when the marks move and nobody orders: daily_loss, gross_exposure, net_exposure
/// (the worse side), margin (the maintenance one), and concentration once for each instrument. All
/// are listed, also after one
/// that failed. Numbers outside their ranges end the list with `overflow`.
[[nodiscard]] std::vector<check_result> recheck_exposure(const exposure_limits& limits,
                                                         const account_exposure& account);

} // namespace supreme::trading
