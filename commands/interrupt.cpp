#include "commands/interrupt.hpp"

namespace supreme::commands {

namespace {

volatile std::sig_atomic_t interrupted = 0;

void remember(int) { interrupted = 1; }

} // namespace

interrupt_guard::interrupt_guard() {
  interrupted = 0;
  struct sigaction action {};
  action.sa_handler = remember;
  // The second signal finds the default action. Writes that were begun go on.
  action.sa_flags = SA_RESETHAND | SA_RESTART;
  ::sigaction(SIGINT, &action, &before_);
}

interrupt_guard::~interrupt_guard() { ::sigaction(SIGINT, &before_, nullptr); }

bool interrupt_guard::is_interrupted() noexcept { return interrupted != 0; }

} // namespace supreme::commands
