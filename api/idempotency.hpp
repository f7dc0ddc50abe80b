#pragma once

#include "api/http.hpp"
#include "storage/sha256.hpp"

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

namespace supreme::api {

/// Whether the text may be an Idempotency-Key: 1..idempotency_key_length_max of letters, digits and
/// "-._:~".
[[nodiscard]] bool is_idempotency_key(std::string_view text) noexcept;

/// Remembers what was answered under which key, so that a client which lost an answer can ask again
/// without doing it twice. Holds at most `keys_max` finished answers, the oldest goes first; what
/// is in progress is bounded by the queue it waits in. One thread.
class idempotency_store {
public:
  explicit idempotency_store(size_t keys_max) : keys_max_(keys_max) {}

  enum class state : uint8_t {
    started = 1,     ///< nothing was known: the caller goes on, and calls finish() or forget()
    in_progress = 2, ///< the first request has no answer yet
    done = 3,        ///< `first_answer` holds it
    reused = 4,      ///< the key belongs to another request
  };
  struct lookup {
    state found = state::started;
    std::optional<response> first_answer;
  };

  /// `key` includes whose it is; `fingerprint` says what was asked.
  [[nodiscard]] lookup begin(const std::string& key, const storage::sha256_digest& fingerprint);
  void finish(const std::string& key, const response& answer);
  /// Nothing was done, or nobody knows: the next request with this key is executed.
  void forget(const std::string& key);

private:
  struct entry {
    storage::sha256_digest fingerprint{};
    std::optional<response> answer;
    std::list<std::string>::iterator age; ///< only when there is an answer
  };
  size_t keys_max_;
  std::unordered_map<std::string, entry> entries_;
  std::list<std::string> finished_; ///< oldest first
};

} // namespace supreme::api
