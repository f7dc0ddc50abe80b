#pragma once

#include <csignal>

namespace supreme::commands {

/// While it lives, the first Ctrl-C is remembered and the second one ends the process as ever.
/// One at a time.
class interrupt_guard {
public:
  interrupt_guard();
  interrupt_guard(const interrupt_guard&) = delete;
  interrupt_guard& operator=(const interrupt_guard&) = delete;
  ~interrupt_guard();

  /// Whether Ctrl-C came since this began.
  [[nodiscard]] static bool is_interrupted() noexcept;

private:
  struct sigaction before_ {};
};

} // namespace supreme::commands
