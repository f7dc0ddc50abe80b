#include "trading/strategies/registry.hpp"

#include "trading/strategies/breakout.hpp"
#include "trading/strategies/mean_reversion.hpp"
#include "trading/strategies/momentum.hpp"
#include "trading/strategies/pairs.hpp"
#include "trading/strategies/sma_cross.hpp"

#include <algorithm>
#include <atomic>
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

const std::vector<strategy_kind>& built_in_kinds() {
  static const std::vector<strategy_kind> kinds{breakout_kind(), mean_reversion_kind(),
                                                momentum_kind(), pairs_kind(), sma_cross_kind()};
  return kinds;
}

/// What the registry listed at some time. A list is never changed and never freed, because readers
/// keep pointers into it; there are as few as there are additions.
struct kind_list {
  std::vector<strategy_kind> kinds;
  const kind_list* before = nullptr; ///< keeps the older lists within reach of leak checkers
};

std::atomic<const kind_list*>& newest_list() {
  static const kind_list first{built_in_kinds(), nullptr};
  static std::atomic<const kind_list*> newest{&first};
  return newest;
}

bool by_name(const strategy_kind& a, const strategy_kind& b) { return a.name < b.name; }

bool same_name(const strategy_kind& a, const strategy_kind& b) { return a.name == b.name; }

} // namespace

std::string value_text(const parameter_spec& spec, double value) {
  if (!spec.choices.empty())
    return spec.choices.at(static_cast<size_t>(value));
  return number_text(value);
}

std::optional<double> choice_value(const parameter_spec& spec, std::string_view text) {
  const auto choice = std::find(spec.choices.begin(), spec.choices.end(), text);
  return choice == spec.choices.end()
           ? std::nullopt
           : std::optional{static_cast<double>(choice - spec.choices.begin())};
}

std::string choice_names(const parameter_spec& spec) {
  std::string names;
  for (const auto& choice : spec.choices)
    names += (names.empty() ? "" : ", ") + choice;
  return names;
}

std::string parameters_text(const strategy_kind* kind, const parameters& values,
                            const std::string& between) {
  static const std::vector<parameter_spec> no_schema;
  const auto& schema = kind == nullptr ? no_schema : kind->schema;
  std::string text;
  for (const auto& [name, value] : values) {
    const auto spec = std::find_if(schema.begin(), schema.end(),
                                   [&wanted = name](const auto& s) { return s.name == wanted; });
    text += (text.empty() ? "" : between) + name + '='
            + (spec == schema.end() ? number_text(value) : value_text(*spec, value));
  }
  return text;
}

const std::vector<strategy_kind>& strategy_kinds() {
  return newest_list().load(std::memory_order_acquire)->kinds;
}

const strategy_kind* find_strategy_kind(const std::string& name) {
  const auto& kinds = strategy_kinds();
  const auto found = std::find_if(kinds.begin(), kinds.end(),
                                  [&name](const strategy_kind& k) { return k.name == name; });
  return found == kinds.end() ? nullptr : &*found;
}

bool add_strategy_kinds(const std::vector<strategy_kind>& kinds) {
  auto next = std::make_unique<kind_list>();
  next->before = newest_list().load(std::memory_order_acquire);
  do { // Until nobody added anything in between.
    next->kinds = next->before->kinds;
    next->kinds.insert(next->kinds.end(), kinds.begin(), kinds.end());
    std::stable_sort(next->kinds.begin(), next->kinds.end(), by_name);
    if (std::adjacent_find(next->kinds.begin(), next->kinds.end(), same_name) != next->kinds.end())
      return false;
  } while (
    !newest_list().compare_exchange_weak(next->before, next.get(), std::memory_order_acq_rel));
  (void)next.release();
  return true;
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
