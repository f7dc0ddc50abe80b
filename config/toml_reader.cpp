#include "config/toml_reader.hpp"

#include "config/database_url.hpp"
#include "config/defaults.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace supreme::config {

namespace {

/// One basis point in parts per billion.
constexpr int64_t ppb_per_bps = 100'000;

/// Segments of one dotted key. toml++ 3.3 limits the nesting of values but not that of dotted keys,
/// and destroys nested tables recursively: a long enough key would exhaust the stack.
constexpr size_t key_dots_max = 16;

uint32_t line_of(const toml::node& node) { return node.source().begin.line; }

/// What stands in the file, for a message.
std::string describe(const toml::node& node) {
  std::ostringstream out;
  if (const auto* text = node.as_string())
    out << "the text " << quoted(text->get());
  else if (const auto* integer = node.as_integer())
    out << "the whole number " << integer->get();
  else if (node.is_floating_point())
    out << "a number with a point";
  else if (const auto* boolean = node.as_boolean())
    out << (boolean->get() ? "true" : "false");
  else if (node.is_array())
    out << "an array";
  else if (node.is_table())
    out << "a table";
  else
    out << "a date or time";
  return out.str();
}

/// The position just behind the string that starts at `at`.
size_t skip_string(std::string_view text, size_t at) {
  const char quote = text[at];
  const bool multi_line = text.substr(at, 3) == std::string(3, quote);
  size_t i = at + (multi_line ? 3 : 1);
  while (i < text.size()) {
    if (quote == '"' && text[i] == '\\') {
      i += 2;
    } else if (multi_line && text.substr(i, 3) == std::string(3, quote)) {
      return i + 3;
    } else if (!multi_line && (text[i] == quote || text[i] == '\n')) {
      return i + 1;
    } else {
      ++i;
    }
  }
  return text.size();
}

/// The line of the first dotted key that is nested too deeply; 0 when there is none.
uint32_t find_deep_key(std::string_view text) {
  size_t dots = 0;
  uint32_t line = 1;
  for (size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '"' || c == '\'') {
      const auto end = skip_string(text, i);
      line += static_cast<uint32_t>(
        std::count(text.data() + i, text.data() + std::min(end, text.size()), '\n'));
      i = end;
      continue;
    }
    if (c == '#') {
      i = std::min(text.find('\n', i), text.size());
      continue;
    }
    if (c == '.' && ++dots > key_dots_max)
      return line;
    if (std::string_view{"\n=,[]{}"}.find(c) != std::string_view::npos)
      dots = 0;
    if (c == '\n')
      ++line;
    ++i;
  }
  return 0;
}

std::string range_text(int64_t minimum, int64_t maximum) {
  return "a whole number from " + std::to_string(minimum) + " to " + std::to_string(maximum);
}

const char* amount_text(decimal_rule rule) {
  if (rule.negative_allowed)
    return "an exact decimal in quotes, like \"-0.01\"";
  if (rule.zero_allowed)
    return "an exact decimal in quotes, 0 or more, like \"0.01\"";
  return "an exact decimal in quotes, above 0, like \"0.01\"";
}

bool fits_rule(trading::decimal value, decimal_rule rule) {
  return (rule.negative_allowed || !value.is_negative()) && (rule.zero_allowed || !value.is_zero());
}

} // namespace

std::optional<toml::table> parse_toml(std::string_view text, const std::string& file, report& to) {
  if (text.size() > defaults::config_bytes_max) {
    to.add_at(0, "",
              "expected at most " + std::to_string(defaults::config_bytes_max) + " bytes, was "
                + std::to_string(text.size()));
    return std::nullopt;
  }
  if (const auto line = find_deep_key(text); line > 0) {
    to.add_at(line, "", "expected keys of at most " + std::to_string(key_dots_max + 1) + " parts");
    return std::nullopt;
  }
  try {
    return toml::parse(text, file);
  } catch (const toml::parse_error& error) {
    to.add_at(error.source().begin.line, "", "expected TOML: " + std::string{error.description()});
    return std::nullopt;
  }
}

