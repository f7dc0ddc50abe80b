#pragma once

#include "trading/backtest/order_venue.hpp"
#include "trading/backtest/plan.hpp"
#include "trading/market/bar_record.hpp"
#include "trading/orders/strategy_slot.hpp"
#include "trading/portfolio/fill_booking.hpp"
#include "trading/risk/account_risk.hpp"

#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace supreme::trading {

/// An account at the closes of a step.
struct account_value {
  timestamp at;
  money equity;         ///< cash plus positions at their last closes
  money cash;           ///< of the account's quote asset
  bool exposed = false; ///< whether any position is open
};

/// Hears what happens in a backtest, in the order in which it happens.
class backtest_listener {
public:
  virtual ~backtest_listener() = default;
  /// Whether anybody looks at what signals say of their cause and inputs; where nobody does, and
  /// the account's policy does not either, they are left out.
  [[nodiscard]] virtual bool reads_signal_texts() const { return true; }
  /// A signal with its verdict; `order` is empty when it was refused.
  virtual void decided(const made_decision& d, const client_order_id& order) = 0;
  /// A fill and the positions after it; `account_seq` counts the account's fills from 1.
  virtual void filled(const fill& f, const slot_id& slot, const booked_fill& after,
                      uint64_t account_seq) = 0;
  /// An order that the market could not fill, because no decimal holds its amounts.
  virtual void expired(const client_order_id& order, timestamp at) = 0;
  /// The account at the closes of a step, before the step's signals are decided.
  virtual void valued(const account_value& v) = 0;
};

/// One bar of a step.
struct step_bar {
  size_t instrument = 0; ///< its place in the plan's instruments
  nanoseconds interval{0};
  const bar_record* values = nullptr; ///< not null
};

/// Runs a plan over bars, one close time at a time, with the very objects that the cluster runs:
/// strategy slots, the account's risk, the bar fill model, position accounting. A step does in this
/// order what a lockstep step of the cluster does: the venue matches what rests, the fills are
/// booked, strategies hear their fills and then the closes, the account is valued, the signals are
/// decided in the order of their keys, and approved orders rest until the next step.
///
/// Deterministic; one owner; no I/O. Memory grows with open orders only.
class backtest_engine {
public:
  /// Throws contract_violation when the plan has problems(). The listener must outlive this, and so
  /// must the venue: it fills orders in place of the bar model.
  backtest_engine(backtest_plan plan, backtest_listener& listener, order_venue* venue = nullptr);
  backtest_engine(const backtest_engine&) = delete;
  backtest_engine& operator=(const backtest_engine&) = delete;

  /// All bars of one close time, without defect, at most one per instrument, in whatever order.
  /// `event_time` rises from step to step. Throws strategy_defect and whatever a strategy throws,
  /// and std::overflow_error when the account's sums leave the decimal range; the run is over then.
  void step(timestamp event_time, std::span<const step_bar> bars);
  /// The same for bars that name their instrument; throws contract_violation for one that is not of
  /// the plan.
  void step(timestamp event_time, const std::vector<bar>& bars);

  /// The place of an instrument in the plan's order; throws contract_violation for others.
  [[nodiscard]] size_t index_of(const instrument_id& id) const;
  [[nodiscard]] size_t instrument_count() const noexcept { return markets_.size(); }
  /// The account's position in the plan's i-th instrument.
  [[nodiscard]] const position& position_at(size_t i) const { return markets_.at(i).held; }
  /// The last close of the plan's i-th instrument; nothing before its first bar.
  [[nodiscard]] std::optional<price> mark_at(size_t i) const {
    const auto& m = markets_.at(i);
    return m.marked ? std::optional{m.now.close} : std::nullopt;
  }

  /// The last bar of the plan's i-th instrument; nullptr before the first.
  [[nodiscard]] const bar* last_bar_at(size_t i) const {
    const auto& m = markets_.at(i);
    return m.marked ? &m.now : nullptr;
  }

  /// What was ever traded.
  [[nodiscard]] std::map<instrument_id, position> positions() const;
  [[nodiscard]] std::map<slot_id, position> slots() const;
  [[nodiscard]] const std::map<asset_id, money>& balances() const noexcept { return balances_; }
  [[nodiscard]] size_t open_orders() const noexcept { return resting_.size(); }
  [[nodiscard]] const account_risk& risk() const noexcept { return risk_; }
  /// Cash plus positions at their last closes.
  [[nodiscard]] money equity() const;

private:
  /// One leg of one strategy's instance.
  struct leg_state {
    size_t slot = 0;     ///< in slots_
    size_t leg = 0;      ///< of that slot
    size_t strategy = 0; ///< in the plan
    position held;
  };
  /// One instrument: the last bar, what the account holds, and who looks at it.
  struct market_state {
    const instrument* traded = nullptr;
    const risk_limits* limits = nullptr;
    bar now; ///< its names stand from the start
    bool marked = false;
    position held;
    std::vector<size_t> legs; ///< in legs_, in the plan's order
  };
  struct open_order {
    client_order_id id;
    size_t market = 0;
    size_t leg = 0; ///< in legs_
    resting_order rest;
    timestamp arrives; ///< at the venue
    quantity size;
    money reserve_cash;  ///< at the decision
    money reserved_cash; ///< what is left of it
  };

  void add_slots(size_t strategy);
  void match(timestamp event_time, std::span<const step_bar> bars);
  void book_reports(timestamp now);
  void tell_ends();
  /// Whether the order is over.
  bool match_one(open_order& o, const bar& b, timestamp event_time);
  bool settle(open_order& o, const bar_execution& done, timestamp event_time);
  void expire(const open_order& o, timestamp event_time);
  void book(const open_order& o, const bar_execution& done, timestamp event_time);
  void release(const open_order& o, quantity size, money reserved);
  void take_bars(std::span<const step_bar> bars);
  void ask_strategies(std::span<const step_bar> bars);
  void decide(timestamp event_time);
  void count_exposed(bool before, bool after) noexcept;
  [[nodiscard]] decision_terms terms_of(const signal& wish) const;
  [[nodiscard]] decision_sources sources(timestamp event_time) const;
  [[nodiscard]] money cash() const { return *cash_; }
  [[nodiscard]] const slot_id& slot_of(const leg_state& l) const {
    return slots_[l.slot].legs()[l.leg].id;
  }

  backtest_plan plan_;
  backtest_listener& listener_;
  order_venue* venue_; ///< nullptr: the bar model
  std::unordered_map<instrument_id, size_t> index_;
  std::vector<market_state> markets_; ///< in the plan's order
  std::vector<strategy_slot> slots_;  ///< in the plan's order
  std::vector<leg_state> legs_;
  std::unordered_map<slot_id, size_t> leg_index_;
  std::vector<open_order> resting_; ///< in the order of acceptance
  std::vector<signal> signals_;     ///< of the step
  std::vector<bar_record> records_; ///< of bars that came with their names
  exposure_book exposure_;
  account_risk risk_;
  std::vector<order_end> ends_; ///< of the step under way, told to the risk after its fills
  std::map<asset_id, money> balances_;
  money* cash_ = nullptr; ///< the quote asset's balance
  money reserved_cash_;   ///< by all open orders
  size_t exposed_ = 0;    ///< instruments with an open position
  uint64_t orders_ = 0;
  uint64_t account_seq_ = 0;
  timestamp last_;
};

} // namespace supreme::trading
