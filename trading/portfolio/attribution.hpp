#pragma once

#include "trading/portfolio/conversion.hpp"
#include "trading/portfolio/position.hpp"

#include <map>

namespace supreme::trading {

/// What a position has earned, in one asset.
struct contribution {
  money realised; ///< before fees
  money unrealised;
  money fees; ///< < 0 when rebates prevail
  money dividends;

  /// realised + unrealised + dividends − fees. Throws std::overflow_error outside the decimal
  /// range.
  [[nodiscard]] money net() const { return realised + unrealised + dividends - fees; }

  friend bool operator==(const contribution&, const contribution&) = default;
};

/// A position's contribution in its quote asset, at this mark. Refuses: overflow.
[[nodiscard]] result<contribution, booking_refusal> contribution_of(const position& held,
                                                                    price mark, money dividends);

/// Every part in units of `to`, each rounded on its own (half-even). Refuses: no_price, overflow.
[[nodiscard]] result<contribution, booking_refusal> convert(const contribution& c,
                                                            const asset_id& from,
                                                            const asset_id& to,
                                                            const conversion_prices& prices);

/// Which strategy and which instrument earned what. All in one asset; the sums are exact, so by
/// strategy, by instrument and by slot they add up to the same total. A plain value.
class attribution {
public:
  /// Refuses: overflow (of any sum, or of the total's net); nothing has changed then.
  [[nodiscard]] booking_refusal add(const strategy_id& strategy, const instrument_id& instrument,
                                    const contribution& c);

  [[nodiscard]] const contribution& total() const noexcept { return total_; }
  [[nodiscard]] const std::map<strategy_id, contribution>& by_strategy() const noexcept {
    return by_strategy_;
  }
  [[nodiscard]] const std::map<instrument_id, contribution>& by_instrument() const noexcept {
    return by_instrument_;
  }
  [[nodiscard]] const std::map<slot_id, contribution>& by_slot() const noexcept { return by_slot_; }

private:
  contribution total_;
  std::map<strategy_id, contribution> by_strategy_;
  std::map<instrument_id, contribution> by_instrument_;
  std::map<slot_id, contribution> by_slot_;
};

} // namespace supreme::trading
