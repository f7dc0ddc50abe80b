#pragma once

#include "trading/portfolio/movements.hpp"

#include <map>
#include <optional>
#include <span>

namespace supreme::trading {

/// The sums of all movements, by entry. Each event is applied whole or not at all, and only when it
/// balances, so the entries of every asset always sum to zero. Memory: one sum for each entry that
/// is not zero. A plain value: any thread, one at a time.
class movement_ledger {
public:
  /// Refuses: unbalanced, overflow.
  [[nodiscard]] booking_refusal apply(std::span<const movement> event);

  /// 0 for an entry that nothing has moved.
  [[nodiscard]] decimal sum(const ledger_entry& entry) const;
  [[nodiscard]] decimal balance(const account_id& account, const asset_id& asset) const;
  /// The entries that are not zero.
  [[nodiscard]] const std::map<ledger_entry, decimal>& entries() const noexcept { return entries_; }

private:
  std::map<ledger_entry, decimal> entries_;
};

/// The position that the ledger's entries make up. Its fill_count is 0: movements do not tell how
/// many fills they came from. Nothing where a sum of entries leaves the decimal range.
[[nodiscard]] std::optional<position>
position_in(const movement_ledger& ledger, const account_id& account, const instrument& traded);

} // namespace supreme::trading
