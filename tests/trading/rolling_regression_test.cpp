// Goal: the rolling regression and the z-score equal their definitions, however long they have run.
// Method: small series by hand, then a million updates of a walk whose level changes by orders of
// magnitude, compared with the window recomputed in long double.

#include "trading/indicators/rolling_regression.hpp"
#include "trading/indicators/z_score.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <random>

namespace supreme::trading {
namespace {

struct point {
  double x = 0;
  double y = 0;
};

struct line {
  long double slope = 0, intercept = 0, deviation = 0, z = 0;
};

/// Least squares by definition.
line fit(const std::deque<point>& window) {
  const auto n = static_cast<long double>(window.size());
  long double x = 0, y = 0, xx = 0, xy = 0, squares = 0;
  for (const auto& p : window) {
    x += p.x / n;
    y += p.y / n;
  }
  for (const auto& p : window) {
    xx += (p.x - x) * (p.x - x);
    xy += (p.x - x) * (p.y - y);
  }
  line l;
  l.slope = xy / xx;
  l.intercept = y - l.slope * x;
  for (const auto& p : window) {
    const long double residual = p.y - l.intercept - l.slope * p.x;
    squares += residual * residual;
  }
  l.deviation = std::sqrt(squares / n);
  l.z = (window.back().y - l.intercept - l.slope * window.back().x) / l.deviation;
  return l;
}

TEST(rolling_regression, fits_the_last_pairs_by_least_squares) {
  rolling_regression r{3};
  EXPECT_FALSE(r.update(100, -7).has_value());
  EXPECT_FALSE(r.update(1, 1).has_value());
  EXPECT_TRUE(r.update(2, 3).has_value());
  // (1, 1), (2, 3), (3, 2): slope 1/2, intercept 1, residuals −1/2, 1, −1/2.
  const auto v = r.update(3, 2);
  ASSERT_TRUE(v.has_value());
  EXPECT_NEAR(v->slope, 0.5, 1e-12);
  EXPECT_NEAR(v->intercept, 1, 1e-12);
  EXPECT_NEAR(v->deviation, std::sqrt(0.5), 1e-12);
  ASSERT_TRUE(v->z.has_value());
  EXPECT_NEAR(*v->z, -0.5 / std::sqrt(0.5), 1e-12);
}

TEST(rolling_regression, says_nothing_where_x_does_not_vary) {
  rolling_regression r{3};
  for (const double y : {1.0, 2.0, 3.0, 4.0})
    EXPECT_FALSE(r.update(0.1, y).has_value());
  EXPECT_FALSE(r.update(0.1, 5).has_value());
  EXPECT_TRUE(r.update(0.2, 6).has_value());
}

TEST(rolling_regression, gives_no_z_where_all_lie_on_a_line) {
  rolling_regression r{20};
  std::optional<regression_value> v;
  for (int i = 0; i < 50; ++i)
    v = r.update(0.1 * i, 3 + 0.7 * (0.1 * i));
  ASSERT_TRUE(v.has_value());
  EXPECT_NEAR(v->slope, 0.7, 1e-9);
  EXPECT_EQ(v->deviation, 0);
  EXPECT_FALSE(v->z.has_value());
}

void expect_relative(double seen, long double expected, const char* what) {
  EXPECT_LE(std::abs(seen - expected), 1e-9L * std::abs(expected))
    << what << ' ' << seen << " instead of " << static_cast<double>(expected);
}

TEST(rolling_regression, equals_its_window_after_a_million_updates) {
  for (const uint32_t length : {5U, 60U, 500U}) {
    SCOPED_TRACE(length);
    std::mt19937_64 random{42};
    const auto step = [&random] { return (static_cast<double>(random() % 2'001) - 1'000) * 1e-3; };
    rolling_regression r{length};
    z_score scored{length};
    std::deque<point> window;
    point p;
    for (size_t i = 0; i < 1'000'000; ++i) {
      // The level leaps between 1e6 and 1e-3: this is what makes running sums drift.
      if (i % 10'000 == 0)
        p.x = i % 20'000 == 0 ? 1e6 : 1e-3;
      p.x += step();
      p.y = 0.8 * p.x + 3 * step();
      window.push_back(p);
      if (window.size() > length)
        window.pop_front();
      const auto v = r.update(p.x, p.y);
      const auto z = scored.update(p.y);
      if (i % 99'991 != 99'990)
        continue;
      ASSERT_TRUE(v && v->z && z);
      const auto expected = fit(window);
      expect_relative(v->slope, expected.slope, "slope");
      expect_relative(v->deviation, expected.deviation, "deviation");
      // The residual is a small difference of large numbers: its unit is the deviation.
      EXPECT_NEAR(*v->z, static_cast<double>(expected.z), 1e-9);
    }
  }
}

TEST(z_score, is_the_distance_from_the_mean_in_population_deviations) {
  z_score z{4};
  EXPECT_FALSE(z.update(100).has_value());
  EXPECT_FALSE(z.update(2).has_value());
  EXPECT_FALSE(z.update(4).has_value());
  EXPECT_TRUE(z.update(4).has_value());
  const auto v = z.update(6); // 2, 4, 4, 6: mean 4, deviation √2.
  ASSERT_TRUE(v.has_value());
  EXPECT_NEAR(*v, std::sqrt(2.0), 1e-12);
}

TEST(z_score, says_nothing_where_nothing_deviates) {
  z_score z{3};
  for (int i = 0; i < 9; ++i)
    EXPECT_FALSE(z.update(0.1).has_value());
}

} // namespace
} // namespace supreme::trading
