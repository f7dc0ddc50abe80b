#include "api/hex.hpp"

#include "storage/sha256.hpp"
#include "trading/check.hpp"

#include <openssl/rand.h>

namespace supreme::api {

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
  std::string bytes(size, '\0');
  SUPREME_CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size))
                  == 1,
                "the operating system gives randomness");
  return storage::to_hex(bytes);
}

} // namespace supreme::api
