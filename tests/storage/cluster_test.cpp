// Goal: membership, epochs and configuration follow one contract in PostgreSQL and in memory: one
// live holder per unit, epochs that only rise, nodes of another build kept out, one newest
// configuration. Method: every test runs against both stores; leases expire by moving the clock,
// never by waiting.
#include "config/defaults.hpp"
#include "storage/sha256.hpp"
#include "tests/storage/stores.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace supreme::tests {

using namespace storage;
using namespace std::chrono_literals;

class membership : public store_test {
protected:
  static node_registration node(const std::string& name, int64_t ttl_ms = 3000) {
    node_registration n;
    n.node = name;
    n.runtime_id = "runtime-" + name;
    n.cluster = "test";
    n.build = "build";
    n.messages = "messages";
    n.host = "host-" + name;
    n.port = 4711;
    n.labels = {{"zone", "a"}, {"disk", "fast"}};
    n.ttl_ms = ttl_ms;
    return n;
  }

  uint64_t join(const std::string& name, int64_t ttl_ms = 3000) {
    const auto answer = cluster_->register_node(node(name, ttl_ms));
    EXPECT_EQ(answer.refusal, "");
    return answer.incarnation;
  }

  const node_row* find(const cluster_view& v, const std::string& name) {
    const auto found =
      std::find_if(v.nodes.begin(), v.nodes.end(), [&](const auto& n) { return n.node == name; });
    return found == v.nodes.end() ? nullptr : &*found;
  }
};

INSTANTIATE_TEST_SUITE_P(stores, membership,
                         ::testing::Values(store_kind::postgres, store_kind::memory),
                         ::testing::PrintToStringParamName());

TEST_P(membership, a_registered_node_is_seen_by_all_with_what_it_said) {
  const auto incarnation = join("n2");
  const auto v = cluster_->view();
  const auto* n = find(v, "n2");
  ASSERT_NE(n, nullptr);
  EXPECT_EQ(n->incarnation, incarnation);
  EXPECT_EQ(n->runtime_id, "runtime-n2");
  EXPECT_EQ(n->host, "host-n2");
  EXPECT_EQ(n->port, 4711);
  EXPECT_EQ(n->labels, (std::map<std::string, std::string>{{"disk", "fast"}, {"zone", "a"}}));
  EXPECT_TRUE(n->live);
  EXPECT_GE(n->age_ms, 0);
}

TEST_P(membership, a_live_name_runtime_id_other_cluster_build_or_message_set_is_refused) {
  join("n2");
  const auto refused = [&](node_registration n) {
    const auto answer = cluster_->register_node(n);
    EXPECT_EQ(answer.incarnation, 0U);
    return answer.refusal;
  };
  EXPECT_NE(refused(node("n2")).find("still live"), std::string::npos);
  auto n = node("n3");
  n.runtime_id = "runtime-n2";
  EXPECT_NE(refused(n).find("runtime id"), std::string::npos);
  n = node("n3");
  n.cluster = "other";
  EXPECT_NE(refused(n).find("belongs to cluster"), std::string::npos);
  n = node("n3");
  n.build = "newer";
  EXPECT_NE(refused(n).find("build"), std::string::npos);
  n = node("n3");
  n.messages = "newer";
  EXPECT_NE(refused(n).find("message set"), std::string::npos);
  EXPECT_EQ(find(cluster_->view(), "n3"), nullptr);
}

TEST_P(membership, another_build_may_register_once_all_nodes_of_the_old_one_are_gone) {
  const auto old = join("n2");
  cluster_->leave("n2", old);
  cluster_->leave("n1", node_incarnation_);
  auto n = node("n2");
  n.build = "newer";
  EXPECT_GT(cluster_->register_node(n).incarnation, old);
}

