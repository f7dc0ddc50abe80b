#pragma once

#include "trading/indicators/sma.hpp"
#include "trading/strategies/trade_rules.hpp"

namespace supreme::trading {

struct sma_cross_settings {
  uint32_t fast = 10; ///< ≥ 1, below slow
  uint32_t slow = 30;
  common_settings common;
};

/// Long from the fast average of closes crossing above the slow one until it crosses below; short
/// mirrored. Where both sides are allowed, a crossing reverses the holding in one decision.
class sma_cross final : public strategy {
public:
  explicit sma_cross(const sma_cross_settings& settings);

  void on_fill(const slot_holding& after) override;
  [[nodiscard]] std::optional<decision> on_bar(const bar& b) override;
  [[nodiscard]] uint32_t warmup_bars() const override;

private:
  /// In units, see price_units.
  struct averages {
    double fast = 0;
    double slow = 0;
  };
  struct reading {
    double close = 0;
    std::optional<averages> before;
    std::optional<averages> now;
  };

  [[nodiscard]] std::optional<decision> decide(const reading& r);
  [[nodiscard]] const char* find_exit(const averages& now, bool crossed_against) const;
  [[nodiscard]] static decision_numbers list_inputs(const reading& r);

  sma_cross_settings settings_;
  sma fast_;
  sma slow_;
  std::optional<averages> previous_;
  trade_rules rules_;
};

/// The kind "sma_cross" of the registry.
[[nodiscard]] const strategy_kind& sma_cross_kind();

} // namespace supreme::trading
