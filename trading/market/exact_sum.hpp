#pragma once

#include "trading/market/decimal.hpp"

#include <limits>
#include <optional>

namespace supreme::trading {

/// A sum of decimals that is exact whatever their order: kept in 128 bits, which 2⁶³ terms cannot
/// leave.
class exact_sum {
public:
  void add(decimal x) noexcept { total_ += x.raw(); }
  /// Sums of the upper and the lower 32 bits of raw units.
  void add_halves(int64_t upper, int64_t lower) noexcept { total_ += (wide{upper} << 32) + lower; }
  void add(const exact_sum& x) noexcept { total_ += x.total_; }

  /// Nothing outside the decimal range.
  [[nodiscard]] std::optional<decimal> value() const noexcept {
    if (total_ > std::numeric_limits<int64_t>::max()
        || total_ < std::numeric_limits<int64_t>::min())
      return std::nullopt;
    return decimal::from_raw(static_cast<int64_t>(total_));
  }
  [[nodiscard]] double to_double() const noexcept {
    return static_cast<double>(total_) / static_cast<double>(decimal::scale);
  }

private:
  __extension__ using wide = __int128;

  wide total_ = 0;
};

} // namespace supreme::trading
