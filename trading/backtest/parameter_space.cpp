#include "trading/backtest/parameter_space.hpp"

#include "trading/backtest/random_stream.hpp"
#include "trading/check.hpp"
#include "trading/market/decimal.hpp"
#include "trading/strategies/registry.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

namespace supreme::trading {

namespace {

template <class T>
using or_sentence = result<T, std::string>;

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos)
      return parts;
    text.remove_prefix(end + 1);
  }
}

/// From one decimal to another in exact steps; nothing when there are too many.
std::optional<std::vector<double>> expand(decimal from, decimal to, decimal step) {
  std::vector<double> values;
  for (std::optional<decimal> value = from; value && *value <= to;
       value = checked_add(*value, step)) {
    if (values.size() == optimisation_trials_max)
      return std::nullopt;
    values.push_back(value->to_double());
  }
  return values;
}

std::string too_many(const std::string& name) {
  return name + " has more than " + std::to_string(optimisation_trials_max) + " values.";
}

std::string not_readable(const parameter_spec& spec, std::string_view text) {
  if (spec.choices.empty())
    return spec.name + " must be a list like 5,10,20 or a range like 5:20:5, was "
           + std::string{text} + ".";
  return spec.name + " must be a list of some of " + choice_names(spec) + ", was "
         + std::string{text} + ".";
}

parameter_axis whole_axis(const parameter_spec& spec) {
  return {spec.name, {}, spec.minimum, spec.maximum, spec.integral};
}

/// "5:20" or "5:20:5".
or_sentence<parameter_axis> read_range(const parameter_spec& spec, std::string_view text) {
  const auto parts = split(text, ':');
  std::vector<decimal> numbers;
  for (const auto part : parts) {
    if (const auto number = decimal::parse(part))
      numbers.push_back(*number);
  }
  if (numbers.size() != parts.size() || numbers.size() > 3)
    return not_readable(spec, text);
  if (numbers[1] < numbers[0])
    return spec.name + " must not end below its start, was " + std::string{text} + ".";
  auto axis = whole_axis(spec);
  axis.minimum = numbers[0].to_double();
  axis.maximum = numbers[1].to_double();
  if (numbers.size() == 2 && !spec.integral)
    return axis;
  const auto step = numbers.size() == 3 ? numbers[2] : decimal::from_integer(1);
  if (!step.is_positive())
    return spec.name + " needs a step above 0, was " + std::string{text} + ".";
  auto values = expand(numbers[0], numbers[1], step);
  if (!values)
    return too_many(spec.name);
  axis.values = std::move(*values);
  return axis;
}

/// A number, or the name of a choice; nothing for any other text.
std::optional<double> read_value(const parameter_spec& spec, std::string_view text) {
  if (const auto choice = choice_value(spec, text))
    return choice;
  const auto number = decimal::parse(text);
  return number ? std::optional{number->to_double()} : std::nullopt;
}

or_sentence<parameter_axis> read_list(const parameter_spec& spec, std::string_view text) {
  auto axis = whole_axis(spec);
  for (const auto part : split(text, ',')) {
    const auto value = read_value(spec, part);
    if (!value)
      return not_readable(spec, text);
    axis.values.push_back(*value);
  }
  if (axis.values.size() > optimisation_trials_max)
    return too_many(spec.name);
  return axis;
}

/// One sentence, or nothing when each value keeps the specification and stands once.
std::string find_problem(const strategy_kind& kind, const parameter_axis& axis) {
  auto each_alone = kind;
  each_alone.check = nullptr; // Rules between parameters are for combinations.
  std::set<double> seen;
  const auto& values =
    axis.values.empty() ? std::vector<double>{axis.minimum, axis.maximum} : axis.values;
  for (const double value : values) {
    if (auto checked = check_parameters(each_alone, {{axis.name, value}});
        !checked.problems.empty())
      return checked.problems.front();
    if (!axis.values.empty() && !seen.insert(value).second)
      return axis.name + " names a value twice.";
  }
  return {};
}

std::string find_problem(const std::vector<parameter_axis>& axes) {
  std::set<std::string> names;
  for (const auto& axis : axes) {
    if (!names.insert(axis.name).second)
      return axis.name + " is varied twice.";
  }
  if (axes.empty())
    return "No parameter is varied.";
  if (axes.size() > optimisation_axes_max)
    return "At most " + std::to_string(optimisation_axes_max) + " parameters are varied at once.";
  return {};
}

parameter_trials start(const parameters& base, const std::vector<parameter_axis>& axes) {
  parameter_trials trials;
  trials.base = base;
  for (const auto& axis : axes) {
    SUPREME_CHECK(base.contains(axis.name), "the base has every parameter that is varied");
    trials.names.push_back(axis.name);
  }
  return trials;
}

