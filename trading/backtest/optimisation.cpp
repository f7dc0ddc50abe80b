#include "trading/backtest/optimisation.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <tuple>

namespace supreme::trading {

namespace {

/// What a better trial has less of: first its class, then its objective turned round.
std::tuple<int, double> rank_of(const trial_result& t) {
  switch (t.status) {
    case trial_status::done:
      return t.reached ? std::tuple{0, -*t.reached} : std::tuple{1, 0.0};
    case trial_status::failed:
      return {2, 0};
    case trial_status::not_run:
      break;
  }
  return {3, 0};
}

std::string rounded_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

} // namespace

void run_in_order(size_t count, const std::function<void(size_t)>& work) {
  for (size_t i = 0; i < count; ++i)
    work(i);
}

std::vector<size_t> rank_trials(std::span<const trial_result> trials) {
  std::vector<size_t> order(trials.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&trials](size_t a, size_t b) {
    return rank_of(trials[a]) < rank_of(trials[b]);
  });
  return order;
}

luck_estimate estimate_luck(std::span<const trial_result> trials, std::optional<size_t> best) {
  luck_estimate luck;
  return_moments ratios;
  for (const auto& t : trials) {
    luck.trials += t.status == trial_status::done ? 1 : 0;
    if (t.status == trial_status::done && t.figures.daily_sharpe)
      ratios.add(t.figures.daily_sharpe->ratio);
  }
  luck.sharpe_variance = ratios.variance();
  if (!best || !trials[*best].figures.daily_sharpe)
    return luck;
  const auto& e = *trials[*best].figures.daily_sharpe;
  luck.probabilistic = probabilistic_sharpe_ratio(e);
  if (luck.trials == 1)
    luck.deflated = luck.probabilistic;
  else if (luck.sharpe_variance)
    luck.deflated = deflated_sharpe_ratio(e, {luck.trials, *luck.sharpe_variance});
  return luck;
}

search_result run_search(const search_task& task, const trial_executor& executor) {
  search_result found;
  found.trials.resize(task.trials.points.size());
  executor(found.trials.size(),
           [&task, &found](size_t i) { found.trials[i] = run_trial(task, task.trials.values(i)); });
  for (const auto& t : found.trials) {
    found.done += t.status == trial_status::done ? 1 : 0;
    found.failed += t.status == trial_status::failed ? 1 : 0;
  }
  found.complete = found.done + found.failed == found.trials.size();
  found.ranking = rank_trials(found.trials);
  if (!found.ranking.empty() && found.trials[found.ranking.front()].reached)
    found.best = found.ranking.front();
  found.luck = estimate_luck(found.trials, found.best);
  return found;
}

std::vector<std::string> luck_warnings(const search_result& found) {
  if (!found.best)
    return {"No trial has a defined objective: there is no best one."};
  std::vector<std::string> sentences;
  const auto& luck = found.luck;
  if (!luck.deflated)
    sentences.push_back("Whether the best trial is luck cannot be told: the daily returns or the "
                        "trials are too few or all alike.");
  else if (*luck.deflated < deflated_sharpe_min)
    sentences.push_back(
      "The best trial is likely luck: that its Sharpe ratio is more than the best "
      "of "
      + std::to_string(luck.trials) + " trials without skill would show has a probability of "
      + rounded_text(*luck.deflated) + ", below " + rounded_text(deflated_sharpe_min) + ".");
  return sentences;
}

} // namespace supreme::trading
