#include "trading/backtest/walk_forward.hpp"

#include "trading/check.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace supreme::trading {

namespace {

constexpr int64_t ns_per_day = 86'400'000'000'000;
constexpr int64_t days_max = 36'500;

/// A positive whole number; nothing for any other text.
std::optional<int64_t> read_length(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value <= 0)
    return std::nullopt;
  return value;
}

bool take_suffix(std::string_view& text, char suffix) {
  if (text.empty() || text.back() != suffix)
    return false;
  text.remove_suffix(1);
  return true;
}

/// How many of the times are not after the end of so many days.
size_t count_until_day(std::span<const timestamp> times, timestamp first_open, int64_t days) {
  const auto end = first_open + nanoseconds{days * ns_per_day};
  return static_cast<size_t>(std::upper_bound(times.begin(), times.end(), end) - times.begin());
}

/// Where the n-th close of bars, or the n-th day, ends among the times.
size_t position_of(std::span<const timestamp> times, timestamp first_open,
                   const walk_forward_settings& settings, int64_t n) {
  if (settings.in_days)
    return count_until_day(times, first_open, std::min(n, days_max));
  return std::min(times.size(), static_cast<size_t>(n));
}

/// One trial of one window in-sample; what choosing needs of it.
struct in_sample_run {
  trial_status status = trial_status::not_run;
  std::optional<double> reached;
  std::string failure;
};

trial_window window_of(std::span<const timestamp> times, size_t begin, size_t end) {
  return {begin == 0 ? std::nullopt : std::optional{times[begin - 1]}, times[end - 1]};
}

walk_forward_window make_window(std::span<const timestamp> times, const walk_forward_span& span) {
  walk_forward_window w;
  w.in_sample = window_of(times, span.in_begin, span.out_begin);
  w.out_of_sample = window_of(times, span.out_begin, span.out_end);
  w.in_steps = span.out_begin - span.in_begin;
  w.out_steps = span.out_end - span.out_begin;
  return w;
}

/// The best of a window's runs. False when one of them was not run.
bool choose(walk_forward_window& w, std::span<const in_sample_run> runs) {
  for (size_t i = 0; i < runs.size(); ++i) {
    if (runs[i].status == trial_status::not_run)
      return false;
    if (runs[i].status == trial_status::failed && w.failed++ == 0)
      w.first_failure = runs[i].failure;
    if (runs[i].reached && (!w.in_reached || *w.in_reached < *runs[i].reached)) {
      w.in_reached = runs[i].reached;
      w.chosen = i;
    }
  }
  return true;
}

/// What makes windows of different lengths comparable: a return counts per close time.
double comparable(const search_task& task, double reached, size_t steps) {
  return task.goal == objective::total_return ? reached / static_cast<double>(steps) : reached;
}

std::optional<double> efficiency_of(const search_task& task,
                                    const std::vector<walk_forward_window>& windows) {
  double in = 0;
  double out = 0;
  for (const auto& w : windows) {
    if (!w.in_reached || !w.out.reached)
      continue;
    in += comparable(task, *w.in_reached, w.in_steps);
    out += comparable(task, *w.out.reached, w.out_steps);
  }
  return in > 0 ? ratio(out, in) : std::nullopt;
}

/// Tries what was chosen on the windows in turn, each with the money of the one before.
void try_out_of_sample(const search_task& task, walk_forward_result& walked) {
  performance_accumulator chained;
  const auto found = task.plan.initial.find(task.plan.quote);
  auto cash = found == task.plan.initial.end() ? money{} : found->second;
  for (auto& w : walked.windows) {
    if (!w.chosen)
      continue;
    w.out = run_chained_trial(task, task.trials.values(*w.chosen), w.out_of_sample, cash, chained);
    if (w.out.status == trial_status::done)
      cash = *w.out.figures.end_equity;
  }
  const auto p = chained.value();
  walked.stitched = figures_of(p, chained.days());
  walked.stitched_reached = value_of(task.goal, p);
}

} // namespace

result<walk_forward_settings, std::string> parse_walk_forward(std::string_view text) {
  const auto colon = text.find(':');
  const std::string problem = "A walk-forward needs two lengths in bars like 2000:500 or in days "
                              "like 90d:30d, was "
                              + std::string{text} + ".";
  if (colon == std::string_view::npos)
    return problem;
  auto in = text.substr(0, colon);
  auto out = text.substr(colon + 1);
  const bool in_days = take_suffix(in, 'd');
  const auto in_sample = read_length(in);
  const bool out_in_days = take_suffix(out, 'd');
  const auto out_of_sample = read_length(out);
  if (!in_sample || !out_of_sample || in_days != out_in_days)
    return problem;
  return walk_forward_settings{in_days, *in_sample, *out_of_sample, false};
}

