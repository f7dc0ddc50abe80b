#pragma once

#include "trading/market/bar.hpp"
#include "trading/orders/order.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What is said to the simulated venue and what it answers. Plain values: whoever carries them over
/// a wire gives them a form of its own.
namespace supreme::venues {

/// Why the venue did not do what it was asked. Stored in its ledger: values are never reused.
enum class venue_refusal : uint8_t {
  none = 0,
  unknown_instrument = 1,
  size_not_positive = 2,
  off_lot = 3,            ///< size is no multiple of the lot size
  off_tick = 4,           ///< a price is no multiple of the tick size
  below_min_notional = 5, ///< judged at the limit, the stop, or for a market order the last close
  wrong_prices = 6,       ///< a price is missing, not positive, or not wanted by this order type
  out_of_range = 7,       ///< the order's amounts cannot be expressed in decimals
  session_superseded = 8, ///< a newer session has logged on; this one is shut out for ever
  not_logged_on = 9,      ///< the session has never logged on
  window_closed = 10,     ///< arrived after valid_until_ns
  malformed = 11, ///< an account, session, client order id, side or type that breaks the rules
  too_many_open_orders = 12,
  too_many_accounts = 13,
  unknown_order = 14,    ///< cancel: the account has no order of that client id
  nothing_to_close = 15, ///< cancelled: reduce-only, and its slot has nothing open that it closes
  unpaid = 16,           ///< expired: the account's cash does not pay for what is left of a buy
  withdrawn = 17,        ///< cancelled: an entry whose slot has an exit now
};

[[nodiscard]] const char* to_string(venue_refusal r) noexcept;

// Commands --------------------------------------------------------------------------------------------

/// Opens a session, and the account if it is new. Session numbers of an account only rise: logging
/// on with a higher number shuts out all lower ones for ever. Repeating the current number is
/// harmless.
struct logon {
  trading::account_id account; ///< 1 to name_length_max printable characters without spaces
  uint64_t session = 0;        ///< ≥ 1

  friend bool operator==(const logon&, const logon&) = default;
};

/// A new order. A client order id means one order for ever: submitting an id that the account has
/// seen, by whatever session, returns what is known of that order, marked `duplicate`, and does
/// nothing.
struct submit {
  trading::account_id account;
  uint64_t session = 0;        ///< must be the account's current one
  trading::client_order_id id; ///< 1 to client_order_id_length_max characters of [A-Za-z0-9_-]
  trading::instrument_id instrument;
  trading::side direction = trading::side::buy;
  trading::order_type type = trading::order_type::market;
  trading::quantity size;
  std::optional<trading::price> limit_price; ///< limit kinds only
  std::optional<trading::price> stop_price;  ///< stop kinds only
  /// Whose opened size a reduce-only order closes; 1 to name_length_max printable characters
  /// without spaces, or empty for an order on its own.
  trading::slot_id slot;
  bool reduce_only = false; ///< needs a slot
  /// Process time (UTC, ns) after which the venue must not accept the order any more.
  std::optional<int64_t> valid_until_ns;

  friend bool operator==(const submit&, const submit&) = default;
};

struct cancel {
  trading::account_id account;
  uint64_t session = 0; ///< must be the account's current one
  trading::client_order_id id;

  friend bool operator==(const cancel&, const cancel&) = default;
};

/// Asks for one order. Needs no session: whoever resolves an unknown outcome may ask.
struct query {
  trading::account_id account;
  trading::client_order_id id;

  friend bool operator==(const query&, const query&) = default;
};

struct open_orders {
  trading::account_id account;

  friend bool operator==(const open_orders&, const open_orders&) = default;
};

struct trades_after {
  trading::account_id account;
  uint64_t trade_seq = 0; ///< 0 = from the first
  uint32_t limit = 0;     ///< at most venue_page_rows_max are given; 0 = that many

  friend bool operator==(const trades_after&, const trades_after&) = default;
};

struct balances {
  trading::account_id account;

  friend bool operator==(const balances&, const balances&) = default;
};

/// Moves the market on by one timestamp of a lockstep run: every order that was accepted before
/// meets the bar of its instrument. Steps of a run are numbered 1, 2, 3, ... without gaps.
struct step {
  std::string run; ///< 1 to name_length_max characters; a ledger serves one run for ever
  uint64_t number = 0;
  trading::timestamp event_time; ///< never before that of the step before
  /// At most one per instrument, closing at or before event_time. Bars of instruments that are not
  /// traded here are accepted and match nothing.
  std::vector<trading::bar> bars;

  friend bool operator==(const step&, const step&) = default;
};

using command =
  std::variant<logon, submit, cancel, query, open_orders, trades_after, balances, step>;

// Answers ---------------------------------------------------------------------------------------------

struct logon_report {
  trading::account_id account;
  venue_refusal refusal = venue_refusal::none; ///< none: the session is open
  uint64_t current_session = 0;                ///< the account's highest; 0 = nobody has logged on

