// Goal: client order ids are unique by construction and fit every venue's rule.
// Method: known base-36 texts, the longest possible id, and the broken contracts.

#include "trading/orders/client_order_id.hpp"

#include "trading/check.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <set>

namespace supreme::trading {
namespace {

TEST(client_order_id, names_shard_epoch_and_number) {
  EXPECT_EQ(make_client_order_id("main", 1, 1).str(), "main1-1");
  EXPECT_EQ(make_client_order_id("a", 35, 36).str(), "az-10");
  EXPECT_EQ(make_client_order_id("a", 0, 1'295).str(), "a0-zz");
}

TEST(client_order_id, never_exceeds_36_characters) {
  constexpr auto max = std::numeric_limits<uint64_t>::max();
  const auto id = make_client_order_id("abcdefgh", max, max);
  EXPECT_EQ(id.str(), "abcdefgh3w5e11264sgsf-3w5e11264sgsf");
  EXPECT_LE(id.str().size(), 36U);
}

TEST(client_order_id, differs_within_a_shard_when_epoch_or_number_differ) {
  std::set<std::string> ids;
  for (uint64_t epoch = 0; epoch < 100; ++epoch)
    for (uint64_t number = 1; number < 100; ++number)
      ids.insert(make_client_order_id("main", epoch, number).str());
  EXPECT_EQ(ids.size(), 100U * 99U);
}

TEST(client_order_id, differs_between_shards_when_the_number_differs) {
  // Shard and epoch run together, so "a" in epoch 396 and "ab" in epoch 0 look alike: only the
  // database's number, which all shards draw from one sequence, keeps them apart.
  EXPECT_EQ(make_client_order_id("a", 396, 1), make_client_order_id("ab", 0, 1));
  EXPECT_NE(make_client_order_id("a", 396, 1), make_client_order_id("ab", 0, 2));
}

TEST(client_order_id, refuses_shards_outside_its_contract) {
  for (const char* shard : {"", "abcdefghi", "Main", "a1", "a-b", "ä"})
    EXPECT_THROW((void)make_client_order_id(shard, 1, 1), contract_violation) << shard;
  EXPECT_THROW((void)make_client_order_id("main", 1, 0), contract_violation);
}

} // namespace
} // namespace supreme::trading