result<std::vector<walk_forward_span>, std::string>
cut_windows(std::span<const timestamp> times, timestamp first_open,
            const walk_forward_settings& settings) {
  SUPREME_CHECK(settings.in_sample > 0 && settings.out_of_sample > 0, "windows have a length");
  const auto at = [&](int64_t n) { return position_of(times, first_open, settings, n); };
  const int64_t end = settings.in_days ? days_max : static_cast<int64_t>(times.size());
  std::vector<walk_forward_span> windows;
  // Written without sums that a length near the type's limit would overflow.
  for (int64_t shift = 0; settings.in_sample < end - shift;) {
    const int64_t in_end = shift + settings.in_sample;
    const int64_t out_end =
      settings.out_of_sample < end - in_end ? in_end + settings.out_of_sample : end;
    const walk_forward_span w{settings.anchored ? 0 : at(shift), at(in_end), at(out_end)};
    if (w.out_begin == times.size())
      break;
    if (w.in_begin < w.out_begin && w.out_begin < w.out_end)
      windows.push_back(w);
    if (windows.size() > walk_forward_windows_max)
      return "The bars make more than " + std::to_string(walk_forward_windows_max)
             + " windows: take longer ones.";
    if (out_end == end)
      break;
    shift += settings.out_of_sample;
  }
  if (windows.empty())
    return "The bars are too few for one window: they have " + std::to_string(times.size())
           + " close times"
           + (times.empty()
                ? "."
                : ", from " + times.front().to_string() + " to " + times.back().to_string() + ".");
  return windows;
}

result<std::vector<walk_forward_span>, std::string>
plan_walk_forward(const search_task& task, const walk_forward_settings& settings) {
  const auto times = close_times(task.market);
  auto first_open = times.empty() ? timestamp{} : times.front();
  for (const auto& held : task.market) {
    if (!held.bars.empty())
      first_open = std::min(first_open, held.bars.front().open_time);
  }
  auto spans = cut_windows(times, first_open, settings);
  const size_t trials = task.trials.points.size();
  SUPREME_CHECK(trials > 0, "a search has trials");
  if (spans && spans->size() > walk_forward_runs_max / trials)
    return std::to_string(spans->size()) + " windows of " + std::to_string(trials)
           + " trials are more than " + std::to_string(walk_forward_runs_max)
           + " runs: take longer windows or fewer trials.";
  return spans;
}

walk_forward_result run_walk_forward(const search_task& task,
                                     std::span<const walk_forward_span> spans,
                                     const trial_executor& executor) {
  const auto times = close_times(task.market);
  const size_t trials = task.trials.points.size();
  std::vector<walk_forward_window> windows;
  for (const auto& span : spans)
    windows.push_back(make_window(times, span));
  std::vector<in_sample_run> runs(windows.size() * trials);
  executor(runs.size(), [&](size_t i) {
    auto run = run_trial(task, task.trials.values(i % trials), windows[i / trials].in_sample);
    runs[i] = {run.status, run.reached, std::move(run.failure)};
  });
  walk_forward_result walked;
  walked.planned = windows.size();
  for (size_t i = 0; i < windows.size(); ++i) {
    if (!choose(windows[i], std::span{runs}.subspan(i * trials, trials)))
      break;
    walked.windows.push_back(std::move(windows[i]));
  }
  walked.complete = walked.windows.size() == walked.planned;
  try_out_of_sample(task, walked);
  walked.efficiency = efficiency_of(task, walked.windows);
  return walked;
}

std::vector<std::string> luck_warnings(const walk_forward_result& walked) {
  if (walked.windows.empty())
    return {};
  if (!walked.efficiency)
    return {"Whether the choice holds out of sample cannot be told: its objective is undefined or "
            "not above 0 in-sample."};
  if (*walked.efficiency >= walk_forward_efficiency_min)
    return {};
  char share[32];
  std::snprintf(share, sizeof share, "%.2f", *walked.efficiency);
  return {"The choice does not hold out of sample: there it reaches " + std::string{share}
          + " of the in-sample objective, below half of it."};
}

} // namespace supreme::trading
