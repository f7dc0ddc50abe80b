// Goal: walking forward chooses by the past alone, trades in its windows alone, with indicators
// that are warm, and says what the choice was worth. Method: windows worked out by hand; futures
// that are replaced after a window's end; a strategy that enters as soon as it is warm.
#include "trading/backtest/walk_forward.hpp"

#include "tests/trading/search_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace supreme::tests {
namespace {

using namespace trading;

std::vector<timestamp> hours(size_t count) {
  std::vector<timestamp> times;
  for (size_t i = 0; i < count; ++i)
    times.push_back(timestamp::from_ms((static_cast<int64_t>(i) + 1) * 3'600'000));
  return times;
}

std::vector<walk_forward_span> cut(size_t count, const char* text, bool anchored = false) {
  auto settings = parse_walk_forward(text);
  EXPECT_TRUE(settings);
  auto changed = *settings;
  changed.anchored = anchored;
  const auto windows = cut_windows(hours(count), timestamp{}, changed);
  EXPECT_TRUE(windows) << windows.error();
  return *windows;
}

using span_list = std::vector<walk_forward_span>;

TEST(walk_forward_windows, move_on_by_the_out_of_sample_length) {
  EXPECT_EQ(cut(10, "4:2"), (span_list{{0, 4, 6}, {2, 6, 8}, {4, 8, 10}}));
  EXPECT_EQ(cut(10, "4:2", true), (span_list{{0, 4, 6}, {0, 6, 8}, {0, 8, 10}}));
  EXPECT_EQ(cut(9, "4:2"), (span_list{{0, 4, 6}, {2, 6, 8}, {4, 8, 9}})) << "the last is shorter";
  EXPECT_EQ(cut(5, "4:9000000000000000000"), (span_list{{0, 4, 5}}));
}

TEST(walk_forward_windows, count_days_from_the_first_open) {
  EXPECT_EQ(cut(24 * 4, "2d:1d"), (span_list{{0, 48, 72}, {24, 72, 96}}));
}

TEST(walk_forward_windows, leave_out_days_without_bars) {
  auto times = hours(24 * 2);
  for (auto& t : times)
    if (t > timestamp::from_ms(86'400'000))
      t = t + std::chrono::hours{24 * 3};
  const auto windows = cut_windows(times, timestamp{}, {true, 1, 1, false});
  ASSERT_FALSE(windows) << "no day follows a day";
  const auto wider = cut_windows(times, timestamp{}, {true, 4, 1, false});
  ASSERT_TRUE(wider);
  EXPECT_EQ(*wider, (span_list{{0, 24, 48}}));
}

TEST(walk_forward_windows, are_refused_in_a_sentence_when_there_can_be_none) {
  for (const char* text :
       {"", "5", "0:5", "5:0", "-5:5", "5:5d", "5d:5", "a:b", "5:5:5", "1.5:2"}) {
    const auto settings = parse_walk_forward(text);
    ASSERT_FALSE(settings) << text;
    EXPECT_EQ(settings.error(),
              "A walk-forward needs two lengths in bars like 2000:500 or in days like 90d:30d, was "
                + std::string{text} + ".");
  }
  const auto few = cut_windows(hours(4), timestamp{}, {false, 4, 1, false});
  ASSERT_FALSE(few);
  EXPECT_TRUE(few.error().starts_with("The bars are too few for one window: they have 4 close"));
  EXPECT_FALSE(cut_windows({}, timestamp{}, {true, 4, 1, false}));
  const auto many = cut_windows(hours(2'000), timestamp{}, {false, 1, 1, false});
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error(), "The bars make more than 1000 windows: take longer ones.");
}

walk_forward_result walk(const std::vector<bar_record>& bars, const walk_forward_settings& settings,
                         const trial_executor& executor = run_in_order) {
  auto task = make_task(bars);
  set_grid(task, {"enter=0:21:3", "leave=3:24:3"});
  const auto spans = plan_walk_forward(task, settings);
  EXPECT_TRUE(spans) << spans.error();
  return run_walk_forward(task, *spans, executor);
}

TEST(walk_forward, never_sees_the_bars_after_a_window_when_it_chooses) {
  const auto bars = make_hours(60, 4, 500'000);
  const walk_forward_settings settings{true, 20, 10, false};
  const auto truth = walk(bars, settings);
  ASSERT_EQ(truth.windows.size(), 4u);
  for (size_t k = 0; k < 4; ++k) {
    auto poisoned = bars;
    const auto other = make_hours(60, 99, -9'000'000);
    for (size_t i = (20 + 10 * k) * 24; i < bars.size(); ++i)
      poisoned[i] = other[i];
    const auto walked = walk(poisoned, settings);
    for (size_t w = 0; w <= k; ++w) {
      EXPECT_EQ(walked.windows[w].chosen, truth.windows[w].chosen) << k << ' ' << w;
      EXPECT_EQ(walked.windows[w].in_reached, truth.windows[w].in_reached) << k << ' ' << w;
      if (w < k) {
        EXPECT_EQ(walked.windows[w].out.reached, truth.windows[w].out.reached) << k << ' ' << w;
      }
    }
    EXPECT_NE(walked.windows[k].out.reached, truth.windows[k].out.reached)
      << "the poison is tasted where it is";
  }
}

TEST(walk_forward, holds_a_planted_edge_out_of_sample_and_drops_noise) {
  const auto edge = walk(make_hours(60, 4, 10'000'000), {true, 20, 10, false});
  ASSERT_TRUE(edge.efficiency.has_value());
  EXPECT_GT(*edge.efficiency, walk_forward_efficiency_min);
  EXPECT_TRUE(luck_warnings(edge).empty());
  EXPECT_EQ(edge.stitched.days, 40u) << "the midnight that ends a day is of that day";
  EXPECT_GT(*edge.stitched.total_return, 0);

  size_t warned = 0;
  for (const uint64_t seed : {1, 2, 3, 4, 5, 6})
    warned += luck_warnings(walk(make_hours(60, seed, 0), {true, 20, 10, false})).size();
  EXPECT_GE(warned, 4u);
}

TEST(walk_forward, does_not_depend_on_the_order_of_its_runs) {
  const auto bars = make_hours(40, 4, 500'000);
  const auto one = walk(bars, {true, 20, 10, true});
  const auto other =
    walk(bars, {true, 20, 10, true}, [](size_t count, const std::function<void(size_t)>& work) {
      for (size_t i = count; i-- > 0;)
        work(i);
    });
  EXPECT_EQ(one.stitched.end_equity, other.stitched.end_equity);
  EXPECT_EQ(one.efficiency, other.efficiency);
  for (size_t w = 0; w < one.windows.size(); ++w)
    EXPECT_EQ(one.windows[w].chosen, other.windows[w].chosen);
}

TEST(walk_forward, ends_before_the_first_window_that_was_not_run_whole) {
  const auto bars = make_hours(60, 4, 500'000);
  const auto walked =
    walk(bars, {true, 20, 10, false}, [](size_t count, const std::function<void(size_t)>& work) {
      for (size_t i = 0; i < count * 5 / 8; ++i)
        work(i);
    });
  EXPECT_FALSE(walked.complete);
  EXPECT_EQ(walked.planned, 4u);
  EXPECT_EQ(walked.windows.size(), 2u);
}

TEST(walk_forward, begins_each_window_with_what_the_one_before_left) {
  const auto bars = make_hours(60, 4, 10'000'000);
  const auto walked = walk(bars, {true, 20, 10, false});
  double growth = 1;
  for (const auto& w : walked.windows)
    growth *= 1 + *w.out.figures.total_return;
  EXPECT_EQ(walked.stitched.end_equity, walked.windows.back().out.figures.end_equity);
  // Fixed notional: later windows grow by the same money from a larger start.
  EXPECT_NEAR(*walked.stitched.total_return, growth - 1, 0.01);
}

TEST(walk_forward, counts_failed_trials_of_each_window_with_a_reason) {
  const auto bars = make_hours(30, 4, 0);
  auto task = make_task(bars);
  set_grid(task, {"fault=0,1,2", "enter=9"});
  const auto walked =
    run_walk_forward(task, *plan_walk_forward(task, {true, 10, 10, false}), run_in_order);
  ASSERT_EQ(walked.windows.size(), 2u);
  EXPECT_EQ(walked.windows[0].failed, 2u) << "the second day is in the first window";
  EXPECT_EQ(walked.windows[0].first_failure, "the strategy broke");
  EXPECT_EQ(walked.windows[0].chosen, 0u);
  EXPECT_EQ(walked.windows[1].failed, 0u);
}

TEST(walk_forward, is_refused_when_it_would_take_too_many_runs) {
  const auto bars = make_hours(60, 4, 0);
  auto task = make_task(bars);
  set_grid(task, {"share=0:1:0.00002"});
  const auto spans = plan_walk_forward(task, {false, 24, 24, false});
  ASSERT_FALSE(spans);
  EXPECT_EQ(spans.error(), "59 windows of 50001 trials are more than 1000000 runs: take longer "
                           "windows or fewer trials.");
}

// -- windows of a trial ------------------------------------------------------------

/// Enters as soon as it has heard ten bars.
class eager final : public strategy {
public:
  void on_fill(const slot_holding& after) override { held_ = after.size; }
  std::optional<decision> on_bar(const bar&) override {
    if (++heard_ < 10 || held_.is_positive())
      return std::nullopt;
    return decision{desire::long_position, "warm", {}, {}, {}};
  }
  [[nodiscard]] uint32_t warmup_bars() const override { return 10; }

private:
  size_t heard_ = 0;
  quantity held_;
};

const strategy_kind& eager_kind() {
  static const strategy_kind kind{
    "eager",
    "Enters when it is warm.",
    {{"any", "Nothing.", 0, 1, 0, true}},
    [](const parameters&) -> std::unique_ptr<strategy> { return std::make_unique<eager>(); },
    nullptr,
    nullptr};
  return kind;
}

TEST(trial_windows, trade_from_their_first_close_on_warm_and_not_before) {
  const auto bars = make_hours(10, 4, 0);
  auto task = make_task(bars, eager_kind());
  set_grid(task, {"any=0"});
  const auto day = [](int64_t n) { return timestamp::from_ms(n * 86'400'000); };
  const auto trial = run_trial(task, task.trials.values(0), {day(4), day(5)});
  ASSERT_EQ(trial.status, trial_status::done) << trial.failure;
  // Decided on the window's first close, filled on its second bar.
  EXPECT_DOUBLE_EQ(*trial.figures.exposure_time, 23.0 / 24);
  const auto cold = run_trial(task, task.trials.values(0), {std::nullopt, day(1)});
  EXPECT_DOUBLE_EQ(*cold.figures.exposure_time, 14.0 / 24) << "there is nothing before the first";
}

TEST(trial_windows, charge_what_leaving_costs_when_they_are_chained) {
  const auto bars = make_hours(10, 4, 0, 0); // 1000 for ever
  auto task = make_task(bars, eager_kind());
  set_grid(task, {"any=0"});
  task.plan.costs.taker_fee_ppb = 1'000'000;
  const auto day = [](int64_t n) { return timestamp::from_ms(n * 86'400'000); };
  performance_accumulator chained;
  const auto trial =
    run_chained_trial(task, task.trials.values(0), {day(4), day(5)}, dec("20000"), chained);
  EXPECT_EQ(trial.figures.end_equity, dec("19990")) << "5 for entering, 5 for leaving";
  EXPECT_EQ(chained.value().end_equity, dec("19990"));
  EXPECT_EQ(chained.value().start_equity, dec("20000"));
  EXPECT_EQ(chained.value().sample_count, 25u);
}

} // namespace
} // namespace supreme::tests
