#pragma once

#include "trading/market/bar.hpp"

#include <cstddef>
#include <vector>

namespace supreme::venues {

/// The closed bars of one instrument at one interval, in the order of time: a recorded file or a
/// generated market. A bar belongs to an answer by its close time, because nobody sees it earlier.
/// Asking again gives the same bars; asking in ascending order is the fast way. Blocking and not
/// thread-safe: one owner at a time.
class bar_history {
public:
  bar_history() = default;
  bar_history(const bar_history&) = delete;
  bar_history& operator=(const bar_history&) = delete;
  virtual ~bar_history() = default;

  [[nodiscard]] virtual const trading::instrument_id& instrument() const noexcept = 0;
  /// > 0, the same for every bar.
  [[nodiscard]] virtual trading::nanoseconds interval() const noexcept = 0;

  /// At most `max` bars with after_close < close time ≤ up_to_close, the earliest first. Fewer than
  /// `max` means that there are no more of them, and never that reading failed: a history that can
  /// no longer be read throws (bar_file: defective_data).
  [[nodiscard]] virtual std::vector<trading::bar>
  range(trading::timestamp after_close, trading::timestamp up_to_close, size_t max) = 0;

  /// At most `max` bars that close after `close_time`, the earliest first. Empty: no more bars.
  [[nodiscard]] virtual std::vector<trading::bar> after(trading::timestamp close_time,
                                                        size_t max) = 0;
};

} // namespace supreme::venues
