#include "venues/simulated/venue_messages.hpp"

#include "trading/names.hpp"

#include <array>

namespace supreme::venues {

namespace {

using trading::named;

constexpr std::array<named<venue_refusal>, 18> venue_refusal_names{{
  {venue_refusal::none, "none"},
  {venue_refusal::unknown_instrument, "unknown_instrument"},
  {venue_refusal::size_not_positive, "size_not_positive"},
  {venue_refusal::off_lot, "off_lot"},
  {venue_refusal::off_tick, "off_tick"},
  {venue_refusal::below_min_notional, "below_min_notional"},
  {venue_refusal::wrong_prices, "wrong_prices"},
  {venue_refusal::out_of_range, "out_of_range"},
  {venue_refusal::session_superseded, "session_superseded"},
  {venue_refusal::not_logged_on, "not_logged_on"},
  {venue_refusal::window_closed, "window_closed"},
  {venue_refusal::malformed, "malformed"},
  {venue_refusal::too_many_open_orders, "too_many_open_orders"},
  {venue_refusal::too_many_accounts, "too_many_accounts"},
  {venue_refusal::unknown_order, "unknown_order"},
  {venue_refusal::nothing_to_close, "nothing_to_close"},
  {venue_refusal::unpaid, "unpaid"},
  {venue_refusal::withdrawn, "withdrawn"},
}};

constexpr std::array<named<step_refusal>, 8> step_refusal_names{{
  {step_refusal::none, "none"},
  {step_refusal::stale, "stale"},
  {step_refusal::gap, "gap"},
  {step_refusal::other_run, "other_run"},
  {step_refusal::content_differs, "content_differs"},
  {step_refusal::time_backwards, "time_backwards"},
  {step_refusal::bad_bar, "bad_bar"},
  {step_refusal::malformed, "malformed"},
}};

} // namespace

const char* to_string(venue_refusal r) noexcept { return trading::name_of(venue_refusal_names, r); }
const char* to_string(step_refusal r) noexcept { return trading::name_of(step_refusal_names, r); }

} // namespace supreme::venues
