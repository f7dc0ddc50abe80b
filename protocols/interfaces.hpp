#pragma once

#include "protocols/fault.hpp"
#include "protocols/messages.hpp"

#include <caf/all.hpp>

#include <string>
#include <vector>

CAF_BEGIN_TYPE_ID_BLOCK(supreme, caf::first_custom_type_id)
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::hello))
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::unit_address))
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::bar_query))
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::bar_batch))
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::step_event))
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::step_done))
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::signal_emission))
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::decide_step))
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::step_decided))
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::approved_batch))
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::rest_step))
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::step_rested))
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::mark_step))
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::equity_report))
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::venue_logon))
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::venue_session))
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::venue_submit))
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::venue_query))
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::venue_reports))
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::venue_cancel))
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::venue_trades_query))
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::venue_trades))
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::venue_step))
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::venue_stepped))
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::settle_step))
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::step_settled))
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::book_fills))
CAF_ADD_TYPE_ID(supreme, (supreme::protocols::fills_booked))
CAF_ADD_ATOM(supreme, supreme::protocols, resolve_atom, "resolve")
CAF_ADD_ATOM(supreme, supreme::protocols, fetch_atom, "fetch")
CAF_ADD_ATOM(supreme, supreme::protocols, history_atom, "history")
CAF_ADD_ATOM(supreme, supreme::protocols, mode_atom, "mode")
CAF_ADD_ATOM(supreme, supreme::protocols, tick_atom, "tick")
CAF_END_TYPE_ID_BLOCK(supreme)

namespace supreme::protocols {

/// A hash over the names and layouts of every wire type: two processes that differ never talk.
[[nodiscard]] std::string message_set_hash();

// One typed interface per kind of actor. Every request may also be answered with a `fault`.

/// The only published actor of a process. Greets, and turns the name of a local unit into a handle.
using gatekeeper = caf::typed_actor<caf::replies_to<hello>::with<hello>,
                                    caf::replies_to<resolve_atom, std::string>::with<unit_address>>;

/// Merged bars of its shard; and a single instrument's history for warm-up.
using feed = caf::typed_actor<caf::replies_to<fetch_atom, bar_query>::with<bar_batch>,
                              caf::replies_to<history_atom, bar_query>::with<bar_batch>>;

using strategy = caf::typed_actor<caf::replies_to<step_event>::with<step_done>>;

/// `mode_atom, "active" | "reducing" | "halted"` sets the in-memory latch, so that a halt works
/// before its row is read. The stricter of latch and rows holds: "active" alone never lifts a halt
/// that is in the rows.
using risk_guard = caf::typed_actor<caf::reacts_to<signal_emission>,
                                    caf::replies_to<decide_step>::with<step_decided>,
                                    caf::reacts_to<mode_atom, std::string>>;

using executor =
  caf::typed_actor<caf::reacts_to<approved_batch>, caf::replies_to<rest_step>::with<step_rested>,
                   caf::replies_to<settle_step>::with<step_settled>>;

using portfolio = caf::typed_actor<caf::replies_to<book_fills>::with<fills_booked>,
                                   caf::replies_to<mark_step>::with<equity_report>>;

/// A venue, whatever it is behind: the simulated one, later an exchange connector. An answer that
/// does not come within the caller's deadline means that the outcome is unknown.
using venue_port = caf::typed_actor<caf::replies_to<venue_logon>::with<venue_session>,
                                    caf::replies_to<venue_submit>::with<venue_reports>,
                                    caf::replies_to<venue_query>::with<venue_reports>,
                                    caf::replies_to<venue_cancel>::with<venue_reports>,
                                    caf::replies_to<venue_trades_query>::with<venue_trades>,
                                    caf::replies_to<venue_step>::with<venue_stepped>>;

} // namespace supreme::protocols
