#pragma once

#include <cstdint>

namespace supreme::trading {

/// Reproducible random numbers: the same on every machine and in every build, which the standard
/// library's distributions are not. Streams of one seed with different numbers are independent.
/// (splitmix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.)
class random_stream {
public:
  random_stream(uint64_t seed, uint64_t number) noexcept : state_(mix(seed) ^ mix(~number)) {}

  [[nodiscard]] uint64_t next() noexcept { return mix(state_ += 0x9e3779b97f4a7c15U); }
  /// In [0, 1), of 53 bits.
  [[nodiscard]] double uniform() noexcept { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  /// In [0, limit); limit > 0. The bias is below limit/2⁶⁴.
  [[nodiscard]] uint64_t below(uint64_t limit) noexcept { return next() % limit; }

private:
  static constexpr uint64_t mix(uint64_t z) noexcept {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }

  uint64_t state_;
};

} // namespace supreme::trading
