#pragma once

#include "protocols/codec.hpp"

#include <caf/actor_control_block.hpp>

#include <string>
#include <vector>

/// Everything actors say to each other across nodes. Immutable once sent. Ids are appended to the
/// block in interfaces.hpp, never reordered; golden bytes in tests/protocols hold every layout.
namespace supreme::protocols {

// -- cluster ------------------------------------------------------------------

/// First words between two processes. Whoever differs in cluster, build or message set is refused.
struct hello {
  std::string cluster;
  std::string build;
  std::string messages; ///< message_set_hash()
  std::string node;
  uint64_t incarnation = 0;
};

/// Where a unit lives right now. A hint: the epoch row in the database is the truth.
struct unit_address {
  std::string unit;
  uint64_t epoch = 0;
  std::string node;
  uint64_t incarnation = 0; ///< executors: what T2 stamps; 0 for other units
  caf::strong_actor_ptr handle;
};

// -- replay -------------------------------------------------------------------

/// Names one step of a replay: everything that happens at one event time. Steps are numbered
/// without gaps and each names the event time before it, so that a receiver sees at once whether it
/// has missed one. Receivers refuse a conductor with a lower epoch than one they have heard, so
/// that a zombie conductor cannot drive anybody.
struct step_id {
  std::string run;
  uint64_t conductor_epoch = 0;
  uint64_t step = 0;                ///< counts from 1
  trading::timestamp event_time;    ///< close time of the step's bars
  trading::timestamp previous_time; ///< event time of the step before; 0 for the first
  uint64_t attempt = 0;             ///< counts up each time the conductor repeats the step
  uint64_t config_version = 0;      ///< the conductor's
};

/// Asks a feed for bars with after < close time ≤ up_to, ascending by (close time, feed order);
/// whole close times only, except for a single instrument's history.
struct bar_query {
  std::vector<trading::instrument_id> instruments;
  trading::timestamp after;
  trading::timestamp up_to; ///< 0 = no bound
  uint32_t max_bars = 0;    ///< 1..defaults::feed_batch_bars
};

struct bar_batch {
  std::vector<trading::bar> bars;
  bool end_of_input = false; ///< nothing will ever follow these
};

/// What a fill did to a slot; numbered by the account's event order.
struct fill_notice {
  trading::slot_id slot;
  uint64_t account_seq = 0;
  trading::fill fill;
  trading::position slot_after;
};

/// Step (b): the fills of this step, then the closes.
struct step_event {
  step_id id;
  uint64_t definition =
    0; ///< the unit's definition the conductor reckons with; another one refuses
  std::vector<fill_notice> fills;
  std::vector<trading::bar> bars;
};

struct step_done {
  std::string unit;
  uint64_t step = 0;
  uint32_t signals = 0;
  bool quarantined = false; ///< the strategy was taken out of service: it will stay silent
};

/// A signal on its way to the guard, with the strategy's right to send it.
struct signal_emission {
  step_id id;
  std::string unit;
  uint64_t epoch = 0;
  trading::signal signal;
};

struct mark {
  trading::instrument_id instrument;
  trading::price price;
  trading::timestamp time;
};

/// Step (c): decide exactly `expected` signals of this step, in (slot, leg) order.
struct decide_step {
  step_id id;
  uint32_t expected = 0;
  std::vector<mark> marks;
};

struct step_decided {
  uint64_t step = 0;
  std::vector<trading::client_order_id> orders; ///< approved in this step, in decision order
};

/// Proof that a guard accepted an intent and that both are committed; executors accept nothing
/// else.
struct approved_order {
  trading::order order;
  uint64_t guard_epoch = 0;
  uint64_t incarnation =
    0; ///< of the executor whose SUBMITTING is already committed; 0 = T2 is still to come
  int64_t valid_until_ns = 0; ///< UTC, as committed with SUBMITTING; not sent later. 0 before T2
};

struct approved_batch {
  step_id id;
  std::vector<approved_order> orders;
};

/// Step (d): answer when each of these orders rests at the venue or is over.
struct rest_step {
  step_id id;
  std::vector<trading::client_order_id> orders;
};

struct step_rested {
  uint64_t step = 0;
  uint32_t open = 0; ///< how many of them rest at the venue
};

/// Values positions at one set of prices.
struct mark_step {
  step_id id;
  std::vector<mark> marks;
};

struct equity_report {
  trading::account_id account;
  uint64_t step = 0;
  trading::money equity;
  trading::money cash;
};

// -- venue port ---------------------------------------------------------------

/// Opens a session. Numbers only rise; older sessions are shut out for ever.
struct venue_logon {
  trading::account_id account;
  uint64_t session = 0;
};

struct venue_session {
  trading::account_id account;
  uint64_t current = 0;        ///< the session that is in force now
  uint64_t last_trade_seq = 0; ///< the account's newest trade
};

/// Values are never reused.
enum class venue_verdict : uint8_t {
  accepted = 1,      ///< the venue has this order (also when it had it before)
  rejected = 2,      ///< it will never have it
  shut_out = 3,      ///< a newer session is in force: this session's order was not taken
  window_closed = 4, ///< arrived after valid_until: not taken
  not_found = 5,     ///< answer to a query: the venue does not have it
};

template <>
inline constexpr venue_verdict last_enumerator<venue_verdict> = venue_verdict::not_found;

struct venue_submit {
  trading::account_id account;
  uint64_t session = 0;
  int64_t valid_until_ns = 0;         ///< UTC wall clock; the venue does not take it later
  std::vector<trading::order> orders; ///< taken in this order
};

struct venue_query {
  trading::account_id account;
  std::vector<trading::client_order_id> orders;
};

struct venue_report {
  trading::client_order_id order;
  venue_verdict verdict = venue_verdict::accepted;
  trading::order_state state = trading::order_state::open;
  trading::venue_order_id venue_order;
  trading::quantity filled;
  std::string reason;
};

struct venue_reports {
  uint64_t current_session = 0;
  std::vector<venue_report> reports; ///< one per order asked for, in that order
};

struct venue_cancel {
  trading::account_id account;
  uint64_t session = 0;
  trading::client_order_id order;
};

struct venue_trade {
  uint64_t seq = 0; ///< gap-free per account, from 1
  trading::fill fill;
};

struct venue_trades_query {
  trading::account_id account;
  uint64_t after_seq = 0;
  uint32_t limit = 0;
};

struct venue_trades {
  trading::account_id account;
  uint64_t last_seq = 0;           ///< the account's newest trade
  std::vector<venue_trade> trades; ///< ascending
};

/// Lockstep step (a): the venue matches what rests against these bars.
struct venue_step {
  step_id id;
  std::vector<trading::bar> bars;
};

/// What a step did to one account.
struct account_step {
  venue_trades trades;             ///< of this step only
  std::vector<venue_report> ended; ///< orders that are over without having been filled
};

struct venue_stepped {
  uint64_t step = 0;
  std::vector<account_step> accounts; ///< those to which it did something, in name order
};

// -- fills on their way into the books ------------------------------------------

/// Step (a), second half: book these trades and store these ends; `last_seq` is the newest trade
/// the venue has for the account.
struct settle_step {
  step_id id;
  venue_trades trades;
  std::vector<venue_report> ended;
};

struct step_settled {
  trading::account_id account;
  uint64_t step = 0;
  uint64_t account_seq = 0;
  std::vector<fill_notice> fills; ///< of this step, in account-event order
};

/// Executor → portfolio: apply each exactly once.
struct book_fills {
  std::vector<venue_trade> trades;
  /// The slot of each trade's order where the executor knows it, else empty; none at all stands for
  /// all empty. A hint that spares reading: the rows decide.
  std::vector<trading::slot_id> slots;
};

struct fills_booked {
  uint64_t account_seq = 0;
  std::vector<fill_notice> fills; ///< one per trade that is (now or before) in the books
};

// -- inspection -----------------------------------------------------------------

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, hello& x) {
  return fields(f, "hello_v1", x.cluster, x.build, x.messages, x.node, x.incarnation);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, unit_address& x) {
  return fields(f, "unit_address_v1", x.unit, x.epoch, x.node, x.incarnation, x.handle);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, step_id& x) {
  return fields(f, "step_id_v1", x.run, x.conductor_epoch, x.step, x.event_time, x.previous_time,
                x.attempt, x.config_version);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, bar_query& x) {
  return fields(f, "bar_query_v1", x.instruments, x.after, x.up_to, x.max_bars);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, bar_batch& x) {
  return fields(f, "bar_batch_v1", x.bars, x.end_of_input);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, fill_notice& x) {
  return fields(f, "fill_notice_v1", x.slot, x.account_seq, x.fill, x.slot_after);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, step_event& x) {
  return fields(f, "step_event_v1", x.id, x.definition, x.fills, x.bars);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, step_done& x) {
  return fields(f, "step_done_v1", x.unit, x.step, x.signals, x.quarantined);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, signal_emission& x) {
  return fields(f, "signal_emission_v2", x.id, x.unit, x.epoch, x.signal);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, mark& x) {
  return fields(f, "mark_v1", x.instrument, x.price, x.time);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, decide_step& x) {
  return fields(f, "decide_step_v1", x.id, x.expected, x.marks);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, step_decided& x) {
  return fields(f, "step_decided_v1", x.step, x.orders);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, approved_order& x) {
  return fields(f, "approved_order_v2", x.order, x.guard_epoch, x.incarnation, x.valid_until_ns);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, approved_batch& x) {
  return fields(f, "approved_batch_v1", x.id, x.orders);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, rest_step& x) {
  return fields(f, "rest_step_v1", x.id, x.orders);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, step_rested& x) {
  return fields(f, "step_rested_v1", x.step, x.open);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, mark_step& x) {
  return fields(f, "mark_step_v1", x.id, x.marks);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, equity_report& x) {
  return fields(f, "equity_report_v1", x.account, x.step, x.equity, x.cash);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, venue_logon& x) {
  return fields(f, "venue_logon_v1", x.account, x.session);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, venue_session& x) {
  return fields(f, "venue_session_v1", x.account, x.current, x.last_trade_seq);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, venue_submit& x) {
  return fields(f, "venue_submit_v1", x.account, x.session, x.valid_until_ns, x.orders);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, venue_query& x) {
  return fields(f, "venue_query_v1", x.account, x.orders);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, venue_report& x) {
  return fields(f, "venue_report_v1", x.order, x.verdict, x.state, x.venue_order, x.filled,
                x.reason);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, venue_reports& x) {
  return fields(f, "venue_reports_v1", x.current_session, x.reports);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, venue_cancel& x) {
  return fields(f, "venue_cancel_v1", x.account, x.session, x.order);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, venue_trade& x) {
  return fields(f, "venue_trade_v1", x.seq, x.fill);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, venue_trades_query& x) {
  return fields(f, "venue_trades_query_v1", x.account, x.after_seq, x.limit);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, venue_trades& x) {
  return fields(f, "venue_trades_v1", x.account, x.last_seq, x.trades);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, venue_step& x) {
  return fields(f, "venue_step_v1", x.id, x.bars);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, account_step& x) {
  return fields(f, "account_step_v1", x.trades, x.ended);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, venue_stepped& x) {
  return fields(f, "venue_stepped_v2", x.step, x.accounts);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, settle_step& x) {
  return fields(f, "settle_step_v2", x.id, x.trades, x.ended);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, step_settled& x) {
  return fields(f, "step_settled_v1", x.account, x.step, x.account_seq, x.fills);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, book_fills& x) {
  return fields(f, "book_fills_v1", x.trades, x.slots);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, fills_booked& x) {
  return fields(f, "fills_booked_v1", x.account_seq, x.fills);
}

} // namespace supreme::protocols
