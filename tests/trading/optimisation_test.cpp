// Goal: a search says for every trial what it came to, ranks them the same way on any number of
// threads, hides no failure, and does not pass luck off as skill.
// Method: a strategy that holds through some hours of each day, over walks of hours with and
// without an edge in some of them; executors in different orders stand for threads.
#include "trading/backtest/heat_map.hpp"
#include "trading/backtest/optimisation.hpp"

#include "tests/trading/search_fixture.hpp"
#include "trading/check.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace supreme::tests {
namespace {

using namespace trading;

/// All of them, the last first.
void run_backwards(size_t count, const std::function<void(size_t)>& work) {
  for (size_t i = count; i-- > 0;)
    work(i);
}

TEST(search, finds_the_planted_hours_and_believes_in_them) {
  const auto bars = make_hours(120, 3, 10'000'000);
  auto task = make_task(bars);
  set_grid(task, {"enter=0:21:3", "leave=3:24:3"});
  const auto found = run_search(task, run_in_order);
  ASSERT_TRUE(found.best.has_value());
  // Decided on the closes at 9:00 and 12:00, filled at the opens of the same time.
  const auto best = task.trials.values(*found.best);
  EXPECT_EQ(best.at("enter"), 9);
  EXPECT_EQ(best.at("leave"), 12);
  EXPECT_TRUE(found.complete);
  EXPECT_EQ(found.done, task.trials.points.size());
  ASSERT_TRUE(found.luck.deflated.has_value());
  EXPECT_GT(*found.luck.deflated, deflated_sharpe_min);
  EXPECT_TRUE(luck_warnings(found).empty()) << luck_warnings(found).front();
}

TEST(search, warns_that_the_best_of_many_trials_on_noise_is_luck) {
  for (const uint64_t seed : {1, 2, 3, 4, 5, 6}) {
    const auto bars = make_hours(60, seed, 0);
    auto task = make_task(bars);
    set_grid(task, {"enter=0:21:3", "leave=3:24:3", "share=0,1"});
    const auto found = run_search(task, run_in_order);
    ASSERT_TRUE(found.best.has_value());
    ASSERT_EQ(luck_warnings(found).size(), 1u) << seed;
    EXPECT_TRUE(luck_warnings(found)[0].starts_with("The best trial is likely luck:"))
      << luck_warnings(found)[0];
    EXPECT_EQ(found.luck.trials, 72u);
  }
}

TEST(search, deflates_by_the_number_of_trials_and_the_variance_of_their_ratios) {
  std::vector<trial_result> trials(3);
  for (size_t i = 0; i < 3; ++i) {
    trials[i].status = trial_status::done;
    trials[i].figures.daily_sharpe = sharpe_estimate{0.1 * static_cast<double>(i), 250, 0, 3};
  }
  trials.push_back(trials[0]);
  trials.back().figures.daily_sharpe.reset(); // A trial that never traded is a trial.
  trials.emplace_back();                      // One that was not run is none.
  const auto luck = estimate_luck(trials, 2);
  EXPECT_EQ(luck.trials, 4u);
  ASSERT_TRUE(luck.sharpe_variance.has_value());
  EXPECT_NEAR(*luck.sharpe_variance, 0.01, 1e-12);
  EXPECT_EQ(luck.deflated,
            deflated_sharpe_ratio(*trials[2].figures.daily_sharpe, {4, *luck.sharpe_variance}));
  EXPECT_EQ(luck.probabilistic, probabilistic_sharpe_ratio(*trials[2].figures.daily_sharpe));
}

TEST(search, says_when_luck_cannot_be_told_from_skill) {
  const auto bars = make_hours(1, 1, 0);
  auto task = make_task(bars);
  task.goal = objective::total_return;
  set_grid(task, {"enter=0,6"});
  const auto warnings = luck_warnings(run_search(task, run_in_order));
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_TRUE(warnings[0].starts_with("Whether the best trial is luck cannot be told"));
}

TEST(search, does_not_depend_on_the_order_in_which_trials_are_run) {
  const auto bars = make_hours(30, 9, 1'000'000);
  auto task = make_task(bars);
  set_grid(task, {"enter=0:21:3", "leave=3:24:3"});
  const auto one = run_search(task, run_in_order);
  const auto other = run_search(task, run_backwards);
  EXPECT_EQ(one.ranking, other.ranking);
  for (size_t i = 0; i < one.trials.size(); ++i) {
    EXPECT_EQ(one.trials[i].reached, other.trials[i].reached);
    EXPECT_EQ(one.trials[i].figures.end_equity, other.trials[i].figures.end_equity);
  }
}

TEST(search, keeps_failed_trials_with_their_reason_and_ranks_them_behind) {
  const auto bars = make_hours(30, 9, 1'000'000);
  auto task = make_task(bars);
  set_grid(task, {"fault=1,2,0", "leave=1,24"});
  const auto found = run_search(task, run_in_order);
  EXPECT_EQ(found.failed, 4u);
  EXPECT_EQ(found.done, 2u);
  EXPECT_TRUE(found.complete) << "a failed trial was run";
  EXPECT_EQ(found.trials[0].status, trial_status::failed);
  EXPECT_EQ(found.trials[0].failure, "the strategy broke");
  EXPECT_NE(found.trials[2].failure.find("input ratio of a decision is not a finite decimal"),
            std::string::npos)
    << found.trials[2].failure;
  EXPECT_EQ(found.trials[4].status, trial_status::done);
  EXPECT_GE(found.ranking[0], 4u);
  EXPECT_EQ(found.ranking.back(), 3u);
}

TEST(search, keeps_a_trial_whose_money_leaves_the_range_as_failed) {
  auto bars = make_hours(2, 9, 0);
  auto task = make_task(bars);
  task.plan.initial[task.plan.quote] = decimal::from_raw(INT64_MAX);
  for (auto& b : bars)
    b.close = b.high = multiply_divide(b.high, 2, 1, rounding::half_even);
  set_grid(task, {"leave=24"});
  const auto found = run_search(task, run_in_order);
  ASSERT_EQ(found.failed, 1u) << "equity above the largest decimal";
  EXPECT_FALSE(found.trials[0].failure.empty());
  EXPECT_FALSE(found.best.has_value());
  EXPECT_EQ(luck_warnings(found).front(),
            "No trial has a defined objective: there is no best one.");
}

TEST(search, lets_a_broken_contract_through) {
  static const strategy_kind broken{
    "broken",
    "Breaks a contract.",
    {{"any", "Nothing.", 0, 1, 0, true}},
    [](const parameters&) -> std::unique_ptr<strategy> { fail_check("it", "is broken"); },
    nullptr,
    nullptr};
  const auto bars = make_hours(1, 1, 0);
  auto task = make_task(bars, broken);
  set_grid(task, {"any=0"});
  EXPECT_THROW((void)run_search(task, run_in_order), contract_violation);
}

TEST(search, is_incomplete_when_trials_were_left_out) {
  const auto bars = make_hours(10, 9, 0);
  auto task = make_task(bars);
  set_grid(task, {"enter=0,1,2,3"});
  const auto found = run_search(task, [](size_t, const std::function<void(size_t)>& work) {
    work(0);
    work(1);
  });
  EXPECT_FALSE(found.complete);
  EXPECT_EQ(found.done, 2u);
  EXPECT_EQ(found.trials[2].status, trial_status::not_run);
  EXPECT_EQ(found.luck.trials, 2u);
  EXPECT_EQ(found.ranking.back(), 3u);
}

TEST(ranking, puts_higher_first_equals_in_trial_order_and_undefined_last) {
  const auto trial = [](trial_status status, std::optional<double> reached) {
    trial_result t;
    t.status = status;
    t.reached = reached;
    return t;
  };
  const auto done = trial_status::done;
  const std::vector<trial_result> trials{trial(trial_status::failed, {}),
                                         trial(done, {}),
                                         trial(done, 1.0),
                                         trial(trial_status::not_run, {}),
                                         trial(done, -2.0),
                                         trial(done, 3.0),
                                         trial(done, 1.0),
                                         trial(done, {})};
  EXPECT_EQ(rank_trials(trials), (std::vector<size_t>{5, 2, 6, 4, 1, 7, 0, 3}));
}

TEST(objectives, are_the_statistics_of_their_names) {
  performance p;
  p.sharpe = 1;
  p.sortino = 2;
  p.calmar = 3;
  p.total_return = 4;
  p.trades.profit_factor = 5;
  p.trades.system_quality = 6;
  p.cagr = 7;
  double expected = 1;
  for (const char* name :
       {"sharpe", "sortino", "calmar", "total_return", "profit_factor", "sqn", "cagr"}) {
    const auto o = parse_objective(name);
    ASSERT_TRUE(o) << name;
    EXPECT_EQ(value_of(*o, p), expected++) << name;
    EXPECT_STREQ(to_string(*o), name);
    EXPECT_NE(objective_names().find(name), std::string::npos);
    EXPECT_EQ(value_of(*o, performance{}), std::nullopt);
  }
  EXPECT_FALSE(parse_objective("luck"));
}

TEST(heat_map, shows_the_best_over_all_other_parameters) {
  parameter_trials trials;
  trials.names = {"a", "b", "c"};
  std::vector<trial_result> results;
  const auto add = [&](std::vector<double> point, std::optional<double> reached) {
    trials.points.push_back(std::move(point));
    results.emplace_back();
    results.back().status = trial_status::done;
    results.back().reached = reached;
  };
  add({1, 20, 0}, 5);
  add({1, 20, 1}, 7);
  add({2, 20, 0}, std::nullopt);
  add({2, 10, 0}, -3);
  const auto map = make_heat_map(trials, results, 0, 1);
  EXPECT_EQ(map.columns, (std::vector<heat_band>{{1, 1}, {2, 2}}));
  EXPECT_EQ(map.rows, (std::vector<heat_band>{{10, 10}, {20, 20}}));
  EXPECT_EQ(map.cell(0, 0), (heat_cell{std::nullopt, 0}));
  EXPECT_EQ(map.cell(0, 1), (heat_cell{-3, 1}));
  EXPECT_EQ(map.cell(1, 0), (heat_cell{7, 2}));
  EXPECT_EQ(map.cell(1, 1), (heat_cell{std::nullopt, 1}));
  EXPECT_EQ(map.heat(map.cell(1, 0)), 1.0);
  EXPECT_EQ(map.heat(map.cell(0, 1)), 0.0);
  EXPECT_EQ(map.heat(map.cell(1, 1)), std::nullopt);
}

TEST(heat_map, puts_many_values_into_bands_that_cover_them_all) {
  parameter_trials trials;
  trials.names = {"a", "b"};
  std::vector<trial_result> results(1'000);
  random_stream random{5, 5};
  for (auto& t : results) {
    trials.points.push_back({random.uniform() * 10, 1});
    t.status = trial_status::done;
    t.reached = trials.points.back()[0];
  }
  const auto map = make_heat_map(trials, results, 0, 1);
  ASSERT_EQ(map.columns.size(), heat_map_bands);
  ASSERT_EQ(map.rows.size(), 1u);
  uint64_t counted = 0;
  for (size_t i = 0; i < map.columns.size(); ++i) {
    counted += map.cell(0, i).trials;
    EXPECT_LE(*map.cell(0, i).best, map.columns[i].to);
    EXPECT_GE(*map.cell(0, i).best, map.columns[i].from);
  }
  EXPECT_EQ(counted, 1'000u);
}

} // namespace
} // namespace supreme::tests
