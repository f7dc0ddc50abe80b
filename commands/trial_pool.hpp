#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace supreme::commands {

/// Most threads of one search.
inline constexpr size_t search_jobs_max = 256;

/// As many threads as the machine has cores, at least one and at most search_jobs_max.
[[nodiscard]] size_t default_jobs() noexcept;

/// How far a pool is, told to whoever waits.
struct pool_progress {
  size_t ended = 0;
  size_t count = 0;
};

/// Does pieces of work on threads of its own: a trading::trial_executor.
class trial_pool {
public:
  /// The pool asks `go_on` several times a second, on the thread that waits, and begins nothing
  /// more after it said no; `show` hears how far it is. Both may be empty. 1 to search_jobs_max
  /// jobs.
  trial_pool(size_t jobs, std::function<bool()> go_on,
             std::function<void(const pool_progress&)> show);

  /// work(0) … work(count − 1), each at most once, begun in this order. Returns when all that was
  /// begun has ended. What a piece of work throws ends the rest and is thrown on; of several, the
  /// one of the lowest number.
  void operator()(size_t count, const std::function<void(size_t)>& work) const;

private:
  size_t jobs_;
  std::function<bool()> go_on_;
  std::function<void(const pool_progress&)> show_;
};

} // namespace supreme::commands
