// Goal: nobody changes what programs and libraries of custom strategies exchange without raising
// the version that keeps old libraries out. Method: the code of the headers is compared with a hash
// that is written down beside the version.

#include "tests/architecture/source_file.hpp"
#include "tests/support/source_tree.hpp"
#include "trading/strategies/plugin.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <regex>
#include <sstream>

namespace supreme::tests {
namespace {

std::string text_of(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream{source_root() / path}.rdbuf();
  return out.str();
}

/// FNV-1a over the code without comments and white space.
uint64_t hash_of_code(const std::string& path) {
  uint64_t hash = 14'695'981'039'346'656'037U;
  for (const char c : without_comments_and_literals(text_of(path)))
    if (std::isspace(static_cast<unsigned char>(c)) == 0)
      hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
  return hash;
}

TEST(plugin_interface, has_a_new_version_with_every_change_of_its_types) {
  constexpr uint32_t version = 4;
  constexpr uint64_t strategy_code = 9696928527448604423U;
  constexpr uint64_t bar_code = 5406671564414157961U;
  constexpr uint64_t bar_record_code = 10580568623321573987U;
  EXPECT_EQ(hash_of_code("trading/strategies/strategy.hpp"), strategy_code);
  EXPECT_EQ(hash_of_code("trading/market/bar.hpp"), bar_code);
  EXPECT_EQ(hash_of_code("trading/market/bar_record.hpp"), bar_record_code);
  EXPECT_EQ(trading::plugin_interface_version, version)
    << "write the four numbers down anew. A library that was built before must be refused when a "
       "virtual function, a member or the meaning of one has changed: then raise "
       "plugin_interface_version";
}

TEST(plugin_interface, tells_the_version_of_the_product) {
  std::smatch found;
  const auto build = text_of("meson.build");
  ASSERT_TRUE(std::regex_search(build, found, std::regex{R"(version: '([0-9.]+)')"}));
  EXPECT_EQ(found[1], SUPREME_VERSION);
}

} // namespace
} // namespace supreme::tests
