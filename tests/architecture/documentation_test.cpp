// Goal: the pages in docs/ know everything that an operator can meet, and lead nowhere that is not.
// Method: codes, log events and configuration keys are read from the sources as text and looked up
// in the pages; relative links are followed.

#include "tests/architecture/source_file.hpp"
#include "tests/support/source_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace supreme::tests {
namespace {

using names = std::set<std::string>;

const std::vector<source_file>& tree() {
  static const auto files = read_source_tree(source_root());
  return files;
}

std::string text_of(const source_file& file) {
  std::string text;
  for (const auto& line : file.lines())
    text += line + '\n';
  return text;
}

std::string text_at(const std::string& path) {
  for (const auto& file : tree())
    if (file.path() == path)
      return text_of(file);
  ADD_FAILURE() << "there is no " << path;
  return {};
}

/// Everything that the pattern's first group matches.
names all_matches(const std::string& text, const std::regex& pattern) {
  names found;
  for (auto i = std::sregex_iterator{text.begin(), text.end(), pattern};
       i != std::sregex_iterator{}; ++i)
    found.insert((*i)[1]);
  return found;
}

std::string list(const names& all) {
  std::string text;
  for (const auto& each : all)
    text += each + ' ';
  return text;
}

names without(const names& all, const names& taken) {
  names rest;
  std::set_difference(all.begin(), all.end(), taken.begin(), taken.end(),
                      std::inserter(rest, rest.end()));
  return rest;
}

// -- codes -----------------------------------------------------------------------

names enumerators(const std::string& header, const std::string& name) {
  const auto text = text_at(header);
  const auto begin = text.find("enum class " + name);
  EXPECT_NE(begin, std::string::npos) << name << " in " << header;
  if (begin == std::string::npos)
    return {};
  static const std::regex enumerator{R"(\n\s*(\w+) = \d+,)"};
  return all_matches(text.substr(begin, text.find("};", begin) - begin), enumerator);
}

names operator_visible_codes() {
  auto codes = enumerators("trading/risk/refusal.hpp", "refusal");
  codes.erase("none");
  codes.merge(enumerators("protocols/fault.hpp", "fault"));
  return codes;
}

names error_pages() {
  static const std::regex page{R"(^docs/errors/(\w+)\.md$)"};
  names found;
  for (const auto& file : tree())
    found.merge(all_matches(file.path(), page));
  found.erase("README");
  return found;
}

TEST(error_pages, exist_for_every_refusal_and_fault) {
  const auto codes = operator_visible_codes();
  // One of each, so that a pattern that finds nothing is noticed.
  EXPECT_TRUE(codes.contains("max_position") && codes.contains("stale_step")) << list(codes);
  EXPECT_EQ(list(without(codes, error_pages())), "");
}

TEST(error_pages, exist_for_nothing_else) {
  EXPECT_EQ(list(without(error_pages(), operator_visible_codes())), "");
}

TEST(error_pages, say_what_it_means_why_it_happens_and_what_to_do) {
  for (const auto& code : error_pages()) {
    const auto text = text_at("docs/errors/" + code + ".md");
    EXPECT_TRUE(text.starts_with("# " + code + "\n")) << code;
    for (const char* part : {"**What it means.** ", "**Why it happens.** ", "**What to do.** "})
      EXPECT_NE(text.find(part), std::string::npos) << code << ": " << part;
  }
}

// -- log events --------------------------------------------------------------------

/// The first column of the tables of a page.
names documented_events() {
  static const std::regex row{R"(\n\| `(\w+)` \|)"};
  const auto text = text_at("docs/operations.md");
  const auto begin = text.find("\n## Log events");
  return all_matches(text.substr(begin, text.find("\n## ", begin + 1) - begin), row);
}

names logged_events() {
  // log(level, actor, "event", ...), in api/ without the actor, and the unit host's record(state,
  // actor, "event", ...), which logs what it is given.
  static const std::regex call{
    R"re(\blog\(\s*(?:actors::)?log_level::\w+,\s*(?:[^,()"]+,\s*|"\w+",\s*(?="))?"(\w+)")re"};
  static const std::regex record{R"re(\brecord\(\w+, [^"]*?, "(\w+)")re"};
  names found;
  for (const auto& file : tree())
    if (file.is_in("actors") || file.is_in("api") || file.is_in("commands")) {
      const auto text = text_of(file);
      found.merge(all_matches(text, call));
      if (file.path() == "actors/cluster/unit_host.cpp")
        found.merge(all_matches(text, record));
    }
  return found;
}

TEST(operations_page, explains_every_log_event) {
  const auto events = logged_events();
  EXPECT_TRUE(events.contains("declared_dead") && events.contains("quarantined")) << list(events);
  EXPECT_EQ(list(without(events, documented_events())), "");
}