TEST_P(membership, a_renewed_heartbeat_keeps_a_node_alive) {
  const auto incarnation = join("n2");
  for (int i = 0; i < 5; ++i) {
    pass(2s);
    const auto v = cluster_->renew("n2", incarnation, 3000, 7);
    EXPECT_TRUE(v.alive);
    EXPECT_TRUE(find(v, "n2")->live);
    EXPECT_EQ(find(v, "n2")->config_version, 7U);
  }
}

TEST_P(membership, an_expired_node_cannot_renew_and_is_declared_dead) {
  const auto incarnation = join("n2");
  pass(3100ms);
  EXPECT_FALSE(cluster_->renew("n2", incarnation, 3000, 0).alive);
  const auto v = cluster_->renew("n1", node_incarnation_, 600'000, 0);
  ASSERT_NE(find(v, "n2"), nullptr);
  EXPECT_FALSE(find(v, "n2")->live);
  EXPECT_GT(join("n2"), incarnation);
}

TEST_P(membership, only_the_right_name_and_incarnation_renews) {
  const auto incarnation = join("n2");
  EXPECT_FALSE(cluster_->renew("n2", incarnation + 100, 3000, 0).alive);
  EXPECT_FALSE(cluster_->renew("n1", incarnation, 3000, 0).alive);
}

TEST_P(membership, the_dead_are_shown_for_an_hour) {
  join("n2");
  pass(4s);
  static_cast<void>(cluster_->renew("n1", node_incarnation_, 36'000'000, 0));
  EXPECT_NE(find(cluster_->view(), "n2"), nullptr);
  pass(59min);
  EXPECT_NE(find(cluster_->view(), "n2"), nullptr);
  pass(2min);
  EXPECT_EQ(find(cluster_->view(), "n2"), nullptr);
}

TEST_P(membership, nodes_and_units_come_in_order_of_their_names) {
  const auto b = join("b");
  join("a");
  ASSERT_TRUE(cluster_->claim("z", "b", b));
  ASSERT_TRUE(cluster_->claim("A", "b", b));
  ASSERT_TRUE(cluster_->claim("a", "b", b));
  const auto v = cluster_->view();
  EXPECT_TRUE(std::is_sorted(v.nodes.begin(), v.nodes.end(),
                             [](auto& x, auto& y) { return x.node < y.node; }));
  EXPECT_TRUE(std::is_sorted(v.units.begin(), v.units.end(),
                             [](auto& x, auto& y) { return x.unit < y.unit; }));
  EXPECT_EQ(v.units.size(), 3U);
}

TEST_P(membership, a_unit_has_one_live_holder_and_a_rising_epoch) {
  const auto two = join("n2");
  const auto three = join("n3");
  EXPECT_EQ(cluster_->claim("u", "n2", two), 1U);
  EXPECT_FALSE(cluster_->claim("u", "n3", three));
  EXPECT_FALSE(cluster_->claim("u", "n2", two));
  EXPECT_TRUE(cluster_->release("u", "n2", two, 1));
  EXPECT_EQ(cluster_->claim("u", "n3", three), 2U);
  const auto v = cluster_->view();
  ASSERT_EQ(v.units.size(), 1U);
  EXPECT_EQ(v.units[0].holder, "n3");
  EXPECT_EQ(v.units[0].holder_incarnation, three);
  EXPECT_EQ(v.units[0].epoch, 2U);
}

TEST_P(membership, an_expired_holder_is_taken_over_and_stays_dead) {
  const auto two = join("n2");
  const auto three = join("n3", 60'000);
  ASSERT_EQ(cluster_->claim("u", "n2", two), 1U);
  EXPECT_FALSE(cluster_->claim("u", "n3", three));
  pass(3100ms);
  EXPECT_EQ(cluster_->claim("u", "n3", three), 2U);
  EXPECT_FALSE(cluster_->renew("n2", two, 3000, 0).alive);
  EXPECT_FALSE(cluster_->release("u", "n2", two, 1));
}

TEST_P(membership, a_node_that_is_not_live_claims_nothing) {
  const auto two = join("n2");
  EXPECT_FALSE(cluster_->claim("u", "n2", two + 100));
  EXPECT_FALSE(cluster_->claim("u", "n1", two));
  pass(3100ms);
  EXPECT_FALSE(cluster_->claim("u", "n2", two));
}

TEST_P(membership, only_the_present_claim_can_be_released) {
  const auto two = join("n2");
  ASSERT_EQ(cluster_->claim("u", "n2", two), 1U);
  EXPECT_FALSE(cluster_->release("u", "n2", two, 2));
  EXPECT_FALSE(cluster_->release("u", "n2", two + 1, 1));
  EXPECT_FALSE(cluster_->release("v", "n2", two, 1));
  EXPECT_TRUE(cluster_->release("u", "n2", two, 1));
  EXPECT_FALSE(cluster_->release("u", "n2", two, 1));
}

TEST_P(membership, leaving_releases_every_unit_at_once) {
  const auto two = join("n2");
  const auto three = join("n3");
  for (const auto* unit : {"a", "b", "c"})
    ASSERT_TRUE(cluster_->claim(unit, "n2", two));
  cluster_->leave("n2", two);
  for (const auto* unit : {"a", "b", "c"})
    EXPECT_EQ(cluster_->claim(unit, "n3", three), 2U);
  EXPECT_FALSE(cluster_->renew("n2", two, 3000, 0).alive);
  EXPECT_GT(join("n2"), three);
}

TEST_P(membership, incarnations_are_never_given_twice) {
  std::set<uint64_t> seen{node_incarnation_, join("n2")};
  const auto other = open_cluster();
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(seen.insert(cluster_->next_incarnation()).second);
    EXPECT_TRUE(seen.insert(other->next_incarnation()).second);
  }
}

TEST_P(membership, a_configuration_follows_the_one_it_was_made_from) {
  EXPECT_FALSE(cluster_->latest_config());
  EXPECT_EQ(cluster_->apply_config("a = 1\n", sha256_hex("a = 1\n"), "alice", 0), 1U);
  EXPECT_FALSE(cluster_->apply_config("a = 2\n", sha256_hex("a = 2\n"), "bob", 0));
  EXPECT_EQ(cluster_->apply_config("a = 'ä'\n", sha256_hex("a = 'ä'\n"), "bob", 1), 2U);
  const auto latest = cluster_->latest_config().value();
  EXPECT_EQ(latest.version, 2U);
  EXPECT_EQ(latest.text, "a = 'ä'\n");
  EXPECT_EQ(latest.sha256, sha256_hex(latest.text));
  EXPECT_EQ(latest.applied_by, "bob");
  EXPECT_EQ(cluster_->config(1)->text, "a = 1\n");
  EXPECT_FALSE(cluster_->config(3));
  EXPECT_EQ(cluster_->view().config_version, 2U);
}

TEST_P(membership, a_configuration_without_its_checksum_or_author_is_a_definitive_failure) {
  const auto kind = [&](const std::string& checksum, const std::string& author) {
    try {
      static_cast<void>(cluster_->apply_config("a = 1\n", checksum, author, 0));
    } catch (const store_failure& f) {
      return f.kind();
    }
    return failure_kind::unknown;
  };
  EXPECT_EQ(kind(sha256_hex("a = 2\n"), "alice"), failure_kind::definitive);
  EXPECT_EQ(kind(sha256_hex("a = 1\n"), ""), failure_kind::definitive);
  EXPECT_FALSE(cluster_->latest_config());
}

TEST_P(membership, the_detail_of_an_event_is_cut_between_characters) {
  std::string detail(config::defaults::event_detail_max - 1, 'x');
  detail += "ä and more";
  cluster_->record_event({"n1", node_incarnation_, "guard/main", "crashed", 3, detail});
  const auto kept =
    memory_ ? memory_->actor_events().at(0).detail : sql("SELECT detail FROM cluster.actor_events");
  EXPECT_EQ(kept, std::string(config::defaults::event_detail_max - 1, 'x'));
}

} // namespace supreme::tests
