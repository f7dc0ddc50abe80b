// Goal: what only the stores in memory have works: failures on demand, a chain that verifies, and
// speed without it. Method: a few transactions each; the chain is walked by the code that verifies
// the database's.
#include "storage/audit/chain.hpp"
#include "storage/memory/memory_cluster_store.hpp"
#include "storage/memory/memory_ledger_store.hpp"
#include "tests/storage/transactions.hpp"

#include <gtest/gtest.h>

namespace supreme::tests {

using namespace storage;
using namespace trading;

class memory_stores : public ::testing::Test {
protected:
  void start(bool with_audit = true) {
    database_ = std::make_shared<memory_database>(
      [] { return timestamp::from_ms(1'776'000'000'000); }, with_audit);
    ledger_ = std::make_unique<memory_ledger_store>(database_);
    memory_cluster_store cluster{database_};
    node_registration n;
    n.node = n.runtime_id = n.cluster = "n1";
    n.ttl_ms = 1000;
    const auto incarnation = cluster.register_node(n).incarnation;
    desk_.guard = {"guard/main", cluster.claim("guard/main", "n1", incarnation).value()};
    desk_.strategy = {"strategy", cluster.claim("strategy", "n1", incarnation).value()};
    ledger_->open_account(account_id{"main"}, venue_id{"sim"}, {{asset_id{"USDT"}, "1000"_d}});
  }

  /// Lets the next commit go wrong.
  void break_next(injected_fault fault) {
    database_->set_faults([this, fault](std::string_view call) {
      if (call != "commit" || broken_)
        return injected_fault::none;
      broken_ = true;
      return fault;
    });
  }

  failure_kind commit_failure() {
    try {
      static_cast<void>(commit(*ledger_, desk_.decide("c1", side::buy, "1", "1")));
    } catch (const store_failure& f) {
      return f.kind();
    }
    ADD_FAILURE() << "no failure";
    return failure_kind::definitive;
  }

  std::shared_ptr<memory_database> database_;
  std::unique_ptr<memory_ledger_store> ledger_;
  desk desk_;
  bool broken_ = false;
};

TEST_F(memory_stores, fail_transiently_before_anything_is_done) {
  start();
  break_next(injected_fault::before);
  EXPECT_EQ(commit_failure(), failure_kind::transient);
  EXPECT_EQ(commit(*ledger_, desk_.decide("c1", side::buy, "1", "1")).status,
            commit_status::applied);
}

TEST_F(memory_stores, lose_the_answer_after_everything_is_done) {
  start();
  break_next(injected_fault::after);
  EXPECT_EQ(commit_failure(), failure_kind::unknown);
  EXPECT_EQ(commit(*ledger_, desk_.decide("c1", side::buy, "1", "1")).status,
            commit_status::unchanged);
}

TEST_F(memory_stores, keep_chains_that_verify) {
  start();
  for (int i = 0; i < 5; ++i)
    static_cast<void>(commit(*ledger_, desk_.decide("c" + std::to_string(i), side::buy, "1", "1")));
  audit_report report;
  defect_list defects{report};
  std::map<std::string, chain_walk> chains;
  std::map<std::string, audit_head> heads;
  const auto text = [](const sha256_digest& d) {
    return std::string{reinterpret_cast<const char*>(d.data()), d.size()};
  };
  for (const auto& r : database_->audit_rows()) {
    auto& chain = chains.try_emplace(r.stream, r.stream, std::map<int64_t, std::string>{}, defects)
                    .first->second;
    chain.add({r.stream, static_cast<int64_t>(r.seq), r.at.ns() / 1000, r.node,
               static_cast<int64_t>(r.epoch), r.actor, r.kind, r.payload, text(r.prev_hash),
               text(r.hash)});
    heads[r.stream] = {static_cast<int64_t>(r.seq), text(r.hash)};
  }
  for (auto& [stream, chain] : chains)
    chain.finish(heads.at(stream));
  EXPECT_TRUE(report.clean());
  EXPECT_EQ(heads.at("account/main").seq, 6);
}

TEST_F(memory_stores, can_do_without_an_audit_trail) {
  start(false);
  EXPECT_EQ(commit(*ledger_, desk_.decide("c1", side::buy, "1", "1")).status,
            commit_status::applied);
  EXPECT_TRUE(database_->audit_rows().empty());
}

} // namespace supreme::tests
