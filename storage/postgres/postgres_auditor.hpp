#pragma once

#include "storage/audit.hpp"
#include "storage/postgres/session.hpp"

namespace supreme::storage {

/// Verifies the trail of a PostgreSQL database, as the role supreme_auditor, which can only read.
class postgres_auditor final : public auditor {
public:
  explicit postgres_auditor(const std::string& conninfo);

  [[nodiscard]] audit_report verify(const std::string& anchor_file) override;

private:
  postgres_session session_;
};

} // namespace supreme::storage
