#pragma once

#include "trading/strategies/strategy.hpp"

#include <cstdint>
#include <limits>
#include <optional>

namespace supreme::trading {

/// Distances are in ATRs at the entry's decision; 0 switches a rule off.
struct exit_settings {
  double stop_atr = 0;        ///< ≥ 0; against the holding, from the close it was decided on
  double take_profit_atr = 0; ///< ≥ 0; in its favour, from the close it was decided on
  double trail_atr = 0;       ///< ≥ 0; against the holding, from its best close
  uint32_t max_bars = 0;      ///< closes until the holding is given up

  [[nodiscard]] bool need_atr() const noexcept {
    return stop_atr > 0 || take_profit_atr > 0 || trail_atr > 0;
  }
  [[nodiscard]] bool any() const noexcept { return need_atr() || max_bars > 0; }
};

/// Whether a long or short holding is to be left, judged on closes: protective stop, trailing stop,
/// profit target and time stop, in this order, so that a stop beats a target.
///
/// Stop and target also wait at the venue, from the entry's fill on (risk/protection.hpp), and act
/// inside a bar; a close beyond one of them while the holding is still there means that the order
/// at the venue was refused or is late. Trailing stop and time stop are judged here alone.
///
/// Levels are counted from the close that the entry was decided on and the ATR there, until the
/// holding is closed; a holding that nobody decided on here has its average price and the ATR at
/// its first close instead. The best close is the best one since the opening fill. So the rules
/// depend on bars and fills alone. A plain value, one owner.
class exit_rules {
public:
  explicit exit_rules(const exit_settings& settings) noexcept : settings_(settings) {
    if (settings.max_bars > 0)
      bars_bound_ = settings.max_bars;
  }

  [[nodiscard]] const exit_settings& settings() const noexcept { return settings_; }
  [[nodiscard]] const slot_holding& holding() const noexcept { return holding_; }

  /// An entry is wished for at a close with this ATR. Counts for the next holding that is opened.
  void on_entry(double close, std::optional<double> atr) noexcept { planned_ = {close, atr}; }
  void on_fill(const slot_holding& after) noexcept;
  /// A bar's close and the ATR at it; nothing while there is none.
  void on_close(double close, std::optional<double> atr) noexcept;

  /// Why the last close ends the holding; nullptr when it does not, or while flat.
  [[nodiscard]] const char* find_exit() const noexcept {
    return close_ > lower_bound_ && close_ < upper_bound_ && bars_held_ < bars_bound_
             ? nullptr
             : find_reason();
  }
  /// What the rules rest on while something is held: only of the rules that are on.
  void add_inputs(decision_numbers& inputs) const;

private:
  [[nodiscard]] const char* find_reason() const noexcept;
  /// To be called when a level may have moved.
  void set_bounds() noexcept;
  /// +1 long, −1 short, 0 flat: turns "against" and "in favour" into prices.
  [[nodiscard]] double side() const noexcept;
  /// The price `atrs` ATRs in favour of the holding from a price; nothing when the rule is off or
  /// there is no ATR.
  [[nodiscard]] std::optional<double> level(double from, double atrs, double favour) const noexcept;
  [[nodiscard]] std::optional<double> stop() const noexcept;
  [[nodiscard]] std::optional<double> trail() const noexcept;
  [[nodiscard]] std::optional<double> target() const noexcept;

  exit_settings settings_;
  slot_holding holding_;
  double close_ = 0;      ///< the last one
  double best_close_ = 0; ///< of the closes since the opening fill
  uint32_t bars_held_ = 0;
  /// What an entry was decided at.
  struct entry_point {
    std::optional<double> close;
    std::optional<double> atr;
  };
  [[nodiscard]] double entry_price() const noexcept {
    return entry_.close ? *entry_.close : holding_.average_price.to_double();
  }

  entry_point planned_; ///< of the last wish
  entry_point entry_;   ///< of the holding
  /// Between these nothing ends the holding: most closes need no other comparison.
  double lower_bound_ = -std::numeric_limits<double>::infinity();
  double upper_bound_ = std::numeric_limits<double>::infinity();
  uint32_t bars_bound_ = std::numeric_limits<uint32_t>::max();
};

} // namespace supreme::trading
