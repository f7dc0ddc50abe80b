#pragma once

#include "actors/clock.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>

namespace supreme::actors {

/// The node's right to act, renewed by the heartbeat and read by everybody just before they touch
/// the outside world. The deadline is the time a renewal was SENT plus the self-fence interval, on
/// the boot clock, so that a stopped process finds it expired when it wakes. Lock-free; any thread.
class lease {
public:
  explicit lease(const process_clock& clock) : clock_(clock) {}

  void renew(std::chrono::nanoseconds sent_at, std::chrono::nanoseconds valid_for) {
    deadline_ns_.store((sent_at + valid_for).count(), std::memory_order_release);
  }
  void expire() { deadline_ns_.store(0, std::memory_order_release); }
  [[nodiscard]] bool held() const {
    return clock_.since_boot().count() < deadline_ns_.load(std::memory_order_acquire);
  }

  /// The ledger marks when it enters the database; a heartbeat is not sent while it has been inside
  /// for a whole ttl.
  void enter_ledger() {
    ledger_since_ns_.store(clock_.since_boot().count(), std::memory_order_release);
  }
  void leave_ledger() { ledger_since_ns_.store(0, std::memory_order_release); }
  [[nodiscard]] bool ledger_stuck(std::chrono::nanoseconds limit) const {
    auto since = ledger_since_ns_.load(std::memory_order_acquire);
    return since != 0 && clock_.since_boot().count() - since > limit.count();
  }
  [[nodiscard]] const process_clock& clock() const { return clock_; }

private:
  const process_clock& clock_;
  std::atomic<int64_t> deadline_ns_{0};
  std::atomic<int64_t> ledger_since_ns_{0};
};

} // namespace supreme::actors
