#pragma once

#include <cstdint>
#include <string>

namespace supreme::storage {

/// A row of audit.log as read; hashes are raw bytes.
struct audit_row {
  std::string stream;
  int64_t seq = 0;
  int64_t at_us = 0; ///< microseconds since 1970
  std::string node;
  int64_t epoch = 0;
  std::string actor;
  std::string kind;
  std::string payload;
  std::string prev_hash;
  std::string hash;
};

/// A row of audit.heads.
struct audit_head {
  int64_t seq = 0;
  std::string hash;
};

} // namespace supreme::storage
