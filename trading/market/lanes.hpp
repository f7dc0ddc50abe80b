#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

/// Put before the definition of a function that works in lanes: it is compiled for several
/// processors, and the program takes what its own one can do. Results are the same bits on all of
/// them, because products and sums are never contracted (the build says so).
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)          \
  && !defined(__SANITIZE_THREAD__) // Which instruments what runs before it is there.
#define SUPREME_FOR_EACH_PROCESSOR                                                                 \
  [[gnu::target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")]]
#else
#define SUPREME_FOR_EACH_PROCESSOR
#endif

namespace supreme::trading {

/// How many values are reckoned with side by side. It does not depend on the processor, so that
/// sums of doubles are made in the same order everywhere.
inline constexpr size_t lane_count = 8;

using double_lanes [[gnu::vector_size(lane_count * sizeof(double))]] = double;
using integer_lanes [[gnu::vector_size(lane_count * sizeof(int64_t))]] = int64_t;
using unsigned_lanes [[gnu::vector_size(lane_count * sizeof(uint64_t))]] = uint64_t;

/// From lane_count values of 8 bytes each: decimals, timestamps, doubles. Lanes are handed on by
/// reference, because how they are passed by value depends on the processor.
template <class Lanes, class T>
[[gnu::always_inline]] inline void load(Lanes& to, const T* from) noexcept {
  static_assert(sizeof(T) == sizeof(int64_t));
  std::memcpy(&to, from, sizeof to);
}
template <class Lanes, class T>
[[gnu::always_inline]] inline void store(T* to, const Lanes& from) noexcept {
  static_assert(sizeof(T) == sizeof(int64_t));
  std::memcpy(static_cast<void*>(to), &from, sizeof from);
}

} // namespace supreme::trading
