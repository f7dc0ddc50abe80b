#pragma once

#include "trading/risk/account_memory.hpp"
#include "trading/risk/exposure_book.hpp"
#include "trading/risk/risk_policy.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace supreme::trading {

/// A decision that is a row already, with the order it has become.
struct stored_decision {
  made_decision made;
  client_order_id order; ///< empty when it was refused
};

/// Where a step's decisions find what is not the account's past.
struct decision_sources {
  timestamp now; ///< event time of the step
  std::function<decision_terms(const signal&)> terms_of;
  /// The last close; nothing for an instrument that has had none.
  std::function<std::optional<price>(const instrument_id&)> mark_of;
};

/// The risk of one account: the only place where signals are decided, in the cluster's guard and in
/// a backtest alike. It is told the account's events in their order and decides a step's signals in
/// (slot, cause, leg) order:
///
/// 1. the checks of decide(), with sizes from equity, stop, volatility, trade record and drawdown;
/// 2. check_exposure() over the whole account;
/// 3. `drawdown`;
/// 4. `order_rate`, `duplicate_order`, `repeated_execution`;
/// 5. `breaker_open`, last because it takes a probe of a breaker that is half open.
///
/// An approved entry is followed by the orders that protect it, see protect().
///
/// The first refusal ends it. An order that only takes exposure away is asked 1 and, of 2, the
/// sessions and restrictions alone: it must always be possible, but not while halted. With a
/// drawdown policy it also cuts and closes positions by itself, see is_own().
///
/// Without a policy it remembers nothing and costs nothing. A plain value: copies are independent;
/// one owner.
class account_risk {
public:
  /// No policy.
  account_risk() = default;
  /// `counts_trades`: some strategy sizes by its closed trades. Throws contract_violation when the
  /// policy has problems().
  account_risk(const account_id& account, const asset_id& quote, risk_policy policy,
               bool counts_trades);

  account_risk(const account_risk& other);
  account_risk& operator=(const account_risk& other);
  account_risk(account_risk&&) noexcept = default;
  account_risk& operator=(account_risk&&) noexcept = default;
  ~account_risk() = default;

  /// Whether it needs the account's events at all.
  [[nodiscard]] bool remembers() const noexcept { return memory_ != nullptr; }
  /// Whether it may order without a signal, so that it has to be asked at every step.
  [[nodiscard]] bool acts() const noexcept { return policy_.acts(); }

  // -- events of the account, in their order --------------------------------------------

  /// What a person said since the step before.
  void commanded(const risk_command& command, timestamp at) {
    if (memory_) [[unlikely]]
      memory_->commanded(command, at);
  }
  /// The account at the closes of a step, after the step's fills and ends.
  void valued(timestamp at, money equity) {
    equity_ = equity;
    if (memory_) [[unlikely]]
      memory_->valued(policy_, at, equity);
  }
  void filled(const fill& f, const slot_id& slot, const instrument& traded) {
    if (memory_) [[unlikely]]
      memory_->filled(policy_, f, slot, traded);
  }
  /// An order ended without being filled. One that was filled ends by itself.
  void ended(const order_end& e) {
    if (memory_) [[unlikely]]
      memory_->ended(e);
  }
  /// A venue took an order, or nobody knows whether it did.
  void answered(const venue_answer& a) {
    if (memory_) [[unlikely]]
      memory_->answered(a);
  }
  /// A decision that was made before, by this object's predecessor.
  void decided(const stored_decision& d);
  /// What a decision of decide() has become.
  void accepted(const decision_key& key, const client_order_id& id) {
    if (memory_) [[unlikely]]
      memory_->accepted(key, id);
  }

  // -- decisions ---------------------------------------------------------------------------

  /// Decides the signals of a step after valued(). Each approval counts in the book against the
  /// ones after it. Decisions that are rows already (`stored`) are taken as they are; the book
  /// holds them. Pure but for the book and the memory: equal pasts and inputs, equal verdicts.
  [[nodiscard]] std::vector<made_decision>
  decide(std::vector<signal> signals, exposure_book& book, const decision_sources& sources,
         const std::map<decision_key, stored_decision>& stored = {});

  /// Decides one wish by the checks of trading::decide() alone: all there are where remembers() is
  /// false. Fills in what sizes are derived from; the book is the caller's. Throws
  /// contract_violation when remembers().
  void decide_alone(const size_hints& hints, decision_facts& in, verdict& out) const;

  /// Looks at what nobody orders: open orders, exposure at the marks, holdings against fills.
  /// Findings of it and of the fills are kept until take_findings().
  void watch(const exposure_book& book, const decision_sources& sources);
  [[nodiscard]] std::vector<risk_finding> take_findings() {
    return memory_ ? memory_->take_findings() : std::vector<risk_finding>{};
  }
  [[nodiscard]] const account_memory* memory() const noexcept { return memory_.get(); }

private:
  [[nodiscard]] made_decision decide_one(signal wish, std::optional<quantity> cut_to,
                                         const decision_terms& terms, const exposure_book& book,
                                         const decision_sources& sources);
  [[nodiscard]] sizing_basis basis_of(const size_hints& hints) const noexcept;
  [[nodiscard]] sizing_basis basis_of(const signal& wish) const;
  void take(made_decision d, exposure_book& book, timestamp now, std::vector<made_decision>& out);
  void close_turned(const signal& entry, exposure_book& book, const decision_sources& sources,
                    const std::map<decision_key, stored_decision>& stored,
                    std::vector<made_decision>& out);
  void protect_entry(const made_decision& entry, exposure_book& book,
                     const decision_sources& sources,
                     const std::map<decision_key, stored_decision>& stored,
                     std::vector<made_decision>& out);
  void check_account(made_decision& d, const decision_terms& terms, const exposure_book& book,
                     const decision_sources& sources);
  void check_policies(made_decision& d, timestamp now);
  [[nodiscard]] account_exposure exposure_of(const exposure_book& book,
                                             const decision_sources& sources) const;
  void cut(const slot_id& slot, exposure_book& book, const decision_sources& sources,
           std::vector<made_decision>& out);

  risk_policy policy_;
  exposure_limits lasting_; ///< what also holds for orders that only take away
  std::optional<money> equity_;
  std::unique_ptr<account_memory> memory_;
  breaker_probes probes_; ///< of the decision under way
};

} // namespace supreme::trading
