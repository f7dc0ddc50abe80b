#pragma once

#include "trading/check.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace supreme::trading {

/// Rate of change in percent over n inputs: 100·(x/x₋ₙ − 1). Nothing before the (n+1)-th input, and
/// where the earlier one was 0.
class rate_of_change {
public:
  explicit rate_of_change(uint32_t length) : ring_(length) {
    SUPREME_CHECK(length > 0, "a change is over at least one input");
  }

  /// O(1), no allocation.
  std::optional<double> update(double input) noexcept {
    const double earlier = ring_[next_];
    const bool known = full_ && earlier != 0;
    ring_[next_] = input;
    if (++next_ == ring_.size()) {
      next_ = 0;
      full_ = true;
    }
    return known ? std::optional{100 * (input / earlier - 1)} : std::nullopt;
  }

private:
  std::vector<double> ring_;
  size_t next_ = 0;
  bool full_ = false;
};

} // namespace supreme::trading
