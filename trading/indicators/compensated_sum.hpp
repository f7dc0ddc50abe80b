#pragma once

#include <cmath>

namespace supreme::trading {

/// Neumaier's sum: carries what each addition rounds away, so that small terms are not lost in a
/// large total.
class compensated_sum {
public:
  void add(double x) noexcept {
    const double next = total_ + x;
    error_ += std::abs(total_) >= std::abs(x) ? (total_ - next) + x : (x - next) + total_;
    total_ = next;
  }
  [[nodiscard]] double value() const noexcept { return total_ + error_; }

private:
  double total_ = 0;
  double error_ = 0;
};

} // namespace supreme::trading
