#pragma once

#include "trading/strategies/strategy.hpp"

#include <cstdint>
#include <limits>
#include <optional>

namespace supreme::trading {

/// Distances are in ATRs at the entry; 0 switches a rule off.
struct exit_settings {
  double stop_atr = 0;        ///< ≥ 0; against the holding, from its average price
  double take_profit_atr = 0; ///< ≥ 0; in its favour, from its average price
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
/// The ATR is the one at the first close after the fill that opened the holding and stays fixed
/// until the holding is closed; the average price follows further fills; the best close is the
/// best one since the opening fill. So the rules depend on bars and fills alone. A plain value, one
/// owner.
class exit_rules {
public:
  explicit exit_rules(const exit_settings& settings) noexcept : settings_(settings) {
    if (settings.max_bars > 0)
      bars_bound_ = settings.max_bars;
  }

  [[nodiscard]] const exit_settings& settings() const noexcept { return settings_; }
  [[nodiscard]] const slot_holding& holding() const noexcept { return holding_; }

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
  std::optional<double> entry_atr_;
  /// Between these nothing ends the holding: most closes need no other comparison.
  double lower_bound_ = -std::numeric_limits<double>::infinity();
  double upper_bound_ = std::numeric_limits<double>::infinity();
  uint32_t bars_bound_ = std::numeric_limits<uint32_t>::max();
};

} // namespace supreme::trading