TEST(operations_page, explains_no_event_that_nobody_logs) {
  EXPECT_EQ(list(without(documented_events(), logged_events())), "");
}

// -- configuration keys ----------------------------------------------------------------

/// The keys that the readers in config/ ask for by name, sections included.
names keys_of_the_schema() {
  static const std::regex getter{
    R"re(\.(?:text|boolean|whole<\w+>|amount|limit|bps_as_ppb|number|time)re"
    R"re(|choice|texts|label_map|database_url|table|tables)\(\s*"(\w+)")re"};
  static const std::regex helper{R"re(read_listen\(\w+, "(\w+)")re"};
  names found;
  for (const auto& file : tree())
    if (file.is_in("config") && file.path().ends_with(".cpp")) {
      const auto text = text_of(file);
      found.merge(all_matches(text, getter));
      found.merge(all_matches(text, helper));
    }
  return found;
}

/// "accounts.limits" of "### `[accounts.limits]`": what the headings and first columns of the
/// page name, keys by section.
std::map<std::string, names> documented_keys() {
  static const std::regex heading{R"(^#+ `\[+([\w.<>]+)\]+`.*)"};
  static const std::regex row{R"(^\| (`[^|]+`) \|.*)"};
  static const std::regex quoted{R"(`([^`]+)`)"};
  std::map<std::string, names> found;
  std::string section;
  std::smatch match;
  for (const auto& file : tree()) {
    if (file.path() != "docs/configuration.md")
      continue;
    for (const auto& line : file.lines()) {
      if (std::regex_match(line, match, heading))
        section = match[1];
      else if (line.starts_with("#"))
        section.clear();
      else if (std::regex_match(line, match, row))
        found[section].merge(all_matches(match[1], quoted));
    }
  }
  return found;
}

TEST(configuration_page, names_every_key_of_the_schema) {
  names documented;
  for (const auto& [section, keys] : documented_keys()) {
    documented.insert(keys.begin(), keys.end());
    for (const auto& part : all_matches(section, std::regex{R"((\w+))"}))
      documented.insert(part);
  }
  const auto schema = keys_of_the_schema();
  EXPECT_TRUE(schema.contains("self_fence_ms") && schema.contains("instrument_limits")
              && schema.contains("database_url") && schema.contains("mesh"))
    << list(schema);
  EXPECT_EQ(list(without(schema, documented)), "");
}

/// A section of an example as the page names it: what a person chose stands in angle brackets.
std::string section_of(std::string path) {
  static const std::regex instrument{R"(^accounts\.instrument_limits\.\w+$)"};
  static const std::regex account{R"(^deposits\.\w+$)"};
  path = std::regex_replace(path, instrument, "accounts.instrument_limits.<instrument>");
  return std::regex_replace(path, account, "deposits.<account>");
}

TEST(configuration_page, has_every_key_of_the_examples_in_its_section) {
  static const std::regex header{R"(^\[+([\w.]+)\]+\s*(#.*)?$)"};
  static const std::regex assignment{R"(^(\w+) = .*)"};
  const auto documented = documented_keys();
  size_t keys = 0;
  for (const auto& file : tree()) {
    if (!file.path().starts_with("config/examples/"))
      continue;
    std::string section;
    std::smatch match;
    for (const auto& line : file.lines()) {
      if (std::regex_match(line, match, header)) {
        section = section_of(match[1]);
      } else if (std::regex_match(line, match, assignment)) {
        ++keys;
        const std::string key = match[1];
        const auto found = documented.find(section);
        ASSERT_NE(found, documented.end()) << file.path() << ": no section [" << section << "]";
        // A section whose keys are names has one row for all of them, and an inline table has a
        // section of its own.
        const bool any = std::any_of(found->second.begin(), found->second.end(),
                                     [](const std::string& k) { return k.starts_with("<"); });
        EXPECT_TRUE(any || found->second.contains(key) || documented.contains(section + "." + key))
          << file.path() << ": " << section << "." << key;
      }
    }
  }
  EXPECT_GT(keys, 50u);
}

// -- links -----------------------------------------------------------------------------

TEST(documentation, has_no_link_that_leads_nowhere) {
  static const std::regex link{R"(\]\(([^)#\s]+)(?:#[^)]*)?\))"};
  size_t links = 0;
  for (const auto& file : tree()) {
    if (!file.path().ends_with(".md"))
      continue;
    const auto folder = (source_root() / file.path()).parent_path();
    for (const auto& target : all_matches(text_of(file), link)) {
      if (target.find("://") != std::string::npos)
        continue;
      ++links;
      EXPECT_TRUE(std::filesystem::exists(folder / target)) << file.path() << ": " << target;
    }
  }
  EXPECT_GT(links, 20u);
}

} // namespace
} // namespace supreme::tests
