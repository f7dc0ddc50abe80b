// Goal: the verbs that need a database do their work on a real one. Method: each test runs the
// whole program against a database of its own, as an operator would, one verb after the other.

#include "storage/migrate.hpp"
#include "tests/commands/database_verbs.hpp"
#include "tests/config/sample.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace supreme::tests {
namespace {

TEST_F(database_verbs, migrate_brings_an_empty_database_to_this_build) {
  const auto first = call({"db", "migrate"});
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_NE(first.out.find("applied 0001_"), std::string::npos) << first.out;
  const auto version = "schema version " + std::to_string(storage::expected_schema_version());
  EXPECT_NE(first.out.find(version + "\n"), std::string::npos) << first.out;
  const auto second = call({"db", "migrate"});
  EXPECT_EQ(second.code, 0) << second.err;
  EXPECT_EQ(second.out, version + ", nothing to do\n");
}

TEST_F(database_verbs, take_the_database_from_a_node_file) {
  std::ofstream{folder_.file("node.toml")}
    << with(sample_node(), "${SUPREME_DATABASE_URL}", "${DB}");
  const auto result =
    run({"db", "migrate", "--node", folder_.file("node.toml")}, {{"DB", conninfo()}});
  EXPECT_EQ(result.code, 0) << result.err;
  const auto missing = run({"db", "migrate", "--node", folder_.file("node.toml")});
  EXPECT_EQ(missing.code, 2);
  EXPECT_NE(missing.err.find("expected the environment variable DB to be set"), std::string::npos)
    << missing.err;
}

TEST_F(database_verbs, say_plainly_that_the_schema_is_missing) {
  const auto result = call({"config", "diff", file(sample_cluster())});
  EXPECT_EQ(result.code, 2);
  EXPECT_NE(result.err, "");
}

TEST_F(database_verbs, apply_commits_versions_and_diff_shows_what_is_new) {
  ASSERT_EQ(call({"db", "migrate"}).code, 0);
  EXPECT_EQ(call({"config", "diff", file(sample_cluster())}).out.find("nothing is committed yet\n"),
            0u);
  const auto first = call({"config", "apply", file(sample_cluster())});
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_NE(first.out.find("\nversion 1\n"), std::string::npos) << first.out;
  EXPECT_EQ(call({"config", "diff", file(sample_cluster())}).out,
            "no differences from version 1\n");
  const auto changed =
    file(with(sample_cluster(), "max_position = \"0.5\"", "max_position = \"0.25\""));
  const std::string difference =
    "~ accounts[main].instrument_limits[BTCUSDT].max_position: 0.5 -> 0.25\n";
  EXPECT_EQ(call({"config", "diff", changed}).out, difference);
  const auto second = call({"config", "apply", changed, "--by", "bob"});
  EXPECT_EQ(second.code, 0) << second.err;
  EXPECT_EQ(second.out, difference + "version 2\n");
  EXPECT_EQ(call({"config", "apply", changed}).out, "version 2, nothing to change\n");
}

} // namespace
} // namespace supreme::tests
