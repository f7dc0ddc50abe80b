#pragma once

#include <optional>
#include <span>
#include <vector>

namespace supreme::trading {

/// How bad the worst days are, as daily returns: −0.03 is a loss of 3 %.
struct tail_risk {
  std::optional<double> value_at_risk;      ///< a return falls short of it with 1 − confidence
  std::optional<double> expected_shortfall; ///< the mean of the worst share; ≤ value_at_risk

  friend bool operator==(const tail_risk&, const tail_risk&) = default;
};

/// From the returns as they were. Value at risk is the (1 − confidence) quantile, interpolated
/// between order statistics (type 7 of Hyndman and Fan, 1996). The expected shortfall is the mean
/// of the worst n·(1 − confidence) returns, the last of them in part (Acerbi and Tasche, "On the
/// coherence of expected shortfall", 2002): unlike a mean of what is not above the quantile, it
/// does not jump where returns are almost equal. Nothing without returns. Throws contract_violation
/// unless 0 < confidence < 1.
[[nodiscard]] tail_risk historical_tail_risk(std::vector<double> returns, double confidence);

/// From a normal distribution with this mean and deviation: mean − z·deviation, z = 1.64485… at 95
/// %, and mean − deviation·φ(z)/(1 − confidence). Nothing where an argument is missing. Throws
/// contract_violation unless 0 < confidence < 1.
[[nodiscard]] tail_risk parametric_tail_risk(std::optional<double> mean,
                                             std::optional<double> deviation, double confidence);

} // namespace supreme::trading
