#pragma once

#include "trading/indicators/compensated_sum.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace supreme::trading {

/// The plain average of the last n values. The sum carries its rounding error along and is replaced
/// by a fresh one at each turn of the ring, so it does not drift however long it runs.
class sma {
public:
  explicit sma(uint32_t length);

  [[nodiscard]] std::optional<double> value() const noexcept;
  /// O(1), no allocation.
  std::optional<double> update(double input) noexcept;

private:
  std::vector<double> ring_;
  size_t next_ = 0;
  bool full_ = false;
  compensated_sum window_; ///< of the values in the ring
  compensated_sum
    turn_; ///< of the values since the ring's last turn; at the next turn it is the window's sum
};

} // namespace supreme::trading