table_reader::table_reader(report& to, const toml::table& table, std::string path)
  : report_(&to), table_(&table), path_(std::move(path)) {
  for (const auto& [key, node] : table)
    to.place(path_of(key.str()),
             key.source().begin.line > 0 ? key.source().begin.line : line_of(node));
}

std::string table_reader::path_of(std::string_view key) const {
  // A key may hold anything when it is quoted; messages go to terminals and logs.
  const bool plain = !key.empty() && key.size() <= defaults::config_quote_bytes_max
                     && std::all_of(key.begin(), key.end(), label_text.allowed);
  const auto shown = plain ? std::string{key} : quoted(key);
  return path_.empty() ? shown : path_ + "." + shown;
}

bool table_reader::has(std::string_view key) const { return table_->get(key) != nullptr; }

std::vector<std::string> table_reader::keys() const {
  std::vector<std::string> out;
  for (const auto& [key, node] : *table_)
    out.emplace_back(key.str());
  return out;
}

const toml::node* table_reader::find(std::string_view key) {
  known_.emplace(key);
  return table_->get(key);
}

void table_reader::missing(std::string_view key, const std::string& expected) {
  report_->add(path_of(key), "expected " + expected + ", the key is missing");
}

void table_reader::wrong(std::string_view key, const std::string& expected,
                         const toml::node& found) {
  report_->add(path_of(key), "expected " + expected + ", was " + describe(found));
}

std::string table_reader::text(std::string_view key, const text_rule& rule,
                               std::optional<std::string> fallback) {
  const auto* found = find(key);
  if (found == nullptr) {
    if (!fallback)
      missing(key, rule.description);
    return fallback.value_or("");
  }
  const auto* value = found->as_string();
  if (value == nullptr) {
    wrong(key, rule.description, *found);
  } else if (value->get().find("${") != std::string::npos) {
    report_->add(path_of(key), std::string{"expected "} + rule.description
                                 + ": ${...} is only replaced in database URLs");
  } else if (!fits(value->get(), rule)) {
    wrong(key, rule.description, *found);
  } else {
    return value->get();
  }
  return fallback.value_or("");
}

bool table_reader::boolean(std::string_view key, bool fallback) {
  const auto* found = find(key);
  if (found == nullptr)
    return fallback;
  if (const auto* value = found->as_boolean())
    return value->get();
  wrong(key, "true or false", *found);
  return fallback;
}

int64_t table_reader::integer(std::string_view key, int64_t minimum, int64_t maximum,
                              std::optional<int64_t> fallback) {
  const auto* found = find(key);
  if (found == nullptr) {
    if (!fallback)
      missing(key, range_text(minimum, maximum));
    return fallback.value_or(minimum);
  }
  const auto* value = found->as_integer();
  if (value != nullptr && value->get() >= minimum && value->get() <= maximum)
    return value->get();
  wrong(key, range_text(minimum, maximum), *found);
  return fallback.value_or(minimum);
}

std::optional<trading::decimal> table_reader::exact(std::string_view key, const toml::node& found,
                                                    const std::string& expected) {
  if (const auto* value = found.as_string()) {
    if (auto parsed = trading::decimal::parse(value->get()))
      return parsed;
  } else if (const auto* whole = found.as_integer()) {
    // Through text: the range of a decimal is smaller than that of a TOML integer.
    if (auto parsed = trading::decimal::parse(std::to_string(whole->get())))
      return parsed;
  } else if (found.is_floating_point()) {
    report_->add(path_of(key),
                 "expected " + expected
                   + ", was a number with a point, which cannot be exact: put it in quotes");
    return std::nullopt;
  }
  wrong(key, expected, found);
  return std::nullopt;
}

trading::decimal table_reader::amount(std::string_view key, decimal_rule rule,
                                      std::optional<trading::decimal> fallback) {
  const auto* found = find(key);
  if (found == nullptr) {
    if (!fallback)
      missing(key, amount_text(rule));
    return fallback.value_or(trading::decimal{});
  }
  const auto value = exact(key, *found, amount_text(rule));
  if (value && fits_rule(*value, rule))
    return *value;
  if (value)
    wrong(key, amount_text(rule), *found);
  return fallback.value_or(trading::decimal{});
}

