#pragma once

#include <span>
#include <string_view>

namespace supreme::storage {

/// One numbered step of the schema, embedded at build time from migrations/NNNN_name.sql.
struct migration {
  int version = 0; ///< 1, 2, 3, ... without gaps
  std::string_view name;
  std::string_view sql;
};

[[nodiscard]] std::span<const migration> all_migrations();

} // namespace supreme::storage
