#pragma once

#include "trading/market/timestamp.hpp"

#include <cstdint>
#include <optional>

namespace supreme::trading {

/// How long a message is under way: `base` and up to `jitter_max` more.
struct latency {
  nanoseconds base{0};       ///< ≥ 0
  nanoseconds jitter_max{0}; ///< ≥ 0
  uint64_t seed = 0;         ///< equal seeds, equal jitter
};

/// The time that the n-th message is under way: the jitter is drawn evenly by n and the seed alone,
/// so a replay sees the same times. Nothing when the sum leaves the range. Throws
/// contract_violation when the latency is outside its ranges.
[[nodiscard]] std::optional<nanoseconds> latency_of(const latency& l, uint64_t message);

/// One direction of a session, from decision to venue or from venue to report: messages are under
/// way for their time, and none overtakes another. A plain value; one thread at a time.
class latency_line {
public:
  /// Throws contract_violation when the latency is outside its ranges.
  explicit latency_line(const latency& l);

  /// When a message that is sent now arrives; never before one sent earlier. Nothing when that is
  /// beyond what a timestamp can say; nothing has been sent then. Messages are numbered in the
  /// order of the calls.
  [[nodiscard]] std::optional<timestamp> send(timestamp now);

private:
  latency latency_;
  uint64_t sent_ = 0;
  std::optional<timestamp> last_arrival_;
};

} // namespace supreme::trading
