#pragma once

#include "trading/market/timestamp.hpp"

#include <chrono>

namespace supreme::actors {

/// Process time, injected so that tests drive it. Event time never comes from here. Any thread.
class process_clock {
public:
  virtual ~process_clock() = default;
  /// Time since boot that also counts while the process or machine is stopped: for leases and
  /// deadlines.
  [[nodiscard]] virtual std::chrono::nanoseconds since_boot() const = 0;
  /// UTC wall clock, for receive windows, logs and pacing; never for leases.
  [[nodiscard]] virtual trading::timestamp wall() const = 0;
};

/// The one place that reads the machine's clocks.
[[nodiscard]] const process_clock& system_process_clock();

} // namespace supreme::actors
