#pragma once

#include "venues/simulated/venue_messages.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The facts that the simulated venue's ledger consists of. What it holds follows from them alone.
namespace supreme::venues {

/// The first record of a ledger.
struct ledger_opened {
  uint32_t format = 3; ///< 3: why a step ends an order
  trading::venue_id venue;

  friend bool operator==(const ledger_opened&, const ledger_opened&) = default;
};

struct session_opened {
  trading::account_id account;
  uint64_t session = 0;

  friend bool operator==(const session_opened&, const session_opened&) = default;
};

/// An order that came in; refusal none: it rests from now on.
struct order_received {
  uint64_t number = 0; ///< 1, 2, 3, ... over all accounts
  trading::account_id account;
  uint64_t session = 0;
  trading::client_order_id id;
  trading::instrument_id instrument;
  trading::asset_id quote; ///< of the instrument; empty when the instrument is unknown
  trading::side direction = trading::side::buy;
  trading::order_type type = trading::order_type::market;
  trading::quantity size;
  std::optional<trading::price> limit_price;
  std::optional<trading::price> stop_price;
  trading::slot_id slot;
  bool reduce_only = false;
  venue_refusal refusal = venue_refusal::none;

  friend bool operator==(const order_received&, const order_received&) = default;
};

struct order_cancelled {
  uint64_t number = 0;

  friend bool operator==(const order_cancelled&, const order_cancelled&) = default;
};

/// What a step did to one resting order.
struct order_execution {
  uint64_t number = 0;
  bool triggered = false;
  /// Why it is over with this: withdrawn or out_of_range, without a trade; unpaid, after the trade
  /// that is paid for; or, after all trades of the step, nothing_to_close.
  venue_refusal ending = venue_refusal::none;
  bool maker = false;
  trading::quantity size; ///< zero: no trade
  trading::price at;
  trading::money fee;

  friend bool operator==(const order_execution&, const order_execution&) = default;
};

/// A step with its bars, so that every trade can be checked against them for ever.
struct step_taken {
  step market;
  std::vector<order_execution>
    executions; ///< only orders that changed, each once, in the order in which they were met

  friend bool operator==(const step_taken&, const step_taken&) = default;
};

using record =
  std::variant<ledger_opened, session_opened, order_received, order_cancelled, step_taken>;

/// Appends the record's bytes.
void encode(std::string& out, const record& r);

/// Takes one record off the front of `bytes`; nothing, and `bytes` in an unspecified place, when
/// they do not begin with one. Any bytes are safe.
[[nodiscard]] std::optional<record> decode(std::string_view& bytes);

} // namespace supreme::venues
