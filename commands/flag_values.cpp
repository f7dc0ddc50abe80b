#include "commands/flag_values.hpp"

#include "commands/verbs.hpp"
#include "config/names.hpp"
#include "config/report.hpp"
#include "trading/strategies/registry.hpp"

#include <algorithm>
#include <charconv>

namespace supreme::commands {

using trading::decimal;

namespace {

/// The two sides of name=value.
std::pair<std::string, std::string> split_parameter(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    throw verb_error("--param must be a name and a value like fast=12, was " + text);
  return {text.substr(0, equals), text.substr(equals + 1)};
}

/// A number, or the name of a choice.
double read_value(const trading::parameter_spec& spec, const std::string& text) {
  if (const auto choice = trading::choice_value(spec, text))
    return *choice;
  double value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec == std::errc{} && read.ptr == end)
    return value;
  throw verb_error("--param " + spec.name + " must be "
                   + (spec.choices.empty() ? "a number" : "one of " + trading::choice_names(spec))
                   + ", was " + text);
}

} // namespace

decimal read_amount(const std::string& flag, const std::string& text, bool zero_allowed) {
  const auto amount = decimal::parse(text);
  if (!amount || amount->is_negative() || (amount->is_zero() && !zero_allowed))
    throw verb_error(flag + " must be a number " + (zero_allowed ? "of at least 0" : "above 0")
                     + " with at most 8 decimals and below 92233720368, was " + text);
  return *amount;
}

/// A share in units of `ppb_per_unit`, exact to a part per billion.
int64_t read_share(const std::string& flag, const std::string& text, int64_t ppb_per_unit,
                   int64_t units_max) {
  const auto amount = decimal::parse(text);
  const int64_t raw_per_ppb = decimal::scale / ppb_per_unit;
  if (!amount || amount->is_negative() || *amount > decimal::from_integer(units_max)
      || (raw_per_ppb > 1 && amount->raw() % raw_per_ppb != 0))
    throw verb_error(flag + " must be a number from 0 to " + std::to_string(units_max)
                     + " with at most " + (ppb_per_unit == ppb_per_bps ? "5" : "7")
                     + " decimals, was " + text);
  return amount->raw() / raw_per_ppb;
}

std::string share_text(int64_t ppb, int64_t ppb_per_unit) {
  return divide(decimal::from_raw(ppb), decimal::from_raw(ppb_per_unit),
                trading::rounding::half_even)
    .to_string();
}

const trading::strategy_kind& find_kind(const std::string& name) {
  if (const auto* kind = trading::find_strategy_kind(name))
    return *kind;
  std::vector<std::string> known;
  std::string list;
  for (const auto& each : trading::strategy_kinds()) {
    known.push_back(each.name);
    list += (list.empty() ? "" : ", ") + each.name;
  }
  const auto near = config::closest(name, known);
  throw verb_error("there is no strategy " + config::quoted(name)
                   + (near.empty() ? "; there are: " + list : ": did you mean " + near + "?"));
}

trading::parameters read_parameters(const trading::strategy_kind& kind,
                                    const std::vector<std::string>& texts) {
  std::vector<std::string> known;
  for (const auto& spec : kind.schema)
    known.push_back(spec.name);
  trading::parameters given;
  for (const auto& text : texts) {
    const auto [name, value] = split_parameter(text);
    const auto place = std::find(known.begin(), known.end(), name);
    if (place == known.end()) {
      const auto near = config::closest(name, known);
      throw verb_error(kind.name + " has no parameter " + config::quoted(name)
                       + (near.empty() ? std::string{} : ": did you mean " + near + "?"));
    }
    const auto& spec = kind.schema[static_cast<size_t>(place - known.begin())];
    given.insert_or_assign(name, read_value(spec, value));
  }
  auto checked = trading::check_parameters(kind, given);
  std::string problems;
  for (const auto& sentence : checked.problems)
    problems += (problems.empty() ? "" : " ") + sentence;
  if (!problems.empty())
    throw verb_error(kind.name + ": " + problems);
  return std::move(checked.values);
}

namespace {

constexpr int64_t units_per_ppb = decimal::scale / (trading::whole_ppb / 100);

/// "50:5": the wanted share of what Kelly says, and the share of equity before there are trades
/// enough to ask, without which there would never be a first trade.
trading::kelly_settings read_kelly(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == std::string::npos)
    throw verb_error("--size kelly needs the share of equity of the first trades as well, as in "
                     "kelly:50:5, was kelly:"
                     + text);
  trading::kelly_settings out;
  out.fraction_ppb =
    read_amount("--size kelly", text.substr(0, colon), false).raw() / units_per_ppb;
  out.floor_ppb = read_amount("--size kelly", text.substr(colon + 1), false).raw() / units_per_ppb;
  return out;
}

/// Fixed sizes are amounts, the others shares in per cent; all_in has no value.
trading::sizing read_size_value(trading::sizing_mode mode, const std::string& name, size_t colon,
                                const std::string& text) {
  using enum trading::sizing_mode;
  trading::sizing size;
  size.mode = mode;
  if (mode == all_in) {
    if (colon != text.size())
      throw verb_error("--size all_in has no value, was " + text);
    return size;
  }
  if (colon == text.size())
    throw verb_error("--size " + name + " needs an amount, as in " + name
                     + (mode == kelly ? ":50:5" : ":100"));
  const auto given = text.substr(colon + 1);
  size.max_notional_ppb = affordable_share_ppb;
  if (mode == kelly)
    size.kelly = read_kelly(given);
  else if (mode == fixed_quantity || mode == fixed_notional)
    size.amount = read_amount("--size " + name, given, false);
  else
    size.share_ppb = read_amount("--size " + name, given, false).raw() / units_per_ppb;
  return size;
}

} // namespace

trading::sizing read_size(const std::string& text) {
  const auto colon = std::min(text.find(':'), text.size());
  const auto name = text.substr(0, colon);
  std::string known;
  for (const auto& each : config::sizing_mode_names) {
    known += (known.empty() ? "" : ", ") + std::string{each.name};
    if (name != each.name)
      continue;
    const auto size = read_size_value(each.value, name, colon, text);
    if (!trading::is_usable(size))
      throw verb_error("--size " + name + " needs a value within its range, was " + text);
    return size;
  }
  throw verb_error("--size must be MODE:VALUE with one of " + known + ", was " + text);
}

} // namespace supreme::commands