/// The rule between parameters that the values break, empty when they keep all.
std::string broken_rule(const strategy_kind& kind, const parameters& values) {
  if (kind.check == nullptr)
    return {};
  auto problems = kind.check(values);
  return problems.empty() ? std::string{} : std::move(problems.front());
}

parameters combine(const parameter_trials& trials, const std::vector<double>& point) {
  auto values = trials.base;
  for (size_t i = 0; i < point.size(); ++i)
    values[trials.names[i]] = point[i];
  return values;
}

double draw(const parameter_axis& axis, random_stream& random) {
  if (!axis.values.empty())
    return axis.values[random.below(axis.values.size())];
  const double u = random.uniform();
  if (axis.integral)
    return std::min(axis.maximum, axis.minimum + std::floor(u * (axis.maximum - axis.minimum + 1)));
  // Rounded, so that the value that is printed gives the same run when it is configured.
  const auto rounded = decimal::from_double(axis.minimum + u * (axis.maximum - axis.minimum));
  return std::clamp(rounded ? rounded->to_double() : axis.minimum, axis.minimum, axis.maximum);
}

/// The combination after this one, the last axis first; false after the last.
bool advance(std::vector<size_t>& at, const std::vector<parameter_axis>& axes) {
  for (size_t i = axes.size(); i-- > 0;) {
    if (++at[i] < axes[i].values.size())
      return true;
    at[i] = 0;
  }
  return false;
}

} // namespace

result<parameter_axis, std::string> parse_axis(const strategy_kind& kind, std::string_view text) {
  const auto equals = text.find('=');
  const std::string name{text.substr(0, equals)};
  const auto spec = std::find_if(kind.schema.begin(), kind.schema.end(),
                                 [&name](const auto& each) { return each.name == name; });
  if (spec == kind.schema.end())
    return kind.name + " has no parameter " + name + ".";
  if (equals == std::string_view::npos)
    return whole_axis(*spec);
  const auto values = text.substr(equals + 1);
  auto axis = values.find(':') == std::string_view::npos ? read_list(*spec, values)
                                                         : read_range(*spec, values);
  if (!axis)
    return axis;
  if (auto problem = find_problem(kind, *axis); !problem.empty())
    return problem;
  return axis;
}

std::vector<parameter_axis> axes_of_schema(const strategy_kind& kind) {
  std::vector<parameter_axis> axes;
  for (const auto& spec : kind.schema)
    axes.push_back(whole_axis(spec));
  return axes;
}

parameters parameter_trials::values(size_t trial) const { return combine(*this, points.at(trial)); }

result<parameter_trials, std::string> make_grid(const strategy_kind& kind, const parameters& base,
                                                const std::vector<parameter_axis>& axes) {
  if (auto problem = find_problem(axes); !problem.empty())
    return problem;
  uint64_t combinations = 1;
  for (const auto& axis : axes) {
    if (axis.values.empty())
      return "A grid needs values or a step for " + axis.name + ", like " + axis.name + "=5:20:5.";
    // Neither factor is above the limit, so the product fits.
    combinations *= axis.values.size();
    if (combinations > optimisation_trials_max)
      return "The grid has more than " + std::to_string(optimisation_trials_max)
             + " combinations: take larger steps, or draw some of them at random.";
  }
  auto trials = start(base, axes);
  std::string broken;
  std::vector<size_t> at(axes.size());
  do {
    std::vector<double> point;
    for (size_t i = 0; i < axes.size(); ++i)
      point.push_back(axes[i].values[at[i]]);
    if (auto rule = broken_rule(kind, combine(trials, point)); rule.empty()) {
      trials.points.push_back(std::move(point));
    } else {
      broken = std::move(rule);
      ++trials.invalid;
    }
  } while (advance(at, axes));
  if (trials.points.empty())
    return "No combination of the grid is valid: " + broken;
  return trials;
}

result<parameter_trials, std::string> make_random_trials(const strategy_kind& kind,
                                                         const parameters& base,
                                                         const std::vector<parameter_axis>& axes,
                                                         uint64_t count, uint64_t seed) {
  if (auto problem = find_problem(axes); !problem.empty())
    return problem;
  if (count == 0 || count > optimisation_trials_max)
    return "A random search has 1 to " + std::to_string(optimisation_trials_max) + " trials, was "
           + std::to_string(count) + ".";
  auto trials = start(base, axes);
  for (uint64_t i = 0; i < count; ++i) {
    random_stream random{seed, i};
    for (uint32_t draws = 0; trials.points.size() == i; ++draws) {
      std::vector<double> point;
      for (const auto& axis : axes)
        point.push_back(draw(axis, random));
      const auto rule = broken_rule(kind, combine(trials, point));
      if (rule.empty())
        trials.points.push_back(std::move(point));
      else if (++trials.invalid; draws + 1 == random_draws_max)
        return "Not one of " + std::to_string(random_draws_max)
               + " random combinations is valid: " + rule;
    }
  }
  return trials;
}

} // namespace supreme::trading
