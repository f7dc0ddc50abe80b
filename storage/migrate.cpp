#include "storage/migrate.hpp"

#include "config/defaults.hpp"
#include "storage/migrations.hpp"
#include "storage/postgres/session.hpp"
#include "storage/sha256.hpp"

#include <map>
#include <utility>

namespace supreme::storage {

namespace {

namespace defaults = config::defaults;

/// Names the advisory lock that lets one program migrate at a time.
constexpr auto lock_migrations = "SELECT pg_advisory_lock(5276912010)";

constexpr auto create_table =
  "CREATE TABLE IF NOT EXISTS public.schema_migrations ("
  "version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, "
  "applied_at timestamptz NOT NULL DEFAULT clock_timestamp())";

/// A file that begins like this runs as the login role; all others as the owner, which nobody logs
/// in as.
constexpr std::string_view as_login = "-- role: login";

postgres_session open_session(const std::string& conninfo) {
  return {conninfo,
          {.role = {},
           .application = "supreme migrate",
           .statement_timeout = defaults::migration_statement_timeout,
           .lock_timeout = defaults::migration_statement_timeout}};
}

std::string file_name(const migration& m) {
  auto number = std::to_string(m.version);
  number.insert(0, 4 - number.size(), '0');
  return number + "_" + std::string{m.name};
}

/// What was applied before must be what this build knows.
int check_applied(pqxx::connection& c) {
  pqxx::nontransaction session{c};
  int version = 0;
  const auto known = all_migrations();
  for (const auto& row : session.exec(
         "SELECT version, name, checksum FROM public.schema_migrations ORDER BY version")) {
    const auto found = row[0].as<int>();
    if (found != version + 1 || static_cast<size_t>(found) > known.size())
      throw store_failure(failure_kind::definitive,
                          "the database's schema has version " + row[0].as<std::string>()
                            + ", this build knows " + std::to_string(known.size()));
    const auto& m = known[static_cast<size_t>(version)];
    if (row[2].as<std::string>() != sha256_hex(m.sql))
      throw store_failure(failure_kind::definitive,
                          "migration " + file_name(m) + " has changed since it was applied");
    version = found;
  }
  return version;
}

void apply(pqxx::connection& c, const migration& m) {
  pqxx::work session{c};
  if (!m.sql.starts_with(as_login))
    session.exec("SET LOCAL ROLE supreme_owner");
  session.exec(std::string{m.sql});
  session.exec_params(
    "INSERT INTO public.schema_migrations (version, name, checksum) VALUES ($1, $2, $3)", m.version,
    std::string{m.name}, sha256_hex(m.sql));
  session.commit();
}

} // namespace

migration_report migrate(const std::string& conninfo) {
  auto session = open_session(conninfo);
  return session.watched(true, [](pqxx::connection& c) {
    {
      pqxx::nontransaction alone{c};
      alone.exec(lock_migrations);
      alone.exec("SET client_min_messages = warning");
      alone.exec(create_table);
    }
    migration_report report;
    report.before = check_applied(c);
    report.after = report.before;
    for (const auto& m : all_migrations().subspan(static_cast<size_t>(report.before))) {
      apply(c, m);
      report.applied.push_back(file_name(m));
      report.after = m.version;
    }
    return report;
  });
}

int schema_version(const std::string& conninfo) {
  auto session = open_session(conninfo);
  return session.watched(false, [](pqxx::connection& c) {
    pqxx::nontransaction read{c};
    if (read.exec1("SELECT to_regclass('public.schema_migrations')")[0].is_null())
      return 0;
    return read.exec1("SELECT coalesce(max(version), 0) FROM public.schema_migrations")[0]
      .as<int>();
  });
}

int expected_schema_version() { return static_cast<int>(all_migrations().size()); }

} // namespace supreme::storage
