#pragma once

#include "trading/market/bar.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace supreme::trading {

/// Annual volatility of an instrument from the log returns of its last closes: their sample
/// standard deviation, times the square root of the returns in a year. How many those are, the
/// window says: its returns over the time that it really spans, with 365.25 days to the year, so
/// that nights and weekends without bars need no calendar. O(1) for a bar, O(n) for a value.
class annual_volatility {
public:
  /// Over the last `returns` returns, ≥ 2; no value before.
  explicit annual_volatility(uint32_t returns) : closes_(size_t{returns} + 1) {}

  /// Bars come in time order.
  void add(const bar& b) noexcept {
    closes_[next_] = {b.close, b.close_time()};
    next_ = next_ + 1 == closes_.size() ? 0 : next_ + 1;
    count_ += count_ < closes_.size() ? 1 : 0;
  }

  /// Parts per billion, rounded half-even; nothing before enough bars, and where closes that never
  /// moved or were not positive have none.
  [[nodiscard]] std::optional<int64_t> ppb() const {
    const size_t n = closes_.size() - 1;
    if (count_ < closes_.size() || n < 2)
      return std::nullopt;
    double mean = 0;
    double squares = 0;
    for (size_t i = 0; i < n; ++i) {
      const double from = at(i).close.to_double();
      const double to = at(i + 1).close.to_double();
      if (!(from > 0) || !(to > 0))
        return std::nullopt;
      const double change = std::log(to / from);
      const double step = change - mean;
      mean += step / static_cast<double>(i + 1);
      squares += step * (change - mean);
    }
    constexpr double year_ns = 365.25 * 86'400e9;
    const double years = static_cast<double>((at(n).time - at(0).time).count()) / year_ns;
    const double per_year = static_cast<double>(n) / years;
    const double value = std::sqrt(squares / static_cast<double>(n - 1) * per_year) * 1e9;
    if (!(value >= 1) || value >= static_cast<double>(std::numeric_limits<int64_t>::max()))
      return std::nullopt;
    return std::llrint(value);
  }

private:
  struct point {
    price close;
    timestamp time;
  };
  /// The i-th oldest of a full window.
  [[nodiscard]] const point& at(size_t i) const noexcept {
    return closes_[(next_ + i) % closes_.size()];
  }

  std::vector<point> closes_; ///< a ring
  size_t next_ = 0;
  size_t count_ = 0;
};

} // namespace supreme::trading
