#pragma once

#include "trading/backtest/trial.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace supreme::trading {

/// Does work(0) … work(count − 1), each at most once and on whatever threads, begun in this order;
/// answers when all that was begun has ended, which may be less than all. Throws on what work
/// throws.
using trial_executor = std::function<void(size_t count, const std::function<void(size_t)>& work)>;

/// All of them, on the calling thread.
void run_in_order(size_t count, const std::function<void(size_t)>& work);

/// How much of the best trial's Sharpe ratio the search itself explains, from daily returns.
struct luck_estimate {
  uint64_t trials = 0;                   ///< that were done
  std::optional<double> sharpe_variance; ///< of their ratios per day, n − 1
  std::optional<double> probabilistic;   ///< that the best's true ratio exceeds 0
  std::optional<double> deflated;        ///< that it exceeds what the search would find by luck
};

struct search_result {
  std::vector<trial_result> trials; ///< in trial order
  /// All trials: done ones by objective, the best first, then those whose objective is undefined,
  /// the failed ones, and those not run; equals in trial order.
  std::vector<size_t> ranking;
  std::optional<size_t> best; ///< nothing when no trial has a defined objective
  uint64_t done = 0;
  uint64_t failed = 0;
  bool complete = true; ///< false when the executor left some out
  luck_estimate luck;
};

/// Runs every trial over all bars. The result depends on the task and on which trials were run
/// alone, not on threads.
[[nodiscard]] search_result run_search(const search_task& task, const trial_executor& executor);

/// As search_result::ranking.
[[nodiscard]] std::vector<size_t> rank_trials(std::span<const trial_result> trials);

[[nodiscard]] luck_estimate estimate_luck(std::span<const trial_result> trials,
                                          std::optional<size_t> best);

/// Below this probability the best of a search is likely luck.
inline constexpr double deflated_sharpe_min = 0.95;

/// One plain sentence for each reason not to believe the best trial; none when there is no reason.
[[nodiscard]] std::vector<std::string> luck_warnings(const search_result& found);

} // namespace supreme::trading
