// Goal: a configuration is committed exactly against the version that its differences were shown
// for. Method: the in-memory cluster store, which follows the rules of the database's, and files in
// a temporary folder.

#include "commands/config_versions.hpp"
#include "storage/memory/memory_cluster_store.hpp"
#include "storage/memory/memory_ledger_store.hpp"
#include "tests/commands/temporary_folder.hpp"
#include "tests/config/sample.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace supreme::tests {
namespace {

class config_versions : public ::testing::Test {
protected:
  std::string write(const std::string& text) {
    auto path = folder_.file("cluster.toml");
    std::ofstream{path, std::ios::trunc} << text;
    return path;
  }
  std::optional<commands::config_comparison> compare(const std::string& text) {
    out_.str("");
    err_.str("");
    context_.exit_code = commands::exit_ok;
    return commands::compare_config(write(text), store_, ledger_, context_);
  }
  void apply(const std::string& text) {
    if (const auto found = compare(text))
      commands::commit_config(*found, "alice", store_, context_);
  }

  std::optional<uint64_t> commit_as_bob(const std::string& text, uint64_t previous) {
    return store_.apply_config(text, storage::sha256_hex(text), "bob", previous);
  }

  temporary_folder folder_;
  std::shared_ptr<storage::memory_database> database_ =
    std::make_shared<storage::memory_database>([] { return trading::timestamp::from_ms(1'000); });
  storage::memory_cluster_store store_{database_};
  storage::memory_ledger_store ledger_{database_};
  std::ostringstream out_;
  std::ostringstream err_;
  commands::verb_context context_{out_, err_, variables({})};
};

TEST_F(config_versions, commits_the_first_version_with_everything_as_new) {
  apply(sample_cluster());
  EXPECT_EQ(context_.exit_code, 0);
  EXPECT_EQ(out_.str().find("nothing is committed yet\n"), 0u);
  EXPECT_NE(out_.str().find("+ strategies[trend].kind = momentum\n"), std::string::npos)
    << out_.str();
  EXPECT_NE(out_.str().find("\nversion 1\n"), std::string::npos) << out_.str();
  const auto row = store_.latest_config();
  ASSERT_TRUE(row);
  EXPECT_EQ(row->text, sample_cluster());
  EXPECT_EQ(row->applied_by, "alice");
  EXPECT_EQ(row->sha256.size(), 64u);
}

TEST_F(config_versions, shows_and_commits_what_changed) {
  apply(sample_cluster());
  apply(with(sample_cluster(), "fast = 10", "fast = 11"));
  EXPECT_EQ(out_.str(), "~ strategies[trend].parameters.fast: 10 -> 11\nversion 2\n");
  EXPECT_EQ(store_.latest_config()->version, 2u);
}

TEST_F(config_versions, commits_nothing_when_no_setting_differs) {
  apply(sample_cluster());
  apply("# only a comment\n" + sample_cluster());
  EXPECT_EQ(out_.str(), "version 1, nothing to change\n");
  EXPECT_EQ(context_.exit_code, 0);
  EXPECT_EQ(store_.latest_config()->version, 1u);
}

TEST_F(config_versions, commits_nothing_that_has_problems) {
  apply(with(sample_cluster(), "port = 7400", "port = 0"));
  EXPECT_EQ(context_.exit_code, 1);
  EXPECT_NE(err_.str().find("venues[0].port"), std::string::npos) << err_.str();
  EXPECT_FALSE(store_.latest_config());
}

TEST_F(config_versions, commits_nothing_that_was_compared_with_an_older_version) {
  apply(sample_cluster());
  const auto mine = compare(with(sample_cluster(), "fast = 10", "fast = 11"));
  ASSERT_TRUE(mine);
  ASSERT_TRUE(commit_as_bob("# somebody else's\n", 1));
  commands::commit_config(*mine, "alice", store_, context_);
  EXPECT_EQ(context_.exit_code, 1);
  EXPECT_EQ(err_.str(), "another version was committed meanwhile: look at the differences again\n");
  EXPECT_EQ(store_.latest_config()->applied_by, "bob");
}

TEST_F(config_versions, refuses_the_file_of_another_cluster) {
  apply(sample_cluster());
  EXPECT_THROW(apply(with(sample_cluster(), "cluster = \"demo\"", "cluster = \"other\"")),
               commands::verb_error);
  EXPECT_EQ(store_.latest_config()->version, 1u);
}

TEST_F(config_versions, commits_nothing_that_contradicts_the_rows_of_the_running_one) {
  apply(sample_cluster());
  apply(with(sample_cluster(), "shard = \"m\"", "shard = \"x\""));
  EXPECT_EQ(context_.exit_code, 1);
  EXPECT_NE(err_.str().find("accounts[main].shard stays m"), std::string::npos) << err_.str();
  EXPECT_NE(err_.str().find("1 change that a running cluster cannot take"), std::string::npos)
    << err_.str();
  EXPECT_EQ(store_.latest_config()->version, 1u);
}

TEST_F(config_versions, replaces_a_version_that_this_build_cannot_read) {
  ASSERT_TRUE(commit_as_bob("future_key = 1\n", 0));
  apply(sample_cluster());
  EXPECT_EQ(err_.str().find("this build cannot read the committed version 1:\n"), 0u) << err_.str();
  EXPECT_NE(err_.str().find("version 1:1: future_key: expected no such key"), std::string::npos)
    << err_.str();
  EXPECT_EQ(out_.str(), "version 2\n");
}

} // namespace
} // namespace supreme::tests
