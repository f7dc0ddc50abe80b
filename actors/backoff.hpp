#pragma once

#include "actors/cluster/stable_hash.hpp"
#include "config/defaults.hpp"

#include <algorithm>
#include <chrono>
#include <string>

namespace supreme::actors {

/// How long to wait after the `failures`-th failure in a row (1 = the first) before trying again:
/// exponential with full jitter, so that everybody who failed at the same moment does not come back
/// at the same moment. The jitter is a hash of who waits for the how-manieth time, which makes
/// simulated runs repeat. Between 1 ms and defaults::backoff_max.
[[nodiscard]] inline std::chrono::milliseconds backoff(uint32_t failures, const std::string& who) {
  namespace limits = config::defaults;
  auto ceiling = limits::backoff_initial;
  for (uint32_t i = 1; i < failures && ceiling < limits::backoff_max; ++i)
    ceiling *= limits::backoff_factor;
  ceiling = std::min(ceiling, limits::backoff_max);
  auto share =
    stable_hash(who + "#" + std::to_string(failures)) % static_cast<uint64_t>(ceiling.count());
  return std::chrono::milliseconds{1 + static_cast<int64_t>(share)};
}

} // namespace supreme::actors
