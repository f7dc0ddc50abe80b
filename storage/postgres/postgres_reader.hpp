#pragma once

#include "storage/postgres/session.hpp"
#include "storage/reader.hpp"

namespace supreme::storage {

/// Pages of the documented views, as the role supreme_reader, which can do nothing else.
class postgres_reader final : public reader {
public:
  explicit postgres_reader(const std::string& conninfo);

  [[nodiscard]] page list(view v, const std::map<std::string, std::string>& filters, size_t limit,
                          const std::optional<std::string>& cursor) override;
  [[nodiscard]] std::optional<nlohmann::json> why(const std::string& client_order_id) override;
  [[nodiscard]] nlohmann::json summary() override;

private:
  postgres_session session_;
};

} // namespace supreme::storage
