#include "trading/strategies/breakout.hpp"
#include "trading/strategies/mean_reversion.hpp"
#include "trading/strategies/momentum.hpp"
#include "trading/strategies/pairs.hpp"
#include "trading/strategies/sma_cross.hpp"
#include "trading/strategies/strategy.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace supreme::trading {

namespace {

/// The shortest text that reads back as the same number, without an exponent where it fits.
std::string number_text(double value) {
  char out[32];
  auto written = std::to_chars(std::begin(out), std::end(out), value, std::chars_format::fixed);
  if (written.ec != std::errc{})
    written = std::to_chars(std::begin(out), std::end(out), value);
  return {std::begin(out), written.ptr};
}

/// "long, short or both".
std::string list_choices(const std::vector<std::string>& choices) {
  std::string out;
  for (size_t i = 0; i < choices.size(); ++i)
    out += (i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ") + choices[i];
  return out;
}

/// One sentence when the value breaks its specification; empty when it keeps it.
std::string find_problem(const parameter_spec& spec, double value) {
  // Not written the other way round: NaN must be refused as well.
  const bool in_range = value >= spec.minimum && value <= spec.maximum;
  if (!spec.choices.empty() && !(in_range && value == std::floor(value)))
    return spec.name + " must be " + list_choices(spec.choices) + ", was the number "
           + number_text(value) + ".";
  if (!in_range)
    return spec.name + " must be between " + number_text(spec.minimum) + " and "
           + number_text(spec.maximum) + ", was " + number_text(value) + ".";
  if (spec.integral && value != std::floor(value))
    return spec.name + " must be a whole number, was " + number_text(value) + ".";
  return {};
}

bool is_known(const strategy_kind& kind, const std::string& name) {
  return std::any_of(kind.schema.begin(), kind.schema.end(),
                     [&name](const parameter_spec& spec) { return spec.name == name; });
}

} // namespace

std::string value_text(const parameter_spec& spec, double value) {
  if (!spec.choices.empty())
    return spec.choices.at(static_cast<size_t>(value));
  return number_text(value);
}

const std::vector<strategy_kind>& strategy_kinds() {
  static const std::vector<strategy_kind> kinds{breakout_kind(), mean_reversion_kind(),
                                                momentum_kind(), pairs_kind(), sma_cross_kind()};
  return kinds;
}

const strategy_kind* find_strategy_kind(const std::string& name) {
  const auto& kinds = strategy_kinds();
  const auto found = std::find_if(kinds.begin(), kinds.end(),
                                  [&name](const strategy_kind& k) { return k.name == name; });
  return found == kinds.end() ? nullptr : &*found;
}

checked_parameters check_parameters(const strategy_kind& kind, const parameters& given) {
  checked_parameters out;
  for (const auto& [name, value] : given)
    if (!is_known(kind, name))
      out.problems.push_back(kind.name + " has no parameter " + name + ".");
  for (const auto& spec : kind.schema) {
    const auto entry = given.find(spec.name);
    const double value = entry == given.end() ? spec.initial : entry->second;
    if (auto problem = find_problem(spec, value); !problem.empty())
      out.problems.push_back(std::move(problem));
    out.values[spec.name] = value;
  }
  if (out.problems.empty() && kind.check != nullptr)
    out.problems = kind.check(out.values);
  return out;
}

} // namespace supreme::trading
