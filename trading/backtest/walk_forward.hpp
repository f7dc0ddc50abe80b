#pragma once

#include "trading/backtest/optimisation.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace supreme::trading {

inline constexpr size_t walk_forward_windows_max = 1'000;
/// Most runs of one walk-forward, windows times trials.
inline constexpr uint64_t walk_forward_runs_max = 1'000'000;

/// How history is cut: parameters are chosen in-sample and tried on what follows, then both move on
/// by the length of the latter.
struct walk_forward_settings {
  bool in_days = false;      ///< lengths are days of 24 hours; otherwise close times
  int64_t in_sample = 0;     ///< > 0
  int64_t out_of_sample = 0; ///< > 0
  bool anchored = false;     ///< every in-sample window begins with the first bar
};

/// "2000:500" in bars or "90d:30d" in days; a sentence for anything else.
[[nodiscard]] result<walk_forward_settings, std::string> parse_walk_forward(std::string_view text);

/// Positions among the close times: in-sample is [in_begin, out_begin), out-of-sample [out_begin,
/// out_end).
struct walk_forward_span {
  size_t in_begin = 0;
  size_t out_begin = 0;
  size_t out_end = 0;

  friend bool operator==(const walk_forward_span&, const walk_forward_span&) = default;
};

/// The windows of these close times, in order; the last may be shorter out of sample, and windows
/// of days without bars are left out. `first_open` is where days count from. A sentence when the
/// times are too few for one window or there are more windows than walk_forward_windows_max.
[[nodiscard]] result<std::vector<walk_forward_span>, std::string>
cut_windows(std::span<const timestamp> times, timestamp first_open,
            const walk_forward_settings& settings);

struct walk_forward_window {
  trial_window in_sample;
  trial_window out_of_sample;
  size_t in_steps = 0; ///< close times
  size_t out_steps = 0;
  uint64_t failed = 0;          ///< trials that failed in-sample
  std::string first_failure;    ///< of the first of them in trial order
  std::optional<size_t> chosen; ///< the best trial in-sample; nothing when none has an objective
  std::optional<double> in_reached;
  trial_result out; ///< of the chosen one; not_run without
};

struct walk_forward_result {
  std::vector<walk_forward_window> windows; ///< those that came to an end, in order
  size_t planned = 0;
  bool complete = true; ///< false when the executor left runs out
  /// All out-of-sample windows one after the other, each begun with what the one before ended with.
  trial_figures stitched;
  std::optional<double> stitched_reached; ///< the objective
  /// Mean objective out of sample/mean in-sample over the windows that have both; total returns
  /// count per close time. Nothing where the latter is not above 0.
  std::optional<double> efficiency;
};

/// The windows of a task's bars. A sentence as cut_windows, and when they would take more than
/// walk_forward_runs_max runs.
[[nodiscard]] result<std::vector<walk_forward_span>, std::string>
plan_walk_forward(const search_task& task, const walk_forward_settings& settings);

/// Chooses in each window by the task's trials and objective, among what the in-sample bars alone
/// show. Threads as run_search.
[[nodiscard]] walk_forward_result run_walk_forward(const search_task& task,
                                                   std::span<const walk_forward_span> spans,
                                                   const trial_executor& executor);

/// Below this share of the in-sample objective the search has fitted the past.
inline constexpr double walk_forward_efficiency_min = 0.5;

[[nodiscard]] std::vector<std::string> luck_warnings(const walk_forward_result& walked);

} // namespace supreme::trading
