#include "config/sha256.hpp"

#include "trading/check.hpp"

#include <openssl/evp.h>

namespace supreme::config {

sha256_digest sha256(std::string_view bytes) {
  sha256_digest digest{};
  unsigned size = 0;
  const int done =
    EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  SUPREME_CHECK(done == 1 && size == digest.size(), "SHA-256 is available");
  return digest;
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4U];
    out += digits[byte & 0xFU];
  }
  return out;
}

std::string sha256_hex(std::string_view bytes) {
  const auto digest = sha256(bytes);
  return to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

} // namespace supreme::config
