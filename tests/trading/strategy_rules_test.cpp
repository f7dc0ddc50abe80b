// Goal: what all strategies on one instrument promise: shorts mirror longs, warm-up, directions,
// stop distances, exits that are said until they are done, and a state that can be copied.
// Method: the same series upside down, in which every number changes its sign alone; runs that are
// gated, copied or whose wishes are never filled; and short series by hand.

#include "tests/trading/strategy_runs.hpp"
#include "trading/strategies/breakout.hpp"
#include "trading/strategies/mean_reversion.hpp"
#include "trading/strategies/momentum.hpp"
#include "trading/strategies/sma_cross.hpp"

#include <algorithm>
#include <numeric>

namespace supreme::trading {
namespace {

using tests::holds;
using tests::make_bar;

const std::vector<std::string>& single_kinds() {
  static const std::vector<std::string> names{"breakout", "mean_reversion", "momentum",
                                              "sma_cross"};
  return names;
}

std::unique_ptr<strategy> make(const std::string& name, const parameters& given = {}) {
  const auto& kind = *find_strategy_kind(name);
  const auto checked = check_parameters(kind, given);
  EXPECT_TRUE(checked.problems.empty()) << name;
  return kind.make(checked.values);
}

constexpr double long_only = 0;
constexpr double short_only = 1;
constexpr double both = 2;

desire other_side(desire d) {
  switch (d) {
    case desire::long_position:
      return desire::short_position;
    case desire::short_position:
      return desire::long_position;
    case desire::flat:
      break;
  }
  return desire::flat;
}

TEST(strategy_rules, mirror_long_decisions_on_the_mirrored_series) {
  for (const auto& name : single_kinds()) {
    for (const uint64_t seed : {11, 12, 13}) {
      const auto bars = tests::random_bars(seed, 2'000);
      const parameters exits{
        {"stop_atr", 2}, {"take_profit_atr", 3}, {"trail_atr", 2.5}, {"max_bars", 40}};
      for (const auto& [side, mirrored_side] :
           {std::pair{long_only, short_only}, std::pair{short_only, long_only},
            std::pair{both, both}}) {
        auto given = exits;
        given["direction"] = side;
        const auto steps = tests::trade(*make(name, given), bars);
        given["direction"] = mirrored_side;
        const auto upside_down = tests::trade(*make(name, given), tests::mirrored(bars));
        size_t decisions = 0;
        for (size_t i = 0; i < bars.size(); ++i) {
          ASSERT_EQ(steps[i].said.has_value(), upside_down[i].said.has_value()) << name << ' ' << i;
          if (!steps[i].said)
            continue;
          ++decisions;
          ASSERT_EQ(steps[i].said->wanted, other_side(upside_down[i].said->wanted)) << name;
          EXPECT_EQ(steps[i].said->stop_distance, upside_down[i].said->stop_distance);
        }
        EXPECT_GT(decisions, 10U) << name << " seed " << seed;
      }
    }
  }
}

TEST(strategy_rules, want_no_side_that_is_not_allowed) {
  const auto bars = tests::random_bars(5, 2'000);
  for (const auto& name : single_kinds()) {
    size_t reversals = 0;
    for (const double allowed : {long_only, short_only, both}) {
      const auto steps = tests::trade(*make(name, {{"direction", allowed}}), bars);
      quantity held;
      for (const auto& step : steps) {
        if (step.fill)
          held = step.fill->size;
        if (!step.said)
          continue;
        EXPECT_FALSE(step.said->wanted == desire::long_position && allowed == short_only) << name;
        EXPECT_FALSE(step.said->wanted == desire::short_position && allowed == long_only) << name;
        reversals += !held.is_zero() && step.said->wanted != desire::flat ? 1 : 0;
      }
      EXPECT_TRUE(allowed == both || reversals == 0) << name;
    }
    EXPECT_TRUE(reversals > 0 || name == "mean_reversion") << name;
  }
}

TEST(strategy_rules, ask_for_flat_when_a_side_is_held_that_is_not_allowed) {
  for (const auto& name : single_kinds()) {
    for (const double allowed : {long_only, short_only}) {
      const auto s = make(name, {{"direction", allowed}});
      s->on_fill(holds(allowed == long_only ? "-1" : "1", "100"));
      for (int i = 0; i < 2; ++i) { // Until it is done.
        const auto d = s->on_bar(make_bar(100));
        ASSERT_TRUE(d.has_value()) << name;
        EXPECT_EQ(d->wanted, desire::flat);
        EXPECT_EQ(d->reason, allowed == long_only ? "A short holding is not wanted"
                                                  : "A long holding is not wanted");
      }
    }
  }
}

size_t first_decision(const std::vector<tests::strategy_step>& steps) {
  size_t i = 0;
  while (i < steps.size() && !steps[i].said)
    ++i;
  return i;
}

TEST(strategy_rules, decide_from_the_bar_of_the_warm_up_on) {
  for (const auto& name : single_kinds()) {
    for (const uint64_t seed : {21, 22, 23, 24}) {
      const auto bars = tests::random_bars(seed, 600);
      const auto plain = make(name, {{"direction", both}});
      const auto own = first_decision(tests::trade(*plain, bars));
      ASSERT_LT(own, bars.size());
      EXPECT_GE(own, plain->warmup_bars()) << name;
      // Bar `own` counted from 1: the last warm-up that lets it decide.
      const auto number = static_cast<double>(own + 1);
      EXPECT_EQ(first_decision(
                  tests::trade(*make(name, {{"direction", both}, {"warmup_bars", number}}), bars)),
                own);
      EXPECT_GT(first_decision(tests::trade(
                  *make(name, {{"direction", both}, {"warmup_bars", number + 1}}), bars)),
                own);
      const auto late = make(name, {{"direction", both}, {"warmup_bars", 300}});
      EXPECT_EQ(late->warmup_bars(), 299U);
      EXPECT_GE(first_decision(tests::trade(*late, bars)), 299U) << name;
    }
  }
}

TEST(strategy_rules, say_nothing_during_the_warm_up_whatever_is_held) {
  for (const auto& name : single_kinds()) {
    const auto s = make(name, {{"warmup_bars", 50}});
    s->on_fill(holds("-1", "100"));
    for (int i = 1; i < 50; ++i)
      EXPECT_FALSE(s->on_bar(make_bar(100)).has_value()) << name << ' ' << i;
    EXPECT_TRUE(s->on_bar(make_bar(100)).has_value()) << name;
  }
}

TEST(strategy_rules, enter_with_the_distance_of_their_stop) {
  const auto bars = tests::random_bars(31, 2'000);
  for (const auto& name : single_kinds()) {
    for (const auto& step : tests::trade(*make(name, {{"direction", both}}), bars))
      EXPECT_FALSE(step.said && step.said->stop_distance) << name;
    size_t entries = 0;
    for (const auto& step :
         tests::trade(*make(name, {{"direction", both}, {"stop_atr", 1.5}}), bars)) {
      if (!step.said)
        continue;
      const bool enters = step.said->wanted != desire::flat;
      entries += enters ? 1 : 0;
      ASSERT_EQ(step.said->stop_distance.has_value(), enters) << name;
      if (enters) {
        EXPECT_DOUBLE_EQ(*step.said->stop_distance, 1.5 * tests::input_of(*step.said, "atr"));
        EXPECT_EQ(tests::input_of(*step.said, "stop_distance"), *step.said->stop_distance);
      }
    }
    EXPECT_GT(entries, 5U) << name;
  }
}

TEST(strategy_rules, do_not_enter_before_the_atr_of_their_exits) {
  const auto bars = tests::random_bars(32, 1'500);
  for (const auto& name : single_kinds()) {
    for (const char* rule : {"stop_atr", "take_profit_atr", "trail_atr"}) {
      const auto s = make(name, {{"direction", both}, {"atr_length", 200}, {rule, 2}});
      EXPECT_EQ(s->warmup_bars(), 199U) << name;
      EXPECT_GE(first_decision(tests::trade(*s, bars)), 199U) << name;
    }
  }
}

template <class Strategy, class Settings>
void expect_same_from_copy(uint64_t seed) {
  const auto bars = tests::random_bars(seed, 2'000);
  Settings settings;
  settings.common.allowed = direction::both;
  settings.common.exits = {2, 4, 3, 60};
  Strategy original{settings};
  (void)tests::trade(original, {bars.begin(), bars.begin() + 900});
  original.on_fill({}); // Both go on from flat.
  Strategy copy{original};
  const std::vector<bar> rest{bars.begin() + 900, bars.end()};
  const auto a = tests::trade(original, rest);
  const auto b = tests::trade(copy, rest);
  size_t decisions = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    ASSERT_TRUE(tests::same(a[i].said, b[i].said)) << i;
    decisions += a[i].said ? 1 : 0;
  }
  EXPECT_GT(decisions, 5U);
}

TEST(strategy_rules, go_on_from_a_copy_as_from_themselves) {
  expect_same_from_copy<momentum, momentum_settings>(41);
  expect_same_from_copy<mean_reversion, mean_reversion_settings>(42);
  expect_same_from_copy<breakout, breakout_settings>(43);
  expect_same_from_copy<sma_cross, sma_cross_settings>(44);
}

TEST(strategy_rules, give_the_same_decisions_to_the_same_bars_and_fills) {
  const auto bars = tests::random_bars(51, 2'000);
  for (const auto& name : single_kinds()) {
    const parameters given{{"direction", both}, {"trail_atr", 2}};
    const auto recorded = tests::trade(*make(name, given), bars);
    const auto rebuilt = tests::trade(*make(name, given), bars);
    for (size_t i = 0; i < bars.size(); ++i)
      ASSERT_TRUE(tests::same(recorded[i].said, rebuilt[i].said)) << name << ' ' << i;
  }
}

// -- by hand: average crossing with 1 and 2 bars: the fast average is the close -------------------

sma_cross small_cross(direction allowed) {
  sma_cross_settings s;
  s.fast = 1;
  s.slow = 2;
  s.common.allowed = allowed;
  return sma_cross{s};
}

/// The reason of the decision at this close; empty when there is none.
std::string said_at(strategy& s, double close) {
  const auto d = s.on_bar(make_bar(close));
  return d ? d->reason.str() : std::string{};
}

TEST(sma_cross, takes_equal_averages_for_the_lower_side) {
  auto s = small_cross(direction::both);
  EXPECT_EQ(said_at(s, 10), "");
  EXPECT_EQ(said_at(s, 10), ""); // Equal: crosses nothing.
  EXPECT_EQ(said_at(s, 11), "Fast average crossed above the slow one");
  EXPECT_EQ(said_at(s, 11), ""); // Back to equal: crosses nothing.
  EXPECT_EQ(said_at(s, 12), "Fast average crossed above the slow one");
  EXPECT_EQ(said_at(s, 13), "");
}

/// A walk in cents that often makes averages equal.
std::vector<int64_t> close_cents(size_t count) {
  std::vector<int64_t> out;
  uint64_t state = 9;
  int64_t at = 110;
  while (out.size() < count) {
    state = state * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    at = std::clamp<int64_t>(at + static_cast<int64_t>((state >> 33) % 5) - 2, 100, 120);
    out.push_back(at);
  }
  return out;
}

/// Of the last n closes up to i.
int64_t sum_of(const std::vector<int64_t>& cents, size_t i, size_t n) {
  return std::accumulate(cents.begin() + static_cast<std::ptrdiff_t>(i + 1 - n),
                         cents.begin() + static_cast<std::ptrdiff_t>(i + 1), int64_t{0});
}

bar bar_at(int64_t cents) {
  auto b = make_bar(1);
  b.open = b.high = b.low = b.close = decimal::from_raw(cents * (decimal::scale / 100));
  return b;
}

TEST(sma_cross, crosses_nothing_where_averages_are_exactly_equal) {
  // Found in a recorded close of SOLUSDT at which ten and thirty bars had one average.
  constexpr size_t fast = 4;
  constexpr size_t slow = 10;
  sma_cross_settings settings;
  settings.fast = fast;
  settings.slow = slow;
  settings.common.allowed = direction::both;
  sma_cross s{settings};
  const auto cents = close_cents(20'000);
  // The fast average less the slow one, times both lengths.
  const auto distance = [&](size_t i) {
    return sum_of(cents, i, fast) * int64_t{slow} - sum_of(cents, i, slow) * int64_t{fast};
  };
  size_t equal = 0;
  for (size_t i = 0; i < cents.size(); ++i) {
    const auto d = s.on_bar(bar_at(cents[i]));
    if (i < slow)
      continue;
    const auto before = distance(i - 1);
    const auto now = distance(i);
    equal += now == 0 ? 1 : 0;
    const auto expected = before <= 0 && now > 0   ? "Fast average crossed above the slow one"
                          : before >= 0 && now < 0 ? "Fast average crossed below the slow one"
                                                   : "";
    ASSERT_EQ(d ? d->reason.str() : std::string{}, expected) << i;
  }
  EXPECT_GT(equal, 200U);
}

TEST(mean_reversion, holds_on_where_the_close_is_exactly_the_average) {
  constexpr size_t length = 6;
  mean_reversion_settings settings;
  settings.length = length;
  mean_reversion s{settings};
  const auto cents = close_cents(20'000);
  size_t equal = 0;
  for (size_t i = 0; i < cents.size(); ++i) {
    if (i == length)
      s.on_fill(holds("1", "1"));
    const auto d = s.on_bar(bar_at(cents[i]));
    if (i <= length)
      continue;
    const auto distance = cents[i] * int64_t{length} - sum_of(cents, i, length);
    equal += distance == 0 ? 1 : 0;
    ASSERT_EQ(d.has_value(), distance > 0) << i;
  }
  EXPECT_GT(equal, 200U);
}

TEST(sma_cross, reverses_in_one_decision_where_both_sides_are_allowed) {
  for (const auto allowed : {direction::both, direction::long_only}) {
    auto s = small_cross(allowed);
    EXPECT_EQ(said_at(s, 10), "");
    EXPECT_EQ(said_at(s, 10), "");
    EXPECT_EQ(said_at(s, 11), "Fast average crossed above the slow one");
    s.on_fill(holds("1", "11"));
    const auto d = s.on_bar(make_bar(5));
    ASSERT_TRUE(d.has_value());
    EXPECT_EQ(d->wanted, allowed == direction::both ? desire::short_position : desire::flat);
    EXPECT_EQ(d->reason, "Fast average crossed below the slow one");
  }
}

TEST(sma_cross, says_an_exit_again_while_its_reason_is_there) {
  auto s = small_cross(direction::both);
  EXPECT_EQ(said_at(s, 10), "");
  EXPECT_EQ(said_at(s, 10), "");
  s.on_fill(holds("1", "10"));
  EXPECT_EQ(said_at(s, 9), "Fast average crossed below the slow one");
  EXPECT_EQ(said_at(s, 8), "Still held although the fast average is below the slow one");
  EXPECT_EQ(said_at(s, 7), "Still held although the fast average is below the slow one");
  s.on_fill(holds("-1", "7"));
  EXPECT_EQ(said_at(s, 6), "");
  EXPECT_EQ(said_at(s, 7), "Fast average crossed above the slow one");
  EXPECT_EQ(said_at(s, 8), "Still held although the fast average is above the slow one");
  s.on_fill(holds("0"));
  EXPECT_EQ(said_at(s, 9), "");
}

TEST(strategy_rules, prefer_a_reversal_to_a_stop_and_a_stop_to_their_own_exit) {
  for (const auto allowed : {direction::both, direction::long_only}) {
    sma_cross_settings settings;
    settings.fast = 1;
    settings.slow = 2;
    settings.common.allowed = allowed;
    settings.common.atr_length = 1;
    settings.common.exits.stop_atr = 1;
    sma_cross s{settings};
    EXPECT_EQ(said_at(s, 10), "");
    EXPECT_EQ(said_at(s, 10), "");
    EXPECT_EQ(said_at(s, 11), "Fast average crossed above the slow one");
    s.on_fill(holds("1", "11"));
    EXPECT_EQ(said_at(s, 12), ""); // The ATR is 2.
    const auto d = s.on_bar(make_bar(8));
    ASSERT_TRUE(d.has_value());
    const bool reverses = allowed == direction::both;
    EXPECT_EQ(d->wanted, reverses ? desire::short_position : desire::flat);
    EXPECT_EQ(d->reason, reverses ? "Fast average crossed below the slow one"
                                  : "Close at or below the ATR stop");
    EXPECT_EQ(tests::input_of(*d, "stop"), 9);
  }
}

// -- breakout by hand: channels of 3 and 2 bars, ATR of 1 bar --------------------------------------

breakout small_breakout(double min_volatility = 0) {
  breakout_settings s;
  s.entry_length = 3;
  s.exit_length = 2;
  s.min_volatility = min_volatility;
  s.common.allowed = direction::both;
  s.common.atr_length = 1;
  return breakout{s};
}

TEST(breakout, compares_a_close_with_the_channel_before_it) {
  auto s = small_breakout();
  EXPECT_EQ(said_at(s, 10), "");
  EXPECT_EQ(said_at(s, 10), "");
  EXPECT_EQ(said_at(s, 10), ""); // Highs of 11.
  EXPECT_EQ(said_at(s, 11), ""); // At the channel is not above it.
  const auto d = s.on_bar(make_bar(12.5));
  ASSERT_TRUE(d.has_value()); // The high of the bar before was 12.
  EXPECT_EQ(d->wanted, desire::long_position);
  EXPECT_EQ(tests::input_of(*d, "entry_upper"), 12);
  EXPECT_EQ(tests::input_of(*d, "entry_lower"), 9);
}

TEST(breakout, needs_more_than_the_least_volatility) {
  // The true range of the last bar is 13.5 − 10 = 3.5; 3.5/12.5 is 0.28.
  for (const auto& [minimum, enters] : {std::pair{0.27, true}, std::pair{0.28, false}}) {
    auto s = small_breakout(minimum);
    for (int i = 0; i < 3; ++i)
      EXPECT_EQ(said_at(s, 10), "");
    EXPECT_EQ(s.on_bar(make_bar(12.5)).has_value(), enters) << minimum;
  }
}

TEST(breakout, says_an_exit_again_although_the_channel_has_moved_on) {
  auto s = small_breakout();
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(said_at(s, 10), "");
  s.on_fill(holds("1", "10"));
  EXPECT_EQ(said_at(s, 9), ""); // At the channel's low.
  // The lows were 9 and 8: below both, and not below the entry channel's 8 − it is 8, too:
  // reverses.
  auto d = s.on_bar(make_bar(7.5));
  ASSERT_TRUE(d.has_value());
  EXPECT_EQ(d->wanted, desire::short_position);
  // Refused. Inside both channels now.
  d = s.on_bar(make_bar(8));
  ASSERT_TRUE(d.has_value());
  EXPECT_EQ(d->wanted, desire::flat);
  EXPECT_EQ(d->reason, "Still held although its exit was decided");
  s.on_fill(holds("0"));
  EXPECT_EQ(said_at(s, 8), "");
  s.on_fill(holds("-1", "8"));
  EXPECT_EQ(said_at(s, 8), "");
}

TEST(breakout, leaves_at_the_channel_of_fewer_bars) {
  auto s = small_breakout();
  for (const double close : {8, 10, 10})
    EXPECT_EQ(said_at(s, close), "");
  s.on_fill(holds("1", "10"));
  EXPECT_EQ(said_at(s, 8.5), "Close below the exit channel"); // Below 9 and above 7.
}

// -- mean reversion by hand: bands of 3 bars, one deviation wide -----------------------------------

mean_reversion small_reversion(direction allowed = direction::both) {
  mean_reversion_settings s;
  s.length = 3;
  s.width = 1;
  s.common.allowed = allowed;
  return mean_reversion{s};
}

TEST(mean_reversion, enters_when_the_close_crosses_below_the_lower_band) {
  auto s = small_reversion();
  EXPECT_EQ(said_at(s, 10), "");
  EXPECT_EQ(said_at(s, 10), "");
  EXPECT_EQ(said_at(s, 10), ""); // All bands are 10.
  const auto d = s.on_bar(make_bar(7));
  ASSERT_TRUE(d.has_value()); // Mean 9, deviation √2.
  EXPECT_EQ(d->wanted, desire::long_position);
  EXPECT_EQ(d->reason, "Close crossed below the lower Bollinger band");
  EXPECT_NEAR(tests::input_of(*d, "lower"), 9 - std::sqrt(2.0), 1e-12);
  EXPECT_EQ(tests::input_of(*d, "close_before"), 10);
  EXPECT_EQ(tests::input_of(*d, "lower_before"), 10);
}

TEST(mean_reversion, does_not_enter_while_the_close_stays_below_the_band) {
  auto s = small_reversion();
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(said_at(s, 10), "");
  EXPECT_EQ(said_at(s, 7), "Close crossed below the lower Bollinger band");
  EXPECT_EQ(said_at(s, 2), ""); // Mean 19/3, deviation 3.3: still below, crosses nothing.
}

TEST(mean_reversion, leaves_when_the_close_crosses_above_the_middle_and_says_so_until_it_is_done) {
  auto s = small_reversion(direction::long_only);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(said_at(s, 10), "");
  EXPECT_EQ(said_at(s, 7), "Close crossed below the lower Bollinger band");
  s.on_fill(holds("1", "7"));
  EXPECT_EQ(said_at(s, 7), "");                                                // Mean 8.
  EXPECT_EQ(said_at(s, 7.5), "Close crossed above the middle Bollinger band"); // Mean 7.17.
  EXPECT_EQ(said_at(s, 7.6), "Still held although the close is above the middle Bollinger band");
  s.on_fill(holds("0"));
  EXPECT_EQ(said_at(s, 7.6), "");
}

} // namespace
} // namespace supreme::trading
