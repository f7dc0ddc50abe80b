#pragma once

#include "storage/sha256.hpp"

#include <cstdint>
#include <string_view>

namespace supreme::storage {

/// The columns of an audit row that its hash covers.
struct audit_columns {
  std::string_view stream;
  int64_t seq = 0;
  int64_t at_us = 0; ///< microseconds since 1970
  std::string_view node;
  int64_t epoch = 0;
  std::string_view actor;
  std::string_view kind;
  std::string_view payload;
  std::string_view prev_hash; ///< 32 bytes; zeros before the first row
};

/// SHA-256 over every column, each after its length in eight bytes; equal to SQL's audit.row_hash.
[[nodiscard]] sha256_digest audit_hash(const audit_columns& row);

} // namespace supreme::storage
