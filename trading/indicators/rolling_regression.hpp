#pragma once

#include "trading/indicators/sliding_window.hpp"

#include <cmath>

namespace supreme::trading {

/// Count, means, and sums of products of distances from the means, of pairs of values.
struct joint_moments {
  double count = 0;
  double mean_x = 0;
  double mean_y = 0;
  double xx = 0;
  double xy = 0;
  double yy = 0;

  /// Of both parts together (Chan, Golub and LeVeque, 1983).
  friend joint_moments combine(const joint_moments& a, const joint_moments& b) noexcept {
    const double both = a.count + b.count;
    const double share = b.count / both;
    const double weight = a.count * share;
    const double dx = b.mean_x - a.mean_x;
    const double dy = b.mean_y - a.mean_y;
    return {both,
            a.mean_x + dx * share,
            a.mean_y + dy * share,
            a.xx + b.xx + dx * dx * weight,
            a.xy + b.xy + dx * dy * weight,
            a.yy + b.yy + dy * dy * weight};
  }
};

/// y ≈ intercept + slope·x by least squares.
struct regression_value {
  double slope = 0;
  double intercept = 0;
  double deviation = 0; ///< of the residuals in the window, divided by n; 0 where all lie on a line
  /// The newest residual in deviations; nothing where all lie on a line.
  std::optional<double> z;
};

/// Least squares over the last n pairs. The first value comes with the n-th pair; nothing where x
/// does not vary.
class rolling_regression {
public:
  explicit rolling_regression(uint32_t length) : window_(length) {}

  /// Amortised O(1), no allocation.
  std::optional<regression_value> update(double x, double y) noexcept {
    window_.push({1, x, y, 0, 0, 0});
    const auto m = window_.value();
    if (!m || !(m->xx > 0))
      return std::nullopt;
    regression_value v;
    v.slope = m->xy / m->xx;
    v.intercept = m->mean_y - v.slope * m->mean_x;
    // What is left of y's squares. Below this share it is what rounding has left of a line.
    constexpr double rounding = 1e-12;
    const double squares = m->yy - v.slope * m->xy;
    if (squares > rounding * m->yy) {
      v.deviation = std::sqrt(squares / m->count);
      v.z = (y - m->mean_y - v.slope * (x - m->mean_x)) / v.deviation;
    }
    return v;
  }

private:
  sliding_window<joint_moments> window_;
};

} // namespace supreme::trading
