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

watchdog::watchdog() { std::thread{[this] { run(); }}.detach(); }

watchdog::watch::watch(int socket, std::chrono::milliseconds limit)
  : socket_(socket), deadline_(std::chrono::steady_clock::now() + limit) {
  auto& dog = instance();
  const std::lock_guard lock{dog.mutex_};
  place_ = dog.watches_.insert(dog.watches_.end(), this);
  // A sleeping thread only needs waking when this is the first deadline to come; most are not.
  const bool first = std::all_of(dog.watches_.begin(), dog.watches_.end(), [this](const watch* w) {
    return w == this || w->fired_ || w->deadline_ > deadline_;
  });
  if (first)
    dog.changed_.notify_one();
}

watchdog::watch::~watch() {
  auto& dog = instance();
  const std::lock_guard lock{dog.mutex_};
  dog.watches_.erase(place_);
}

void watchdog::run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    auto next = std::chrono::steady_clock::time_point::max();
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
      changed_.wait_until(lock, next);
  }
}

} // namespace supreme::storage
