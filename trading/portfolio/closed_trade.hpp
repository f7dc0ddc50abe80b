#pragma once

#include "trading/portfolio/corporate_action.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace supreme::trading {

/// One round trip of a position: from flat until flat again, or until a fill goes through zero.
/// Money is exact, in the instrument's quote asset. Whoever follows the position knows its name.
struct closed_trade {
  side direction = side::buy; ///< buy: it was long
  timestamp opened_at;        ///< event times of the first and the last fill
  timestamp closed_at;
  quantity entered; ///< Σ size of what opened, > 0, in units of then: a split does not restate it
  money entry_cost; ///< Σ price·size of what opened, ≥ 0; 0 only where that rounds to nothing
  money gross;      ///< realised profit before fees
  money fees;       ///< of all its fills, in quote units; < 0 when rebates prevail
  uint64_t fill_count = 0;

  [[nodiscard]] money net() const { return gross - fees; }

  friend bool operator==(const closed_trade&, const closed_trade&) = default;
};

/// Follows one position through its fills and cuts it into closed trades. Costs and profits are
/// those of trading::position, so the trades of a position that ended flat add up to what it
/// realised. O(1) memory; a plain value.
class round_trip {
public:
  explicit round_trip(asset_id quote) : quote_(std::move(quote)) {}

  /// The fill comes next in the order of event time; `fee_in_quote` is its fee, converted where it
  /// was charged in another asset. A fill through zero ends one trade and begins the next: its fee
  /// is shared in proportion to size, the ending trade's share rounded half-even. Throws as
  /// apply_fill does, and std::overflow_error where a sum leaves the range; then nothing has
  /// changed.
  std::optional<closed_trade> add(const fill& f, money fee_in_quote);

  /// The same of an execution that has been booked: `after` is what apply_fill() makes of held().
  std::optional<closed_trade> add(const execution& e, timestamp event_time, const position& after,
                                  money fee_in_quote);

  /// A split of held(): the profit of a rest paid in cash is the open trade's, which ends at `time`
  /// when nothing is left. Throws contract_violation for a split of another size or cost, and
  /// std::overflow_error where a sum leaves the range; then nothing has changed.
  std::optional<closed_trade> add(const split_effect& split, timestamp time);

  [[nodiscard]] const position& held() const noexcept { return held_; }
  /// Of the open trade; all zero when flat.
  [[nodiscard]] const closed_trade& open() const noexcept { return open_; }

private:
  asset_id quote_;
  position held_;
  closed_trade open_;
};

/// The closed trades of a position's fills, all of whose fees are charged in `quote`.
[[nodiscard]] std::vector<closed_trade> closed_trades(std::span<const fill> fills,
                                                      const asset_id& quote);

} // namespace supreme::trading
