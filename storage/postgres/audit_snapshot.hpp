#pragma once

#include "storage/audit/audit_row.hpp"
#include "storage/audit/table.hpp"
#include "storage/postgres/session.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

namespace supreme::storage {

/// One read-only snapshot of the database, so that commits during a verification cannot look like
/// tampering. Rows are fetched in batches; only the watchdog's limit for one batch applies, not one
/// for the whole.
class audit_snapshot {
public:
  explicit audit_snapshot(postgres_session& session);
  ~audit_snapshot();
  audit_snapshot(const audit_snapshot&) = delete;
  audit_snapshot& operator=(const audit_snapshot&) = delete;

  [[nodiscard]] std::map<std::string, audit_head> heads();
  [[nodiscard]] std::set<std::string> streams();
  /// Every account that any row of any audited table belongs to.
  [[nodiscard]] std::set<std::string> accounts();
  void for_each_row(const std::string& stream, const std::function<void(const audit_row&)>& use);
  /// Rows of the table, of one owner when it has owners.
  void for_each_row(const table_shape& shape, const std::string& owner,
                    const std::function<void(const cells&)>& use);
  /// Versions of the configuration whose text does not have its checksum.
  [[nodiscard]] std::vector<std::string> changed_configurations();

private:
  using transaction = pqxx::transaction<pqxx::repeatable_read, pqxx::read_only>;

  pqxx::result run(const std::string& sql);
  std::string quote(const std::string& text);
  void for_each(const std::string& select, const std::function<void(const pqxx::row&)>& use);

  postgres_session& session_;
  std::unique_ptr<transaction> transaction_;
};

} // namespace supreme::storage
