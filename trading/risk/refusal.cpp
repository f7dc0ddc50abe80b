#include "trading/risk/refusal.hpp"

#include "trading/names.hpp"

#include <array>

namespace supreme::trading {

namespace {

constexpr std::array<named<refusal>, 32> refusal_codes{{
  {refusal::none, "none"},
  {refusal::halted, "halted"},
  {refusal::reducing, "reducing"},
  {refusal::not_owner, "not_owner"},
  {refusal::stale_input, "stale_input"},
  {refusal::nothing_to_do, "nothing_to_do"},
  {refusal::quantity_zero, "quantity_zero"},
  {refusal::off_tick, "off_tick"},
  {refusal::off_lot, "off_lot"},
  {refusal::min_notional, "min_notional"},
  {refusal::max_quantity, "max_quantity"},
  {refusal::max_notional, "max_notional"},
  {refusal::max_position, "max_position"},
  {refusal::cash, "cash"},
  {refusal::short_not_allowed, "short_not_allowed"},
  {refusal::unknown_instrument, "unknown_instrument"},
  {refusal::overflow, "overflow"},
  {refusal::breaker_open, "breaker_open"},
  {refusal::drawdown, "drawdown"},
  {refusal::order_rate, "order_rate"},
  {refusal::cancel_rate, "cancel_rate"},
  {refusal::repeated_execution, "repeated_execution"},
  {refusal::duplicate_order, "duplicate_order"},
  {refusal::gross_exposure, "gross_exposure"},
  {refusal::net_exposure, "net_exposure"},
  {refusal::concentration, "concentration"},
  {refusal::open_orders, "open_orders"},
  {refusal::price_collar, "price_collar"},
  {refusal::restricted, "restricted"},
  {refusal::session_closed, "session_closed"},
  {refusal::daily_loss, "daily_loss"},
  {refusal::margin, "margin"},
}};

} // namespace

const char* to_string(refusal r) noexcept { return name_of(refusal_codes, r); }

std::optional<refusal> parse_refusal(std::string_view code) noexcept {
  return value_of(refusal_codes, code);
}

} // namespace supreme::trading