std::optional<trading::decimal> table_reader::limit(std::string_view key, decimal_rule rule,
                                                    std::optional<trading::decimal> fallback) {
  const auto* found = find(key);
  if (found == nullptr)
    return fallback;
  if (const auto* value = found->as_string(); value != nullptr && value->get() == "none")
    return std::nullopt;
  const auto value = exact(key, *found, std::string{amount_text(rule)} + ", or \"none\"");
  if (value && !fits_rule(*value, rule))
    wrong(key, std::string{amount_text(rule)} + ", or \"none\"", *found);
  return value;
}

int64_t table_reader::bps_as_ppb(std::string_view key, int64_t minimum_bps, int64_t maximum_bps,
                                 std::optional<int64_t> fallback_ppb) {
  const auto expected = "basis points from " + std::to_string(minimum_bps) + " to "
                        + std::to_string(maximum_bps)
                        + ", a whole number or text like \"7.5\" with at most 5 decimals";
  const auto* found = find(key);
  if (found == nullptr) {
    if (!fallback_ppb)
      missing(key, expected);
    return fallback_ppb.value_or(0);
  }
  const auto value = exact(key, *found, expected);
  if (!value)
    return fallback_ppb.value_or(0);
  constexpr int64_t units_per_ppb = trading::decimal::scale / ppb_per_bps;
  if (value->raw() % units_per_ppb != 0 || *value < trading::decimal::from_integer(minimum_bps)
      || *value > trading::decimal::from_integer(maximum_bps)) {
    wrong(key, expected, *found);
    return fallback_ppb.value_or(0);
  }
  return value->raw() / units_per_ppb;
}

std::optional<double> table_reader::number(std::string_view key) {
  const auto* found = find(key);
  if (found == nullptr) {
    missing(key, "a finite number");
    return std::nullopt;
  }
  if (const auto* whole = found->as_integer())
    return static_cast<double>(whole->get());
  if (const auto* value = found->as_floating_point();
      value != nullptr && std::isfinite(value->get()))
    return value->get();
  wrong(key, "a finite number", *found);
  return std::nullopt;
}

trading::timestamp table_reader::time(std::string_view key) {
  static constexpr const char* expected = "a UTC time like 2026-01-31T00:00:00Z";
  const auto* found = find(key);
  if (found == nullptr) {
    missing(key, expected);
    return {};
  }
  std::string text;
  if (const auto* value = found->as_string()) {
    text = value->get();
  } else if (const auto* value_time = found->as_date_time();
             value_time != nullptr && value_time->get().offset
             && value_time->get().offset->minutes == 0) {
    std::ostringstream out;
    out << value_time->get();
    text = out.str();
  }
  if (const auto parsed = trading::timestamp::parse(text))
    return *parsed;
  wrong(key, expected, *found);
  return {};
}

std::optional<size_t> table_reader::pick(std::string_view key,
                                         std::span<const std::string_view> names, bool optional) {
  std::string expected = "one of";
  for (size_t i = 0; i < names.size(); ++i)
    expected += (i == 0 ? " \"" : ", \"") + std::string{names[i]} + "\"";
  const auto* found = find(key);
  if (found == nullptr) {
    if (!optional)
      missing(key, expected);
    return std::nullopt;
  }
  if (const auto* value = found->as_string()) {
    const auto at = std::find(names.begin(), names.end(), std::string_view{value->get()});
    if (at != names.end())
      return static_cast<size_t>(at - names.begin());
  }
  wrong(key, expected, *found);
  return std::nullopt;
}

std::optional<size_t> table_reader::choice(std::string_view key,
                                           const std::vector<std::string>& names) {
  const std::vector<std::string_view> views{names.begin(), names.end()};
  return pick(key, views, false);
}

