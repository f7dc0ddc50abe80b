#include "api/idempotency.hpp"

#include "api/ascii.hpp"
#include "config/defaults.hpp"

#include <algorithm>

namespace supreme::api {

bool is_idempotency_key(std::string_view text) noexcept {
  return !text.empty() && text.size() <= config::defaults::idempotency_key_length_max
         && std::all_of(text.begin(), text.end(), [](char c) {
              return is_alphanumeric(c)
                     || std::string_view{"-._:~"}.find(c) != std::string_view::npos;
            });
}

idempotency_store::lookup idempotency_store::begin(const std::string& key,
                                                   const storage::sha256_digest& fingerprint) {
  const auto [at, is_new] = entries_.try_emplace(key);
  if (is_new) {
    at->second.fingerprint = fingerprint;
    return {state::started, std::nullopt};
  }
  if (at->second.fingerprint != fingerprint)
    return {state::reused, std::nullopt};
  if (!at->second.answer)
    return {state::in_progress, std::nullopt};
  return {state::done, at->second.answer};
}

void idempotency_store::finish(const std::string& key, const response& answer) {
  const auto at = entries_.find(key);
  if (at == entries_.end() || at->second.answer)
    return;
  if (finished_.size() == keys_max_) {
    entries_.erase(finished_.front());
    finished_.pop_front();
  }
  finished_.push_back(key);
  at->second.answer = answer;
  at->second.age = std::prev(finished_.end());
}

void idempotency_store::forget(const std::string& key) {
  const auto at = entries_.find(key);
  if (at == entries_.end())
    return;
  if (at->second.answer)
    finished_.erase(at->second.age);
  entries_.erase(at);
}

} // namespace supreme::api
