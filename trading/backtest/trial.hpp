#pragma once

#include "trading/backtest/held_bars.hpp"
#include "trading/backtest/objective.hpp"
#include "trading/backtest/parameter_space.hpp"
#include "trading/backtest/plan.hpp"
#include "trading/statistics/performance.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace supreme::trading {

/// Before a window begins its strategies hear this many times the bars that they need at least,
/// where there are as many: averages without an end have forgotten their start by then.
inline constexpr size_t warmup_multiple = 4;

/// What is searched: one strategy of a plan, over bars that all trials share. Read by many threads;
/// nobody writes it while they do.
struct search_task {
  backtest_plan plan; ///< without problems()
  strategy_id varied; ///< one of the plan's
  std::vector<held_bars> market;
  parameter_trials trials;
  objective goal = objective::sharpe;
};

/// The closes that count in a run: after the one and not after the other; nothing is no bound. Bars
/// before them warm the strategies up, and nothing is traded on those.
struct trial_window {
  std::optional<timestamp> after;
  std::optional<timestamp> until;
};

/// What a trial came to. Bounded, whatever the number of bars: no series, no trades.
struct trial_figures {
  std::optional<money> end_equity;
  std::optional<double> total_return;
  std::optional<double> cagr;
  std::optional<double> sharpe;
  std::optional<double> sortino;
  std::optional<double> calmar;
  std::optional<double> max_drawdown;
  std::optional<double> profit_factor;
  std::optional<double> sqn;
  std::optional<double> win_rate;
  std::optional<double> exposure_time;
  std::optional<money> fees;
  uint64_t trades = 0; ///< closed
  uint64_t days = 0;   ///< UTC days with samples
  std::optional<sharpe_estimate> daily_sharpe;
};

[[nodiscard]] trial_figures figures_of(const performance& p, std::span<const daily_close> days);

enum class trial_status : uint8_t {
  not_run = 1, ///< the search was ended before it
  done = 2,
  failed = 3,
};

[[nodiscard]] const char* to_string(trial_status s) noexcept;

struct trial_result {
  trial_status status = trial_status::not_run;
  std::string failure;           ///< why it failed
  std::optional<double> reached; ///< the objective; nothing where it is undefined
  trial_figures figures;
};

/// Runs the task's plan with these parameters of the varied strategy over a window, with an engine
/// of its own. A strategy's defect, what it throws and an overflow make a failed trial; a broken
/// contract is thrown on.
[[nodiscard]] trial_result run_trial(const search_task& task, const parameters& values,
                                     const trial_window& window = {});

/// The same with another amount of the quote asset to begin with, where `chained` hears the
/// samples, fills and closed trades too, unless the trial fails. The window has bars. Positions
/// that are open at the end are valued at their last closes less what leaving them at market would
/// cost; that is the last sample of `chained`.
[[nodiscard]] trial_result run_chained_trial(const search_task& task, const parameters& values,
                                             const trial_window& window, money start_cash,
                                             performance_accumulator& chained);

} // namespace supreme::trading
