// Goal: what a reader of a change could miss fails the build of the change.
// Method: every text file of the source tree goes through every rule of rules.hpp, which has its
// own tests.

#include "tests/architecture/rules.hpp"
#include "tests/support/source_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

namespace supreme::tests {
namespace {

const std::vector<source_file>& tree() {
  static const auto files = read_source_tree(source_root());
  return files;
}

struct named_rule {
  const char* name;
  rule check;
};

void PrintTo(const named_rule& rule, std::ostream* out) { *out << rule.name; }

class source_tree : public ::testing::TestWithParam<named_rule> {};

TEST_P(source_tree, keeps_the_rule) {
  for (const auto& file : tree())
    for (const auto& found : GetParam().check(file))
      ADD_FAILURE_AT(found.path.c_str(), static_cast<int>(found.line)) << found.why;
}

INSTANTIATE_TEST_SUITE_P(
  about, source_tree,
  ::testing::Values(named_rule{"the_direction_of_includes", includes_against_the_arrows},
                    named_rule{"where_caf_appears", caf_outside_its_folders},
                    named_rule{"side_effects_in_trading", side_effects_in_trading},
                    named_rule{"floating_point", floating_point_where_money_is},
                    named_rule{"the_wall_clock", wall_clock_reads},
                    named_rule{"infinite_waits", infinite_waits},
                    named_rule{"sleeping_tests", sleeping_tests},
                    named_rule{"unfinished_work", unfinished_work},
                    named_rule{"header_guards", headers_without_guard},
                    named_rule{"using_namespace", using_namespace_in_headers},
                    named_rule{"machine_paths", machine_paths}),
  [](const auto& tested) { return std::string{tested.param.name}; });

// A walk that finds nothing would pass every rule.
TEST(source_tree_walk, sees_all_kinds_of_files) {
  const auto sees = [](const char* path) {
    return std::any_of(tree().begin(), tree().end(),
                       [path](const source_file& file) { return file.path() == path; });
  };
  for (const char* path : {"supreme", ".ci/run", "deploy/postgres.sh", "meson.build",
                           "trading/market/decimal.hpp", "tests/architecture/rules.cpp"})
    EXPECT_TRUE(sees(path)) << path;
}

TEST(source_tree_walk, leaves_out_what_is_generated) {
  for (const auto& file : tree())
    EXPECT_FALSE(file.is_in("var") || file.is_in(".git")) << file.path();
}

} // namespace
} // namespace supreme::tests
