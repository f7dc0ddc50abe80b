#pragma once

#include "trading/indicators/bollinger.hpp"
#include "trading/strategies/trade_rules.hpp"

namespace supreme::trading {

struct mean_reversion_settings {
  uint32_t length = 20; ///< ≥ 1
  double width = 2;     ///< > 0; standard deviations from the middle band to the outer ones
  common_settings common;
};

/// Long from the close crossing below the lower Bollinger band until it crosses above the middle
/// one. Short from the close crossing above the upper band until it crosses below the middle one.
/// The bands include the close that is compared with them.
class mean_reversion final : public strategy {
public:
  explicit mean_reversion(const mean_reversion_settings& settings);

  void on_fill(const slot_holding& after) override;
  [[nodiscard]] std::optional<decision> on_bar(const bar& b) override;
  [[nodiscard]] uint32_t warmup_bars() const override;

private:
  /// In units, see price_units.
  struct reading {
    double close_before = 0;
    double close = 0;
    std::optional<bollinger_value> bands_before;
    std::optional<bollinger_value> bands;
  };

  [[nodiscard]] std::optional<decision> decide(const reading& r);
  [[nodiscard]] const char* find_exit(const reading& r) const;

  mean_reversion_settings settings_;
  bollinger bands_;
  double previous_close_ = 0;
  std::optional<bollinger_value> previous_bands_;
  trade_rules rules_;
};

/// The kind "mean_reversion" of the registry.
[[nodiscard]] const strategy_kind& mean_reversion_kind();

} // namespace supreme::trading
