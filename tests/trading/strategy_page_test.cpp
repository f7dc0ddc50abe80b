// Goal: docs/strategies.md and the schema of the strategies never differ.
// Method: each kind's table is written from its schema and looked for in the page; the page may
// have no kind that is not registered. A failure prints the table that belongs there.

#include "tests/support/source_tree.hpp"
#include "trading/strategies/strategy.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

namespace supreme::trading {
namespace {

std::string page() {
  std::ifstream in(tests::source_root() / "docs/strategies.md");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string values_text(const parameter_spec& spec) {
  if (spec.choices.empty())
    return value_text(spec, spec.minimum) + " to " + value_text(spec, spec.maximum)
           + (spec.integral ? ", whole" : "");
  std::string out;
  for (const auto& name : spec.choices)
    out += (out.empty() ? "`\"" : ", `\"") + name + "\"`";
  return out;
}

std::string table_of(const strategy_kind& kind) {
  std::string out = "| Parameter | Default | Values | Meaning |\n|---|---|---|---|\n";
  for (const auto& spec : kind.schema) {
    const auto initial = value_text(spec, spec.initial);
    out += "| `" + spec.name + "` | " + (spec.choices.empty() ? initial : "`\"" + initial + "\"`")
           + " | " + values_text(spec) + " | " + spec.text + " |\n";
  }
  return out;
}

/// What stands below a kind's heading, up to the next one.
std::string section_of(const std::string& text, const std::string& kind) {
  const auto heading = "\n## `" + kind + "`\n";
  const auto begin = text.find(heading);
  if (begin == std::string::npos)
    return {};
  return text.substr(begin, text.find("\n## ", begin + 1) - begin);
}

TEST(strategies_page, has_the_parameters_of_every_kind_as_the_schema_has_them) {
  const auto text = page();
  for (const auto& kind : strategy_kinds()) {
    const auto section = section_of(text, kind.name);
    EXPECT_NE(section, "") << kind.name;
    EXPECT_NE(section.find("\n" + kind.text + "\n"), std::string::npos) << kind.text;
    EXPECT_NE(section.find(table_of(kind) + "\n"), std::string::npos) << table_of(kind);
  }
}

TEST(strategies_page, has_no_kind_that_is_not_there) {
  const auto text = page();
  static const std::regex heading{"\n## `(\\w+)`\n"};
  size_t kinds = 0;
  for (auto i = std::sregex_iterator{text.begin(), text.end(), heading};
       i != std::sregex_iterator{}; ++i) {
    ++kinds;
    EXPECT_NE(find_strategy_kind((*i)[1]), nullptr) << (*i)[1];
  }
  EXPECT_EQ(kinds, strategy_kinds().size());
}

/// The texts between quotes that a source gives as reasons.
std::set<std::string> reasons_in(const char* source) {
  std::ifstream in(tests::source_root() / "trading/strategies" / source);
  std::ostringstream text;
  text << in.rdbuf();
  const auto all = text.str();
  static const std::regex reason{"\"([A-Z][^\"]{10,})\""};
  std::set<std::string> out;
  for (auto i = std::sregex_iterator{all.begin(), all.end(), reason}; i != std::sregex_iterator{};
       ++i)
    out.insert((*i)[1]);
  return out;
}

TEST(strategies_page, explains_every_reason) {
  const auto text = page();
  for (const char* source : {"breakout.cpp", "exit_rules.cpp", "mean_reversion.cpp", "momentum.cpp",
                             "pairs.cpp", "sma_cross.cpp", "trade_rules.cpp"}) {
    const auto reasons = reasons_in(source);
    EXPECT_GE(reasons.size(), 2U) << source;
    for (const auto& reason : reasons)
      EXPECT_NE(text.find("| " + reason + " |"), std::string::npos) << source << ": " << reason;
  }
}

} // namespace
} // namespace supreme::trading
