#pragma once

#include "trading/statistics/performance.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace supreme::trading {

/// What a search wants most of. Higher is better for all of them.
enum class objective : uint8_t {
  sharpe = 1,
  sortino = 2,
  calmar = 3,
  total_return = 4,
  profit_factor = 5,
  sqn = 6,
  cagr = 7,
};

[[nodiscard]] const char* to_string(objective o) noexcept;
[[nodiscard]] std::optional<objective> parse_objective(std::string_view name) noexcept;
/// "sharpe, sortino, …"
[[nodiscard]] std::string objective_names();

/// As docs/statistics.md defines it; nothing where it is undefined.
[[nodiscard]] std::optional<double> value_of(objective o, const performance& p) noexcept;

} // namespace supreme::trading
