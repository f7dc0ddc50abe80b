#include "storage/audit_hash.hpp"

#include <string>

namespace supreme::storage {

namespace {

void add_integer(std::string& bytes, uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8)
    bytes += static_cast<char>(value >> static_cast<unsigned>(shift) & 0xFFU);
}

void add(std::string& bytes, std::string_view column) {
  add_integer(bytes, column.size());
  bytes += column;
}

void add(std::string& bytes, int64_t column) {
  add_integer(bytes, sizeof column);
  add_integer(bytes, static_cast<uint64_t>(column));
}

} // namespace

sha256_digest audit_hash(const audit_columns& row) {
  std::string bytes;
  bytes.reserve(row.payload.size() + 256);
  add(bytes, row.prev_hash);
  add(bytes, row.stream);
  add(bytes, row.seq);
  add(bytes, row.at_us);
  add(bytes, row.node);
  add(bytes, row.epoch);
  add(bytes, row.actor);
  add(bytes, row.kind);
  add(bytes, row.payload);
  return sha256(bytes);
}

} // namespace supreme::storage
