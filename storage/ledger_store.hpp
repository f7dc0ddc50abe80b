#pragma once

#include "storage/failure.hpp"
#include "trading/orders/order.hpp"
#include "trading/portfolio/fill_booking.hpp"
#include "trading/risk/account_risk.hpp"
#include "trading/risk/pre_trade.hpp"

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace supreme::storage {

/// The right to act for a unit. Every protected transaction locks the unit's epoch row FOR SHARE
/// and does nothing when the epoch is no longer this one.
struct unit_claim {
  std::string unit; ///< "guard/main"
  uint64_t epoch = 0;
  friend bool operator==(const unit_claim&, const unit_claim&) = default;
};

/// An executor that lives beside the guard: T1 then also writes SUBMITTING (T1 and T2 fused).
struct fused_executor {
  unit_claim executor;
  uint64_t incarnation = 0; ///< from cluster_store::next_incarnation, drawn at each executor start
  int64_t valid_for_ms = 0; ///< receive window W; the row's valid_until is server time + W
};

/// An order as its row stands.
struct order_row {
  trading::order order;
  uint64_t number = 0; ///< from the sequence
  trading::order_state state = trading::order_state::intent;
  trading::quantity filled; ///< cumulative
  trading::quantity reserved_quantity;
  trading::money reserved_cash;
  uint64_t incarnation = 0; ///< of the executor that wrote SUBMITTING last; 0 before
  std::optional<trading::timestamp>
    valid_until; ///< server time; the venue must not take it later. Absent before SUBMITTING
  trading::venue_order_id venue_order;
  std::string reason; ///< of a rejection, cancellation, ...
};

/// T1: stores a signal with its verdict; when the verdict is an order, also reserves the exposure
/// and inserts the order as INTENT (or SUBMITTING when fused). Repeating it returns the stored
/// decision unchanged.
struct decide_transaction {
  trading::signal wish;
  trading::verdict verdict; ///< as decided by trading::decide
  trading::price mark;      ///< decision price
  trading::venue_id venue;
  trading::asset_id quote; ///< the balance that reserve_cash is taken from
  unit_claim guard;
  unit_claim strategy;
  std::optional<fused_executor> fused;
  std::string shard; ///< of the client order id, see make_client_order_id
  /// Enforced again by the rows: |size + reserved| worst case in the order's direction; absent = no
  /// limit.
  std::optional<trading::quantity> max_position;
  bool allow_short = false;
  uint64_t config_version = 0;
};

/// T2: INTENT → SUBMITTING, by the executor, before it sends.
struct submit_transaction {
  trading::account_id account;
  trading::client_order_id id;
  unit_claim executor;
  uint64_t incarnation = 0;
  int64_t valid_for_ms = 0;
  /// The order may stand in SUBMITTING or UNKNOWN of an earlier incarnation, and the venue has
  /// proven, after the earlier session was shut out, that it never had it: the same order may then
  /// be sent after all (lockstep replay only, where event time has not moved on). Refused when the
  /// row's incarnation is not below this one.
  bool proven_not_accepted = false;
};

/// T3: what became of an order at the venue, except fills. Also UNKNOWN, ABANDONED and
/// NOT_ACCEPTED. Reports may repeat and come in any order: only forward moves change the row. A
/// terminal state releases the reservation.
struct report_transaction {
  trading::account_id account;
  trading::client_order_id id;
  unit_claim executor;
  trading::order_state state = trading::order_state::unknown;
  trading::venue_order_id venue_order; ///< empty when the venue gave none
  std::string reason;
  trading::timestamp event_time;
};

/// T4: a fill, applied exactly once per (venue, account, trade id). The new positions are computed
/// by trading::apply_fill from rows the portfolio has read; they are written only if the rows still
/// have the fill counts they were computed from (`after.fill_count - 1`), and only if the
/// quantities add up, so the formula exists once.
struct fill_transaction {
  trading::fill fill;
  unit_claim portfolio;
  trading::slot_id slot;           ///< of the order; empty when the order is unknown
  trading::position account_after; ///< position of (account, instrument) after the fill
  trading::position slot_after;    ///< position of the slot after the fill
  std::vector<trading::asset_change>
    balances; ///< quote, base and fee movements, one entry per asset
};

/// Progress of a replay: steps up to `step` are finished for ever. Also the equity sample of each
/// account.
struct equity_sample {
  trading::account_id account;
  trading::money equity; ///< cash plus positions at the marks
  trading::money cash;   ///< in the account's quote asset
};
struct step_transaction {
  std::string replay; ///< name of the run
  unit_claim conductor;
  uint64_t step = 0; ///< exactly the stored step + 1, or the stored one again
  trading::timestamp event_time;
  uint64_t bars = 0;    ///< bars closed in this step
  uint64_t signals = 0; ///< signals counted in this step
  std::vector<equity_sample> equity;
  bool finished = false; ///< no further input
};

/// What a guard tells of its breakers; a global one that has opened since stops every account.
struct breakers_transaction {
  trading::account_id account;
  unit_claim guard;
  trading::timestamp event_time; ///< of the step
  uint64_t history_seq = 0;      ///< the account's history had been read up to here
  std::vector<trading::breaker_report> breakers;
};

using transaction = std::variant<decide_transaction, submit_transaction, report_transaction,
                                 fill_transaction, step_transaction, breakers_transaction>;

/// How a transaction ended. Expected refusals are outcomes, never exceptions.
enum class commit_status : uint8_t {
  applied = 1,
  unchanged = 2,   ///< it was there already, or would move a row backwards: nothing changed
  fenced = 3,      ///< a unit claim is no longer valid: the caller must stop acting for that unit
  refused = 4,     ///< a rule said no: see refusal or text
  stale = 5,       ///< fill only: the positions were computed from old rows: read again
  quarantined = 6, ///< fill only: stored in quarantine, no such order
  poisoned = 7,    ///< the statement raised; the member was parked (trading.parked) with its reason
};

struct outcome {
  commit_status status = commit_status::applied;
  std::string text; ///< why, for logs
  /// decide: the verdict now stored for the key (also when it was there before).
  trading::refusal refusal = trading::refusal::none;
  /// decide, submit, report, fill: the order's row afterwards, if there is one.
  std::optional<order_row> order;
  /// fill: number of the account event the fill became (also when it was applied before).
  uint64_t account_seq = 0;
};

/// A fill as stored, with its place in the account's event order.
struct fill_row {
  trading::fill fill;
  trading::slot_id slot;
  uint64_t account_seq = 0;
  trading::position slot_after;
};

struct balance_row {
  trading::money amount;
  trading::money reserved;
};

struct position_row {
  trading::position position;
  trading::quantity reserved_buy;
  trading::quantity reserved_sell;
};

struct slot_row {
  trading::account_id account;
  trading::instrument_id instrument;
  trading::position position;
};

/// Everything an account's guard, executor and portfolio start from; read in one snapshot.
struct account_snapshot {
  uint64_t account_seq = 0;
  std::map<trading::asset_id, balance_row> balances;
  std::map<trading::instrument_id, position_row> positions;
  std::map<trading::slot_id, slot_row> slots;
  std::vector<order_row> open_orders;                          ///< not terminal, by number
  trading::trading_mode mode = trading::trading_mode::active;  ///< strictest of global and account
  std::map<std::string, trading::trading_mode> strategy_modes; ///< only those not active
  std::map<std::string, trading::trading_mode> instrument_modes; ///< only those not active
};

struct replay_progress {
  uint64_t step = 0; ///< 0 before the first
  trading::timestamp event_time;
  bool finished = false;
};

/// A fill as an account's risk hears it.
struct slot_fill {
  trading::fill fill;
  trading::slot_id slot;
};

/// A person's word, which holds from the first step after this one.
struct given_command {
  trading::risk_command command;
  trading::timestamp after; ///< event time of the last step that was finished when it was given
};

/// Something that an account's risk remembers, in the order in which it was committed. A venue's
/// answer says when the order was decided, because a report may come at any time, and so does an
/// order's end, unless a step has ended it: then it says when that was.
struct account_event {
  std::variant<trading::stored_decision, slot_fill, trading::order_end, trading::venue_answer,
               given_command>
    what;
};

struct account_events {
  std::vector<account_event> events;
  uint64_t through = 0;  ///< where to read on
  bool complete = false; ///< there was nothing more
};

/// An account's equity at the closes of a finished step.
struct equity_point {
  uint64_t step = 0;
  trading::timestamp at;
  trading::money equity;
};

enum class mode_scope : uint8_t { global = 1, account = 2, strategy = 3, instrument = 4 };

struct mode_change {
  mode_scope scope = mode_scope::global;
  std::string name; ///< empty for global
  trading::trading_mode mode = trading::trading_mode::halted;
  std::string principal; ///< who
  std::string reason;
};

struct command_request {
  trading::account_id account;
  trading::risk_command command;
  std::string principal; ///< who
  std::string reason;
};

/// Loosening (to a less strict mode, or a breaker's release) is refused for the principal who
/// tightened it: a second person clears.
enum class change_outcome : uint8_t {
  applied = 1,
  unchanged = 2,
  needs_second_person = 3,
  unknown_scope = 4
};

/// The rows of trading: truth. Every call is one round trip and throws store_failure when the
/// database fails. Blocking; one thread at a time per object.
class ledger_store {
public:
  virtual ~ledger_store() = default;

  /// Runs up to defaults::commit_group_max transactions in the given order in ONE database
  /// transaction and returns one outcome each. If a member raises, the group is rolled back and its
  /// members are run one by one; the culprit is parked and answers `poisoned`. A fenced decision
  /// fences the decisions of the same guard after it, because they reckon with it.
  [[nodiscard]] virtual std::vector<outcome> commit(const std::vector<transaction>& group) = 0;

  /// Makes the account's rows when they are missing (initial balances are movements of account
  /// event 0); existing accounts are untouched.
  virtual void open_account(const trading::account_id& account, const trading::venue_id& venue,
                            const std::map<trading::asset_id, trading::money>& initial) = 0;
  [[nodiscard]] virtual account_snapshot load_account(const trading::account_id& account) = 0;
  [[nodiscard]] virtual std::optional<order_row> find_order(const trading::client_order_id& id) = 0;
  /// Fills with account_seq > after, in that order, at most `limit`.
  [[nodiscard]] virtual std::vector<fill_row> fills_after(const trading::account_id& account,
                                                          uint64_t after, size_t limit) = 0;
  /// Decisions, fills, venues' answers, ends of orders and commands after `after` (0: from the
  /// first), looking at no more than `limit` ≥ 1 entries of the account's history, among which are
  /// others.
  [[nodiscard]] virtual account_events events_after(const trading::account_id& account,
                                                    uint64_t after, size_t limit) = 0;
  /// Samples of steps > after of a replay, in that order, at most `limit`.
  [[nodiscard]] virtual std::vector<equity_point> equity_after(const trading::account_id& account,
                                                               const std::string& replay,
                                                               uint64_t after, size_t limit) = 0;
  [[nodiscard]] virtual std::vector<trading::account_id> accounts() = 0;
  [[nodiscard]] virtual replay_progress load_progress(const std::string& replay) = 0;
  [[nodiscard]] virtual change_outcome change_mode(const mode_change& change) = 0;
  /// Records a person's word for the account's guard, which takes it at the step after. No order
  /// that adds risk within the breaker's scope commits after a latch has. A release of what is
  /// neither latched nor told to be open changes nothing; giving the same command again before the
  /// guard has taken it neither. A latch is taken for any name: whoever calls knows what is
  /// configured.
  [[nodiscard]] virtual change_outcome command_risk(const command_request& request) = 0;
};

} // namespace supreme::storage
