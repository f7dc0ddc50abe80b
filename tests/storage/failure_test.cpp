// Goal: every way the database can fail is told apart as definitive, transient or unknown, and the
// store works again when the database does. Method: backends are killed while idle and in the
// middle of a statement (held there by a lock), timeouts are provoked, and wrong connection strings
// are used.
#include "storage/open.hpp"
#include "storage/postgres/session.hpp"
#include "storage/postgres/watchdog.hpp"
#include "tests/storage/stores.hpp"
#include "tests/storage/transactions.hpp"
#include "tests/support/eventually.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pqxx/pqxx>
#include <sys/socket.h>
#include <unistd.h>

#include <future>

namespace supreme::tests {

using namespace storage;
using namespace trading;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

class failing_database : public store_test {
protected:
  void SetUp() override {
    store_test::SetUp();
    if (IsSkipped() || HasFatalFailure())
      return;
    ledger_->open_account(account_id{"main"}, venue_id{"sim"}, {{asset_id{"USDT"}, "1000"_d}});
    desk_.guard = own("guard/main");
    desk_.strategy = own("strategy/trend/0");
  }

  /// Ends the program's sessions; when this returns, their sockets are closed.
  void kill(const std::string& application) {
    const auto sessions = " FROM pg_stat_activity WHERE application_name = '" + application
                          + "' AND datname = current_database()";
    EXPECT_NE(sql("SELECT count(pg_terminate_backend(pid))" + sessions), "0");
    EXPECT_TRUE(eventually([&] { return sql("SELECT count(*)" + sessions) == "0"; }, 10s));
  }

  bool waits(const std::string& application) {
    return eventually(
      [&] {
        return sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND "
                   "application_name = '"
                   + application + "' AND datname = current_database()")
               != "0";
      },
      10s);
  }

  template <class Work>
  static std::pair<failure_kind, std::string> failure_of(Work work) {
    try {
      work();
    } catch (const store_failure& f) {
      return {f.kind(), f.what()};
    }
    ADD_FAILURE() << "no failure";
    return {};
  }

  desk desk_;
};

INSTANTIATE_TEST_SUITE_P(postgres, failing_database, ::testing::Values(store_kind::postgres),
                         ::testing::PrintToStringParamName());

TEST_P(failing_database, a_connection_that_was_lost_while_idle_is_opened_again_without_a_failure) {
  kill("supreme ledger");
  EXPECT_EQ(commit(*ledger_, desk_.decide("c1", side::buy, "1", "1")).status,
            commit_status::applied);
  kill("supreme cluster");
  EXPECT_NO_THROW(static_cast<void>(cluster_->view()));
}

TEST_P(failing_database, a_commit_whose_connection_is_killed_is_unknown_and_can_be_repeated) {
  const auto t = desk_.decide("c1", side::buy, "1", "1");
  {
    pqxx::connection connection{conninfo()};
    pqxx::work holder{connection};
    holder.exec("SET LOCAL idle_in_transaction_session_timeout = 0");
    holder.exec("SELECT 1 FROM trading.accounts FOR UPDATE");
    auto failure = std::async(std::launch::async, [&] {
      return failure_of([&] { static_cast<void>(commit(*ledger_, t)); });
    });
    ASSERT_TRUE(waits("supreme ledger"));
    kill("supreme ledger");
    EXPECT_EQ(failure.get().first, failure_kind::unknown);
  }
  EXPECT_TRUE(ledger_->load_account(account_id{"main"}).open_orders.empty());
  EXPECT_EQ(commit(*ledger_, t).status, commit_status::applied);
}

TEST_P(failing_database, a_read_whose_connection_is_killed_is_transient) {
  pqxx::connection connection{conninfo()};
  pqxx::work holder{connection};
  holder.exec("SET LOCAL idle_in_transaction_session_timeout = 0");
  holder.exec("LOCK TABLE trading.balances IN ACCESS EXCLUSIVE MODE");
  auto failure = std::async(std::launch::async, [&] {
    return failure_of([&] { static_cast<void>(ledger_->load_account(account_id{"main"})); });
  });
  ASSERT_TRUE(waits("supreme ledger"));
  kill("supreme ledger");
  EXPECT_EQ(failure.get().first, failure_kind::transient);
}

TEST_P(failing_database, a_lock_that_is_not_given_in_time_is_transient_and_nothing_is_parked) {
  pqxx::connection connection{conninfo()};
  pqxx::work holder{connection};
  holder.exec("SET LOCAL idle_in_transaction_session_timeout = 0");
  holder.exec("SELECT 1 FROM trading.accounts FOR UPDATE");
  const auto [kind, text] = failure_of([&] {
    static_cast<void>(ledger_->commit(
      {desk_.decide("c1", side::buy, "1", "1"), desk_.decide("c2", side::buy, "1", "1")}));
  });
  EXPECT_EQ(kind, failure_kind::transient) << text;
  holder.abort();
  EXPECT_EQ(sql("SELECT count(*) FROM trading.parked"), "0");
  EXPECT_EQ(commit(*ledger_, desk_.decide("c1", side::buy, "1", "1")).status,
            commit_status::applied);
}

