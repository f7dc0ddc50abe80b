#include "api/worker.hpp"

#include "trading/check.hpp"

#include <pthread.h>
#include <signal.h>

namespace supreme::api {

std::thread start_quiet_thread(const std::string& name, std::function<void()> body) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  // A thread inherits the mask of the one that starts it.
  SUPREME_CHECK(pthread_sigmask(SIG_SETMASK, &all, &before) == 0, "signals can be masked");
  std::thread thread;
  try {
    thread = std::thread{std::move(body)};
  } catch (...) {
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    throw;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_setname_np(thread.native_handle(), name.substr(0, 15).c_str());
  return thread;
}

worker::worker(const std::string& name, size_t waiting_max) : waiting_max_(waiting_max) {
  thread_ = start_quiet_thread(name, [this] { run(); });
}

worker::~worker() { stop(); }

bool worker::submit(std::function<void()> job) {
  {
    const std::lock_guard lock{mutex_};
    if (stopping_ || jobs_.size() == waiting_max_)
      return false;
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

void worker::stop() {
  std::deque<std::function<void()>> dropped;
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
    dropped.swap(jobs_);
  }
  wake_.notify_one();
  dropped.clear(); // Not under the lock: what a job holds may do anything when it ends.
  if (thread_.joinable())
    thread_.join();
}

void worker::run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (stopping_)
      return;
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    job = nullptr; // What it holds is released before the lock is taken again.
    lock.lock();
  }
}

} // namespace supreme::api
