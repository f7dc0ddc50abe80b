#pragma once

#include "trading/portfolio/booking_refusal.hpp"
#include "trading/portfolio/position.hpp"
#include "trading/result.hpp"

#include <optional>

namespace supreme::trading {

/// So many new units for so many old ones: 4 and 1 is a four-for-one split, 1 and 10 a reverse
/// split.
struct split_ratio {
  int64_t new_units = 1; ///< 1 … 10,000
  int64_t old_units = 1; ///< 1 … 10,000
};

/// What a split does to a position and to the account's balances.
struct split_effect {
  position after;
  quantity base_change; ///< after.size − size before
  money quote_change;   ///< cash in lieu: > 0 for a long position, < 0 for a short one
};

/// Splits a position. Its new size is size·new/old in whole lots, rounded toward zero; what is left
/// over counts as closed at `cash_in_lieu`, a price of a new unit, and is paid in cash, rounded
/// half-even to 1e-8. Its share of the cost is released, rounded half-even, as for a fill; without
/// a rest the cost stays as it is.
///
/// Refuses: invalid (a ratio outside its range, a lot or price that is not positive), no_price (a
/// rest and no price for it), overflow (also where the rest cannot be told from the whole in 64
/// bits).
[[nodiscard]] result<split_effect, booking_refusal> apply_split(const position& before,
                                                                const split_ratio& ratio,
                                                                quantity lot_size,
                                                                std::optional<price> cash_in_lieu);

/// What a dividend of `per_unit` ≥ 0 pays to a position: size·per_unit, rounded half-even; a short
/// position pays it (< 0). Refuses: invalid, overflow.
[[nodiscard]] result<money, booking_refusal> cash_dividend(const position& held, money per_unit);

} // namespace supreme::trading
