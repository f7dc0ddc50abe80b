#pragma once

#include "trading/backtest/trial.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace supreme::trading {

/// Most rows and columns of a heat map whose values stand for themselves; more values are put into
/// heat_map_bands bands of equal width.
inline constexpr size_t heat_map_values_max = 24;
inline constexpr size_t heat_map_bands = 12;

/// A value of a parameter, or a band of values.
struct heat_band {
  double from = 0;
  double to = 0; ///< inclusive; equal to `from` for a single value

  friend bool operator==(const heat_band&, const heat_band&) = default;
};

struct heat_cell {
  std::optional<double> best; ///< of the objective over all other parameters
  uint64_t trials = 0;        ///< that were done there

  friend bool operator==(const heat_cell&, const heat_cell&) = default;
};

/// The best objective by two parameters.
struct heat_map {
  std::string column_name;
  std::string row_name;
  std::vector<heat_band> columns; ///< ascending
  std::vector<heat_band> rows;    ///< ascending
  std::vector<heat_cell> cells;   ///< row by row
  std::optional<double> lowest;   ///< of the cells
  std::optional<double> highest;

  [[nodiscard]] const heat_cell& cell(size_t row, size_t column) const {
    return cells.at(row * columns.size() + column);
  }
  /// Where a cell stands between lowest and highest, 0 to 1; 1 where they are equal. Nothing
  /// without an objective.
  [[nodiscard]] std::optional<double> heat(const heat_cell& c) const noexcept;
};

/// `column` and `row` are different positions among the trials' names; `results` are the trials',
/// in their order.
[[nodiscard]] heat_map make_heat_map(const parameter_trials& trials,
                                     std::span<const trial_result> results, size_t column,
                                     size_t row);

} // namespace supreme::trading