TEST_P(failing_database, a_cancelled_statement_is_transient) {
  pqxx::connection connection{conninfo()};
  pqxx::work holder{connection};
  holder.exec("SET LOCAL idle_in_transaction_session_timeout = 0");
  holder.exec("SELECT 1 FROM trading.accounts FOR UPDATE");
  auto failure = std::async(std::launch::async, [&] {
    return failure_of(
      [&] { static_cast<void>(commit(*ledger_, desk_.decide("c1", side::buy, "1", "1"))); });
  });
  ASSERT_TRUE(waits("supreme ledger"));
  sql(
    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'supreme ledger' "
    "AND datname = current_database()");
  EXPECT_EQ(failure.get().first, failure_kind::transient);
}

TEST_P(failing_database, a_member_that_poisons_a_group_does_not_hide_a_lost_connection) {
  // The group is rolled back for its poison; then, while its members run alone, the connection
  // dies.
  auto poison = desk_.decide("c2", side::buy, "0", "0");
  sql("CREATE FUNCTION public.die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$; "
      "ALTER FUNCTION public.die() SECURITY DEFINER; "
      "CREATE TRIGGER die BEFORE INSERT ON trading.parked FOR EACH ROW EXECUTE FUNCTION "
      "public.die()");
  const auto kind =
    failure_of([&] {
      static_cast<void>(ledger_->commit({desk_.decide("c1", side::buy, "1", "1"), poison}));
    }).first;
  EXPECT_EQ(kind, failure_kind::unknown);
  sql("DROP TRIGGER die ON trading.parked");
  const auto again = ledger_->commit({desk_.decide("c1", side::buy, "1", "1"), poison});
  EXPECT_EQ(again[0].status, commit_status::unchanged);
  EXPECT_EQ(again[1].status, commit_status::poisoned);
}

TEST_P(failing_database, an_unreachable_server_is_transient) {
  const auto store = open_postgres_ledger("host=/nonexistent port=1 user=supreme dbname=supreme");
  EXPECT_EQ(failure_of([&] { static_cast<void>(store->accounts()); }).first,
            failure_kind::transient);
}

TEST_P(failing_database,
       a_missing_database_and_a_broken_string_are_definitive_and_keep_the_password) {
  const auto missing = open_postgres_ledger(conninfo() + " dbname=nothing_here password=hunter2");
  const auto [kind, text] = failure_of([&] { static_cast<void>(missing->accounts()); });
  EXPECT_EQ(kind, failure_kind::definitive);
  EXPECT_THAT(text, Not(HasSubstr("hunter2")));
  const auto broken =
    failure_of([] { static_cast<void>(open_postgres_ledger("postgresql://u:hunter2@[broken")); });
  EXPECT_EQ(broken.first, failure_kind::definitive);
  EXPECT_THAT(broken.second, Not(HasSubstr("hunter2")));
}

TEST_P(failing_database, a_statement_that_is_wrong_is_definitive) {
  sql("ALTER FUNCTION trading.account_names() RENAME TO gone");
  EXPECT_EQ(failure_of([&] { static_cast<void>(ledger_->accounts()); }).first,
            failure_kind::definitive);
}

TEST_P(failing_database, a_server_that_stops_answering_is_cut_off) {
  constexpr statement writes{"sleep", "SELECT pg_sleep(60)", true},
    reads{"sleep_too", "SELECT pg_sleep(60)", false};
  const auto silent = [this] {
    session_options options;
    options.application = "silent";
    options.watchdog = 200ms;
    return std::make_unique<postgres_session>(conninfo(), options);
  };
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(failure_of([&] { silent()->run(writes, {}); }).first, failure_kind::unknown);
  EXPECT_EQ(failure_of([&] { silent()->run(reads, {}); }).first, failure_kind::transient);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 20s);
  kill("silent");
}

TEST(watchdog_test, shuts_down_only_the_socket_whose_time_is_over) {
  int hanging[2], waiting[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, hanging), 0);
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, waiting), 0);
  {
    const watchdog::watch long_one{waiting[0], 1h};
    const watchdog::watch short_one{hanging[0], 10ms};
    char byte = 0;
    EXPECT_EQ(::read(hanging[0], &byte, 1), 0); // Blocks until it is shut down.
    EXPECT_EQ(::recv(waiting[0], &byte, 1, MSG_DONTWAIT), -1);
  }
  for (const int descriptor : {hanging[0], hanging[1], waiting[0], waiting[1]})
    ::close(descriptor);
}

} // namespace supreme::tests
