// Goal: `audit verify` tells clean, defective and impossible apart, and `audit why` finds orders.
// Method: each test runs the whole program against a database of its own.

#include "tests/commands/database_verbs.hpp"
#include "tests/config/sample.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace supreme::tests {
namespace {

TEST_F(database_verbs, verify_finds_a_fresh_trail_clean) {
  ASSERT_EQ(call({"db", "migrate"}).code, 0);
  ASSERT_EQ(call({"config", "apply", file(sample_cluster())}).code, 0);
  const auto text = call({"audit", "verify"});
  EXPECT_EQ(text.code, 0) << text.err << text.out;
  EXPECT_NE(text.out.find(": clean\n"), std::string::npos) << text.out;
  const auto json = call({"audit", "verify", "--json"});
  EXPECT_EQ(json.code, 0) << json.err;
  EXPECT_TRUE(nlohmann::json::parse(json.out).at("clean").get<bool>());
}

TEST_F(database_verbs, verify_that_cannot_run_is_not_a_verification) {
  const auto result = call({"audit", "verify"});
  EXPECT_EQ(result.code, 2) << result.out;
  ASSERT_EQ(call({"db", "migrate"}).code, 0);
  EXPECT_EQ(call({"audit", "verify", "--anchors", "/nonexistent/anchors"}).code, 2);
}

TEST_F(database_verbs, why_of_an_order_that_does_not_exist_ends_with_one) {
  ASSERT_EQ(call({"db", "migrate"}).code, 0);
  const auto result = call({"audit", "why", "m1-1"});
  EXPECT_EQ(result.code, 1) << result.err;
  EXPECT_EQ(result.err, "there is no order \"m1-1\"\n");
}

} // namespace
} // namespace supreme::tests
