#pragma once

#include "trading/indicators/compensated_sum.hpp"
#include "trading/statistics/equity_sample.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>

namespace supreme::trading {

/// Depths are fractions of the peak, ≥ 0 (above 1 when equity fell below zero); durations are days
/// from the last sample at the peak to the first sample back at it, or to the last sample of all
/// while there was none.
struct drawdown_statistics {
  uint64_t count = 0;            ///< the one that still lasts is counted too
  std::optional<double> deepest; ///< 0 when equity never fell; nothing when it never was positive
  std::optional<double> average; ///< of each drawdown's deepest point; nothing without any
  std::optional<double> longest_days;
  std::optional<double> average_days;
  std::optional<double> current; ///< 0 at the peak

  friend bool operator==(const drawdown_statistics&, const drawdown_statistics&) = default;
};

/// Drawdowns from the running peak of equity, sample by sample. Only a positive peak counts:
/// samples before the first positive one are left out. O(1) memory; a plain value.
class drawdown_tracker {
public:
  /// Samples come in the order of time.
  void add(timestamp time, money equity) noexcept {
    if (peak_ && equity < *peak_) {
      lowest_ = std::min(lowest_, equity);
    } else if (peak_ || equity.is_positive()) {
      if (peak_ && lowest_ < *peak_)
        finish(time);
      peak_ = lowest_ = equity;
      peak_time_ = time;
    } else {
      return;
    }
    time_ = time;
    equity_ = equity;
  }
  void add(const equity_block& samples) noexcept;
  [[nodiscard]] drawdown_statistics value() const noexcept;

private:
  struct extent {
    double depth = 0;
    double days = 0;
  };
  void finish(timestamp end) noexcept;
  [[nodiscard]] extent current() const noexcept;

  std::optional<money> peak_;
  timestamp peak_time_;
  timestamp time_; ///< of the last sample
  money equity_;   ///< the last
  money lowest_;   ///< since the peak
  uint64_t finished_ = 0;
  extent largest_; ///< of the finished ones: deepest and longest, not necessarily the same one's
  compensated_sum depths_;
  compensated_sum days_;
};

[[nodiscard]] drawdown_statistics drawdowns(std::span<const equity_sample> samples) noexcept;

} // namespace supreme::trading
