// Goal: a node file is read exactly; secrets come from the environment only and never reach a
// message. Method: one valid sample with one change a test, and an environment made by the test.

#include "tests/config/sample.hpp"

#include "config/database_url.hpp"

#include <gtest/gtest.h>

namespace supreme::tests {
namespace {

const char* const local_url = "postgresql://supreme@/supreme?host=%2Frun%2Fpg&port=5432";

config::environment usual() {
  return variables({{"SUPREME_DATABASE_URL", local_url}, {"PW", "se cr'et@/:"}});
}

std::string check(const std::string& text, const config::environment& env = usual()) {
  return problems_of(config::parse_node(text, "node.toml", env));
}

std::string check_url(const std::string& url, const config::environment& env = usual()) {
  return check(with(sample_node(), "${SUPREME_DATABASE_URL}", url), env);
}

TEST(node_file, reads_every_section) {
  const auto result = config::parse_node(sample_node(), "node.toml", usual());
  ASSERT_EQ(problems_of(result), "");
  const auto& node = std::get<config::node_settings>(result);
  EXPECT_EQ(node.name, "node-a");
  EXPECT_EQ(node.cluster, "demo");
  EXPECT_EQ(node.database_url, local_url);
  EXPECT_EQ(node.reader_url, "");
  EXPECT_EQ(node.mesh.host, "127.0.0.1");
  EXPECT_EQ(node.mesh.port, 7300);
  EXPECT_EQ(node.gateway.port, 0);
  EXPECT_EQ(node.tls.key_file, "a.key");
  ASSERT_EQ(node.tokens.size(), 1u);
  EXPECT_EQ(node.tokens[0].role, config::api_role::trader);
  EXPECT_EQ(node.node_labels.at("zone"), "a");
  EXPECT_EQ(node.log_level, "info");
  EXPECT_EQ(node.log_file, "");
}

TEST(node_file, serves_the_gateway_on_loopback_only) {
  const auto with_host = [](const std::string& host) {
    return check(sample_node() + "\n[gateway]\nhost = \"" + host + "\"\nport = 8080\n");
  };
  for (const auto* host : {"127.0.0.1", "127.8.0.1", "::1", "localhost"})
    EXPECT_EQ(with_host(host), "") << host;
  for (const auto* host : {"0.0.0.0", "::", "10.0.0.11", "gateway.example", "128.0.0.1"})
    EXPECT_NE(with_host(host).find("gateway.host: expected a loopback address"), std::string::npos)
      << host;
}

TEST(node_file, refuses_a_variable_that_is_not_set) {
  const auto expected =
    "node.toml:3: database_url: expected the environment variable SUPREME_DATABASE_URL to "
    "be set, it is not\n";
  EXPECT_EQ(check(sample_node(), variables({})), expected);
  EXPECT_EQ(check(sample_node(), variables({{"SUPREME_DATABASE_URL", ""}})), expected);
}

TEST(node_file, refuses_a_password_that_stands_in_the_file) {
  const auto expected =
    "node.toml:3: database_url: expected no password in the file: put it into the "
    "environment and write ${NAME}\n";
  EXPECT_EQ(check_url("postgresql://u:hunter2@localhost/db"), expected);
  EXPECT_EQ(check_url("postgresql://u@localhost/db?password=hunter2"), expected);
  EXPECT_EQ(check_url("host=localhost user=u password=hunter2"), expected);
  EXPECT_EQ(check_url("host=localhost user=u password='${PW}hunter2'"), expected);
}

TEST(node_file, escapes_a_secret_inside_a_url) {
  const auto result = config::parse_node(
    with(sample_node(), "${SUPREME_DATABASE_URL}", "postgresql://u:${PW}@localhost/db"),
    "node.toml", usual());
  ASSERT_EQ(problems_of(result), "");
  EXPECT_EQ(std::get<config::node_settings>(result).database_url,
            "postgresql://u:se%20cr%27et%40%2F%3A@localhost/db");
}

TEST(node_file, escapes_a_secret_inside_key_value_text) {
  const auto result = config::parse_node(
    with(sample_node(), "${SUPREME_DATABASE_URL}", "host=localhost password=${PW} user=u"),
    "node.toml", usual());
  ASSERT_EQ(problems_of(result), "");
  EXPECT_EQ(std::get<config::node_settings>(result).database_url,
            "host=localhost password=se\\ cr\\'et@/: user=u");
}

TEST(node_file, requires_a_verified_server_on_another_machine) {
  const auto expected =
    "node.toml:3: database_url: expected sslmode=verify-full, because the server is on "
    "another machine\n";
  for (const auto* url :
       {"postgresql://u@db.example.com/db", "postgresql://u@db.example.com/db?sslmode=require",
        "host=10.0.0.5 user=u", "host=localhost,10.0.0.5 user=u",
        "host=localhost hostaddr=10.0.0.5 user=u", "postgresql://u@localhost.evil.com/db"})
    EXPECT_EQ(check_url(url), expected) << url;
  for (const auto* url :
       {"postgresql://u@db.example.com/db?sslmode=verify-full", "postgresql://u@localhost/db",
        "postgresql://u@127.0.0.1:5433/db", "postgresql://u@[::1]/db",
        "host=/run/postgresql user=u", "postgresql:///db?host=/run/postgresql", "user=u",
        "host=db sslmode=verify-full"})
    EXPECT_EQ(check_url(url), "") << url;
}

TEST(node_file, heeds_the_variables_that_libpq_would_read) {
  EXPECT_NE(check_url("user=u", variables({{"PGHOST", "db.example.com"}})), "");
  EXPECT_EQ(
    check_url("user=u", variables({{"PGHOST", "db.example.com"}, {"PGSSLMODE", "verify-full"}})),
    "");
  EXPECT_EQ(check_url("host=localhost user=u", variables({{"PGHOST", "db.example.com"}})), "");
  EXPECT_NE(check_url("user=u", variables({{"PGSERVICE", "production"}})), "");
  EXPECT_NE(check_url("service=production"), "");
}

TEST(node_file, checks_a_url_that_came_from_the_environment) {
  EXPECT_EQ(
    check(sample_node(), variables({{"SUPREME_DATABASE_URL", "postgresql://u:p@far/db"}})),
    "node.toml:3: database_url: expected sslmode=verify-full, because the server is on another "
    "machine\n");
  EXPECT_EQ(
    check(sample_node(), variables({{"SUPREME_DATABASE_URL", "postgresql://u:p@localhost/db"}})),
    "");
}

TEST(node_file, never_shows_a_secret) {
  for (const auto* url :
       {"postgresql://u:hunter2@localhost/%zz", "hunter2", "host=localhost password='hunter2",
        "postgresql://u:hunter2@far/db", "nonsense=hunter2", "postgresql://u:hunter2@/db?a=b"}) {
    const auto found = check(sample_node(), variables({{"SUPREME_DATABASE_URL", url}}));
    EXPECT_NE(found, "") << url;
    EXPECT_EQ(found.find("hunter2"), std::string::npos) << found;
    const auto literal = check_url(url);
    EXPECT_NE(literal, "") << url;
    EXPECT_EQ(literal.find("hunter2"), std::string::npos) << literal;
  }
  const auto number = check(with(sample_node(), "\"${SUPREME_DATABASE_URL}\"", "[\"hunter2\"]"));
  EXPECT_NE(number, "");
  EXPECT_EQ(number.find("hunter2"), std::string::npos) << number;
}

TEST(node_file, refuses_references_it_cannot_read) {
  for (const auto* url : {"${", "${}", "${A B}", "x${A", "${1A}"})
    EXPECT_EQ(check_url(url).find(
                "node.toml:3: database_url: expected references like ${SUPREME_DATABASE_URL}"),
              0u)
      << url;
}

TEST(node_file, refuses_a_token_that_is_no_hash) {
  EXPECT_EQ(
    check(with(sample_node(), "00112233445566778899aabbccddeeff", "0011")),
    "node.toml:17: tokens[0].salt: expected 32 hexadecimal digits, as `supreme token make` prints "
    "them\n");
  EXPECT_NE(check(with(sample_node(), "aaaabbbb", "AAAABBBB")), "");
  EXPECT_NE(check(with(sample_node(), "\"trader\"", "\"root\"")), "");
}

TEST(node_file, refuses_a_log_level_that_does_not_exist) {
  EXPECT_EQ(check("log_level = \"loud\"\n" + sample_node()),
            "node.toml:1: log_level: expected one of \"trace\", \"debug\", \"info\", \"warn\", "
            "\"error\", was "
            "\"loud\"\n");
}

TEST(node_file, requires_a_port_where_it_must_listen) {
  EXPECT_EQ(
    check(with(sample_node(), "port = 7300", "")),
    "node.toml:6: mesh.port: expected a whole number from 1 to 65535, the key is missing\n");
}

TEST(database_url, takes_a_variable_name_never_a_url) {
  EXPECT_EQ(config::database_url_from_environment("SUPREME_DATABASE_URL", usual()).url, local_url);
  const auto wrong =
    config::database_url_from_environment("postgresql://u:hunter2@localhost/db", usual());
  EXPECT_EQ(wrong.url, "");
  EXPECT_EQ(wrong.problem, "expected the name of an environment variable, not its value");
}

} // namespace
} // namespace supreme::tests
