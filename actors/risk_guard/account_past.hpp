#pragma once

#include "config/settings.hpp"
#include "storage/ledger_store.hpp"
#include "trading/risk/account_risk.hpp"

#include <map>
#include <vector>

namespace supreme::actors {

/// The risk of an account as its rows make it: a cache of the account's history. It is given what
/// was committed since, in pages, and stands then as one that has been there from the beginning. A
/// step's events are taken in the order fills, ends, equity, decisions, a person's commands among
/// the fills; an order that was decided
/// and answered or ended at one step was so after its decision. One owner.
class account_past {
public:
  account_past() = default; ///< needs nothing
  account_past(const config::cluster_settings& settings, const config::account_settings& account);

  /// Whether there is anything to read at all.
  [[nodiscard]] bool remembers() const noexcept { return start_.remembers(); }
  /// Where to read on.
  [[nodiscard]] uint64_t events_read() const noexcept { return events_read_; }
  [[nodiscard]] uint64_t steps_read() const noexcept { return steps_read_; }

  /// Samples of finished steps; they are added before the events of these steps.
  void add(const std::vector<storage::equity_point>& page);
  void add(storage::account_events page);
  /// Whether an event came that belongs before what has been taken already: the report of an order
  /// of long ago. Everything must be read again, from the first event on.
  [[nodiscard]] bool is_stale() const noexcept { return stale_; }
  void begin_anew();

  /// How the account stands at a step, and what of it has been decided by an earlier attempt.
  struct present {
    trading::account_risk risk;
    std::map<trading::decision_key, trading::stored_decision> stored;
  };
  /// After everything committed has been added. Takes all steps before this one for good.
  [[nodiscard]] present at(trading::timestamp now, trading::money equity);

private:
  struct timed_event {
    trading::timestamp at;
    storage::account_event event;
  };

  void take_steps_before(trading::timestamp time);
  /// Tells everything up to `end` that a step did, its decisions included or not.
  void tell(trading::account_risk& risk, std::vector<timed_event>::const_iterator end,
            trading::timestamp at, trading::money equity, bool with_decisions) const;
  [[nodiscard]] std::vector<timed_event>::const_iterator events_until(trading::timestamp at) const;

  std::map<trading::instrument_id, trading::instrument> instruments_;
  trading::account_risk start_;
  trading::account_risk risk_;      ///< after the steps that were taken for good
  std::vector<timed_event> events_; ///< not taken yet, by time
  std::vector<storage::equity_point> equity_;
  uint64_t events_read_ = 0;
  uint64_t steps_read_ = 0;
  trading::timestamp latest_; ///< of all events
  trading::timestamp taken_;  ///< of the last step that was taken
  bool stale_ = false;
};

} // namespace supreme::actors
