// Goal: the program answers a person plainly: help is a success, mistakes are one line and exit
// code 2, and no secret is printed. Method: the whole program runs in this process on given
// arguments and environment.

#include "config/build_id.hpp"
#include "tests/commands/run.hpp"
#include "tests/commands/temporary_folder.hpp"
#include "tests/support/source_tree.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>

namespace supreme::tests {
namespace {

std::string example(const char* name) {
  return (source_root() / "config/examples" / name).string();
}

TEST(program, lists_its_verbs_when_asked_for_help) {
  const auto shown = run({"--help"});
  EXPECT_EQ(shown.code, 0);
  for (const auto* verb : {"audit", "config", "db", "pki", "token", "version"})
    EXPECT_NE(shown.out.find(verb), std::string::npos) << verb;
  EXPECT_EQ(run({"config", "apply", "--help"}).code, 0);
  EXPECT_EQ(run({"--version"}).code, 0);
}

TEST(program, refuses_arguments_it_does_not_know) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{
         {},
         {"nonsense"},
         {"config"},
         {"config", "check"},
         {"audit", "why"},
         {"version", "--colour"},
         {"config", "check", "a", "b"},
         {"config", "check", "a", "--kind", "planet"},
         {"db", "migrate", "--node", "a", "--database-env", "B"}}) {
    const auto result = run(arguments);
    EXPECT_EQ(result.code, 2);
    EXPECT_NE(result.err, "");
    EXPECT_EQ(result.out, "");
  }
}

TEST(program, says_when_a_result_could_not_be_written) {
  std::ostringstream out;
  std::ostringstream err;
  out.setstate(std::ios::badbit);
  commands::verb_context context{out, err, [](const std::string&) { return std::nullopt; }};
  EXPECT_EQ(commands::run_program({"version"}, context), 2);
  EXPECT_EQ(err.str(), "supreme: could not write the output\n");
}

TEST(version, names_the_build_and_what_it_runs_on) {
  const auto shown = run({"version", "--json"});
  ASSERT_EQ(shown.code, 0) << shown.err;
  const auto all = nlohmann::json::parse(shown.out);
  EXPECT_EQ(all.at("version"), std::string{config::version()});
  EXPECT_EQ(all.at("build"), std::string{config::build_id()});
  EXPECT_EQ(all.at("caf"), "0.17.6");
  EXPECT_GT(all.at("schema").get<int>(), 0);
  for (const auto* key : {"postgresql_client", "openssl"})
    EXPECT_NE(all.at(key), "") << key;
  const auto text = run({"version"});
  EXPECT_NE(text.out.find(std::string{config::build_id()}), std::string::npos);
}

TEST(build_id, is_sixteen_hexadecimal_digits) {
  const auto id = config::build_id();
  EXPECT_EQ(id.size(), 16u);
  EXPECT_TRUE(std::all_of(id.begin(), id.end(),
                          [](char c) { return std::isxdigit(static_cast<unsigned char>(c)); }));
}

TEST(config_check, sums_up_a_valid_file) {
  const auto cluster = run({"config", "check", example("cluster.toml")});
  EXPECT_EQ(cluster.code, 0) << cluster.err;
  EXPECT_EQ(
    cluster.out,
    "cluster example: 3 instruments, 2 feeds, 1 venue, 1 account, 1 strategy with 2 slots\n");
  const auto venue = run({"config", "check", example("venue.toml"), "--kind", "venue"});
  EXPECT_EQ(venue.out, "venue sim: 3 instruments\n");
  const auto node = run({"config", "check", example("node.toml"), "--kind", "node"},
                        {{"SUPREME_DATABASE_URL", "host=/run/pg"}});
  EXPECT_EQ(node.out, "node node-a of cluster example\n") << node.err;
}

TEST(config_check, lists_problems_and_ends_with_one) {
  temporary_folder folder;
  std::ofstream{folder.file("bad.toml")} << "cluster = \"X\"\n";
  const auto result = run({"config", "check", folder.file("bad.toml")});
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_NE(result.err.find("bad.toml:1: cluster: expected a name"), std::string::npos)
    << result.err;
  EXPECT_NE(result.err.find("2 problems\n"), std::string::npos) << result.err;
}

TEST(config_check, ends_with_two_when_there_is_no_file) {
  const auto result = run({"config", "check", "/nonexistent.toml"});
  EXPECT_EQ(result.code, 2);
  EXPECT_EQ(result.err,
            "supreme: /nonexistent.toml: expected a readable file: No such file or directory\n");
}

TEST(database_choice, needs_a_variable_that_is_set) {
  const auto result = run({"db", "migrate"});
  EXPECT_EQ(result.code, 2);
  EXPECT_EQ(result.err,
            "supreme: --database-env: expected the environment variable SUPREME_DATABASE_URL to be "
            "set, it is not\n");
}

TEST(database_choice, never_shows_a_secret) {
  for (const auto* url :
       {"postgresql://u:hunter2@localhost:1/db", "postgresql://u:hunter2@far/db", "hunter2"}) {
    const std::map<std::string, std::string> variables{{"SUPREME_DATABASE_URL", url},
                                                       {"USER", "alice"}};
    for (const auto& arguments :
         std::vector<std::vector<std::string>>{{"db", "migrate"},
                                               {"audit", "verify"},
                                               {"audit", "why", "m1-1"},
                                               {"config", "diff", example("cluster.toml")},
                                               {"config", "apply", example("cluster.toml")}}) {
      const auto result = run(arguments, variables);
      EXPECT_EQ(result.code, 2) << arguments[0] << ' ' << arguments[1];
      EXPECT_NE(result.err, "");
      EXPECT_EQ((result.out + result.err).find("hunter2"), std::string::npos) << result.err;
    }
  }
  const auto argument =
    run({"db", "migrate", "--database-env", "postgresql://u:hunter2@localhost/db"});
  EXPECT_EQ(argument.code, 2);
  EXPECT_EQ(argument.err.find("hunter2"), std::string::npos) << argument.err;
}

TEST(config_apply, refuses_a_name_that_is_none) {
  const auto result =
    run({"config", "apply", example("cluster.toml"), "--by", "nobody in particular"},
        {{"SUPREME_DATABASE_URL", "host=/run/pg"}});
  EXPECT_EQ(result.code, 2);
  EXPECT_NE(result.err.find("--by: expected a name"), std::string::npos) << result.err;
}

TEST(config_apply, goes_by_the_process_user_where_the_environment_names_nobody) {
  // No server answers there: whoever applies is known by then, or the complaint would be another.
  const auto result = run({"config", "apply", example("cluster.toml")},
                          {{"SUPREME_DATABASE_URL", "host=/nonexistent"}});
  EXPECT_EQ(result.code, 2);
  EXPECT_EQ(result.err.find("--by"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("/nonexistent"), std::string::npos) << result.err;
}

} // namespace
} // namespace supreme::tests
