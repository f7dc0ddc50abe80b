#pragma once

#include "trading/statistics/ratio.hpp"

#include <cmath>
#include <optional>
#include <span>

namespace supreme::trading {

/// What a set of returns adds up to: growth, and central moments up to the fourth. Two sets combine
/// into the moments of both, so it also serves a sliding_window. Returns are fractions: 0.01 is 1
/// %.
struct return_moments {
  double count = 0;
  double mean = 0;
  double squares = 0;       ///< Σ (r − mean)²
  double cubes = 0;         ///< Σ (r − mean)³
  double fourth_powers = 0; ///< Σ (r − mean)⁴
  double log_growth = 0;    ///< Σ ln(1 + r) over the returns above −1
  double ruins = 0;         ///< how many returns are −1 or below, where growth ends

  [[nodiscard]] static return_moments of(double r) noexcept {
    const bool ruin = r <= -1;
    return {1, r, 0, 0, 0, ruin ? 0 : std::log1p(r), ruin ? 1.0 : 0.0};
  }

  /// Pébay, "Formulas for robust, one-pass parallel computation of covariances and arbitrary-order
  /// statistical moments" (Sandia, 2008), section 2.
  friend return_moments combine(const return_moments& a, const return_moments& b) noexcept {
    if (a.count == 0)
      return b;
    if (b.count == 0)
      return a;
    const double n = a.count + b.count;
    const double d = b.mean - a.mean;
    const double dn = d / n;
    const double spread = d * dn * a.count * b.count;
    return_moments both;
    both.count = n;
    both.mean = a.mean + dn * b.count;
    both.squares = a.squares + b.squares + spread;
    both.cubes = a.cubes + b.cubes + spread * dn * (a.count - b.count)
                 + 3 * dn * (a.count * b.squares - b.count * a.squares);
    both.fourth_powers =
      a.fourth_powers + b.fourth_powers
      + spread * dn * dn * (a.count * a.count - a.count * b.count + b.count * b.count)
      + 6 * dn * dn * (a.count * a.count * b.squares + b.count * b.count * a.squares)
      + 4 * dn * (a.count * b.cubes - b.count * a.cubes);
    both.log_growth = a.log_growth + b.log_growth;
    both.ruins = a.ruins + b.ruins;
    return both;
  }

  void add(double r) noexcept { *this = combine(*this, of(r)); }

  /// Divided by n − 1; nothing for fewer than two returns.
  [[nodiscard]] std::optional<double> variance() const noexcept {
    return count < 2 ? std::nullopt : finite(squares / (count - 1));
  }
  [[nodiscard]] std::optional<double> deviation() const noexcept {
    const auto v = variance();
    return v ? std::optional{std::sqrt(*v)} : std::nullopt;
  }
  /// Of the population: 0 for a symmetric distribution. Nothing where the returns are all equal.
  [[nodiscard]] std::optional<double> skewness() const noexcept {
    return ratio(std::sqrt(count) * cubes, squares * std::sqrt(squares));
  }
  /// Of the population and not in excess: 3 for the normal distribution.
  [[nodiscard]] std::optional<double> kurtosis() const noexcept {
    return ratio(count * fourth_powers, squares * squares);
  }
  /// The constant return that grows as much in `periods`; nothing after a ruin.
  [[nodiscard]] std::optional<double> growth_per(double periods) const noexcept {
    if (periods <= 0 || ruins > 0)
      return std::nullopt;
    return finite(std::expm1(log_growth / periods));
  }
};

[[nodiscard]] inline return_moments moments_of(std::span<const double> returns) noexcept {
  return_moments m;
  for (const double r : returns)
    m.add(r);
  return m;
}

} // namespace supreme::trading
