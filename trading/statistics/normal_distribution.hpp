#pragma once

namespace supreme::trading {

// The standard normal distribution. Any thread.

[[nodiscard]] double normal_density(double z) noexcept;

/// The probability of a value up to z.
[[nodiscard]] double normal_probability(double z) noexcept;

/// The z that is exceeded with this probability, which lies between 0 and 1 (neither included;
/// throws contract_violation otherwise). Asks for the upper tail, so that tiny ones keep their
/// digits.
[[nodiscard]] double normal_upper_quantile(double probability);

} // namespace supreme::trading
