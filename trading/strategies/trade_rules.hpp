#pragma once

#include "trading/indicators/atr.hpp"
#include "trading/strategies/exit_rules.hpp"

#include <algorithm>

namespace supreme::trading {

/// Which holdings a strategy may open. The values are those of the parameter `direction`.
enum class direction : uint8_t { long_only = 0, short_only = 1, both = 2 };

/// What all strategies on one instrument have in common.
struct common_settings {
  uint32_t warmup_bars = 0; ///< decisions from this bar on; 0 is from the first possible one
  direction allowed = direction::long_only;
  exit_settings exits;
  uint32_t atr_length = 14; ///< ≥ 1
};

/// What a strategy's own rules say at a close.
struct rule_findings {
  /// long_position or short_position when its entry is met; flat when none is.
  desire entry = desire::flat;
  const char* entry_reason = nullptr;
  /// Why what is held now is to be left; nullptr when it is not.
  const char* exit_reason = nullptr;
};

/// The part of a decision that trade_rules knows.
struct judgement {
  desire wanted = desire::flat;
  const char* reason = nullptr; ///< never nullptr in an answer
};

/// Turns the findings of a strategy on one instrument into wishes: warm-up, direction, exit rules,
/// reversals. A plain value, one owner.
class trade_rules {
public:
  /// With `always_atr` the ATR is there for the strategy's own rules, too.
  explicit trade_rules(const common_settings& settings, bool always_atr = false);

  void on_fill(const slot_holding& after) noexcept {
    exits_.on_fill(after);
    wants_holding_ = allows(is_long() ? desire::long_position : desire::short_position);
  }

  /// To be called once for every bar. Whether decisions may be made at it. No allocation; nearly
  /// free without exits.
  bool on_bar(const bar& b, double close) noexcept { return on_bar(b.high, b.low, close); }
  bool on_bar(price high, price low, double close) noexcept {
    if (follows_bars_) [[unlikely]]
      follow(high, low, close);
    if (bars_to_wait_ == 0) [[likely]]
      return true;
    --bars_to_wait_;
    return false;
  }

  /// Whether on_bar() does nothing and says yes, and nothing but the strategy's own rules could end
  /// what is held: until the next fill, bars need not be told.
  [[nodiscard]] bool is_idle() const noexcept {
    return !follows_bars_ && bars_to_wait_ == 0 && (is_flat() || wants_holding_);
  }

  [[nodiscard]] bool is_flat() const noexcept { return exits_.holding().size.is_zero(); }
  [[nodiscard]] bool is_long() const noexcept { return exits_.holding().size.is_positive(); }
  [[nodiscard]] bool allows(desire side) const noexcept;
  /// Whether nothing but the strategy's own rules could end what is held: most closes need no
  /// judge().
  [[nodiscard]] bool keeps_holding() const noexcept {
    return wants_holding_ && exits_.find_exit() == nullptr;
  }
  /// At the last close; nothing before the first value or where nobody needs it.
  [[nodiscard]] std::optional<double> atr_now() const noexcept { return atr_now_; }

  /// Flat: enters. Holding: a side that is not allowed is left; an entry of the other side reverses
  /// in one decision; then the exit rules are asked, then the strategy's own exit. No entry comes
  /// while the ATR is missing that its exits need.
  [[nodiscard]] std::optional<judgement> judge(const rule_findings& found) const noexcept;

  /// The judgement with the strategy's inputs, to which those of the exits are added.
  [[nodiscard]] decision make(const judgement& j, decision_numbers inputs);
  /// The same in a decision that has the strategy's inputs and nothing else that counts.
  void complete(const judgement& j, decision& d);

  /// Bars before the first decision, for a strategy whose own indicators need `own`.
  [[nodiscard]] uint32_t warmup_bars(uint32_t own) const noexcept;

private:
  void follow(price high, price low, double close) noexcept;
  /// In ATRs at the last close; nothing when the rule is off or there is no ATR.
  [[nodiscard]] std::optional<double> distance(double atrs) const noexcept;
  [[nodiscard]] bool can_enter(desire side) const noexcept;

  common_settings settings_;
  bool needs_atr_;
  bool follows_bars_;
  bool wants_holding_ = false; ///< of what is held: its side is allowed
  uint32_t bars_to_wait_;
  exit_rules exits_;
  atr atr_;
  std::optional<double> atr_now_;
  double close_ = 0; ///< the last one; followed where there are exits
};

} // namespace supreme::trading
