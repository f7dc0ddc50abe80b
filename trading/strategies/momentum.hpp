#pragma once

#include "trading/indicators/macd.hpp"
#include "trading/indicators/rsi.hpp"
#include "trading/strategies/crossing.hpp"
#include "trading/strategies/trade_rules.hpp"

namespace supreme::trading {

struct momentum_settings {
  uint32_t fast = 12; ///< ≥ 1, below slow
  uint32_t slow = 26;
  uint32_t signal = 9;      ///< ≥ 1
  uint32_t rsi_length = 14; ///< ≥ 1
  double rsi_max = 70;      ///< 0…100; a long entry needs an RSI below it
  double rsi_min = 30;      ///< 0…100; a short entry needs an RSI above it
  common_settings common;
};

/// Long from the MACD crossing above its signal line (previous line ≤ previous signal, line >
/// signal) while the RSI is below rsi_max, until it crosses below (previous ≥, now <). Short is the
/// mirror image, with an RSI above rsi_min.
class momentum final : public strategy {
public:
  explicit momentum(const momentum_settings& settings);

  void on_fill(const slot_holding& after) override;
  [[nodiscard]] std::optional<decision> on_bar(const bar& b) override;
  [[nodiscard]] bool on_bars(std::span<const bar_record> bars, bar& b, size_t& taken,
                             decision& wish) override;
  /// The bar after this many is the first that can bring a decision of the crossing rules.
  [[nodiscard]] uint32_t warmup_bars() const override;

private:
  /// What is kept of the last two closes. The MACD counts from the first that is `ready`.
  struct close_state {
    macd_value trend;
    bool ready = false;
  };

  /// Whether only a crossing could bring a decision.
  [[nodiscard]] bool is_steady() const noexcept;
  /// Takes further bars while it is so, up to the first that may bring a decision; whether there
  /// was one. There are some left.
  [[nodiscard]] bool take_steadily(std::span<const bar_record> bars, size_t& taken) noexcept;
  [[nodiscard]] crossing crossing_now() const noexcept;
  /// Whether the MACD is on the side of its signal line on which what is held is given up.
  [[nodiscard]] bool has_turned() const noexcept;
  /// Takes a bar; whether it surely brings no decision.
  [[nodiscard]] bool take_quietly(price high, price low, price close) noexcept;
  /// What is wished at the last close; whether there is a wish.
  [[nodiscard]] bool decide(decision& wish);
  void find_entry(const std::optional<double>& strength, rule_findings& found) const;
  [[nodiscard]] const char* find_exit() const;
  void list_inputs(const std::optional<double>& strength, decision_numbers& inputs) const;

  momentum_settings settings_;
  macd macd_;
  rsi rsi_;
  double close_ = 0; ///< the last one
  close_state before_;
  close_state now_;
  crossing crossed_ = crossing::none; ///< at the last close
  trade_rules rules_;
};

/// The kind "momentum" of the registry.
[[nodiscard]] const strategy_kind& momentum_kind();

} // namespace supreme::trading
