#pragma once

#include "trading/result.hpp"
#include "trading/strategies/strategy.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace supreme::trading {

/// Most trials of one search. It bounds memory, and a search that is larger finds luck.
inline constexpr uint64_t optimisation_trials_max = 100'000;
/// Most parameters that one search varies.
inline constexpr size_t optimisation_axes_max = 16;
/// How often one trial of a random search is drawn anew before the search is refused: the rules
/// between the parameters leave next to nothing then.
inline constexpr uint32_t random_draws_max = 1'000;

/// What a search tries for one parameter: the values, or anything from `minimum` to `maximum` when
/// there are none. All within the parameter's specification.
struct parameter_axis {
  std::string name;
  std::vector<double> values; ///< in the order given, each once
  double minimum = 0;
  double maximum = 0;
  bool integral = false; ///< only whole numbers from `minimum` to `maximum`
};

/// Reads "fast=5,10,20" (a list), "fast=5:20:5" (from, to and step), "fast=5:20" (a range; of a
/// whole-number parameter every number in it), "direction=long,both" (choices by their names) or
/// "fast" (all that the kind allows). Steps are exact
/// decimals, so that 0.1:0.3:0.1 ends with 0.3. A sentence when the kind has no such parameter, a
/// value breaks its specification or stands twice, or the text is none of these.
[[nodiscard]] result<parameter_axis, std::string> parse_axis(const strategy_kind& kind,
                                                             std::string_view text);

/// An axis for each parameter of the kind, over all that it allows.
[[nodiscard]] std::vector<parameter_axis> axes_of_schema(const strategy_kind& kind);

/// The combinations that a search tries, in the order of their trials.
struct parameter_trials {
  std::vector<std::string> names;          ///< of the varied parameters, in the order of the axes
  parameters base;                         ///< complete; the varied ones are replaced
  std::vector<std::vector<double>> points; ///< per trial, in the order of `names`
  uint64_t invalid = 0; ///< combinations that were left out because the kind's check refuses them

  /// Complete and checked.
  [[nodiscard]] parameters values(size_t trial) const;
};

/// Every combination of the axes' values that the kind's check accepts; the last axis moves
/// fastest. `base` is complete. A sentence when an axis has no values or stands twice, when there
/// are more combinations than optimisation_trials_max, or when none is valid.
[[nodiscard]] result<parameter_trials, std::string>
make_grid(const strategy_kind& kind, const parameters& base,
          const std::vector<parameter_axis>& axes);

/// `count` combinations, each parameter uniform over its axis. A trial depends on the seed and its
/// own number alone, on every machine; draws that the kind's check refuses are drawn anew and
/// counted. A sentence when an axis stands twice, when more than optimisation_trials_max or no
/// trials are wanted, or when random_draws_max draws of a trial are all invalid.
[[nodiscard]] result<parameter_trials, std::string>
make_random_trials(const strategy_kind& kind, const parameters& base,
                   const std::vector<parameter_axis>& axes, uint64_t count, uint64_t seed);

} // namespace supreme::trading
