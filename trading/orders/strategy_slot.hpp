#pragma once

#include "trading/orders/signal.hpp"
#include "trading/strategies/strategy.hpp"

#include <memory>
#include <optional>
#include <stdexcept>

namespace supreme::trading {

/// A strategy computed something that is no number. The strategy is at fault, not its caller.
class strategy_defect : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// One strategy on one instrument: turns fills and bars into signals with their keys. Rebuilt by
/// feeding it the same fills and bars in the same order. The same object runs in the cluster and in
/// a backtest. One owner.
class strategy_slot {
public:
  strategy_slot(strategy_id strategy, account_id account, instrument_id instrument,
                std::unique_ptr<trading::strategy> logic);

  [[nodiscard]] const slot_id& id() const noexcept { return id_; }
  [[nodiscard]] const instrument_id& instrument() const noexcept { return instrument_; }

  /// `account_seq` orders the account's events; one that was applied before is ignored.
  void on_fill(const slot_holding& after, uint64_t account_seq);
  /// Bars in time order. Throws strategy_defect when an input of the decision is not finite, and
  /// whatever the strategy throws.
  [[nodiscard]] std::optional<signal> on_bar(const bar& b);

private:
  strategy_id strategy_;
  account_id account_;
  instrument_id instrument_;
  slot_id id_;
  std::unique_ptr<trading::strategy> logic_;
  uint64_t account_seq_ = 0;
};

/// "BTCUSDT/60s/1776607020000": instrument, interval in seconds and close time in milliseconds.
[[nodiscard]] std::string bar_cause(const bar& b);

} // namespace supreme::trading
