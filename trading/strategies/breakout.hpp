#pragma once

#include "trading/indicators/donchian.hpp"
#include "trading/strategies/trade_rules.hpp"

namespace supreme::trading {

struct breakout_settings {
  uint32_t entry_length = 20; ///< ≥ 1
  uint32_t exit_length = 10;  ///< ≥ 1
  double min_volatility = 0;  ///< ≥ 0; an entry needs a larger ATR/close
  common_settings common;
};

/// Long from a close above the highest high of the `entry_length` bars before it, when the ATR is
/// more than min_volatility of the close, until a close below the lowest low of the `exit_length`
/// bars before it. Short mirrored.
class breakout final : public strategy {
public:
  explicit breakout(const breakout_settings& settings);

  void on_fill(const slot_holding& after) override;
  [[nodiscard]] std::optional<decision> on_bar(const bar& b) override;
  [[nodiscard]] uint32_t warmup_bars() const override;

private:
  /// A close and the channels of the bars before it.
  struct reading {
    double close = 0;
    std::optional<channel> entry;
    std::optional<channel> exit;
  };

  [[nodiscard]] std::optional<decision> decide(const reading& r);
  [[nodiscard]] rule_findings find_entry(const reading& r) const;
  [[nodiscard]] const char* find_exit(const reading& r) const;
  [[nodiscard]] decision_numbers list_inputs(const reading& r) const;

  breakout_settings settings_;
  donchian entry_;
  donchian exit_;
  trade_rules rules_;
  /// An exit was decided and what was held then is still held. The channel moves on, so that its
  /// break cannot be seen again in the next bar.
  bool leaving_ = false;
};

/// The kind "breakout" of the registry.
[[nodiscard]] const strategy_kind& breakout_kind();

} // namespace supreme::trading
