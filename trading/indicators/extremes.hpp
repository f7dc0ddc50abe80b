#pragma once

#include "trading/indicators/sliding_window.hpp"

#include <algorithm>

namespace supreme::trading {

/// The value that `Pick` chooses of the last n. The first value comes with the n-th input.
template <class Pick>
class extreme {
public:
  explicit extreme(uint32_t length) : window_(length) {}

  [[nodiscard]] std::optional<double> value() const noexcept {
    const auto found = window_.value();
    return found ? std::optional{found->x} : std::nullopt;
  }

  /// Amortised O(1), no allocation.
  std::optional<double> update(double input) noexcept {
    window_.push({input});
    return value();
  }

private:
  struct chosen {
    double x = 0;
    friend chosen combine(const chosen& a, const chosen& b) noexcept { return {Pick{}(a.x, b.x)}; }
  };
  sliding_window<chosen> window_;
};

struct pick_larger {
  double operator()(double a, double b) const noexcept { return std::max(a, b); }
};
struct pick_smaller {
  double operator()(double a, double b) const noexcept { return std::min(a, b); }
};

/// The largest of the last n values.
using highest = extreme<pick_larger>;
/// The smallest of the last n values.
using lowest = extreme<pick_smaller>;

} // namespace supreme::trading
