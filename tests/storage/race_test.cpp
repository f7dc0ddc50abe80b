// Goal: what the rows promise holds between connections: one takeover wins and fences the rest, no
// intent follows a halt, limits are not exceeded jointly, and groups never lock each other out.
// Method: several stores on one database in threads; where an order of events matters, an open
// transaction holds one of them at a lock until the database itself says that it waits there.
#include "storage/codec.hpp"
#include "storage/open.hpp"
#include "tests/storage/stores.hpp"
#include "tests/storage/transactions.hpp"
#include "tests/support/eventually.hpp"

#include <gtest/gtest.h>
#include <pqxx/pqxx>

#include <atomic>
#include <barrier>
#include <future>
#include <thread>

namespace supreme::tests {

using namespace storage;
using namespace trading;
using namespace std::chrono_literals;

class races : public store_test {
protected:
  void SetUp() override {
    store_test::SetUp();
    if (IsSkipped() || HasFatalFailure())
      return;
    ledger_->open_account(account_id{"main"}, venue_id{"sim"}, {{asset_id{"USDT"}, "1000"_d}});
    ledger_->open_account(account_id{"alt"}, venue_id{"sim"}, {{asset_id{"USDT"}, "1000"_d}});
    desk_.guard = own("guard/main");
    desk_.strategy = own("strategy/trend/0");
    desk_.executor = own("executor/main");
    desk_.portfolio = own("portfolio/main");
  }

  uint64_t join(const std::string& name, int64_t ttl_ms = 600'000) {
    node_registration n;
    n.node = name;
    n.runtime_id = "runtime-" + name;
    n.cluster = "test";
    n.build = "build";
    n.messages = "messages";
    n.host = "localhost";
    n.ttl_ms = ttl_ms;
    return cluster_->register_node(n).incarnation;
  }

  /// Waits until some session waits for a lock.
  void expect_somebody_waits() {
    EXPECT_TRUE(eventually(
      [this] {
        return sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND "
                   "datname = current_database()")
               != "0";
      },
      10s));
  }

  /// Whatever the server's limit for idle transactions is: the test decides how long this one
  /// lasts.
  static void stay_open(pqxx::work& open) {
    open.exec("SET LOCAL idle_in_transaction_session_timeout = 0");
  }

  /// Runs a group inside a transaction of its own, which stays open.
  static void run_in(pqxx::work& open, const transaction& t) {
    const auto group = codec::make_group({&t});
    open.exec_params("SELECT trading.commit_group($1, $2, $3)", group.units, group.accounts,
                     group.members);
  }

  desk desk_;
};

INSTANTIATE_TEST_SUITE_P(postgres, races, ::testing::Values(store_kind::postgres),
                         ::testing::PrintToStringParamName());

TEST_P(races, of_many_takeovers_exactly_one_wins) {
  constexpr int rivals = 4, rounds = 10;
  std::vector<uint64_t> incarnations;
  std::vector<std::unique_ptr<cluster_store>> stores;
  for (int i = 0; i < rivals; ++i) {
    incarnations.push_back(join("r" + std::to_string(i)));
    stores.push_back(open_cluster());
    static_cast<void>(stores.back()->view()); // Connected before the race begins.
  }
  for (int round = 0; round < rounds; ++round) {
    const auto unit = "unit" + std::to_string(round);
    const auto old = join("old" + std::to_string(round), 600'000);
    ASSERT_EQ(cluster_->claim(unit, "old" + std::to_string(round), old), 1U);
    sql("UPDATE cluster.nodes SET expires_at = now() - interval '1 second' WHERE incarnation = "
        + std::to_string(old));
    std::atomic<int> winners{0};
    std::barrier start{rivals};
    std::vector<std::thread> threads;
    for (size_t i = 0; i < rivals; ++i)
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        if (const auto epoch = stores[i]->claim(unit, "r" + std::to_string(i), incarnations[i])) {
          EXPECT_EQ(*epoch, 2U);
          ++winners;
        }
      });
    for (auto& t : threads)
      t.join();
    EXPECT_EQ(winners, 1) << unit;
  }
}

TEST_P(races, a_takeover_waits_for_intents_in_flight_and_fences_the_next) {
  const auto two = join("n2");
  pqxx::connection connection{conninfo()};
  pqxx::work in_flight{connection};
  stay_open(in_flight);
  run_in(in_flight, desk_.decide("c1", side::buy, "1", "1"));
  sql("UPDATE cluster.nodes SET expires_at = now() - interval '1 second' WHERE node = 'n1'");
  auto takeover =
    std::async(std::launch::async, [&] { return open_cluster()->claim("guard/main", "n2", two); });
  expect_somebody_waits();
  EXPECT_EQ(takeover.wait_for(0s), std::future_status::timeout);
  in_flight.commit();
  EXPECT_EQ(takeover.get(), desk_.guard.epoch + 1);
  EXPECT_EQ(ledger_->load_account(account_id{"main"}).open_orders.size(), 1U);
  EXPECT_EQ(commit(*ledger_, desk_.decide("c2", side::buy, "1", "1")).status,
            commit_status::fenced);
}

