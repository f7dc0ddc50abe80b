#include "trading/risk/refusal.hpp"

#include "trading/names.hpp"

#include <array>

namespace supreme::trading {

namespace {

constexpr std::array<named<refusal>, 17> refusal_codes{{
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
}};

} // namespace

const char* to_string(refusal r) noexcept { return name_of(refusal_codes, r); }

std::optional<refusal> parse_refusal(std::string_view code) noexcept {
  return value_of(refusal_codes, code);
}

} // namespace supreme::trading
