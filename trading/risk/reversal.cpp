#include "trading/risk/reversal.hpp"

namespace supreme::trading {

bool closes_first(target wanted, const slot_exposure& held) noexcept {
  const auto after = checked_add(held.position, held.pending);
  if (!after)
    return false;
  return (wanted == target::long_position && after->is_negative())
         || (wanted == target::short_position && after->is_positive());
}

signal closing_signal(const signal& entry, const slot_exposure& held) {
  return signal_with_entry(entry, closing_leg, closing_reason, {{"held", held.position}});
}

} // namespace supreme::trading
