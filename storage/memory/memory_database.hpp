#pragma once

#include "storage/cluster_store.hpp"
#include "storage/ledger_store.hpp"
#include "storage/sha256.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace supreme::storage {

/// A row of the audit chain, hashed exactly like the database's.
struct memory_audit_row {
  std::string stream;
  uint64_t seq = 0;
  trading::timestamp at;
  std::string node;
  uint64_t epoch = 0;
  std::string actor;
  std::string kind;
  std::string payload; ///< JSON text
  sha256_digest prev_hash{};
  sha256_digest hash{};
};

struct memory_parked_row {
  std::string kind;
  std::string account;
  std::string reason;
};

struct memory_quarantined_fill {
  trading::fill fill;
  std::string reason;
};

/// How a call is to go wrong.
enum class injected_fault : uint8_t {
  none = 1,
  before = 2, ///< a transient failure; nothing was done
  after = 3,  ///< done, and then an unknown failure: the answer is lost
};

/// The tables of the stores in memory, shared by any number of them. With a clock from a test,
/// actors see leases expire exactly when the test says so. Thread-safe.
class memory_database {
public:
  using clock = std::function<trading::timestamp()>;
  /// Called at the start of each store call with its name ("commit", "renew", ...).
  using fault_source = std::function<injected_fault(std::string_view call)>;

  /// `now` plays the database server's clock. Without the audit trail, commits are several times
  /// faster.
  explicit memory_database(clock now, bool with_audit = true);

  void set_faults(fault_source source);

  [[nodiscard]] std::vector<memory_audit_row> audit_rows() const;
  [[nodiscard]] std::vector<memory_parked_row> parked() const;
  [[nodiscard]] std::vector<memory_quarantined_fill> quarantined() const;
  [[nodiscard]] std::vector<actor_event> actor_events() const;
  /// What the guard of an account told of its breakers.
  [[nodiscard]] std::vector<trading::breaker_report>
  breakers(const trading::account_id& account) const;
  /// Equity samples of all finished steps, in order.
  [[nodiscard]] std::vector<equity_sample> equity() const;

private:
  friend class memory_ledger_store;
  friend class memory_ledger_run;
  friend class memory_cluster_store;

  struct order_record {
    order_row row;
    trading::asset_id quote;
    trading::money reserve_cash;   ///< as reserved at the decision
    trading::timestamp decided_at; ///< by the server's clock
    std::optional<trading::timestamp> valid_until;
  };
  struct stored_verdict {
    trading::refusal refusal = trading::refusal::none;
    std::optional<trading::client_order_id> order;
  };
  struct account_record {
    trading::venue_id venue;
    uint64_t account_seq = 0;
    std::map<trading::asset_id, balance_row> balances;
    std::map<trading::instrument_id, position_row> positions;
    std::map<trading::slot_id, slot_row> slots;
    std::vector<fill_row> fills;                              ///< by account_seq
    std::vector<account_event> events;                        ///< in the order of their commits
    std::map<uint64_t, trading::client_order_id> open_orders; ///< by number
    trading::timestamp last_step;                             ///< of the last equity sample
    std::map<trading::breaker_key, std::string> latches;      ///< and who must not release them
    std::map<trading::breaker_key, uint64_t> releases;        ///< number of the last event
    std::map<trading::breaker_key, trading::breaker_report> breakers; ///< as the guard told them
    uint64_t breakers_read = 0;       ///< events that the guard had read when it did
    trading::timestamp breakers_told; ///< event time of the step
  };
  struct mode_record {
    trading::trading_mode mode = trading::trading_mode::active;
    std::string tightened_by;
  };
  struct node_record {
    node_registration registration;
    bool ended = false;
    trading::timestamp registered_at;
    trading::timestamp expires_at;
    trading::timestamp ended_at;
    uint64_t config_version = 0;
  };
  struct unit_record {
    std::string holder; ///< empty when free
    uint64_t holder_incarnation = 0;
    uint64_t epoch = 0;
  };
  using fill_key = std::tuple<trading::venue_id, trading::account_id, trading::trade_id>;

  /// Puts a scope, whose record is `old`, to the mode of a change that is allowed.
  void apply_mode(const mode_change& change, const mode_record& old);
  /// Puts the global mode to reducing, unless it is as strict.
  void reduce_all(const std::string& principal, const std::string& reason);
  void append_audit(const std::string& stream, const std::string& node, uint64_t epoch,
                    const std::string& actor, const std::string& kind, const std::string& payload);
  [[nodiscard]] injected_fault next_fault(std::string_view call) const;

  mutable std::mutex mutex_;
  clock now_;
  bool with_audit_;
  fault_source faults_;

  std::map<trading::account_id, account_record> accounts_;
  std::map<trading::decision_key, stored_verdict> verdicts_;
  std::map<trading::client_order_id, order_record> orders_;
  std::map<fill_key, std::pair<trading::account_id, size_t>>
    fills_; ///< place in the account's fills
  std::set<std::tuple<fill_key, std::string>> quarantine_keys_;
  std::vector<memory_quarantined_fill> quarantine_;
  std::vector<memory_parked_row> parked_;
  std::map<std::string, replay_progress> replays_;
  std::vector<equity_sample> equity_;
  std::map<std::pair<trading::account_id, std::string>, std::vector<equity_point>>
    equity_of_; ///< by account and replay
  std::map<std::pair<mode_scope, std::string>, mode_record> modes_;
  uint64_t last_order_number_ = 0;

  std::string cluster_;
  uint64_t last_incarnation_ = 0;
  std::map<uint64_t, node_record> nodes_;
  std::map<std::string, unit_record> units_;
  std::vector<config_row> configs_;
  std::vector<actor_event> actor_events_;

  std::map<std::string, std::vector<memory_audit_row>> audit_;
};

} // namespace supreme::storage