  [[nodiscard]] bool accepted() const noexcept { return refusal == venue_refusal::none; }
  friend bool operator==(const logon_report&, const logon_report&) = default;
};

/// What the venue holds of one order. All times are event time of the last step taken before.
struct order_report {
  trading::account_id account;
  trading::client_order_id id;
  /// Empty when the venue holds no order under this id: it refused at the door (session_superseded,
  /// not_logged_on, window_closed, malformed) and keeps no trace of the attempt.
  trading::venue_order_id venue_id;
  trading::instrument_id instrument;
  trading::side direction = trading::side::buy;
  trading::order_type type = trading::order_type::market;
  trading::quantity size;
  std::optional<trading::price> limit_price;
  std::optional<trading::price> stop_price;
  bool reduce_only = false;
  /// open, partially_filled, filled, cancelled, rejected or expired.
  trading::order_state state = trading::order_state::rejected;
  venue_refusal refusal =
    venue_refusal::none; ///< why it was rejected or expired, or cancelled by the venue
  trading::quantity filled;
  trading::money notional; ///< Σ price·size of its trades, each rounded half-even
  trading::money fees;     ///< in quote units
  uint64_t session = 0;    ///< that submitted it
  trading::timestamp accepted_at;
  trading::timestamp changed_at;
  bool duplicate = false; ///< the id was known before this submit

  friend bool operator==(const order_report&, const order_report&) = default;
};

struct cancel_report {
  trading::account_id account;
  trading::client_order_id id;
  /// none: the order is at rest now, cancelled or ended before (see its state).
  venue_refusal refusal = venue_refusal::none;
  uint64_t current_session = 0;
  std::optional<order_report> order;

  friend bool operator==(const cancel_report&, const cancel_report&) = default;
};

/// `order` empty: the venue has no order of that id, and never will have one from a session below
/// current_session.
struct query_report {
  trading::account_id account;
  trading::client_order_id id;
  uint64_t current_session = 0;
  std::optional<order_report> order;

  friend bool operator==(const query_report&, const query_report&) = default;
};

struct open_orders_report {
  trading::account_id account;
  uint64_t current_session = 0;
  std::vector<order_report> orders; ///< in the order of their acceptance

  friend bool operator==(const open_orders_report&, const open_orders_report&) = default;
};

struct venue_trade {
  trading::account_id account;
  uint64_t seq = 0;     ///< 1, 2, 3, ... per account without gaps
  trading::trade_id id; ///< seq as text
  trading::client_order_id order;
  trading::venue_order_id venue_order;
  trading::instrument_id instrument;
  trading::side direction = trading::side::buy;
  trading::price at;
  trading::quantity size;      ///< > 0
  trading::money fee;          ///< < 0 is a rebate
  trading::asset_id fee_asset; ///< the instrument's quote asset
  bool maker = false;
  uint64_t step = 0; ///< that made it
  trading::timestamp event_time;

  friend bool operator==(const venue_trade&, const venue_trade&) = default;
};

struct trades_report {
  trading::account_id account;
  std::vector<venue_trade> trades; ///< ascending seq
  uint64_t last_seq = 0; ///< of the account; more than the last one given: ask again from there

  friend bool operator==(const trades_report&, const trades_report&) = default;
};

/// Running sums of all trades of the account, in the order of names; what it brought along is not
/// known here.
struct balances_report {
  struct holding {
    trading::instrument_id instrument;
    trading::quantity size; ///< signed
    friend bool operator==(const holding&, const holding&) = default;
  };
  struct movement {
    trading::asset_id asset; ///< a quote asset
    trading::money amount;   ///< signed, fees taken off
    friend bool operator==(const movement&, const movement&) = default;
  };
  trading::account_id account;
  std::vector<holding> holdings;
  std::vector<movement> cash;
  uint64_t last_seq = 0; ///< trades counted in

  friend bool operator==(const balances_report&, const balances_report&) = default;
};

/// Why a step was not taken. Nothing has changed then.
enum class step_refusal : uint8_t {
  none = 0,
  stale = 1,           ///< lower than the last step taken
  gap = 2,             ///< higher than the next one
  other_run = 3,       ///< the ledger belongs to another run
  content_differs = 4, ///< the last step repeated, but with other bars or another time
  time_backwards = 5,
  bad_bar = 6,   ///< impossible prices, closing after event_time, or a second one of an instrument
  malformed = 7, ///< run name or bar count outside their limits
};

[[nodiscard]] const char* to_string(step_refusal r) noexcept;

/// The answer to a step. Repeating the last step, also after a restart, gives the identical answer.
struct step_report {
  struct account_trades {
    trading::account_id account;
    uint64_t first_seq = 0;
    uint64_t last_seq = 0;
    friend bool operator==(const account_trades&, const account_trades&) = default;
  };
  std::string run;     ///< of the ledger
  uint64_t number = 0; ///< that was asked for
  step_refusal refusal = step_refusal::none;
  uint64_t last_step = 0;        ///< of the ledger; 0 = none taken
  trading::timestamp event_time; ///< of last_step
  /// Those that traded or whose orders ended, by name; without a trade first_seq is after last_seq.
  std::vector<account_trades> accounts;
  std::vector<venue_trade> trades; ///< in the order in which they were made
  /// Orders that are over before all of them was filled: expired, because their amounts left the
  /// decimal range or cash did not pay for them, or reduce-only and cancelled, because nothing was
  /// left to close.
  std::vector<order_report> ended;

  friend bool operator==(const step_report&, const step_report&) = default;
};

using answer = std::variant<logon_report, order_report, cancel_report, query_report,
                            open_orders_report, trades_report, balances_report, step_report>;

} // namespace supreme::venues
