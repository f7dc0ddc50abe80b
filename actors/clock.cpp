#include "actors/clock.hpp"

#include "trading/check.hpp"

#include <ctime>

namespace supreme::actors {

namespace {

std::chrono::nanoseconds read(clockid_t id) {
  timespec t{};
  SUPREME_CHECK(::clock_gettime(id, &t) == 0, "the machine's clock cannot be read");
  return std::chrono::seconds{t.tv_sec} + std::chrono::nanoseconds{t.tv_nsec};
}

class machine_clock final : public process_clock {
public:
  std::chrono::nanoseconds since_boot() const override { return read(CLOCK_BOOTTIME); }
  trading::timestamp wall() const override {
    return trading::timestamp::from_ns(read(CLOCK_REALTIME).count());
  }
};

} // namespace

const process_clock& system_process_clock() {
  static const machine_clock clock;
  return clock;
}

} // namespace supreme::actors
