#pragma once

#include <cstdint>

namespace supreme::trading {

/// What a value did to a level between two closes.
enum class crossing : uint8_t { none, above, below };

/// Crossed above: at or below the level before, above it now; crossed below is the mirror image. A
/// value that stays at its level crosses nothing.
[[nodiscard]] constexpr crossing find_crossing(double before, double level_before, double now,
                                               double level) noexcept {
  if (before <= level_before && now > level)
    return crossing::above;
  if (before >= level_before && now < level)
    return crossing::below;
  return crossing::none;
}

} // namespace supreme::trading
