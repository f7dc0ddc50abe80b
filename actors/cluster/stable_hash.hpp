#pragma once

#include <cstdint>
#include <string_view>

namespace supreme::actors {

/// The same number on every machine and in every build: FNV-1a (64 bits) with the splitmix64
/// finaliser, because raw FNV spreads short, similar names badly. An identity, not a secret.
/// Sources: Fowler–Noll–Vo; Steele et al., "Fast splittable pseudorandom number generators" (2014).
[[nodiscard]] constexpr uint64_t stable_hash(std::string_view text) noexcept {
  uint64_t h = 0xcbf29ce484222325u;
  for (char c : text)
    h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  h = (h ^ (h >> 30u)) * 0xbf58476d1ce4e5b9u;
  h = (h ^ (h >> 27u)) * 0x94d049bb133111ebu;
  return h ^ (h >> 31u);
}

} // namespace supreme::actors
