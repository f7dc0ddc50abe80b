#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>

namespace supreme::storage {

/// Shuts down the socket of a server that has stopped answering. libpq waits for ever, and TCP
/// keepalives do not help when only the server's process hangs, because its kernel goes on
/// acknowledging. One thread per process.
class watchdog {
public:
  [[nodiscard]] static watchdog& instance();

  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

  /// While it lives, `socket` is shut down when `limit` passes. The descriptor must stay open that
  /// long.
  class watch {
  public:
    watch(int socket, std::chrono::milliseconds limit);
    ~watch();
    watch(const watch&) = delete;
    watch& operator=(const watch&) = delete;

  private:
    friend class watchdog;
    int socket_;
    std::chrono::steady_clock::time_point deadline_;
    bool fired_ = false;
    std::list<watch*>::iterator place_;
  };

private:
  watchdog();
  [[noreturn]] void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<watch*> watches_;
  std::chrono::steady_clock::time_point next_look_ =
    std::chrono::steady_clock::time_point::max(); ///< of the thread
};

} // namespace supreme::storage
