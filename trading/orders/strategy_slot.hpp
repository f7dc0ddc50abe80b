#pragma once

#include "trading/indicators/annual_volatility.hpp"
#include "trading/orders/signal.hpp"
#include "trading/strategies/strategy.hpp"

#include <memory>
#include <span>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace supreme::trading {

/// A strategy computed something that is no number. The strategy is at fault, not its caller.
class strategy_defect : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// One instrument of a strategy's instance.
struct slot_leg {
  slot_id id;
  instrument_id instrument;
  quantity held; ///< as told by the slot's fills
};

/// What is wanted of one leg at a close: a signal without its names.
struct slot_wish {
  size_t leg = 0; ///< of the slot
  target wanted = target::flat;
  uint32_t key_leg = 0; ///< decision_key::leg
  size_hints hints;
};

/// One instance of a strategy on its instrument, or on its pair of instruments: turns fills and
/// bars into signals with their keys. Each instrument is a leg with a slot of its own, because a
/// position belongs to (strategy, instrument). Rebuilt by feeding it the same fills and bars in the
/// same order. The same object runs in the cluster and in a backtest. One owner.
class strategy_slot {
public:
  /// As many instruments as the kind is wide, each once; complete and checked parameters.
  strategy_slot(strategy_id strategy, account_id account,
                std::span<const instrument_id> instruments, const strategy_kind& kind,
                const parameters& values);
  /// One instrument.
  strategy_slot(strategy_id strategy, account_id account, instrument_id instrument,
                std::unique_ptr<trading::strategy> logic);
  /// Two instruments.
  strategy_slot(strategy_id strategy, account_id account, const instrument_id& first,
                const instrument_id& second, std::unique_ptr<pair_strategy> logic);

  /// One, or two for a pair.
  [[nodiscard]] const std::vector<slot_leg>& legs() const noexcept { return legs_; }
  /// The position of a slot's or an instrument's leg; legs().size() when it is not one of these.
  [[nodiscard]] size_t find_leg(const slot_id& id) const noexcept;
  [[nodiscard]] size_t find_leg(const instrument_id& id) const noexcept;

  /// Signals say from now on how volatile their instrument is (size_hints::volatility_ppb), as its
  /// last `returns` ≥ 2 returns show. To be called before the first bar.
  void measure_volatility(uint32_t returns);

  /// `account_seq` orders the account's events; one that was applied before is ignored.
  void on_fill(size_t leg, const slot_holding& after, uint64_t account_seq);
  /// A bar of the leg's instrument; each instrument's bars in time order, and the bars of a close
  /// time before those of a later one. Appends what is wanted: a wish for the other side of what is
  /// held is two signals of one cause, leg 0 closes and leg 1 opens. A pair is asked when both of
  /// its bars of a close time are there. Throws strategy_defect when a number of the decision is
  /// not a finite decimal, and whatever the strategy throws.
  void on_bar(size_t leg, const bar& b, std::vector<signal>& out);

  /// The same for several bars of the leg at once, up to the first at which something is wanted:
  /// wishes() says what, and is empty otherwise. `taken` counts the bars it has begun, and is right
  /// after a throw as well.
  void take(size_t leg, nanoseconds interval, std::span<const bar_record> bars, size_t& taken);
  /// Of the last bar taken, in the order of legs and of the key's legs.
  [[nodiscard]] const std::vector<slot_wish>& wishes() const noexcept { return wishes_; }
  /// Of the last wishes.
  [[nodiscard]] std::string_view reason() const noexcept { return said_.reason.view(); }
  /// One of wishes() with all its names.
  [[nodiscard]] signal make_signal(const slot_wish& wish) const;

private:
  strategy_slot(strategy_id strategy, account_id account, std::vector<instrument_id> instruments);
  void take_pair_bar();
  void wish(size_t leg, desire wanted, double weight, const std::optional<double>& stop_distance,
            const std::optional<double>& take_profit_distance);
  void check_inputs() const;
  [[nodiscard]] decimal exact(const slot_id& slot, const char* what, double value) const;
  [[nodiscard]] price exact_distance(const slot_id& slot, const char* what, double value) const;

  strategy_id strategy_;
  account_id account_;
  std::vector<slot_leg> legs_;
  std::unique_ptr<trading::strategy> logic_; ///< nullptr for a pair
  std::unique_ptr<pair_strategy> pair_;
  std::vector<bar> bars_;                     ///< the last bar of each leg
  std::vector<annual_volatility> volatility_; ///< one for each leg, or none
  std::vector<slot_wish> wishes_;
  decision said_; ///< with the last wishes: its reason and inputs
  uint64_t account_seq_ = 0;
};

/// "BTCUSDT/60s/1776607020000": instrument, interval in seconds and close time in milliseconds.
[[nodiscard]] std::string bar_cause(const bar& b);

/// The instances of a strategy over its instruments, in their order, as many instruments each as
/// the kind is wide. Throws contract_violation when the number of instruments does not divide.
[[nodiscard]] std::vector<strategy_slot>
make_strategy_slots(const strategy_id& strategy, const account_id& account,
                    std::span<const instrument_id> instruments, const strategy_kind& kind,
                    const parameters& values);

} // namespace supreme::trading
