#pragma once

#include "trading/backtest/listener.hpp"
#include "trading/backtest/order_venue.hpp"
#include "trading/backtest/plan.hpp"
#include "trading/matching/opened_size.hpp"
#include "trading/orders/strategy_slot.hpp"
#include "trading/risk/account_risk.hpp"

#include <array>
#include <exception>
#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace supreme::trading {

/// One bar of a step.
struct step_bar {
  size_t instrument = 0; ///< its place in the plan's instruments
  nanoseconds interval{0};
  const bar_record* values = nullptr; ///< not null
};

/// Runs a plan over bars with the very objects that the cluster runs: strategy slots, the account's
/// risk, the bar fill model, position accounting. A step does in this order what a lockstep step of
/// the cluster does: the venue matches what rests, the fills are booked, strategies hear their
/// fills and then the closes, the account is valued, the signals are decided in the order of their
/// keys, and approved orders rest until the next step.
///
/// It works through many steps at once. Up to the first bar that could fill one of its orders a
/// strategy depends on its bars alone, so it takes them ahead of time up to its next wish; and
/// where nobody wishes anything and no bar reaches an order, a step only values the account. What
/// is heard and what comes out is as if each step was done by itself, whatever the blocks are
/// (docs/decisions/0016).
///
/// Deterministic; one owner; no I/O. Memory grows with open orders only.
class backtest_engine {
public:
  /// Throws contract_violation when the plan has problems(). The listener must outlive this, and so
  /// must the venue: it fills orders in place of the bar model.
  backtest_engine(backtest_plan plan, backtest_listener& listener, order_venue* venue = nullptr);
  backtest_engine(const backtest_engine&) = delete;
  backtest_engine& operator=(const backtest_engine&) = delete;

  /// Bars without defect; times rise from block to block. Throws strategy_defect and whatever a
  /// strategy throws, and std::overflow_error when the account's sums leave the decimal range; the
  /// run is over then.
  void run(const step_block& block);
  /// One step: all bars of one close time, at most one per instrument, in whatever order.
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
  [[nodiscard]] std::optional<price> mark_at(size_t i) const { return mark_of(markets_.at(i).now); }
  /// How many slots the plan has, and where each of them is.
  [[nodiscard]] size_t slot_count() const noexcept { return legs_.size(); }
  [[nodiscard]] const slot_id& slot_at(size_t i) const { return slot_of(legs_.at(i)); }

  /// What was ever traded.
  [[nodiscard]] std::map<instrument_id, position> positions() const;
  [[nodiscard]] std::map<slot_id, position> slots() const;
  [[nodiscard]] const std::map<asset_id, money>& balances() const noexcept { return balances_; }
  [[nodiscard]] size_t open_orders() const noexcept { return resting_.size(); }
  [[nodiscard]] const account_risk& risk() const noexcept { return risk_; }
  /// Cash plus positions at their last closes.
  [[nodiscard]] money equity() const { return worth().equity; }

private:
  static constexpr size_t never = static_cast<size_t>(-1);

  /// One leg of one strategy's instance: a slot of the plan.
  struct leg_state {
    size_t slot = 0;     ///< in slots_
    size_t leg = 0;      ///< of that slot
    size_t strategy = 0; ///< in the plan
    size_t market = 0;
    size_t place = 0; ///< of the slot in exposure_
    size_t rank = 0;  ///< in the order of slot names
    size_t taken = 0; ///< bars of the block that the strategy has had
    position held;
    opened_size opened; ///< at the venue
  };
  struct slot_state {
    strategy_slot instance;
    size_t first_leg = 0;       ///< in legs_
    size_t due = never;         ///< the step of the block at which it has a wish, or has failed
    size_t next_match = never;  ///< the first step at which a bar may fill one of its orders
    std::exception_ptr failure; ///< to be thrown at that step
  };
  /// One instrument: the last bar and what the account holds.
  struct market_state {
    const instrument* traded = nullptr;
    const risk_limits* limits = nullptr;
    size_t place = 0; ///< of the instrument in exposure_
    position held;
    money* base = nullptr; ///< the balance of its base asset; nullptr before the first fill
    nanoseconds interval{0};
    const bar_record* now = nullptr;  ///< the last bar up to the present step; nullptr before any
    bar_record last;                  ///< of the blocks before, where `now` points between blocks
    std::span<const bar_record> bars; ///< of the block
    bool has_all = false;             ///< whether it has a bar at every step of the block
    size_t next = 0;                  ///< the first bar of the block after the present step

    [[nodiscard]] timestamp close_time(const bar_record& b) const { return b.open_time + interval; }
  };
  struct open_order {
    uint64_t number = 0;
    client_order_id id; ///< where names are needed
    size_t market = 0;
    size_t leg = 0; ///< in legs_
    resting_order rest;
    timestamp arrives; ///< at the venue
    quantity size;
    money reserve_cash;      ///< at the decision
    money reserved_cash;     ///< what is left of it
    size_t due = 0;          ///< the step of the block before which no bar fills or triggers it
    bool taken_back = false; ///< an entry that a later exit takes back
    bool waits = false;      ///< an entry, while exits before it have something to close
  };
  struct account_worth {
    money equity;
    money gross; ///< of positions, long and short added
  };
  /// Why there was something to decide.
  struct decision_origin {
    std::string_view reason;
    bool with_entry = false;
  };
  struct step_wish {
    size_t leg = 0; ///< in legs_
    slot_wish wish;
  };

