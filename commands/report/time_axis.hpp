#pragma once

#include "trading/market/timestamp.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace supreme::commands::report {

struct time_tick {
  trading::timestamp at;
  std::string label; ///< "2026", "Apr 2026", "Apr", "19 Apr", "13:30" or "13:30:15", UTC
};

/// The span of time that a chart shows.
struct time_span {
  trading::timestamp from;
  trading::timestamp to; ///< not before `from`

  /// 0 at `from`, 1 at `to`, ½ where the two are the same; what lies outside is put on the bound.
  [[nodiscard]] double fraction(trading::timestamp t) const noexcept;
};

/// At most so many ticks, at full years, months, days, hours, minutes or seconds of UTC, whichever
/// suits the span. None where no such point lies within.
[[nodiscard]] std::vector<time_tick> time_ticks(const time_span& span, size_t at_most);

} // namespace supreme::commands::report
