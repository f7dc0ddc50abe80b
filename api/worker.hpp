#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace supreme::api {

/// One thread for calls that block, behind a queue with a limit. Jobs run one at a time, in order.
/// Thread-safe.
class worker {
public:
  /// `name` is what the thread shows in ps and gdb, at most 15 characters.
  worker(const std::string& name, size_t waiting_max);
  ~worker(); ///< as stop()
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  /// Queues a job that must not throw; false when `waiting_max` jobs wait already, or after stop().
  [[nodiscard]] bool submit(std::function<void()> job);

  /// Waits for the running job and destroys those that wait without running them. Not to be called
  /// by a job.
  void stop();

private:
  void run();

  const size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  bool stopping_ = false;
  std::thread thread_;
};

/// Starts a thread that leaves all signals to the others, so that a stop request reaches who waits
/// for it.
[[nodiscard]] std::thread start_quiet_thread(const std::string& name, std::function<void()> body);

} // namespace supreme::api
