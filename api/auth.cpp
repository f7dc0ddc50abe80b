#include "api/auth.hpp"

#include "api/ascii.hpp"
#include "api/hex.hpp"
#include "config/defaults.hpp"
#include "trading/check.hpp"

#include <openssl/crypto.h>

#include <algorithm>

namespace supreme::api {

bool allows(access needed, config::api_role role) noexcept {
  using config::api_role;
  switch (needed) {
    case access::open:
      return true;
    case access::read:
      return role == api_role::viewer || role == api_role::trader || role == api_role::risk
             || role == api_role::admin;
    case access::halt:
      return role == api_role::trader || role == api_role::risk || role == api_role::admin;
    case access::resume:
      return role == api_role::risk || role == api_role::admin;
  }
  return false;
}

const char* to_string(access a) noexcept {
  switch (a) {
    case access::open:
      return "open";
    case access::read:
      return "read";
    case access::halt:
      return "halt";
    case access::resume:
      return "resume";
  }
  return "invalid";
}

std::optional<std::string_view> bearer_token(std::string_view authorization) noexcept {
  auto rest = authorization;
  if (!equal_ignoring_case(cut(rest, ' '), "bearer"))
    return std::nullopt;
  rest = trimmed(rest);
  if (rest.empty() || rest.size() > config::defaults::http_token_length_max)
    return std::nullopt;
  const bool usable = std::all_of(rest.begin(), rest.end(), [](char c) {
    return is_alphanumeric(c) || std::string_view{"-._~+/="}.find(c) != std::string_view::npos;
  });
  return usable ? std::optional{rest} : std::nullopt;
}

authenticator::authenticator(const std::vector<config::api_token>& tokens) {
  for (const auto& token : tokens) {
    const auto salt = from_hex(token.salt);
    const auto hash = from_hex(token.sha256);
    entry known;
    SUPREME_CHECK(salt && !salt->empty(), "a token's salt is hex");
    SUPREME_CHECK(hash && hash->size() == known.hash.size(), "a token's hash is SHA-256 in hex");
    known.who = {token.principal, token.role};
    known.salt.assign(salt->begin(), salt->end());
    std::copy(hash->begin(), hash->end(), known.hash.begin());
    entries_.push_back(std::move(known));
  }
}

std::optional<principal> authenticator::identify(std::string_view token) const {
  const entry* found = nullptr;
  for (const auto& known : entries_) {
    const auto hash = storage::sha256(known.salt + std::string{token});
    if (CRYPTO_memcmp(hash.data(), known.hash.data(), hash.size()) == 0 && found == nullptr)
      found = &known;
  }
  return found != nullptr ? std::optional{found->who} : std::nullopt;
}

failure_limiter::failure_limiter(uint32_t failures_max, std::chrono::milliseconds window,
                                 size_t addresses_max)
  : failures_max_(failures_max), window_(window), addresses_max_(addresses_max) {}

std::optional<std::chrono::milliseconds> failure_limiter::locked_for(const std::string& address,
                                                                     clock_point now) const {
  const auto at = by_address_.find(address);
  if (at == by_address_.end() || at->second->failures < failures_max_)
    return std::nullopt;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(at->second->since + window_ - now);
  return left.count() > 0 ? std::optional{left} : std::nullopt;
}

void failure_limiter::failed(const std::string& address, clock_point now) {
  if (locked_for(address, now))
    return; // A lock runs out by itself; failing on does not prolong it.
  if (const auto at = by_address_.find(address); at != by_address_.end()) {
    records_.splice(records_.begin(), records_, at->second);
  } else {
    if (records_.size() == addresses_max_) {
      by_address_.erase(records_.back().address);
      records_.pop_back();
    }
    records_.push_front({address, 0, now});
    by_address_.emplace(address, records_.begin());
  }
  auto& last = records_.front();
  if (now - last.since >= window_ || last.failures >= failures_max_) {
    last.failures = 0;
    last.since = now;
  }
  // The lock is counted from the failure that closed it.
  if (++last.failures == failures_max_)
    last.since = now;
}

} // namespace supreme::api
