#include "trading/risk/risk_command.hpp"

#include "trading/names.hpp"

#include <array>

namespace supreme::trading {

namespace {

constexpr std::array<named<risk_command_kind>, 3> kind_names{{
  {risk_command_kind::latch_breaker, "latch_breaker"},
  {risk_command_kind::release_breaker, "release_breaker"},
  {risk_command_kind::accept_drawdown, "accept_drawdown"},
}};

} // namespace

const char* to_string(risk_command_kind k) noexcept { return name_of(kind_names, k); }

std::optional<risk_command_kind> parse_risk_command_kind(std::string_view text) noexcept {
  return value_of(kind_names, text);
}

} // namespace supreme::trading
