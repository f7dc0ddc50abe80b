#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace supreme::trading {

/// Why a size is 0. Stored by name; values are never reused.
enum class zero_size : uint8_t {
  none = 0,           ///< it is not 0
  not_configured = 1, ///< amount or share is not positive, or a setting is outside its range
  no_price = 2,       ///< the price is not positive
  no_equity = 3,      ///< unknown, or nothing left
  no_cash = 4,        ///< unknown, or not enough for one lot
  no_stop = 5,        ///< no stop distance, or none that is positive
  no_volatility = 6,  ///< not known yet, or not positive
  no_edge = 7,        ///< the closed trades lost as much as they won
  too_few_trades = 8, ///< and the floor is 0
  scaled_to_zero = 9, ///< drawdown control leaves nothing
  below_lot = 10,     ///< rounded down to nothing
  overflow = 11,      ///< a number left the range
};

[[nodiscard]] const char* to_string(zero_size z) noexcept;
[[nodiscard]] std::optional<zero_size> parse_zero_size(std::string_view text) noexcept;

} // namespace supreme::trading
