#include "venues/history/csv_columns.hpp"

#include "config/defaults.hpp"

#include <algorithm>
#include <array>

namespace supreme::venues {

namespace {

namespace defaults = config::defaults;

constexpr int64_t millisecond = 1'000'000;

struct time_column {
  std::string_view name;
  csv::time_unit unit;
};

constexpr std::array<time_column, 11> time_columns{{
  {"ts", {millisecond, true}},
  {"time", {millisecond, true}},
  {"timestamp", {millisecond, true}},
  {"date", {millisecond, true}},
  {"datetime", {millisecond, true}},
  {"open_time", {millisecond, true}},
  {"ts_s", {1'000'000'000, false}},
  {"ts_ms", {millisecond, false}},
  {"ts_us", {1'000, false}},
  {"ts_ns", {1, false}},
  {"transact_time", {millisecond, false}},
}};

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return out;
}

} // namespace

bool csv_columns::has(uint8_t meaning) const noexcept {
  return std::ranges::count(meanings_, meaning) > 0;
}

std::string csv_columns::name(std::string_view line, std::span<const csv_column> known,
                              std::string_view example) {
  meanings_.clear();
  names_.clear();
  if (static_cast<size_t>(std::ranges::count(line, ',')) >= defaults::csv_columns_max)
    return "more than " + std::to_string(defaults::csv_columns_max) + " columns";
  for (;;) {
    const size_t comma = line.find(',');
    if (auto reason = name_one(line.substr(0, comma), known); !reason.empty())
      return reason;
    if (comma == std::string_view::npos)
      break;
    line.remove_prefix(comma + 1);
  }
  return find_missing(known, example);
}

std::string csv_columns::find_missing(std::span<const csv_column> known,
                                      std::string_view example) const {
  const std::string hint =
    " is missing: the first line must name the columns, as in " + std::string{example};
  if (std::ranges::all_of(meanings_, [](uint8_t m) { return m == ignored; }))
    return "the header" + hint;
  if (!has(time))
    return "column ts" + hint;
  for (const auto& k : known)
    if (k.needed && !has(k.meaning))
      return "column " + std::string{k.name} + hint;
  return {};
}

std::string csv_columns::name_one(std::string_view text, std::span<const csv_column> known) {
  std::string name = lower(text);
  uint8_t meaning = ignored;
  for (const auto& k : known)
    if (name == k.name)
      meaning = k.meaning;
  for (const auto& t : time_columns)
    if (name == t.name) {
      meaning = time;
      unit_ = t.unit;
    }
  if (meaning != ignored && has(meaning))
    return meaning == time ? "a second column of times: " + name : "a second column " + name;
  meanings_.push_back(meaning);
  names_.push_back(std::move(name));
  return {};
}

} // namespace supreme::venues
