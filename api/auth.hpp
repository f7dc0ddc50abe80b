#pragma once

#include "config/settings.hpp"
#include "storage/sha256.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace supreme::api {

using clock_point = std::chrono::steady_clock::time_point;

/// Who a token belongs to.
struct principal {
  std::string name;
  config::api_role role = config::api_role::viewer;
};

/// What a route asks of its caller.
enum class access : uint8_t {
  open = 1,   ///< nothing
  read = 2,   ///< any role
  halt = 3,   ///< trader, risk or admin
  resume = 4, ///< risk or admin
};

/// Deny by default: a role that is not listed for an access does not have it.
[[nodiscard]] bool allows(access needed, config::api_role role) noexcept;

/// "read", "halt", ...
[[nodiscard]] const char* to_string(access a) noexcept;

/// The token of an Authorization header, "Bearer abc"; nothing when it is not one that could be
/// ours.
[[nodiscard]] std::optional<std::string_view> bearer_token(std::string_view authorization) noexcept;

/// Knows the configured tokens by their salted hashes only. A value: any thread may read it.
class authenticator {
public:
  /// Throws contract_violation for a salt or hash that is not hex of its size: the configuration's
  /// loader has refused such a file.
  explicit authenticator(const std::vector<config::api_token>& tokens);

  /// Who the token belongs to. Takes equally long for every token of one length, known or not: each
  /// hash is computed and compared in full.
  [[nodiscard]] std::optional<principal> identify(std::string_view token) const;

private:
  struct entry {
    principal who;
    std::string salt;
    storage::sha256_digest hash;
  };
  std::vector<entry> entries_;
};

/// Counts wrong tokens per address, so that nobody can try them at leisure and fill the log. One
/// thread.
class failure_limiter {
public:
  /// Locks an address for `window` once it has failed `failures_max` times within `window`.
  failure_limiter(uint32_t failures_max, std::chrono::milliseconds window, size_t addresses_max);

  /// How much longer the address is locked; nothing when it is not.
  [[nodiscard]] std::optional<std::chrono::milliseconds> locked_for(const std::string& address,
                                                                    clock_point now) const;
  void failed(const std::string& address, clock_point now);

private:
  struct record {
    std::string address;
    uint32_t failures = 0;
    clock_point since; ///< of the first failure of this window, or of the lock
  };
  uint32_t failures_max_;
  std::chrono::milliseconds window_;
  size_t addresses_max_;
  std::list<record> records_; ///< the one that failed last is in front
  std::unordered_map<std::string, std::list<record>::iterator> by_address_;
};

} // namespace supreme::api
