#pragma once

#include "trading/market/decimal.hpp"
#include "trading/market/timestamp.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace supreme::trading {

/// What an account was worth when a bar closed.
struct equity_sample {
  timestamp time; ///< event time, the bar's close; never before the sample before it
  money equity;   ///< cash + Σ position·mark, in the reporting asset; may be zero or negative
  std::optional<price> market; ///< the instrument's close, for alpha and beta; > 0
  bool exposed = false;        ///< whether any position was open
};

/// Consecutive samples: what many steps at once are given as.
struct equity_block {
  std::span<const timestamp> times;
  std::span<const money> equity; ///< as many
  std::span<const price> market; ///< as many, or none
  size_t exposed = 0;            ///< how many of them were exposed
};

/// From `from` to a `to` that is not before it; exact where the difference of the two would not
/// fit.
[[nodiscard]] inline double days_between(timestamp from, timestamp to) noexcept {
  constexpr double ns_per_day = 86'400e9;
  const uint64_t ns = static_cast<uint64_t>(to.ns()) - static_cast<uint64_t>(from.ns());
  return static_cast<double>(ns) / ns_per_day;
}

} // namespace supreme::trading
