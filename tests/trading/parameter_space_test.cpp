// Goal: a search tries exactly what it was told to: the grid is the whole product of its axes less
// the combinations that the strategy refuses, and a random search can be repeated trial by trial.
// Method: the momentum kind and a small one; expected combinations enumerated by hand or by loops.
#include "trading/backtest/parameter_space.hpp"

#include "tests/trading/search_fixture.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <set>

namespace supreme::tests {
namespace {

using namespace trading;

const strategy_kind& momentum() { return *find_strategy_kind("momentum"); }

std::vector<double> values_of(const std::string& text) {
  const auto axis = parse_axis(momentum(), text);
  EXPECT_TRUE(axis) << axis.error();
  return axis ? axis->values : std::vector<double>{};
}

std::vector<parameter_axis> axes_of(const strategy_kind& kind,
                                    const std::vector<std::string>& texts) {
  std::vector<parameter_axis> axes;
  for (const auto& text : texts)
    axes.push_back(*parse_axis(kind, text));
  return axes;
}

TEST(parameter_axis, is_a_list_a_stepped_range_or_every_whole_number) {
  EXPECT_EQ(values_of("fast=5:20:5"), (std::vector<double>{5, 10, 15, 20}));
  EXPECT_EQ(values_of("fast=5:19:5"), (std::vector<double>{5, 10, 15}));
  EXPECT_EQ(values_of("fast=8,3,5"), (std::vector<double>{8, 3, 5}));
  EXPECT_EQ(values_of("fast=5"), (std::vector<double>{5}));
  EXPECT_EQ(values_of("fast=3:5"), (std::vector<double>{3, 4, 5}));
}

TEST(parameter_axis, steps_in_exact_decimals) {
  EXPECT_EQ(values_of("stop_atr=0.1:0.3:0.1"), (std::vector<double>{0.1, 0.2, 0.3}));
}

TEST(parameter_axis, takes_choices_by_their_names) {
  auto kind = momentum();
  kind.schema.push_back({"side", "A side.", 0, 2, 0, true, {"long", "short", "both"}});
  const auto axis = parse_axis(kind, "side=both,long");
  ASSERT_TRUE(axis) << axis.error();
  EXPECT_EQ(axis->values, (std::vector<double>{2, 0}));
  const auto wrong = parse_axis(kind, "side=up");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error(), "side must be a list of some of long, short, both, was up.");
}

TEST(parameter_axis, without_values_is_a_range) {
  const auto axis = parse_axis(momentum(), "rsi_max=60.5:80");
  ASSERT_TRUE(axis);
  EXPECT_TRUE(axis->values.empty());
  EXPECT_EQ(axis->minimum, 60.5);
  EXPECT_EQ(axis->maximum, 80);
  const auto whole = parse_axis(momentum(), "rsi_max");
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->minimum, 0);
  EXPECT_EQ(whole->maximum, 100);
}

TEST(parameter_axis, is_refused_in_a_sentence_when_it_makes_no_sense) {
  for (const auto& [text, sentence] : std::vector<std::pair<std::string, std::string>>{
         {"speed=1", "momentum has no parameter speed."},
         {"fast=0:5:1", "fast must be between 1 and 500, was 0."},
         {"fast=1:501:1", "fast must be between 1 and 500, was 501."},
         {"fast=1.5,2", "fast must be a whole number, was 1.5."},
         {"fast=2:4:0.5", "fast must be a whole number, was 2.5."},
         {"fast=5,7,5", "fast names a value twice."},
         {"fast=9:5:1", "fast must not end below its start, was 9:5:1."},
         {"fast=1:5:0", "fast needs a step above 0, was 1:5:0."},
         {"fast=1:5:-1", "fast needs a step above 0, was 1:5:-1."},
         {"fast=1:2:3:4", "fast must be a list like 5,10,20 or a range like 5:20:5, was 1:2:3:4."},
         {"fast=", "fast must be a list like 5,10,20 or a range like 5:20:5, was ."},
         {"fast=nan", "fast must be a list like 5,10,20 or a range like 5:20:5, was nan."},
         {"fast=1,5:7", "fast must be a list like 5,10,20 or a range like 5:20:5, was 1,5:7."},
         {"rsi_max=0:100:0.0001", "rsi_max has more than 100000 values."}}) {
    const auto axis = parse_axis(momentum(), text);
    ASSERT_FALSE(axis) << text;
    EXPECT_EQ(axis.error(), sentence);
  }
}

TEST(parameter_grid, is_the_whole_product_less_what_the_strategy_refuses) {
  const auto base = check_parameters(momentum(), {{"signal", 7}}).values;
  const auto grid = make_grid(
    momentum(), base, axes_of(momentum(), {"fast=5:20:5", "slow=10:30:10", "rsi_max=60,70"}));
  ASSERT_TRUE(grid) << grid.error();
  std::vector<std::vector<double>> expected;
  uint64_t refused = 0;
  for (const double fast : {5, 10, 15, 20})
    for (const double slow : {10, 20, 30})
      for (const double rsi : {60, 70}) {
        if (fast < slow)
          expected.push_back({fast, slow, rsi});
        else
          ++refused;
      }
  EXPECT_EQ(grid->points, expected);
  EXPECT_EQ(grid->invalid, refused);
  EXPECT_EQ(refused, 8u);
  EXPECT_EQ(grid->names, (std::vector<std::string>{"fast", "slow", "rsi_max"}));
  const auto values = grid->values(0);
  EXPECT_EQ(values.at("fast"), 5);
  EXPECT_EQ(values.at("signal"), 7) << "what is not varied stays as configured";
  EXPECT_EQ(values.size(), momentum().schema.size());
}

