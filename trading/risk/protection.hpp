#pragma once

#include "trading/risk/exposure_book.hpp"

#include <vector>

namespace supreme::trading {

/// Legs of an entry's decision key.
inline constexpr uint32_t protective_stop_leg = 2;
inline constexpr uint32_t take_profit_leg = 3;

/// One order that closes what an entry opens, at a price that it waits for.
struct protective_order {
  uint32_t key_leg = 0;
  const char* reason = nullptr; ///< stands for ever
  price distance;               ///< > 0, from the reference price
  price at;                     ///< the stop or limit price, of the tick
  trading::verdict verdict;     ///< an order, or why there is none
};

/// The protective orders of an entry that has been approved: a stop at the reference price minus
/// the wish's stop_distance and a limit at the reference price plus its take_profit_distance, a
/// short's mirrored, both reduce-only and of the entry's size. Prices are rounded to the tick
/// toward zero exposure: a sell's up, a buy's down.
///
/// They are decided with their entry and reach the venue with it, so that they act from its fill on
/// (docs/risk.md). They reserve nothing and are asked for nothing but the venue's minimum notional,
/// at their own price; below it the verdict is `min_notional`, and the strategy's close is all that
/// protects. A price that is not positive is never met: no order. Nothing for what is no approved
/// entry. Pure.
[[nodiscard]] std::vector<protective_order> protect(const size_hints& hints, price reference,
                                                    const verdict& entry, const instrument& traded,
                                                    const risk_limits& limits, bool lists_passed);

/// The signal of a decision that the risk engine makes with an entry: a wish for flat under the
/// entry's cause, without hints.
[[nodiscard]] signal signal_with_entry(const signal& entry, uint32_t key_leg, const char* reason,
                                       std::vector<std::pair<std::string, decimal>> inputs);

/// The signal that a protective order is stored with.
[[nodiscard]] signal protective_signal(const signal& entry, const protective_order& o);

/// Whether the risk engine made this signal itself to protect an entry.
[[nodiscard]] inline bool is_protective(const decision_key& key) noexcept {
  return key.leg == protective_stop_leg || key.leg == take_profit_leg;
}

} // namespace supreme::trading
