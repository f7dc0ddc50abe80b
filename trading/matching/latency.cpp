#include "trading/matching/latency.hpp"

#include "trading/check.hpp"

#include <algorithm>

namespace supreme::trading {

namespace {

__extension__ using wide_unsigned = unsigned __int128;

/// The n-th number of SplitMix64 with this seed (Steele, Lea and Flood, "Fast splittable
/// pseudorandom number generators", 2014).
uint64_t random_word(uint64_t seed, uint64_t n) noexcept {
  uint64_t z = seed + (n + 1) * 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

void check_contract(const latency& l) {
  SUPREME_CHECK(l.base.count() >= 0 && l.jitter_max.count() >= 0, "a latency is not negative");
}

} // namespace

std::optional<nanoseconds> latency_of(const latency& l, uint64_t message) {
  check_contract(l);
  // The word as a share of [0, jitter_max + 1), without the bias of a remainder.
  const auto values = static_cast<uint64_t>(l.jitter_max.count()) + 1;
  const auto jitter =
    static_cast<int64_t>((wide_unsigned{random_word(l.seed, message)} * values) >> 64);
  int64_t sum = 0;
  if (__builtin_add_overflow(l.base.count(), jitter, &sum))
    return std::nullopt;
  return nanoseconds{sum};
}

latency_line::latency_line(const latency& l) : latency_(l) { check_contract(latency_); }

std::optional<timestamp> latency_line::send(timestamp now) {
  const auto under_way = latency_of(latency_, sent_);
  int64_t arrival_ns = 0;
  if (!under_way || __builtin_add_overflow(now.ns(), under_way->count(), &arrival_ns))
    return std::nullopt;
  ++sent_;
  const auto arrival = timestamp::from_ns(arrival_ns);
  last_arrival_ = std::max(last_arrival_.value_or(arrival), arrival);
  return last_arrival_;
}

} // namespace supreme::trading
