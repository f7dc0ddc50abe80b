// Goal: migrations bring any database of ours to this build's schema exactly once, and the schema
// itself keeps facts from being changed and roles from doing more than they are for. Method:
// databases are migrated from nothing, twice, at the same time and after tampering; rights and
// triggers are read from the catalogue, so that a new table or function without them fails here.
#include "storage/migrate.hpp"
#include "storage/migrations.hpp"
#include "storage/open.hpp"
#include "tests/storage/stores.hpp"
#include "trading/orders/order.hpp"

#include <gtest/gtest.h>
#include <pqxx/pqxx>

#include <future>
#include <set>

namespace supreme::tests {

using namespace storage;

class empty_database : public postgres_test {
protected:
  std::string sql(const std::string& text) const {
    pqxx::connection connection{conninfo()};
    pqxx::nontransaction session{connection};
    const auto answer = session.exec(text);
    return answer.empty() || answer[0].empty() || answer[0][0].is_null()
             ? std::string{}
             : answer[0][0].as<std::string>();
  }

  static failure_kind failure_of(const std::string& conninfo) {
    try {
      migrate(conninfo);
    } catch (const store_failure& f) {
      return f.kind();
    }
    ADD_FAILURE() << "no failure";
    return failure_kind::unknown;
  }
};

TEST_F(empty_database, is_migrated_once) {
  EXPECT_EQ(schema_version(conninfo()), 0);
  const auto first = migrate(conninfo());
  EXPECT_EQ(first.before, 0);
  EXPECT_EQ(first.after, expected_schema_version());
  EXPECT_EQ(first.applied.size(), all_migrations().size());
  EXPECT_EQ(first.applied.front(), "0001_roles");
  EXPECT_EQ(schema_version(conninfo()), expected_schema_version());
  const auto second = migrate(conninfo());
  EXPECT_EQ(second.before, expected_schema_version());
  EXPECT_TRUE(second.applied.empty());
}

TEST_F(empty_database, is_migrated_once_by_two_programs_at_the_same_time) {
  auto one = std::async(std::launch::async, [this] { return migrate(conninfo()); });
  auto two = std::async(std::launch::async, [this] { return migrate(conninfo()); });
  EXPECT_EQ(one.get().applied.size() + two.get().applied.size(), all_migrations().size());
}

TEST_F(empty_database, is_migrated_by_a_login_that_is_no_superuser) {
  const auto login = database() + "_owner";
  sql("CREATE ROLE \"" + login + "\" LOGIN CREATEROLE");
  sql("ALTER DATABASE \"" + database() + "\" OWNER TO \"" + login + "\"");
  const auto as_login = conninfo() + " user=" + login;
  EXPECT_EQ(migrate(as_login).after, expected_schema_version());
  EXPECT_TRUE(open_postgres_ledger(as_login)->accounts().empty());
  EXPECT_TRUE(open_postgres_auditor(as_login)->verify({}).clean());
  sql("ALTER DATABASE \"" + database() + "\" OWNER TO CURRENT_USER");
  sql("REASSIGN OWNED BY \"" + login + "\" TO CURRENT_USER; DROP OWNED BY \"" + login
      + "\"; DROP ROLE \"" + login + "\"");
}

TEST_F(empty_database, keeps_what_was_applied_when_a_later_step_fails) {
  sql("CREATE SCHEMA market");
  EXPECT_EQ(failure_of(conninfo()), failure_kind::definitive);
  EXPECT_EQ(schema_version(conninfo()), 3);
  sql("DROP SCHEMA market");
  const auto report = migrate(conninfo());
  EXPECT_EQ(report.before, 3);
  EXPECT_EQ(report.after, expected_schema_version());
}

TEST_F(empty_database, with_a_changed_or_unknown_step_is_refused) {
  migrate(conninfo());
  sql("UPDATE public.schema_migrations SET checksum = 'x' WHERE version = 2");
  EXPECT_EQ(failure_of(conninfo()), failure_kind::definitive);
  sql("DELETE FROM public.schema_migrations WHERE version = 2");
  EXPECT_EQ(failure_of(conninfo()), failure_kind::definitive);
}

TEST_F(empty_database, with_a_newer_schema_is_refused) {
  migrate(conninfo());
  sql("INSERT INTO public.schema_migrations (version, name, checksum) VALUES ("
      + std::to_string(expected_schema_version() + 1) + ", 'future', 'x')");
  EXPECT_EQ(failure_of(conninfo()), failure_kind::definitive);
  EXPECT_EQ(schema_version(conninfo()), expected_schema_version() + 1);
}

class schema : public migrated_test {
protected:
  /// Every ordinary table of ours, by name.
  std::vector<std::string> tables() const {
    std::vector<std::string> names;
    pqxx::connection connection{conninfo()};
    pqxx::nontransaction session{connection};
    for (const auto& row :
         session.exec("SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n "
                      "ON n.oid = c.relnamespace WHERE c.relkind = 'r' "
                      "AND n.nspname IN ('audit', 'cluster', 'market', 'trading') ORDER BY 1"))
      names.emplace_back(row[0].c_str());
    return names;
  }

