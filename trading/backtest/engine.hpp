#pragma once

#include "trading/backtest/order_venue.hpp"
#include "trading/backtest/plan.hpp"
#include "trading/orders/strategy_slot.hpp"
#include "trading/portfolio/fill_booking.hpp"
#include "trading/risk/exposure_book.hpp"

#include <optional>
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

/// Runs a plan over bars, one close time at a time, with the very objects that the cluster runs:
/// strategy slots, the risk checks, the bar fill model, position accounting. A step does in this
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

  /// All bars of one close time, without defect, at most one per instrument, of instruments of the
  /// plan; in whatever order. `event_time` rises from step to step. Throws strategy_defect and
  /// whatever a strategy throws, and std::overflow_error when the account's sums leave the decimal
  /// range; the run is over then.
  void step(timestamp event_time, const std::vector<bar>& bars);

  [[nodiscard]] const std::map<instrument_id, position>& positions() const noexcept {
    return positions_;
  }
  [[nodiscard]] const std::map<slot_id, position>& slots() const noexcept {
    return slot_positions_;
  }
  [[nodiscard]] const std::map<asset_id, money>& balances() const noexcept { return balances_; }
  [[nodiscard]] size_t open_orders() const noexcept { return resting_.size(); }
  /// Cash plus positions at their last closes.
  [[nodiscard]] money equity() const;

private:
  struct mark {
    price close;
    timestamp at;
  };
  struct open_order {
    client_order_id id;
    slot_id slot;
    instrument_id instrument;
    resting_order rest;
    quantity size;
    money reserve_cash;  ///< at the decision
    money reserved_cash; ///< what is left of it
  };

  void match(timestamp event_time, const std::vector<bar>& bars);
  void book_reports(timestamp now);
  /// Whether the order is over.
  bool match_one(open_order& o, const bar& b, timestamp event_time);
  bool settle(open_order& o, const bar_execution& done, timestamp event_time);
  void book(const open_order& o, const bar_execution& done, timestamp event_time);
  void release(const open_order& o, quantity size, money cash);
  [[nodiscard]] std::vector<signal> ask_strategies(const std::vector<bar>& bars);
  void decide(std::vector<signal> signals, timestamp event_time);
  [[nodiscard]] decision_terms terms_of(const signal& wish) const;
  [[nodiscard]] const instrument& traded(const instrument_id& id) const {
    return *instruments_.at(id);
  }
  [[nodiscard]] money cash() const;

  backtest_plan plan_;
  backtest_listener& listener_;
  order_venue* venue_; ///< nullptr: the bar model
  std::map<instrument_id, const instrument*> instruments_;
  std::vector<strategy_slot> slots_; ///< in the plan's order
  std::unordered_map<instrument_id, mark> marks_;
  std::vector<open_order> resting_; ///< in the order of acceptance
  exposure_book exposure_;
  std::map<instrument_id, position> positions_;
  std::map<slot_id, position> slot_positions_;
  std::map<asset_id, money> balances_;
  money reserved_cash_; ///< by all open orders
  uint64_t orders_ = 0;
  uint64_t account_seq_ = 0;
  timestamp last_;
};

} // namespace supreme::trading
