#pragma once

#include "trading/orders/signal.hpp"
#include "trading/risk/pre_trade.hpp"
#include "trading/risk/protection.hpp"

namespace supreme::trading {

/// Leg of the decision that closes what an entry turns around, where its strategy has not wished
/// for that by itself (leg 0), because it has not heard of what is held yet.
inline constexpr uint32_t closing_leg = 4;
inline constexpr const char* closing_reason = "Closes what the entry turns around";

/// Whether an entry closes the other side by an order of its own, which is decided before it. So it
/// does where a stop or a target goes with entries: one that fills while these orders are under way
/// leaves a reduce-only order nothing to close, and the entry opens what it was sized for, where
/// one order for both would open twice as much. Otherwise one order does both.
[[nodiscard]] bool closes_first(target wanted, const size_hints& hints,
                                const slot_exposure& held) noexcept;

/// The signal that such a closing order is decided by and stored with: a wish for flat.
[[nodiscard]] signal closing_signal(const signal& entry, const slot_exposure& held);

[[nodiscard]] inline bool is_closing(const decision_key& key) noexcept {
  return key.leg == closing_leg;
}
/// Whether the risk engine made this decision itself, with that of an entry: to close what it turns
/// around, or to protect it.
[[nodiscard]] inline bool goes_with_entry(const decision_key& key) noexcept {
  return is_closing(key) || is_protective(key);
}

} // namespace supreme::trading
