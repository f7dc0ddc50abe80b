#pragma once

#include "storage/failure.hpp"

#include <string>
#include <vector>

namespace supreme::storage {

struct migration_report {
  int before = 0; ///< schema version found; 0 = an empty database
  int after = 0;
  std::vector<std::string> applied; ///< "0002_audit", ... in order
};

/// Brings the database to expected_schema_version(): every missing step in its own transaction, one
/// migrating program at a time. Its login role needs CREATEROLE and CREATE on the database. Throws
/// store_failure; definitive when a step that was applied before has changed since, or when the
/// schema is newer than this build.
migration_report migrate(const std::string& conninfo);

/// The version the database stands at; 0 when it was never migrated. Throws store_failure.
[[nodiscard]] int schema_version(const std::string& conninfo);

/// The version this build was made for. Nodes refuse to start on any other.
[[nodiscard]] int expected_schema_version();

} // namespace supreme::storage
