#include "config/common_sections.hpp"

#include "config/names.hpp"

#include <algorithm>

namespace supreme::config {

namespace {

constexpr uint16_t port_max = 65'535;

} // namespace

std::vector<trading::instrument> read_instruments(table_reader& root) {
  std::vector<trading::instrument> out;
  std::set<std::string> seen;
  for (auto& section : root.tables("instruments")) {
    trading::instrument entry;
    entry.id = trading::instrument_id{section.text("id", instrument_text)};
    entry.base = trading::asset_id{section.text("base", instrument_text)};
    entry.quote = trading::asset_id{section.text("quote", instrument_text)};
    entry.tick_size = section.amount("tick_size", {});
    entry.lot_size = section.amount("lot_size", {});
    entry.min_notional = section.amount("min_notional", {.zero_allowed = true}, trading::decimal{});
    section.finish();
    if (!entry.id.empty() && !seen.insert(entry.id.str()).second)
      root.problems_found().add(section.path_of("id"), "expected each instrument once, "
                                                         + quoted(entry.id.str())
                                                         + " stands twice");
    if (!entry.base.empty() && entry.base == entry.quote)
      root.problems_found().add(section.path_of("quote"), "expected another asset than base, was "
                                                            + quoted(entry.quote.str()));
    out.push_back(std::move(entry));
  }
  if (out.empty())
    root.problems_found().add("instruments", "expected at least one [[instruments]] section");
  return out;
}

tls_settings read_tls(table_reader& root) {
  auto section = root.table("tls");
  tls_settings out;
  out.ca_file = section.text("ca_file", path_text);
  out.certificate_file = section.text("certificate_file", path_text);
  out.key_file = section.text("key_file", path_text);
  section.finish();
  return out;
}

listen_settings read_listen(table_reader& root, std::string_view key, bool required) {
  listen_settings out;
  auto section = root.table(key);
  if (!required && !root.has(key))
    return out;
  out.host = section.text("host", host_text, out.host);
  // Only what may be left out can be switched off.
  out.port = section.whole<uint16_t>("port", required ? 1 : 0, port_max);
  section.finish();
  return out;
}

std::map<trading::asset_id, trading::money> read_balances(table_reader section) {
  std::map<trading::asset_id, trading::money> out;
  for (const auto& asset : section.keys()) {
    if (!fits(asset, instrument_text))
      section.problems_found().add(section.path_of(asset), std::string{"expected an asset: "}
                                                             + instrument_text.description);
    out.emplace(asset, section.amount(asset, {.zero_allowed = true}));
  }
  if (out.empty())
    section.problems_found().add(section.path(),
                                 "expected at least one asset with its balance, was none");
  return out;
}

std::string read_log_level(table_reader& root) {
  static constexpr const char* expected =
    "one of \"trace\", \"debug\", \"info\", \"warn\", \"error\"";
  static const text_rule level_text{[](char) { return true; }, 1, 8, expected};
  auto level = root.text("log_level", level_text, "info");
  if (std::find(log_level_names.begin(), log_level_names.end(), level) != log_level_names.end())
    return level;
  root.problems_found().add(root.path_of("log_level"),
                            std::string{"expected "} + expected + ", was " + quoted(level));
  return "info";
}

void check_instruments(const table_reader& section, const cluster_settings& all,
                       const std::string& key, const std::vector<std::string>& names) {
  std::vector<std::string> known;
  for (const auto& entry : all.instruments)
    known.push_back(entry.id.str());
  for (const auto& name : names) {
    if (std::find(known.begin(), known.end(), name) != known.end())
      continue;
    const auto near = closest(name, known);
    section.problems_found().add(section.path_of(key.empty() ? name : key),
                                 "expected the id of an instrument of this file, was "
                                   + quoted(name)
                                   + (near.empty() ? "" : ": did you mean " + quoted(near) + "?"));
  }
}

} // namespace supreme::config
