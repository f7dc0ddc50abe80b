#include "api/digest.hpp"

#include "trading/check.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>

namespace supreme::api {

digest sha256(std::initializer_list<std::string_view> parts) {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context{EVP_MD_CTX_new(),
                                                                   EVP_MD_CTX_free};
  SUPREME_CHECK(context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1,
                "SHA-256 is always there");
  for (const auto part : parts)
    SUPREME_CHECK(EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1,
                  "hashing memory cannot fail");
  digest out{};
  unsigned size = 0;
  SUPREME_CHECK(EVP_DigestFinal_ex(context.get(), out.data(), &size) == 1 && size == out.size(),
                "SHA-256 has 32 bytes");
  return out;
}

std::optional<std::vector<uint8_t>> from_hex(std::string_view text) {
  if (text.size() % 2 != 0)
    return std::nullopt;
  std::vector<uint8_t> out;
  out.reserve(text.size() / 2);
  unsigned byte = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool digit = c >= '0' && c <= '9';
    const bool lower = c >= 'a' && c <= 'f';
    if (!digit && !lower && !(c >= 'A' && c <= 'F'))
      return std::nullopt;
    byte = byte * 16 + static_cast<unsigned>(digit ? c - '0' : lower ? c - 'a' + 10 : c - 'A' + 10);
    if (i % 2 == 1) {
      out.push_back(static_cast<uint8_t>(byte));
      byte = 0;
    }
  }
  return out;
}

std::string random_hex(size_t size) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::vector<uint8_t> bytes(size);
  SUPREME_CHECK(RAND_bytes(bytes.data(), static_cast<int>(size)) == 1,
                "the operating system gives randomness");
  std::string out;
  for (const auto byte : bytes) {
    out += digits[byte >> 4U];
    out += digits[byte & 0xfU];
  }
  return out;
}

} // namespace supreme::api
