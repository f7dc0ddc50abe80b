#pragma once

#include "storage/audit.hpp"
#include "storage/audit_heads.hpp"
#include "storage/cluster_store.hpp"
#include "storage/ledger_store.hpp"
#include "storage/parity/run_rows.hpp"
#include "storage/reader.hpp"

#include <memory>
#include <string>

namespace supreme::storage {

/// Stores on the database that a libpq connection string (URL or key=value) names. Opening does not
/// connect: the first call does, and each call after a lost connection connects again. Ledger and
/// cluster store take the role supreme_writer, the reader supreme_reader, auditor and heads
/// supreme_auditor; the login must be a member of it (`migrate` grants all to its own login).
[[nodiscard]] std::unique_ptr<ledger_store> open_postgres_ledger(const std::string& conninfo);
[[nodiscard]] std::unique_ptr<cluster_store> open_postgres_cluster(const std::string& conninfo);
[[nodiscard]] std::unique_ptr<reader> open_postgres_reader(const std::string& conninfo);
[[nodiscard]] std::unique_ptr<auditor> open_postgres_auditor(const std::string& conninfo);
[[nodiscard]] std::unique_ptr<audit_heads> open_postgres_audit_heads(const std::string& conninfo);
/// The rows that a replay of this name left, as the role supreme_auditor; connects at once.
[[nodiscard]] std::unique_ptr<run_rows> open_postgres_run_rows(const std::string& conninfo,
                                                               const std::string& replay);

} // namespace supreme::storage
