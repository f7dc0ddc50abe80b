#include "commands/data_file.hpp"

#include <array>
#include <filesystem>
#include <utility>
#include <vector>

namespace supreme::commands {

namespace {

constexpr std::array<std::pair<char, int64_t>, 5> units{
  {{'w', 604'800}, {'d', 86'400}, {'h', 3'600}, {'m', 60}, {'s', 1}}};

/// Longer ones first: USDT is not T priced in USD.
constexpr std::array quotes{"FDUSD", "USDT", "USDC", "BUSD", "TUSD", "USD", "EUR", "GBP", "JPY",
                            "CHF",   "AUD",  "CAD",  "NZD",  "BTC",  "ETH", "BNB", "TRY", "BRL"};

std::vector<std::string> fields_of(const std::string& name) {
  std::vector<std::string> out;
  size_t begin = 0;
  for (auto end = name.find('_'); end != std::string::npos; end = name.find('_', begin)) {
    out.push_back(name.substr(begin, end - begin));
    begin = end + 1;
  }
  out.push_back(name.substr(begin));
  return out;
}

std::string without_suffix(std::string name, const std::string& suffix) {
  if (name.size() > suffix.size() && name.ends_with(suffix))
    name.resize(name.size() - suffix.size());
  return name;
}

} // namespace

std::optional<int64_t> parse_bar_length(const std::string& text) {
  constexpr size_t digits_max = 4;
  if (text.size() < 2 || text.size() > digits_max + 1)
    return std::nullopt;
  const auto digits = text.substr(0, text.size() - 1);
  if (digits.find_first_not_of("0123456789") != std::string::npos)
    return std::nullopt;
  for (const auto& [letter, seconds] : units) {
    if (text.back() == letter && std::stoll(digits) > 0)
      return std::stoll(digits) * seconds;
  }
  return std::nullopt;
}

std::string bar_length_text(int64_t seconds) {
  for (const auto& [letter, length] : units) {
    if (seconds % length == 0)
      return std::to_string(seconds / length) + letter;
  }
  return std::to_string(seconds) + "s";
}

data_file_name read_data_file_name(const std::string& path) {
  const auto name =
    without_suffix(without_suffix(std::filesystem::path{path}.filename().string(), ".gz"), ".csv");
  const auto fields = fields_of(name);
  data_file_name out;
  for (const auto& field : fields) {
    out.interval_s = parse_bar_length(field);
    if (out.interval_s)
      return out;
    out.instrument += (out.instrument.empty() ? "" : "_") + field;
  }
  out.instrument = fields.front();
  return out;
}

traded_pair split_instrument_name(const std::string& name) {
  for (const std::string quote : quotes) {
    const auto base = without_suffix(name, quote);
    if (base != name)
      return {trading::asset_id{base}, trading::asset_id{quote}};
  }
  return {trading::asset_id{name}, std::nullopt};
}

} // namespace supreme::commands
