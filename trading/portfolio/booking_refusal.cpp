#include "trading/portfolio/booking_refusal.hpp"

#include "trading/names.hpp"

namespace supreme::trading {

namespace {

constexpr std::array<named<booking_refusal>, 5> booking_refusal_names{{
  {booking_refusal::none, "none"},
  {booking_refusal::overflow, "overflow"},
  {booking_refusal::unbalanced, "unbalanced"},
  {booking_refusal::invalid, "invalid"},
  {booking_refusal::no_price, "no_price"},
}};

} // namespace

const char* to_string(booking_refusal r) noexcept { return name_of(booking_refusal_names, r); }

std::optional<booking_refusal> parse_booking_refusal(std::string_view name) noexcept {
  return value_of(booking_refusal_names, name);
}

} // namespace supreme::trading
