#include "trading/risk/zero_size.hpp"

#include "trading/names.hpp"

#include <array>

namespace supreme::trading {

namespace {

constexpr std::array<named<zero_size>, 12> zero_names{{
  {zero_size::none, "none"},
  {zero_size::not_configured, "not_configured"},
  {zero_size::no_price, "no_price"},
  {zero_size::no_equity, "no_equity"},
  {zero_size::no_cash, "no_cash"},
  {zero_size::no_stop, "no_stop"},
  {zero_size::no_volatility, "no_volatility"},
  {zero_size::no_edge, "no_edge"},
  {zero_size::too_few_trades, "too_few_trades"},
  {zero_size::scaled_to_zero, "scaled_to_zero"},
  {zero_size::below_lot, "below_lot"},
  {zero_size::overflow, "overflow"},
}};

} // namespace

const char* to_string(zero_size z) noexcept { return name_of(zero_names, z); }

std::optional<zero_size> parse_zero_size(std::string_view text) noexcept {
  return value_of(zero_names, text);
}

} // namespace supreme::trading
