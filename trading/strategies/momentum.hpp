#pragma once

#include "trading/indicators/atr.hpp"
#include "trading/indicators/macd.hpp"
#include "trading/indicators/rsi.hpp"
#include "trading/strategies/strategy.hpp"

namespace supreme::trading {

struct momentum_settings {
  uint32_t fast = 12; ///< ≥ 1, below slow
  uint32_t slow = 26;
  uint32_t signal = 9;      ///< ≥ 1
  uint32_t rsi_length = 14; ///< ≥ 1
  double rsi_max = 70;      ///< 0…100; an entry needs an RSI below it
  uint32_t atr_length = 14; ///< ≥ 1
  double stop_atr = 0;      ///< ≥ 0; the stop's distance in ATRs, 0 = no stop
};

/// Long while the MACD is above its signal line, else flat. Enters when the MACD crosses above its
/// signal (previous line ≤ previous signal, line > signal) and the RSI is below rsi_max; leaves
/// when it crosses below (previous ≥, now <).
///
/// With stop_atr > 0 it also leaves when a bar closes at or below average price − stop_atr·ATR. The
/// ATR is the one at the close of the first bar after the fill that opened the holding and stays
/// fixed until the holding is closed; the average price follows further fills. So the stop depends
/// on bars and fills alone.
///
/// A short holding is nothing this strategy wants: it asks for flat at each close until it is gone.
class momentum final : public strategy {
public:
  explicit momentum(const momentum_settings& settings);

  void on_fill(const slot_holding& after) override;
  [[nodiscard]] std::optional<decision> on_bar(const bar& b) override;
  /// The bar after this many is the first that can bring a decision of the crossing rules.
  [[nodiscard]] uint32_t warmup_bars() const override;

private:
  /// What one bar's close tells.
  struct reading {
    double close = 0;
    std::optional<macd_value> trend_before;
    std::optional<macd_value> trend;
    std::optional<double> strength;
  };

  [[nodiscard]] reading read(const bar& b);
  [[nodiscard]] std::optional<decision> decide_flat(const reading& r) const;
  [[nodiscard]] std::optional<decision> decide_long(const reading& r) const;
  [[nodiscard]] decision make(desire wanted, const char* reason, const reading& r) const;
  [[nodiscard]] std::optional<double> stop_price() const;

  momentum_settings settings_;
  macd macd_;
  rsi rsi_;
  atr atr_;
  std::optional<macd_value> previous_;
  slot_holding holding_;
  /// The ATR at the first close after the opening fill; nothing while flat or before that close.
  std::optional<double> entry_atr_;
};

/// The kind "momentum" of the registry.
[[nodiscard]] const strategy_kind& momentum_kind();

} // namespace supreme::trading
