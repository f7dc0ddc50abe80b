#pragma once

#include "trading/orders/signal.hpp"
#include "trading/risk/pre_trade.hpp"
#include "trading/risk/protection.hpp"

namespace supreme::trading {

/// Leg of the decision that closes what an entry turns around, where its strategy has not wished
/// for that by itself (leg 0), because it has not heard of what is held yet.
inline constexpr uint32_t closing_leg = 4;
inline constexpr const char* closing_reason = "Closes what the entry turns around";

/// Whether an entry closes the other side by an order of its own, which is decided before it. One
/// order for both would open more than it was sized for where what it counts on does not come: a
/// stop fills first, or an exit takes back what still enters. A reduce-only order that finds
/// nothing to close does nothing.
[[nodiscard]] bool closes_first(target wanted, const slot_exposure& held) noexcept;

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
