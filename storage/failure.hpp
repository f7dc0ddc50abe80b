#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace supreme::storage {

/// How the outside world failed. The three kinds are never merged.
enum class failure_kind : uint8_t {
  definitive = 1, ///< the statement is wrong and will stay wrong: nothing was written
  transient =
    2, ///< nothing was written; trying again later may work (server down, lock timeout, disk full)
  unknown = 3, ///< the connection was lost at COMMIT: read back by key before anything else
};

/// Thrown by every store when the database fails. `what()` never contains credentials.
class store_failure : public std::runtime_error {
public:
  store_failure(failure_kind kind, const std::string& text, std::string sqlstate = {})
    : std::runtime_error(text), kind_(kind), sqlstate_(std::move(sqlstate)) {}
  [[nodiscard]] failure_kind kind() const noexcept { return kind_; }
  /// Five characters, or empty when the server gave none.
  [[nodiscard]] const std::string& sqlstate() const noexcept { return sqlstate_; }

private:
  failure_kind kind_;
  std::string sqlstate_;
};

} // namespace supreme::storage
