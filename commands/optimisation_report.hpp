#pragma once

#include "commands/setting_lines.hpp"
#include "trading/backtest/heat_map.hpp"
#include "trading/backtest/walk_forward.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace supreme::commands {

/// A search with all that came of it: what the reports show. None of it depends on the number of
/// threads, or on how long anything took.
struct optimisation_outcome {
  trading::search_task task;
  setting_lines lines;          ///< what was searched
  std::optional<uint64_t> seed; ///< of a random search; nothing: a grid
  trading::search_result found;
  std::optional<trading::heat_map> heat; ///< where two parameters are varied
  std::optional<trading::walk_forward_result> walked;

  [[nodiscard]] bool complete() const { return found.complete && (!walked || walked->complete); }
  /// Why not to believe it, one sentence each.
  [[nodiscard]] std::vector<std::string> warnings() const;
};

/// Everything, exact decimals as text, what is undefined as null.
[[nodiscard]] nlohmann::json to_json(const optimisation_outcome& outcome);
/// One line per trial in trial order, below a header line.
void write_csv(std::ostream& out, const optimisation_outcome& outcome);
/// The same in short, for a terminal.
void print(std::ostream& out, const optimisation_outcome& outcome);

/// A value of the n-th varied parameter as a file would give it: "5", "long".
[[nodiscard]] std::string axis_value_text(const optimisation_outcome& outcome, size_t axis,
                                          double value);
/// "fast 5, slow 20": the varied parameters of a trial.
[[nodiscard]] std::string point_text(const optimisation_outcome& outcome, size_t trial);
/// A number as people read it, up to four digits; "–" for nothing.
[[nodiscard]] std::string short_text(const std::optional<double>& value);
/// A fraction as a percentage: 0.1234 is "12.34 %".
[[nodiscard]] std::string percent_text(const std::optional<double>& fraction);
/// Of the named parameter: "5", "long", or "5…9.5" for a band.
[[nodiscard]] std::string band_text(const optimisation_outcome& outcome, const std::string& name,
                                    const trading::heat_band& band);

} // namespace supreme::commands
