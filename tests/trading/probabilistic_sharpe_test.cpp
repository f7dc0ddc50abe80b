// Goal: the probabilistic and the deflated Sharpe ratio are those of Bailey and López de Prado.
// Method: the worked example of "The Deflated Sharpe Ratio" (2014): five years of 250 days, an
// annual ratio of 2.5, a hundred trials whose annual ratios vary by 1/2, skewness −3 and
// kurtosis 10.

#include "trading/statistics/probabilistic_sharpe.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace supreme::trading {
namespace {

const sharpe_estimate published{2.5 / std::sqrt(250.0), 1250, -3, 10};
constexpr double trial_variance = 0.5 / 250;

TEST(probabilistic_sharpe, matches_the_published_example) {
  EXPECT_NEAR(*expected_maximum_sharpe({100, trial_variance}), 0.1132, 5e-5);
  EXPECT_NEAR(*deflated_sharpe_ratio(published, {100, trial_variance}), 0.9004, 5e-5);
  EXPECT_NEAR(*deflated_sharpe_ratio(published, {46, trial_variance}), 0.9505, 5e-5);
}

TEST(probabilistic_sharpe, of_normal_returns_is_a_half_at_its_own_value) {
  const sharpe_estimate e{0.1, 101, 0, 3};
  EXPECT_DOUBLE_EQ(*probabilistic_sharpe_ratio(e, 0.1), 0.5);
  // 0.1·sqrt(100)/sqrt(1 + 0.1²/2) = 0.99751 standard errors above 0.
  EXPECT_NEAR(*probabilistic_sharpe_ratio(e), 0.840741, 1e-6);
}

TEST(probabilistic_sharpe, of_a_single_trial_is_not_deflated) {
  EXPECT_EQ(expected_maximum_sharpe({1, 0.5}), 0.0);
  EXPECT_EQ(deflated_sharpe_ratio(published, {1, 0.5}), probabilistic_sharpe_ratio(published));
}

TEST(probabilistic_sharpe, estimates_from_the_moments_of_the_returns) {
  const std::vector<double> returns{0.01, 0.02, -0.01, 0.04};
  const auto e = estimate_sharpe(moments_of(returns), 0.005);
  ASSERT_TRUE(e);
  // Mean 0.015, Σ (r − mean)² = 0.0013.
  EXPECT_NEAR(e->ratio, 0.01 / std::sqrt(0.0013 / 3), 1e-12);
  EXPECT_EQ(e->observations, 4);
  // Σ (r − mean)³ and Σ (r − mean)⁴ over the population's deviation.
  EXPECT_NEAR(e->skewness, (0.025 * 0.025 * 0.025 * 0 / 4), 1e-9);
  EXPECT_NEAR(e->kurtosis,
              4 * (2 * std::pow(0.025, 4) + 2 * std::pow(0.005, 4)) / (0.0013 * 0.0013), 1e-9);
}

TEST(probabilistic_sharpe, says_nothing_where_the_error_of_the_estimate_is_undefined) {
  EXPECT_FALSE(estimate_sharpe(moments_of(std::vector<double>{})));
  EXPECT_FALSE(estimate_sharpe(moments_of(std::vector<double>{0.1})));
  EXPECT_FALSE(estimate_sharpe(moments_of(std::vector<double>{0.1, 0.1, 0.1})));
  EXPECT_FALSE(probabilistic_sharpe_ratio({1, 1, 0, 3}));
  EXPECT_FALSE(probabilistic_sharpe_ratio({1, 100, 5, 3}));
  EXPECT_FALSE(probabilistic_sharpe_ratio({std::numeric_limits<double>::quiet_NaN(), 100, 0, 3}));
  EXPECT_FALSE(expected_maximum_sharpe({0, 0.5}));
  EXPECT_FALSE(expected_maximum_sharpe({10, -0.5}));
  EXPECT_FALSE(deflated_sharpe_ratio(published, {0, 0.5}));
}

} // namespace
} // namespace supreme::trading
