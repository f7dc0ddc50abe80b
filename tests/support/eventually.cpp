#include "tests/support/eventually.hpp"

#include <thread>

namespace supreme::tests {

namespace {

/// Short beside anything that a process does, long beside the cost of asking.
constexpr std::chrono::milliseconds pause{10};

} // namespace

bool eventually(const std::function<bool()>& holds, std::chrono::milliseconds within) {
  const auto deadline = std::chrono::steady_clock::now() + within;
  while (!holds()) {
    if (std::chrono::steady_clock::now() >= deadline)
      return holds(); // The deadline may have passed while we were not running at all.
    std::this_thread::sleep_for(pause);
  }
  return true;
}

} // namespace supreme::tests