std::vector<std::string> table_reader::texts(std::string_view key, const text_rule& rule) {
  const auto expected = std::string{"an array of at least one text, each "} + rule.description;
  const auto* found = find(key);
  if (found == nullptr) {
    missing(key, expected);
    return {};
  }
  const auto* list = found->as_array();
  if (list == nullptr || list->empty() || list->size() > defaults::config_entries_max) {
    wrong(key, expected, *found);
    return {};
  }
  std::vector<std::string> out;
  std::set<std::string> seen;
  for (size_t i = 0; i < list->size(); ++i) {
    const auto& node = (*list)[i];
    const auto path = path_of(key) + "[" + std::to_string(i) + "]";
    const auto* value = node.as_string();
    if (value == nullptr || !fits(value->get(), rule))
      report_->add_at(line_of(node), path,
                      std::string{"expected "} + rule.description + ", was " + describe(node));
    else if (!seen.insert(value->get()).second)
      report_->add_at(line_of(node), path,
                      "expected each name once, " + quoted(value->get()) + " stands twice");
    else
      out.push_back(value->get());
  }
  return out;
}

labels table_reader::label_map(std::string_view key) {
  labels out;
  auto section = table(key);
  const auto names = section.keys();
  if (names.size() > defaults::labels_max)
    report_->add(section.path(), "expected at most " + std::to_string(defaults::labels_max)
                                   + " labels, were " + std::to_string(names.size()));
  for (const auto& name : names) {
    if (!fits(name, label_text))
      report_->add(section.path_of(name),
                   std::string{"expected a label's name to be "} + label_text.description);
    out.emplace(name, section.text(name, label_text));
  }
  return out;
}

std::string table_reader::database_url(std::string_view key, const environment& env,
                                       bool required) {
  static constexpr const char* expected =
    "a PostgreSQL URL, with its secrets as ${NAME} from the environment";
  const auto* found = find(key);
  if (found == nullptr) {
    if (required)
      missing(key, expected);
    return "";
  }
  const auto* value = found->as_string();
  if (value == nullptr) {
    report_->add(path_of(key), std::string{"expected "} + expected);
    return "";
  }
  auto expanded = expand_database_url(value->get(), env);
  if (!expanded.problem.empty())
    report_->add(path_of(key), expanded.problem);
  return std::move(expanded.url);
}

table_reader table_reader::table(std::string_view key) {
  static const toml::table nothing;
  const auto* found = find(key);
  if (found != nullptr && found->is_table())
    return {*report_, *found->as_table(), path_of(key)};
  if (found != nullptr)
    wrong(key, "a table", *found);
  return {*report_, nothing, path_of(key)};
}

std::vector<table_reader> table_reader::tables(std::string_view key) {
  std::vector<table_reader> out;
  const auto* found = find(key);
  if (found == nullptr)
    return out;
  const auto* list = found->as_array();
  if (list == nullptr || list->size() > defaults::config_entries_max) {
    wrong(key,
          "an array of at most " + std::to_string(defaults::config_entries_max) + " tables, like [["
            + std::string{key} + "]]",
          *found);
    return out;
  }
  for (size_t i = 0; i < list->size(); ++i) {
    const auto& node = (*list)[i];
    const auto path = path_of(key) + "[" + std::to_string(i) + "]";
    report_->place(path, line_of(node));
    if (const auto* entry = node.as_table())
      out.emplace_back(*report_, *entry, path);
    else
      report_->add_at(line_of(node), path, "expected a table, was " + describe(node));
  }
  return out;
}

void table_reader::refuse(std::string_view key, std::string_view why) {
  if (find(key) != nullptr)
    report_->add(path_of(key), "expected no such key: " + std::string{why});
}

void table_reader::finish() {
  for (const auto& [key, node] : *table_) {
    if (known_.find(key.str()) != known_.end())
      continue;
    const auto near = closest(key.str(), known_);
    std::string text = "expected no such key";
    if (!near.empty())
      text += ": did you mean " + quoted(near) + "?";
    report_->add(path_of(key.str()), text);
  }
}

} // namespace supreme::config