  // Blocks and steps: engine.cpp.
  [[nodiscard]] account_worth worth() const;
  void add_slots(size_t strategy);
  void rank_legs();
  void begin_block(const step_block& block);
  void do_steps();
  void end_block() noexcept;
  [[nodiscard]] size_t ahead_until(const slot_state& s) const noexcept;
  void take_bars(slot_state& s, size_t up_to);
  [[nodiscard]] size_t bars_until(const market_state& m, size_t taken, size_t up_to) const;
  [[nodiscard]] size_t step_of(const market_state& m, size_t bar) const;
  void find_next_due() noexcept;
  void find_next_match(size_t from);
  [[nodiscard]] size_t match_step(const open_order& o, size_t from) const;

  void go_to(size_t step);
  void value_steps(size_t from, size_t to);
  void add_values(const market_state& m, size_t from, size_t to);
  void tell_values(size_t from, size_t to);
  void match_at(size_t step);
  void go_ahead(size_t step);
  void find_wishes(size_t step);
  void decide_at(size_t step);

  // Orders at rest: engine_matching.cpp.
  void match(timestamp now);
  [[nodiscard]] bool meets_bar(const open_order& o, timestamp now) const;
  void withdraw_entries(timestamp now);
  template <class Predicate>
  void end_where(Predicate is_over, order_ending why, timestamp now);
  void cancel_pointless(timestamp now);
  void book_reports(timestamp now);
  void tell_ends();
  /// Whether the order is over.
  bool match_one(open_order& o, const bar_record& b, timestamp now);
  bool settle(open_order& o, const bar_execution& done, timestamp now);
  void end_order(const open_order& o, order_ending why, timestamp now);
  void stop_counting(const open_order& o);
  void book(const open_order& o, const bar_execution& done, timestamp now);
  [[nodiscard]] fill name_fill(const open_order& o, const bar_execution& done, timestamp now) const;
  void count_exposed(bool before, bool after) noexcept;
  void release(const open_order& o, quantity size, money reserved);

  // Wishes: engine_decisions.cpp.
  void decide(timestamp now);
  [[nodiscard]] decision_facts facts_of(const leg_state& leg, const slot_exposure& held,
                                        target wanted, timestamp now);
  template <class Make>
  void conclude(size_t leg, const verdict& decided, const decision_origin& from, timestamp now,
                Make make);
  void decide_alone(const step_wish& w, timestamp now);
  void close_turned(const step_wish& w, const slot_exposure& held, timestamp now);
  void decide_signals(timestamp now);
  uint64_t place_order(size_t leg, const verdict& v, timestamp now);
  void take_back_entries(const open_order& exit);
  void place_protection(const step_wish& w, timestamp now);
  [[nodiscard]] static std::optional<price> mark_of(const bar_record* last) noexcept {
    return last != nullptr ? std::optional{last->close} : std::nullopt;
  }
  [[nodiscard]] decision_terms terms_of(const signal& wish) const;
  [[nodiscard]] decision_sources sources(timestamp now) const;
  [[nodiscard]] money cash() const { return *cash_; }
  [[nodiscard]] const slot_id& slot_of(const leg_state& l) const {
    return slots_[l.slot].instance.legs()[l.leg].id;
  }

  backtest_plan plan_;
  backtest_listener& listener_;
  order_venue* venue_; ///< nullptr: the bar model
  bool names_ = true;  ///< whether anybody needs orders and fills with their names
  std::unordered_map<instrument_id, size_t> index_;
  std::vector<market_state> markets_; ///< in the plan's order
  std::vector<slot_state> slots_;     ///< in the plan's order
  std::vector<leg_state> legs_;
  std::unordered_map<slot_id, size_t> leg_index_;
  std::vector<open_order> resting_; ///< in the order of acceptance
  std::vector<step_wish> wishes_;   ///< of the step
  std::exception_ptr failure_;      ///< of a strategy at the step
  verdict verdict_;                 ///< of the wish that is decided
  exposure_book exposure_;
  account_risk risk_;
  std::vector<order_end> ends_; ///< of the step under way, told to the risk after its fills
  std::map<asset_id, money> balances_;
  money* cash_ = nullptr;     ///< the quote asset's balance
  money reserved_cash_;       ///< by all open orders
  size_t protective_ = 0;     ///< orders at rest that wait to close what others open
  size_t exposed_ = 0;        ///< instruments with an open position
  bool may_withdraw_ = false; ///< whether an order at rest may withdraw another
  uint64_t orders_ = 0;
  uint64_t account_seq_ = 0;
  timestamp last_;

  std::span<const timestamp> times_; ///< of the block
  size_t next_due_ = never;          ///< the first step of the block with a wish
  size_t next_match_ = never;        ///< the first at which a bar may fill an order
  std::array<money, step_block::steps_max> equity_;
  std::array<money, step_block::steps_max> gross_;
  std::vector<bar_record> records_; ///< of bars that came with their names
  std::vector<step_bar> named_bars_;
  std::vector<instrument_bars> step_bars_;
};

} // namespace supreme::trading
