#include "commands/trial_pool.hpp"

#include "trading/check.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace supreme::commands {

namespace {

/// How long a stop request may wait to be noticed.
constexpr std::chrono::milliseconds look_interval{50};

/// What the threads of one pool share. Pieces of work take milliseconds and more, so one mutex
/// around the counters costs nothing.
class shared_work {
public:
  shared_work(size_t count, size_t jobs, const std::function<void(size_t)>& work)
    : count_(count), running_(jobs), work_(work) {}

  /// What each thread does.
  void run() {
    while (auto i = take())
      do_one(*i);
    const std::lock_guard lock{mutex_};
    if (--running_ == 0)
      ended_.notify_one();
  }

  /// Waits a moment; true when every thread has ended.
  [[nodiscard]] bool wait_a_moment() {
    std::unique_lock lock{mutex_};
    return ended_.wait_for(lock, look_interval, [this] { return running_ == 0; });
  }
  void stop() {
    const std::lock_guard lock{mutex_};
    stopped_ = true;
  }
  [[nodiscard]] size_t done() {
    const std::lock_guard lock{mutex_};
    return done_;
  }
  /// When every thread has ended.
  void rethrow() const {
    if (failure_)
      std::rethrow_exception(failure_);
  }

private:
  std::optional<size_t> take() {
    const std::lock_guard lock{mutex_};
    if (stopped_ || next_ == count_)
      return std::nullopt;
    return next_++;
  }

  void do_one(size_t i) {
    std::exception_ptr failure;
    try {
      work_(i);
    } catch (...) {
      // Carried to the thread that waits: one that leaves a thread ends the process.
      failure = std::current_exception();
    }
    const std::lock_guard lock{mutex_};
    ++done_;
    if (!failure || (failure_ && failed_ < i))
      return;
    failure_ = failure;
    failed_ = i;
    stopped_ = true;
  }

  const size_t count_;
  size_t running_;
  const std::function<void(size_t)>& work_;
  std::mutex mutex_;
  std::condition_variable ended_;
  size_t next_ = 0;
  size_t done_ = 0;
  bool stopped_ = false;
  std::exception_ptr failure_;
  size_t failed_ = 0;
};

} // namespace

size_t default_jobs() noexcept {
  return std::clamp<size_t>(std::thread::hardware_concurrency(), 1, search_jobs_max);
}

trial_pool::trial_pool(size_t jobs, std::function<bool()> go_on,
                       std::function<void(const pool_progress&)> show)
  : jobs_(jobs), go_on_(std::move(go_on)), show_(std::move(show)) {
  SUPREME_CHECK(jobs > 0 && jobs <= search_jobs_max, "a pool has some threads and not too many");
}

void trial_pool::operator()(size_t count, const std::function<void(size_t)>& work) const {
  if (count == 0 || (go_on_ && !go_on_()))
    return;
  const size_t jobs = std::min(jobs_, count);
  shared_work shared{count, jobs, work};
  {
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < jobs; ++i)
      threads.emplace_back([&shared] { shared.run(); });
    while (!shared.wait_a_moment()) {
      if (show_)
        show_({shared.done(), count});
      if (go_on_ && !go_on_())
        shared.stop();
    }
  }
  if (show_)
    show_({shared.done(), count});
  shared.rethrow();
}

} // namespace supreme::commands
