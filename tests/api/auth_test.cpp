// Goal: only who holds a token does what its role allows, and guessing is stopped. Method: the pure
// classes with a clock of the test's own; the gateway's use of them is in rights_test.cpp.

#include "api/auth.hpp"
#include "api/hex.hpp"
#include "tests/api/gateway_fixture.hpp"
#include "trading/check.hpp"

#include <gtest/gtest.h>

#include <string>

using namespace std::string_literals;
using namespace std::chrono_literals;
using namespace supreme;
using namespace supreme::api;
using config::api_role;
using supreme::api::tests::stored_token;

namespace {

constexpr clock_point start{};

} // namespace

TEST(bearer_token, is_taken_from_a_well_formed_header_only) {
  EXPECT_EQ(bearer_token("Bearer abc"), "abc");
  EXPECT_EQ(bearer_token("bEARER   a-._~+/=Z9 "), "a-._~+/=Z9");
  for (const auto& bad :
       {""s, "Bearer"s, "Bearer "s, "Basic abc"s, "Bearer a b"s, "Bearer a,b"s, "Bearer\tabc"s,
        "Bearer a\0b"s, "Bearerabc"s, "Bearer \xc3\xa4"s, "Bearer " + std::string(257, 'x')})
    EXPECT_FALSE(bearer_token(bad)) << bad;
}

TEST(authenticator, knows_each_token_and_nothing_near_it) {
  const authenticator known{
    {stored_token("a", api_role::viewer, "first"), stored_token("b", api_role::admin, "second")}};
  ASSERT_TRUE(known.identify("second"));
  EXPECT_EQ(known.identify("second")->name, "b");
  EXPECT_EQ(known.identify("second")->role, api_role::admin);
  EXPECT_EQ(known.identify("first")->name, "a");
  for (const auto* bad : {"", "f", "firs", "firstt", "First", "salt-of-afirst"})
    EXPECT_FALSE(known.identify(bad)) << bad;
  EXPECT_FALSE(authenticator{{}}.identify("first"));
}

TEST(authenticator, takes_no_broken_configuration) {
  auto token = stored_token("a", api_role::viewer, "first");
  token.sha256.pop_back();
  EXPECT_THROW(authenticator{{token}}, trading::contract_violation);
  token.sha256 += "g";
  EXPECT_THROW(authenticator{{token}}, trading::contract_violation);
  token = stored_token("a", api_role::viewer, "first");
  token.salt.clear();
  EXPECT_THROW(authenticator{{token}}, trading::contract_violation);
}

TEST(roles, have_what_is_listed_and_nothing_else) {
  struct row {
    api::access needed;
    bool viewer, trader, risk, admin;
  };
  for (const auto& r : {row{api::access::open, true, true, true, true},
                        row{api::access::read, true, true, true, true},
                        row{api::access::halt, false, true, true, true},
                        row{api::access::resume, false, false, true, true}}) {
    EXPECT_EQ(allows(r.needed, api_role::viewer), r.viewer);
    EXPECT_EQ(allows(r.needed, api_role::trader), r.trader);
    EXPECT_EQ(allows(r.needed, api_role::risk), r.risk);
    EXPECT_EQ(allows(r.needed, api_role::admin), r.admin);
    const bool anybody = r.needed == api::access::open;
    EXPECT_EQ(allows(r.needed, static_cast<api_role>(9)), anybody) << "a role that does not exist";
  }
}

TEST(failure_limiter, locks_after_the_allowed_failures_and_for_the_window) {
  failure_limiter limiter{3, 60s, 8};
  limiter.failed("a", start);
  limiter.failed("a", start + 10s);
  EXPECT_FALSE(limiter.locked_for("a", start + 10s));
  limiter.failed("a", start + 20s);
  EXPECT_EQ(limiter.locked_for("a", start + 20s), 60s);
  EXPECT_FALSE(limiter.locked_for("b", start + 20s));
  EXPECT_EQ(limiter.locked_for("a", start + 79s), 1s);
  EXPECT_FALSE(limiter.locked_for("a", start + 80s));
}

TEST(failure_limiter, does_not_prolong_a_lock_by_failures_during_it) {
  failure_limiter limiter{1, 60s, 8};
  limiter.failed("a", start);
  for (int i = 0; i < 100; ++i)
    limiter.failed("a", start + 59s);
  EXPECT_FALSE(limiter.locked_for("a", start + 60s));
  limiter.failed("a", start + 60s);
  EXPECT_TRUE(limiter.locked_for("a", start + 61s));
}

TEST(failure_limiter, forgets_failures_that_are_older_than_the_window) {
  failure_limiter limiter{2, 60s, 8};
  limiter.failed("a", start);
  limiter.failed("a", start + 60s);
  EXPECT_FALSE(limiter.locked_for("a", start + 60s));
  limiter.failed("a", start + 61s);
  EXPECT_TRUE(limiter.locked_for("a", start + 61s));
}

TEST(failure_limiter, remembers_a_limited_number_of_addresses) {
  failure_limiter limiter{1, 60s, 2};
  limiter.failed("a", start);
  limiter.failed("b", start);
  limiter.failed("c", start);
  EXPECT_FALSE(limiter.locked_for("a", start));
  EXPECT_TRUE(limiter.locked_for("b", start));
  EXPECT_TRUE(limiter.locked_for("c", start));
}

TEST(hex, reads_back_bytes_and_nothing_else) {
  EXPECT_EQ(from_hex("00fFa9"), (std::vector<uint8_t>{0x00, 0xff, 0xa9}));
  EXPECT_EQ(from_hex(""), std::vector<uint8_t>{});
  for (const auto* bad : {"abc", "0g", " 0", "0x"})
    EXPECT_FALSE(from_hex(bad)) << bad;
  EXPECT_EQ(random_hex(8).size(), 16U);
  EXPECT_NE(random_hex(8), random_hex(8));
}
