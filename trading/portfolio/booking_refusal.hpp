#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace supreme::trading {

/// Why an event was not booked or an amount not valued; nothing has changed then. Stored and shown
/// by name (to_string); values and names are never reused.
enum class booking_refusal : uint8_t {
  none = 0,
  overflow = 1,   ///< a number would leave the decimal range
  unbalanced = 2, ///< the movements of an asset do not sum to zero
  invalid = 3,    ///< an input outside its documented range
  no_price = 4,   ///< a price that is needed is not known
};

[[nodiscard]] const char* to_string(booking_refusal r) noexcept;
[[nodiscard]] std::optional<booking_refusal> parse_booking_refusal(std::string_view name) noexcept;

} // namespace supreme::trading
