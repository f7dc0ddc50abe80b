#include "trading/strategies/momentum.hpp"
#include "trading/strategies/strategy.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace supreme::trading {

namespace {

std::string number_text(double value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

/// One sentence when the value breaks its specification; empty when it keeps it.
std::string find_problem(const parameter_spec& spec, double value) {
  // Not written the other way round: NaN must be refused as well.
  if (!(value >= spec.minimum && value <= spec.maximum))
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

const std::vector<strategy_kind>& strategy_kinds() {
  static const std::vector<strategy_kind> kinds{momentum_kind()};
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
