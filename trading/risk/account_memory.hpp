#pragma once

#include "trading/market/instrument.hpp"
#include "trading/portfolio/closed_trade.hpp"
#include "trading/risk/exposure_book.hpp"
#include "trading/risk/post_trade.hpp"
#include "trading/risk/risk_command.hpp"
#include "trading/risk/risk_finding.hpp"
#include "trading/risk/risk_measures.hpp"
#include "trading/risk/risk_policy.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace supreme::trading {

/// Whether the risk engine made this signal itself: its cause is "risk/" and the close time in
/// milliseconds, a name that no bar has.
[[nodiscard]] bool is_own(const signal& wish) noexcept;

using breaker_probes = std::vector<std::pair<breaker_key, breaker_probe>>;

/// What became of an order beside its fills.
struct order_end {
  client_order_id order;
  order_state state = order_state::cancelled; ///< terminal, not filled
  timestamp at;                               ///< event time
};

/// How a venue took an order: the first thing that became known of it after it was sent.
struct venue_answer {
  client_order_id order;
  bool failed = false; ///< nobody knows what became of the order: no answer, or an error
  nanoseconds took{0}; ///< process time since the decision was stored
  timestamp at;        ///< event time
};

/// What an account's risk rules remember of its past: drawdown, the day's loss, breakers, rates,
/// repeated executions, closed trades of each strategy, open orders. It is told the account's
/// events in their order, and equal events make equal memories, on any node and in any replay, so
/// it can be rebuilt from rows at any time. Bounded by the slots, the open orders and the policy. A
/// plain value: copies are independent; one owner.
class account_memory {
public:
  /// One order that may still be filled.
  struct open_order {
    order made;
    price worst_price;
    int64_t scale_ppb = whole_ppb; ///< of drawdown control, when it was decided
    execution_total done;
    breaker_probes probes;
  };
  /// What is known of a slot.
  struct slot_memory {
    strategy_id strategy;
    instrument_id instrument;
    round_trip trip;
    int64_t entry_scale_ppb = whole_ppb; ///< what drawdown control left of the open entry
    /// Of the last cut that was refused, so that it is not asked for at every step.
    refusal cut_refused = refusal::none;
  };

  /// Throws contract_violation when the policy has problems().
  account_memory(account_id account, asset_id quote, const risk_policy& policy);

  // -- events, in their order ----------------------------------------------------------

  /// A person's word, before anything else of a step. One over a breaker that the policy does not
  /// have, or over a drawdown that nobody measures, says nothing.
  void commanded(const risk_command& command, timestamp at);
  /// The account at the closes of a step.
  void valued(const risk_policy& policy, timestamp at, money equity);
  /// `slot` is the order's.
  void filled(const risk_policy& policy, const fill& f, const slot_id& slot,
              const instrument& traded);
  void ended(const order_end& e);
  void answered(const venue_answer& a);
  /// A signal is about to be decided.
  void asked(const risk_policy& policy, const signal& wish, timestamp at);
  /// It has been; `probes` are those that an approved order carries.
  void decided(const made_decision& d, breaker_probes probes, timestamp at);
  /// The order that the last approval of this key has become.
  void accepted(const decision_key& key, const client_order_id& id);

  // -- what decisions ask ---------------------------------------------------------------

  [[nodiscard]] const account_id& account() const noexcept { return account_; }
  [[nodiscard]] const std::optional<drawdown_reading>& drawdown() const noexcept {
    return reading_;
  }
  [[nodiscard]] money day_loss() const noexcept { return day_loss_; }
  /// Of a strategy; empty for one without closed trades.
  [[nodiscard]] trade_record trades_of(const strategy_id& strategy) const;
  [[nodiscard]] const std::map<slot_id, slot_memory>& slots() const noexcept { return slots_; }
  [[nodiscard]] const std::map<client_order_id, open_order>& open_orders() const noexcept {
    return open_;
  }
  [[nodiscard]] const breaker_registry& breakers() const noexcept { return breakers_; }
  [[nodiscard]] breaker_admission admit(const signal& wish);
  /// order_rate, duplicate_order, repeated_execution: those that are switched on, up to the first
  /// that fails.
  void check_rates(const made_decision& d, timestamp at, std::vector<check_result>& out) const;

  // -- findings ---------------------------------------------------------------------------

  /// Begins or goes on when it has not passed, ends when it has.
  void watch(bool passed, risk_finding f);
  /// What was found since the last call, at most `findings_max`; more is only counted.
  [[nodiscard]] std::vector<risk_finding> take_findings();
  /// How many there were ever, by code.
  [[nodiscard]] const std::map<std::string, uint64_t>& findings() const noexcept { return found_; }
  /// Σ of an instrument's fills.
  [[nodiscard]] const std::map<instrument_id, quantity>& filled_sums() const noexcept {
    return sums_;
  }

  static constexpr size_t findings_max = 1'000; ///< kept until they are taken
  static constexpr uint32_t slots_max = 10'000; ///< watched for repeated executions

private:
  void close_trade(const slot_memory& slot, const closed_trade& t, timestamp at);
  void end_order(const open_order& o, bool rejected, timestamp at);
  void check_one(const risk_policy& policy, const open_order& o, const fill& f);
  void observe(const breaker_key& key, breaker_trigger trigger, decimal seen, timestamp at);
  /// What the account's breaker and the global one look at.
  void observe_account(breaker_trigger trigger, decimal seen, timestamp at);
  void note_move(const breaker_key& key, const breaker_transition& moved);
  void find(risk_finding f);

  account_id account_;
  asset_id quote_;
  std::optional<drawdown_control> drawdown_;
  std::optional<drawdown_reading> reading_;
  bool accepted_ = false; ///< a person has accepted the drawdown, at the equity that comes next
  daily_loss_measure day_;
  money day_loss_;
  breaker_registry breakers_;
  std::map<breaker_key, failure_rate> rejects_;
  std::map<breaker_key, uint32_t> loss_runs_;
  failure_rate venue_errors_;
  std::optional<timestamp> valued_at_; ///< the step before
  std::optional<event_rate> order_rate_;
  std::optional<duplicate_orders> duplicates_;
  std::optional<repeated_executions> repeated_;
  std::map<strategy_id, trade_record> trades_;
  std::map<slot_id, slot_memory> slots_;
  std::map<decision_key, open_order> unnamed_; ///< approved, and not accepted() yet
  std::map<client_order_id, open_order> open_;
  std::map<instrument_id, quantity> sums_;
  std::set<std::pair<std::string, std::string>> failing_; ///< subject and code
  std::vector<risk_finding> new_findings_;
  std::map<std::string, uint64_t> found_;
};

} // namespace supreme::trading