  std::string privileges(const std::string& role, const std::string& table) const {
    std::string all;
    for (const auto* privilege : {"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"})
      if (sql("SELECT has_table_privilege('" + role + "', '" + table + "', '" + privilege + "')")
          == "t")
        all += std::string{all.empty() ? "" : " "} + privilege;
    return all;
  }
};

TEST_F(schema, has_the_edges_of_the_order_state_machine) {
  using trading::order_state;
  std::set<std::string> wanted;
  for (int from = 1; from <= 11; ++from)
    for (int to = 1; to <= 11; ++to)
      if (from != to && may_move(static_cast<order_state>(from), static_cast<order_state>(to)))
        wanted.insert(std::string{to_string(static_cast<order_state>(from))} + " "
                      + to_string(static_cast<order_state>(to)));
  std::set<std::string> stored;
  pqxx::connection connection{conninfo()};
  pqxx::nontransaction session{connection};
  for (const auto& row :
       session.exec("SELECT from_state || ' ' || to_state FROM trading.order_edges"))
    stored.insert(row[0].c_str());
  EXPECT_EQ(stored, wanted);
}

TEST_F(schema, keeps_facts_from_being_changed_even_by_its_owner) {
  const std::set<std::string> changing{
    "audit.heads",   "cluster.identity",   "cluster.nodes",          "cluster.units",
    "market.bars",   "market.instruments", "trading.accounts",       "trading.balances",
    "trading.modes", "trading.orders",     "trading.positions",      "trading.replays",
    "trading.slots", "trading.breakers",   "trading.breaker_latches"};
  for (const auto& table : tables()) {
    const auto guarded = sql(
      "SELECT count(*) FROM pg_trigger WHERE tgrelid = '" + table
      + "'::regclass AND tgname IN ('append_only_row', 'append_only_table') AND tgenabled = 'O'");
    EXPECT_EQ(guarded, changing.contains(table) ? "0" : "2") << table;
    if (guarded == "2") {
      EXPECT_THROW(sql("TRUNCATE " + table), pqxx::sql_error) << table;
    }
  }
  EXPECT_THROW(sql("DELETE FROM trading.order_edges"), pqxx::sql_error);
  EXPECT_THROW(sql("UPDATE trading.order_edges SET to_state = 'filled'"), pqxx::sql_error);
}

TEST_F(schema, lets_the_writer_change_no_table_by_itself) {
  for (const auto& table : tables()) {
    const auto wanted = table == "market.instruments" ? "SELECT INSERT UPDATE"
                        : table == "market.bars" || table == "market.quarantine" ? "SELECT INSERT"
                                                                                 : "SELECT";
    EXPECT_EQ(privileges("supreme_writer", table), wanted) << table;
    EXPECT_EQ(privileges("supreme_auditor", table), "SELECT") << table;
    EXPECT_EQ(privileges("supreme_reader", table), table.starts_with("market.") ? "SELECT" : "")
      << table;
  }
}

TEST_F(schema, gives_nothing_to_the_public_and_pins_the_path_of_what_runs_as_its_owner) {
  const std::string ours = "n.nspname IN ('audit', 'cluster', 'market', 'trading')";
  EXPECT_EQ(sql("SELECT string_agg(p.oid::regprocedure::text, ' ') FROM pg_proc p JOIN "
                "pg_namespace n ON n.oid = p.pronamespace "
                "WHERE "
                + ours
                + " AND (p.proacl IS NULL OR EXISTS (SELECT 1 FROM aclexplode(p.proacl) a WHERE "
                  "a.grantee = 0))"),
            "");
  EXPECT_EQ(sql("SELECT string_agg(p.oid::regprocedure::text, ' ') FROM pg_proc p JOIN "
                "pg_namespace n ON n.oid = p.pronamespace "
                "WHERE "
                + ours
                + " AND p.prosecdef AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY "
                  "(p.proconfig), false)"),
            "");
  EXPECT_EQ(sql("SELECT string_agg(DISTINCT c.oid::regclass::text, ' ') FROM pg_class c JOIN "
                "pg_namespace n ON n.oid = c.relnamespace, "
                "aclexplode(c.relacl) a WHERE "
                + ours + " AND a.grantee = 0"),
            "");
}

TEST_F(schema, belongs_to_a_role_that_nobody_logs_in_as) {
  EXPECT_EQ(sql("SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                "JOIN pg_roles r ON r.oid = c.relowner "
                "WHERE n.nspname IN ('audit', 'cluster', 'market', 'trading') AND r.rolname <> "
                "'supreme_owner'"),
            "0");
  EXPECT_EQ(sql("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'supreme\\_%' AND rolname IN "
                "('supreme_owner', "
                "'supreme_writer', 'supreme_reader', 'supreme_auditor') AND NOT rolcanlogin AND "
                "NOT rolsuper"),
            "4");
}

TEST_F(schema, keeps_bad_market_data_apart_with_its_reason) {
  sql("SET ROLE supreme_writer; INSERT INTO market.quarantine (source, line, reason, raw) VALUES "
      "('a.csv', 3, 'high below low', '1,2')");
  EXPECT_EQ(sql("SELECT raw FROM market.quarantine"), "1,2");
  EXPECT_THROW(sql("INSERT INTO market.bars (source, instrument, interval_ns, open_time, open, "
                   "high, low, close, volume) "
                   "VALUES ('a', 'X', 1, now(), 5, 4, 3, 4, 1)"),
               pqxx::check_violation);
}

} // namespace supreme::tests