TEST(parameter_grid, is_refused_when_it_is_empty_too_large_or_has_no_values) {
  const auto base = check_parameters(momentum(), {}).values;
  const auto problem = [&](const std::vector<std::string>& texts) {
    const auto grid = make_grid(momentum(), base, axes_of(momentum(), texts));
    return grid ? "" : grid.error();
  };
  EXPECT_EQ(problem({}), "No parameter is varied.");
  EXPECT_EQ(problem({"fast=1,2", "fast=3"}), "fast is varied twice.");
  EXPECT_EQ(problem({"rsi_max=60:80"}),
            "A grid needs values or a step for rsi_max, like rsi_max=5:20:5.");
  EXPECT_EQ(problem({"fast=1:500", "slow=2:500"}),
            "The grid has more than 100000 combinations: take larger steps, or draw some of them "
            "at random.");
  EXPECT_EQ(problem({"fast=30,40", "slow=20"}),
            "No combination of the grid is valid: fast must be below slow.");
}

RC_GTEST_PROP(random_trials, depend_on_the_seed_and_their_own_number_alone, ()) {
  const auto base = check_parameters(momentum(), {}).values;
  const auto axes = axes_of_schema(momentum());
  const auto seed = *rc::gen::arbitrary<uint64_t>();
  const auto few = *rc::gen::inRange<uint64_t>(1, 20);
  const auto shorter = make_random_trials(momentum(), base, axes, few, seed);
  const auto longer = make_random_trials(momentum(), base, axes, few + 20, seed);
  RC_ASSERT(shorter && longer);
  for (size_t i = 0; i < few; ++i)
    RC_ASSERT(shorter->points[i] == longer->points[i]);
}

RC_GTEST_PROP(random_trials, are_complete_valid_and_inside_their_axes, ()) {
  const auto base = check_parameters(momentum(), {}).values;
  const auto axes = axes_of(momentum(), {"fast=2:9", "slow=4,8,16", "rsi_max=60.5:61", "stop_atr"});
  const auto trials =
    make_random_trials(momentum(), base, axes, 50, *rc::gen::arbitrary<uint64_t>());
  RC_ASSERT(trials.has_value());
  RC_ASSERT(trials->points.size() == 50u);
  for (size_t i = 0; i < 50; ++i) {
    const auto values = trials->values(i);
    const auto checked = check_parameters(momentum(), values);
    RC_ASSERT(checked.problems.empty());
    RC_ASSERT(values.at("fast") >= 2 && values.at("fast") <= 9);
    RC_ASSERT((std::set<double>{4, 8, 16}.contains(values.at("slow"))));
    RC_ASSERT(values.at("rsi_max") >= 60.5 && values.at("rsi_max") <= 61);
    RC_ASSERT(decimal::from_double(values.at("stop_atr"))->to_double() == values.at("stop_atr"));
  }
}

TEST(random_trials, are_spread_evenly_over_their_axes) {
  const auto base = check_parameters(momentum(), {}).values;
  const auto trials = make_random_trials(
    momentum(), base, axes_of(momentum(), {"rsi_max", "signal=1:4"}), 20'000, 42);
  ASSERT_TRUE(trials);
  double sum = 0;
  std::map<double, int> signals;
  for (const auto& point : trials->points) {
    sum += point[0];
    ++signals[point[1]];
  }
  EXPECT_NEAR(sum / 20'000, 50, 1);
  ASSERT_EQ(signals.size(), 4u);
  for (const auto& [value, count] : signals)
    EXPECT_NEAR(count, 5'000, 300) << value;
}

TEST(random_trials, draw_the_same_numbers_on_every_machine) {
  // Of an independent splitmix64 in Python.
  random_stream random{7, 3};
  EXPECT_EQ(random.next(), 9470961411887473475U);
  EXPECT_EQ(random.next(), 2410345702312184630U);
}

TEST(random_trials, are_refused_in_a_sentence_when_there_can_be_none) {
  const auto base = check_parameters(momentum(), {}).values;
  const auto problem = [&](const std::vector<std::string>& texts, uint64_t count) {
    const auto trials = make_random_trials(momentum(), base, axes_of(momentum(), texts), count, 1);
    return trials ? "" : trials.error();
  };
  EXPECT_EQ(problem({"fast"}, 0), "A random search has 1 to 100000 trials, was 0.");
  EXPECT_EQ(problem({"fast"}, 100'001), "A random search has 1 to 100000 trials, was 100001.");
  EXPECT_EQ(problem({"fast=30:40", "slow=20"}, 5),
            "Not one of 1000 random combinations is valid: fast must be below slow.");
}

} // namespace
} // namespace supreme::tests
