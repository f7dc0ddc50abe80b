#include "storage/postgres/postgres_audit_heads.hpp"

#include "config/defaults.hpp"
#include "storage/open.hpp"

namespace supreme::storage {

namespace {

constexpr statement heads_statement{
  "heads",
  "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, stream, seq, hash "
  "FROM audit.heads ORDER BY stream COLLATE \"C\"",
  false};

} // namespace

postgres_audit_heads::postgres_audit_heads(const std::string& conninfo)
  : session_(conninfo, {.role = "supreme_auditor",
                        .application = "supreme anchors",
                        .statement_timeout = config::defaults::statement_timeout,
                        .lock_timeout = config::defaults::lock_timeout}) {}

std::vector<audit_anchor> postgres_audit_heads::read() {
  std::vector<audit_anchor> heads;
  for (const auto& row : session_.run(heads_statement, {}))
    heads.push_back({.at = trading::timestamp::from_ns(row[0].as<int64_t>() * 1000),
                     .stream = row[1].as<std::string>(),
                     .seq = row[2].as<int64_t>(),
                     .hash = pqxx::binarystring{row[3]}.str()});
  return heads;
}

std::unique_ptr<audit_heads> open_postgres_audit_heads(const std::string& conninfo) {
  return std::make_unique<postgres_audit_heads>(conninfo);
}

} // namespace supreme::storage
