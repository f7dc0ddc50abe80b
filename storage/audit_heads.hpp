#pragma once

#include "storage/audit_anchor.hpp"

#include <vector>

namespace supreme::storage {

/// Where the audit streams stand now, to be signed by an anchor_writer. Throws store_failure. One
/// thread at a time.
class audit_heads {
public:
  virtual ~audit_heads() = default;
  /// In order of the streams' names; `at` is the database server's clock.
  [[nodiscard]] virtual std::vector<audit_anchor> read() = 0;
};

} // namespace supreme::storage
