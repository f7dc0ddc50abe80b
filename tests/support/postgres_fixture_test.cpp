// Goal: a storage test that passes has proved something about a database of its own.
// Method: two tests of one fixture leave traces that the other one would trip over, whichever runs
// first; a third counts how often the template was made.

#include "tests/support/postgres_fixture.hpp"

#include <pqxx/pqxx>

namespace supreme::tests {
namespace {

class postgres_fixture : public postgres_test {
protected:
  void leave_a_trace_where_none_is() {
    pqxx::connection connection{conninfo()};
    pqxx::work work{connection};
    EXPECT_EQ(connection.dbname(), database());
    work.exec("CREATE TABLE trace (id int)");
    work.commit();
  }
};

TEST_F(postgres_fixture, gives_the_first_test_an_empty_database) { leave_a_trace_where_none_is(); }

TEST_F(postgres_fixture, gives_the_second_test_an_empty_database) { leave_a_trace_where_none_is(); }

TEST_F(postgres_fixture, drops_a_database_that_is_still_in_use) {
  auto connection = std::make_unique<pqxx::connection>(conninfo());
  TearDown();
  EXPECT_THROW(pqxx::connection{conninfo()}, pqxx::broken_connection);
}

TEST_F(postgres_fixture, keeps_the_promises_of_a_durable_cluster) {
  pqxx::connection connection{conninfo()};
  pqxx::nontransaction session{connection};
  for (const char* setting : {"fsync", "synchronous_commit", "full_page_writes"})
    EXPECT_EQ(session.exec1(std::string{"SHOW "} + setting)[0].as<std::string>(), "on") << setting;
  EXPECT_EQ(session.exec1("SHOW listen_addresses")[0].as<std::string>(), "");
}

class postgres_template : public postgres_test {
protected:
  std::string template_name() const override { return "prepared"; }
  void prepare_template(const std::string& conninfo) override {
    ++prepared;
    pqxx::connection connection{conninfo};
    pqxx::work work{connection};
    work.exec("CREATE TABLE prepared AS SELECT 7 AS id");
    work.commit();
  }
  void change_the_copy() {
    pqxx::connection connection{conninfo()};
    pqxx::work work{connection};
    EXPECT_EQ(work.exec1("SELECT sum(id) FROM prepared")[0].as<int>(), 7);
    work.exec("INSERT INTO prepared VALUES (8)");
    work.commit();
    EXPECT_EQ(prepared, 1);
  }
  static inline int prepared = 0;
};

TEST_F(postgres_template, is_copied_for_the_first_test) { change_the_copy(); }

TEST_F(postgres_template, is_copied_anew_for_the_second_test) { change_the_copy(); }

} // namespace
} // namespace supreme::tests
