#include "commands/token_maker.hpp"

#include "config/defaults.hpp"
#include "config/names.hpp"
#include "storage/sha256.hpp"
#include "trading/check.hpp"

#include <openssl/rand.h>

namespace supreme::commands {

namespace {

std::string random_bytes(size_t size) {
  std::string out(size, '\0');
  SUPREME_CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(size))
                  == 1,
                "the operating system gives randomness");
  return out;
}

} // namespace

std::string base64url(std::string_view bytes) {
  static constexpr std::string_view symbols =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  uint32_t window = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    window = (window << 8U) | static_cast<unsigned char>(c);
    bits += 8;
    for (; bits >= 6; bits -= 6)
      out += symbols[(window >> (bits - 6)) & 0x3fU];
  }
  if (bits > 0)
    out += symbols[(window << (6 - bits)) & 0x3fU];
  return out;
}

made_token make_token(const std::string& principal, config::api_role role) {
  made_token out;
  out.token = base64url(random_bytes(config::defaults::token_bytes));
  const auto salt = random_bytes(config::defaults::token_salt_bytes);
  out.stored = {principal, role, storage::to_hex(salt), storage::sha256_hex(salt + out.token)};
  return out;
}

std::string to_toml(const config::api_token& token) {
  return "[[tokens]]\nprincipal = \"" + token.principal + "\"\nrole = \""
         + trading::name_of(config::api_role_names, token.role) + "\"\nsalt = \"" + token.salt
         + "\"\nsha256 = \"" + token.sha256 + "\"\n";
}

} // namespace supreme::commands
