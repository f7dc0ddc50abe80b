#pragma once

#include "storage/audit_heads.hpp"
#include "storage/postgres/session.hpp"

namespace supreme::storage {

class postgres_audit_heads final : public audit_heads {
public:
  explicit postgres_audit_heads(const std::string& conninfo);
  [[nodiscard]] std::vector<audit_anchor> read() override;

private:
  postgres_session session_;
};

} // namespace supreme::storage
