#include "storage/postgres/watchdog.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <thread>

namespace supreme::storage {

watchdog& watchdog::instance() {
  // Never destroyed: threads that outlive main() may still be in the middle of a statement.
  static watchdog& one = *new watchdog;
  return one;
}

watchdog::watchdog() {
  std::thread{[this] { run(); }}.detach();
}

watchdog::watch::watch(int socket, std::chrono::milliseconds limit)
  : socket_(socket), deadline_(std::chrono::steady_clock::now() + limit) {
  auto& dog = instance();
  const std::lock_guard lock{dog.mutex_};
  place_ = dog.watches_.insert(dog.watches_.end(), this);
  // The thread may wake for a watch that is over by then, and looks what is next: waking it for
  // every statement would cost more.
  if (deadline_ < dog.next_look_) {
    dog.next_look_ = deadline_;
    dog.changed_.notify_one();
  }
}

watchdog::watch::~watch() {
  auto& dog = instance();
  const std::lock_guard lock{dog.mutex_};
  dog.watches_.erase(place_);
}

void watchdog::run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    auto& next = next_look_;
    next = std::chrono::steady_clock::time_point::max();
    const auto now = std::chrono::steady_clock::now();
    for (auto* w : watches_) {
      if (w->fired_)
        continue;
      if (w->deadline_ <= now) {
        w->fired_ = true;
        ::shutdown(w->socket_, SHUT_RDWR);
      } else {
        next = std::min(next, w->deadline_);
      }
    }
    if (next == std::chrono::steady_clock::time_point::max())
      changed_.wait(lock);
    else
      changed_.wait_until(lock, std::chrono::steady_clock::time_point{next});
  }
}

} // namespace supreme::storage
