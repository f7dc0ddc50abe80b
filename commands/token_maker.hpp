#pragma once

#include "config/settings.hpp"

#include <string>
#include <string_view>

namespace supreme::commands {

/// A new bearer token and what is stored of it.
struct made_token {
  std::string token;        ///< base64url of defaults::token_bytes random bytes; a secret
  config::api_token stored; ///< salted hash of the token's text
};

/// Draws a token. Throws contract_violation when the machine gives no randomness.
[[nodiscard]] made_token make_token(const std::string& principal, config::api_role role);

/// The [[tokens]] section of a node file.
[[nodiscard]] std::string to_toml(const config::api_token& token);

/// Base64 with - and _ and without padding (RFC 4648 section 5).
[[nodiscard]] std::string base64url(std::string_view bytes);

} // namespace supreme::commands