TEST_P(races, an_intent_that_waited_for_a_takeover_is_fenced) {
  pqxx::connection connection{conninfo()};
  pqxx::work takeover{connection};
  stay_open(takeover);
  takeover.exec("UPDATE cluster.units SET epoch = epoch + 1 WHERE unit = 'guard/main'");
  auto late = std::async(std::launch::async,
                         [&] { return commit(*ledger_, desk_.decide("c1", side::buy, "1", "1")); });
  expect_somebody_waits();
  takeover.commit();
  EXPECT_EQ(late.get().status, commit_status::fenced);
  EXPECT_TRUE(ledger_->load_account(account_id{"main"}).open_orders.empty());
}

TEST_P(races, an_intent_that_waited_for_a_halt_is_refused) {
  pqxx::connection connection{conninfo()};
  pqxx::work halt{connection};
  stay_open(halt);
  halt.exec("SELECT trading.change_mode('strategy', 'trend', 'halted', 'alice', 'test')");
  auto late = std::async(std::launch::async,
                         [&] { return commit(*ledger_, desk_.decide("c1", side::buy, "1", "1")); });
  expect_somebody_waits();
  halt.commit();
  EXPECT_EQ(late.get().refusal, refusal::halted);
}

TEST_P(races, a_halt_commits_at_full_load_and_no_intent_follows_it) {
  constexpr int writers = 3;
  std::atomic<bool> stop{false};
  std::atomic<int> approved{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < writers; ++i)
    threads.emplace_back([&, i] {
      const auto ledger = open_ledger();
      auto d = desk_;
      d.account = i == 0 ? "alt" : "main";
      for (int n = 0; !stop; ++n) {
        std::vector<transaction> group;
        for (int k = 0; k < 8; ++k)
          group.emplace_back(
            d.decide(std::to_string(i) + "/" + std::to_string(n) + "/" + std::to_string(k),
                     side::buy, "0.001", "0"));
        for (const auto& o : ledger->commit(group))
          approved += o.refusal == refusal::none;
      }
    });
  EXPECT_TRUE(eventually([&] { return approved > 100; }, 30s));
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(
    open_ledger()->change_mode({mode_scope::global, "", trading_mode::halted, "alice", "test"}),
    change_outcome::applied);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 1s);
  const auto orders_at_halt = sql("SELECT count(*) FROM trading.orders");
  const auto refused_later = sql("SELECT count(*) FROM trading.verdicts");
  EXPECT_TRUE(
    eventually([&] { return sql("SELECT count(*) FROM trading.verdicts") != refused_later; }, 30s));
  stop = true;
  for (auto& t : threads)
    t.join();
  EXPECT_EQ(sql("SELECT count(*) FROM trading.orders"), orders_at_halt);
  EXPECT_EQ(sql("SELECT count(*) FROM trading.orders WHERE recorded_at > (SELECT updated_at FROM "
                "trading.modes)"),
            "0");
}

TEST_P(races, two_guards_cannot_jointly_exceed_a_limit) {
  std::vector<std::thread> threads;
  std::barrier start{2};
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([&, i] {
      const auto ledger = open_ledger();
      start.arrive_and_wait();
      for (int n = 0; n < 20; ++n) {
        auto t = desk_.decide(std::to_string(i) + "/" + std::to_string(n), side::buy, "0.5", "70");
        t.max_position = "5"_d;
        static_cast<void>(commit(*ledger, t));
      }
    });
  for (auto& t : threads)
    t.join();
  const auto s = ledger_->load_account(account_id{"main"});
  // Ten orders would fit the position, fourteen the cash.
  EXPECT_EQ(s.positions.at(instrument_id{"BTCUSDT"}).reserved_buy, "5"_d);
  EXPECT_EQ(s.balances.at(asset_id{"USDT"}).reserved, "700"_d);
}

TEST_P(races, groups_that_name_accounts_in_any_order_never_lock_each_other_out) {
  std::vector<std::thread> threads;
  std::atomic<int> failures{0};
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&, i] {
      const auto ledger = open_ledger();
      auto first = desk_, second = desk_;
      (i % 2 == 0 ? first : second).account = "alt";
      for (int n = 0; n < 40; ++n) {
        const auto cause = std::to_string(i) + "/" + std::to_string(n);
        try {
          for (const auto& o :
               ledger->commit({first.decide(cause + "a", side::buy, "0.001", "0"),
                               second.decide(cause + "b", side::buy, "0.001", "0")}))
            failures += o.status != commit_status::applied;
        } catch (const store_failure&) {
          ++failures;
        }
      }
    });
  for (auto& t : threads)
    t.join();
  EXPECT_EQ(failures, 0);
}

TEST_P(races, one_fill_in_two_hands_is_applied_once) {
  const auto o =
    commit(*ledger_, desk_.fused(desk_.decide("c1", side::buy, "3", "300"), 1)).order.value();
  for (int round = 0; round < 10; ++round) {
    const auto t = desk_.fill(*ledger_, o, "t" + std::to_string(round), "100", "0.1");
    std::atomic<int> applied{0};
    std::barrier start{2};
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i)
      threads.emplace_back([&] {
        const auto ledger = open_ledger();
        start.arrive_and_wait();
        applied += commit(*ledger, t).status == commit_status::applied;
      });
    for (auto& each : threads)
      each.join();
    EXPECT_EQ(applied, 1);
  }
  EXPECT_EQ(
    ledger_->load_account(account_id{"main"}).positions.at(instrument_id{"BTCUSDT"}).position.size,
    "1"_d);
}

} // namespace supreme::tests
