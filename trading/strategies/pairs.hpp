#pragma once

#include "trading/indicators/rolling_regression.hpp"
#include "trading/strategies/exit_rules.hpp"
#include "trading/strategies/trade_rules.hpp"

namespace supreme::trading {

struct pairs_settings {
  uint32_t window = 60;     ///< ≥ 3
  double entry_z = 2;       ///< above exit_z
  double exit_z = 0.5;      ///< ≥ 0
  double stop_z = 4;        ///< above entry_z
  uint32_t warmup_bars = 0; ///< decisions from this common bar on
  direction allowed = direction::both;
  uint32_t max_bars = 0; ///< common closes until the holding is given up; 0 is never
};

/// Trades the spread of two instruments: log a − β·log b, with β from the least-squares line
/// through the last `window` pairs of closes. z is the newest spread's distance from the spreads'
/// mean in the window in population standard deviations, all of them taken with the β of now.
///
/// Enters when |z| is above entry_z and not above stop_z: short the first and long the second when
/// the spread is high, the other way round when it is low; the second's notional is β times the
/// first's. An entry is said once; it is said again only after |z| was at or below entry_z, or on
/// the other side. Leaves when z is back within exit_z of the mean or beyond it, and when it has
/// moved on past stop_z; after such a stop it waits until |z| is below exit_z. A spread that is at
/// an entry of the other side reverses the holding in one decision. No entry comes with a β that is
/// no hedge.
///
/// A holding of one leg alone, or of both legs on the same side, is nothing it wants: it asks for
/// flat at each close until it is gone. So it does with every exit that was decided.
class pairs final : public pair_strategy {
public:
  explicit pairs(const pairs_settings& settings);

  void on_fill(pair_leg leg, const slot_holding& after) override;
  [[nodiscard]] std::optional<pair_decision> on_bars(const bar& first, const bar& second) override;
  [[nodiscard]] uint32_t warmup_bars() const override;

private:
  struct reading {
    double first = 0; ///< closes
    double second = 0;
    std::optional<regression_value> line;
    double spread = 0; ///< where there is a line
  };
  /// What is held of the spread. `broken`: one leg alone, or both on the same side.
  enum class stance : uint8_t { flat, long_spread, short_spread, broken };
  /// Why no entry may come: one was said at this side of the mean, or a stop has not calmed down.
  enum class pause : uint8_t { none, low_said, high_said, stopped };

  [[nodiscard]] stance held() const noexcept;
  /// The side that is to be entered now; flat when none is.
  [[nodiscard]] stance find_entry(const reading& r) const noexcept;
  [[nodiscard]] const char* find_exit(const reading& r, stance now) const noexcept;
  void relax(const std::optional<double>& z) noexcept;
  [[nodiscard]] pair_decision enter(stance wanted, const reading& r);
  [[nodiscard]] pair_decision leave(const char* reason, const reading& r);
  [[nodiscard]] decision_numbers list_inputs(const reading& r) const;

  pairs_settings settings_;
  rolling_regression line_;
  uint32_t bars_to_wait_;
  /// Told of the first leg: counts the closes of the holding.
  exit_rules exits_;
  quantity second_held_;
  pause pause_ = pause::none;
  /// What was held when an exit was decided, until something else is held; flat without one.
  stance leaving_ = stance::flat;
};

/// The kind "pairs" of the registry.
[[nodiscard]] const strategy_kind& pairs_kind();

} // namespace supreme::trading
