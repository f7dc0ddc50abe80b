#pragma once

#include "trading/risk/breaker_registry.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace supreme::trading {

/// What a person may say to the risk rules of an account. Stored by name; values are never reused.
enum class risk_command_kind : uint8_t {
  latch_breaker = 1,   ///< opens a breaker until a person releases it
  release_breaker = 2, ///< ends the latch, or the cool-down of one that is open without it
  accept_drawdown = 3, ///< the drawdown is measured from the equity of the next step
};

[[nodiscard]] const char* to_string(risk_command_kind k) noexcept;
[[nodiscard]] std::optional<risk_command_kind>
parse_risk_command_kind(std::string_view text) noexcept;

struct risk_command {
  risk_command_kind kind = risk_command_kind::latch_breaker;
  breaker_key breaker; ///< meaningless for a drawdown

  friend bool operator==(const risk_command&, const risk_command&) = default;
};

} // namespace supreme::trading
