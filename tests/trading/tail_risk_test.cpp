// Goal: value at risk, expected shortfall and downside deviation give the numbers that independent
// tools print.
// Method: LEAN's reference series (Apache-2.0) to the printed precision; small cases by hand; the
// normal distribution against its table.

#include "trading/statistics/tail_risk.hpp"

#include "tests/support/shared_data.hpp"
#include "tests/trading/csv.hpp"
#include "trading/check.hpp"
#include "trading/statistics/annual.hpp"
#include "trading/statistics/normal_distribution.hpp"
#include "trading/statistics/return_moments.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <limits>

namespace supreme::trading {
namespace {

using tests::csv_table;

TEST(tail_risk, parametric_value_at_risk_matches_the_spy_series) {
  SUPREME_SHARED_PATH(path, "oracles/lean/spy_valueatrisk.csv");
  const csv_table table{path};
  std::deque<double> window;
  size_t compared = 0;
  for (size_t row = 0; row < table.size(); ++row) {
    if (table.cell(row, "returns").empty())
      continue;
    window.push_back(std::stod(table.cell(row, "returns")));
    if (window.size() > 252)
      window.pop_front();
    if (table.cell(row, "VaR_95").empty())
      continue;
    const std::vector<double> returns(window.begin(), window.end());
    const auto m = moments_of(returns);
    for (const auto& [column, confidence] :
         {std::pair{"VaR_99", 0.99}, {"VaR_95", 0.95}, {"VaR_90", 0.90}})
      EXPECT_NEAR(*parametric_tail_risk(m.mean, m.deviation(), confidence).value_at_risk,
                  std::stod(table.cell(row, column)), 1e-14)
        << column << " row " << row;
    ++compared;
  }
  EXPECT_EQ(compared, table.size() - 2);
}

TEST(tail_risk, downside_deviation_and_its_ratio_match_the_spy_series) {
  SUPREME_SHARED_PATH(path, "oracles/lean/spy_sortino.csv");
  const csv_table table{path};
  std::vector<double> returns;
  size_t compared = 0;
  for (size_t row = 0; row < table.size(); ++row) {
    if (table.cell(row, "returns").empty())
      continue;
    returns.push_back(std::stod(table.cell(row, "returns")));
    if (table.cell(row, "sortino_rf_0_period_15").empty())
      continue;
    const auto window = std::span{returns}.last(15);
    const double mean = moments_of(window).mean;
    for (const auto& [target, name] : {std::pair{0.0, "0"}, {0.01, "0.01"}}) {
      const auto number = [&, suffix = std::string{name}](const char* column) {
        return std::stod(table.cell(row, std::string{column} + suffix + "_period_15"));
      };
      const auto downside = downside_deviation(window, target);
      // Ten significant digits of returns and results.
      EXPECT_NEAR(*downside, number("denominator_rf_"), 2e-10) << row;
      EXPECT_NEAR(*sortino_ratio(mean, downside, 1, target), number("sortino_rf_"), 2e-8) << row;
    }
    ++compared;
  }
  EXPECT_EQ(compared, table.size() - 15);
}

TEST(tail_risk, historical_quantile_is_interpolated_and_the_shortfall_is_the_mean_of_the_worst) {
  // 21 returns: the 5 % quantile is the second smallest, exactly.
  std::vector<double> returns;
  for (int i = 20; i >= 0; --i)
    returns.push_back(i / 100.0 - 0.1);
  const auto at_95 = historical_tail_risk(returns, 0.95);
  EXPECT_NEAR(*at_95.value_at_risk, -0.09, 1e-15);
  // The worst 1.05 returns: −0.1 and a twentieth of −0.09.
  EXPECT_NEAR(*at_95.expected_shortfall, -0.1045 / 1.05, 1e-15);
  EXPECT_NEAR(*historical_tail_risk(returns, 0.99).value_at_risk, -0.098, 1e-15);
  EXPECT_DOUBLE_EQ(*historical_tail_risk(returns, 0.99).expected_shortfall, -0.1);
  EXPECT_EQ(*historical_tail_risk({0.5}, 0.95).value_at_risk, 0.5);
  EXPECT_DOUBLE_EQ(*historical_tail_risk({-0.2, -0.2, -0.2}, 0.95).expected_shortfall, -0.2);
}

TEST(tail_risk, shortfall_does_not_jump_where_returns_are_almost_equal) {
  std::vector<double> returns(40, 0.0);
  returns[0] = -0.2;
  returns[1] = returns[2] = -0.1;
  const double before = *historical_tail_risk(returns, 0.95).expected_shortfall;
  EXPECT_NEAR(before, -0.15, 1e-15);
  returns[2] += 1e-14;
  EXPECT_NEAR(*historical_tail_risk(returns, 0.95).expected_shortfall, before, 1e-12);
}

TEST(tail_risk, says_nothing_without_returns_and_refuses_what_is_no_confidence) {
  EXPECT_EQ(historical_tail_risk({}, 0.95), tail_risk{});
  EXPECT_EQ(parametric_tail_risk(0.1, std::nullopt, 0.95), tail_risk{});
  EXPECT_EQ(parametric_tail_risk(std::nullopt, 0.1, 0.95), tail_risk{});
  EXPECT_FALSE(downside_deviation({}));
  for (const double confidence : {0.0, 1.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THROW((void)historical_tail_risk({0.1}, confidence), contract_violation);
    EXPECT_THROW((void)parametric_tail_risk(0.1, 0.1, confidence), contract_violation);
  }
}

TEST(normal_distribution, matches_its_table) {
  EXPECT_NEAR(normal_upper_quantile(0.05), 1.6448536269514722, 1e-14);
  EXPECT_NEAR(normal_upper_quantile(0.01), 2.3263478740408408, 1e-14);
  EXPECT_NEAR(normal_upper_quantile(0.975), -1.9599639845400542, 1e-14);
  EXPECT_NEAR(normal_upper_quantile(1e-300), 37.0471, 1e-4);
  EXPECT_NEAR(normal_probability(1), 0.8413447460685429, 1e-15);
  EXPECT_NEAR(normal_density(0), 0.3989422804014327, 1e-15);
  EXPECT_NEAR(normal_probability(normal_upper_quantile(0.3)), 0.7, 1e-15);
  EXPECT_THROW((void)normal_upper_quantile(0), contract_violation);
  EXPECT_THROW((void)normal_upper_quantile(1), contract_violation);
}

} // namespace
} // namespace supreme::trading
