// Goal: a made token is accepted by the gateway and only its hash is stored. Method: the printed
// section goes through the node file's loader into the gateway's own authenticator.

#include "api/auth.hpp"
#include "commands/token_maker.hpp"
#include "tests/commands/run.hpp"

#include <gtest/gtest.h>

#include <set>

namespace supreme::tests {
namespace {

std::string node_with(const std::string& section) {
  return R"(name = "n"
cluster = "c"
database_url = "host=/run/pg"
data_dir = "d"
[mesh]
port = 1
[tls]
ca_file = "a"
certificate_file = "b"
key_file = "c"
)" + section;
}

TEST(token_make, prints_a_token_that_the_gateway_accepts) {
  const auto made = run({"token", "make", "--principal", "alice", "--role", "risk"});
  ASSERT_EQ(made.code, 0) << made.err;
  const auto token = made.out.substr(0, made.out.find('\n'));
  EXPECT_EQ(token.size(), 43u);
  const auto section = made.out.substr(made.out.find('\n') + 1);
  EXPECT_EQ(section.find(token), std::string::npos)
    << "the token itself is in the part for the file";
  const auto parsed = config::parse_node(node_with(section), "node.toml", [](const std::string&) {
    return std::optional<std::string>{};
  });
  ASSERT_TRUE(std::holds_alternative<config::node_settings>(parsed))
    << std::get<config::problems>(parsed).front().to_string();
  const api::authenticator gate{std::get<config::node_settings>(parsed).tokens};
  const auto who = gate.identify(token);
  ASSERT_TRUE(who);
  EXPECT_EQ(who->name, "alice");
  EXPECT_EQ(who->role, config::api_role::risk);
  EXPECT_FALSE(gate.identify(token + "A"));
  EXPECT_FALSE(gate.identify(""));
}

TEST(token_make, never_repeats_a_token_or_a_salt) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const auto made = commands::make_token("alice", config::api_role::viewer);
    EXPECT_TRUE(seen.insert(made.token).second);
    EXPECT_TRUE(seen.insert(made.stored.salt).second);
    EXPECT_TRUE(seen.insert(made.stored.sha256).second);
  }
}

TEST(token_make, refuses_principals_and_roles_that_do_not_exist) {
  EXPECT_EQ(run({"token", "make", "--principal", "alice", "--role", "root"}).code, 2);
  EXPECT_EQ(run({"token", "make", "--principal", "a\"b", "--role", "viewer"}).code, 2);
  EXPECT_EQ(run({"token", "make", "--role", "viewer"}).code, 2);
}

TEST(base64url, follows_the_examples_of_rfc_4648) {
  EXPECT_EQ(commands::base64url(""), "");
  EXPECT_EQ(commands::base64url("f"), "Zg");
  EXPECT_EQ(commands::base64url("fo"), "Zm8");
  EXPECT_EQ(commands::base64url("foo"), "Zm9v");
  EXPECT_EQ(commands::base64url("foob"), "Zm9vYg");
  EXPECT_EQ(commands::base64url("fooba"), "Zm9vYmE");
  EXPECT_EQ(commands::base64url("foobar"), "Zm9vYmFy");
  EXPECT_EQ(commands::base64url("\xfb\xff"), "-_8");
}

} // namespace
} // namespace supreme::tests
