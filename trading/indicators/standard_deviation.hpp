#pragma once

#include "trading/indicators/sliding_window.hpp"

#include <cmath>

namespace supreme::trading {

/// Count, mean and sum of squared distances from the mean.
struct moments {
  double count = 0;
  double mean = 0;
  double squares = 0;

  /// Of both parts together (Chan, Golub and LeVeque, 1983).
  friend moments combine(const moments& a, const moments& b) noexcept {
    const double both = a.count + b.count;
    const double distance = b.mean - a.mean;
    return {both, a.mean + distance * b.count / both,
            a.squares + b.squares + distance * distance * a.count * b.count / both};
  }
  [[nodiscard]] double population_deviation() const noexcept { return std::sqrt(squares / count); }
};

/// Mean and population standard deviation (divided by n) of the last n values. The first value
/// comes with the n-th input.
class standard_deviation {
public:
  explicit standard_deviation(uint32_t length) : window_(length) {}

  [[nodiscard]] std::optional<moments> window() const noexcept { return window_.value(); }
  [[nodiscard]] std::optional<double> value() const noexcept {
    const auto m = window_.value();
    return m ? std::optional{m->population_deviation()} : std::nullopt;
  }

  /// Amortised O(1), no allocation.
  std::optional<double> update(double input) noexcept {
    window_.push({1, input, 0});
    return value();
  }

private:
  sliding_window<moments> window_;
};

} // namespace supreme::trading
