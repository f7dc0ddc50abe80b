// Goal: sizes shrink with the drawdown as the policy says, stages begin at their levels, and a
// recovery eases them only beyond the band.
// Method: one policy with two points, three stages and a band of 2 %, peak 1000, so that an equity
// of 900 is a drawdown of 10 %. Properties on random policies and equities: the scale is within
// [0, 1e9] and falls with the drawdown · what is acted upon lies within the band above the drawdown
// and does not move while the drawdown moves within it · a new peak eases everything · stored and
// rebuilt it goes on alike.

#include "tests/trading/generators.hpp"

#include "trading/check.hpp"
#include "trading/risk/drawdown_control.hpp"

#include <algorithm>
#include <set>

namespace supreme::trading {
namespace {

decimal dec(const char* text) { return decimal::literal(text); }
constexpr int64_t pct(int64_t n) { return n * 10'000'000; }

drawdown_policy policy(drawdown_shape shape = drawdown_shape::steps) {
  drawdown_policy p;
  p.shape = shape;
  p.points = {{pct(5), pct(80)}, {pct(15), pct(40)}};
  p.no_entries_ppb = pct(10);
  p.reduce_ppb = pct(20);
  p.flatten_ppb = pct(30);
  p.recovery_ppb = pct(2);
  return p;
}

void expect_reading(drawdown_control& control, const char* equity, int64_t drawdown, int64_t scale,
                    drawdown_stage stage) {
  const auto r = control.update(dec(equity));
  ASSERT_TRUE(r);
  EXPECT_EQ(r->drawdown_ppb, drawdown) << equity;
  EXPECT_EQ(r->scale_ppb, scale) << equity;
  EXPECT_STREQ(to_string(r->stage), to_string(stage)) << equity;
}

TEST(drawdown_control, steps_down_at_its_points_and_stages) {
  drawdown_control c{policy()};
  expect_reading(c, "1000", 0, pct(100), drawdown_stage::normal);
  expect_reading(c, "950.000001", pct(5) - 1, pct(100), drawdown_stage::normal);
  expect_reading(c, "950.00000001", pct(5), pct(80), drawdown_stage::normal); // Rounded up.
  expect_reading(c, "949", pct(51) / 10, pct(80), drawdown_stage::normal);
  expect_reading(c, "900", pct(10), pct(80), drawdown_stage::no_entries);
  expect_reading(c, "850", pct(15), pct(40), drawdown_stage::no_entries);
  expect_reading(c, "800", pct(20), pct(40), drawdown_stage::reduce);
  expect_reading(c, "700", pct(30), 0, drawdown_stage::flatten);
}

TEST(drawdown_control, runs_straight_between_its_points) {
  const auto p = policy(drawdown_shape::linear);
  EXPECT_EQ(scale_at(p, pct(5) - 1), pct(100));
  EXPECT_EQ(scale_at(p, pct(5)), pct(80));
  EXPECT_EQ(scale_at(p, pct(10)), pct(60));
  EXPECT_EQ(scale_at(p, pct(10) + 1), pct(60) - 4);
  EXPECT_EQ(scale_at(p, pct(15)), pct(40));
  EXPECT_EQ(scale_at(p, pct(29)), pct(40));
  auto thirds = p;
  thirds.points = {{3, 10}, {6, 9}};
  thirds.recovery_ppb = 0;
  EXPECT_EQ(scale_at(thirds, 4), 9) << "rounded down";
}

TEST(drawdown_control, eases_only_when_the_recovery_is_beyond_the_band) {
  drawdown_control c{policy()};
  expect_reading(c, "1000", 0, pct(100), drawdown_stage::normal);
  expect_reading(c, "900", pct(10), pct(80), drawdown_stage::no_entries);
  expect_reading(c, "920", pct(8), pct(80), drawdown_stage::no_entries);
  expect_reading(c, "920.00001", 79'999'990, pct(80), drawdown_stage::normal);
  expect_reading(c, "969", pct(31) / 10, pct(80), drawdown_stage::normal);
  expect_reading(c, "971", pct(29) / 10, pct(100), drawdown_stage::normal);
}

TEST(drawdown_control, does_not_flicker_around_a_level) {
  drawdown_control c{policy()};
  expect_reading(c, "1000", 0, pct(100), drawdown_stage::normal);
  for (int i = 0; i < 5; ++i) {
    expect_reading(c, "900", pct(10), pct(80), drawdown_stage::no_entries);
    expect_reading(c, "901", pct(99) / 10, pct(80), drawdown_stage::no_entries);
  }
}

TEST(drawdown_control, measures_from_the_latest_peak) {
  drawdown_control c{policy()};
  expect_reading(c, "1000", 0, pct(100), drawdown_stage::normal);
  expect_reading(c, "850", pct(15), pct(40), drawdown_stage::no_entries);
  expect_reading(c, "2000", 0, pct(100), drawdown_stage::normal);
  expect_reading(c, "1800", pct(10), pct(80), drawdown_stage::no_entries);
}

TEST(drawdown_control, knows_no_drawdown_before_the_first_equity) {
  drawdown_control c{policy()};
  EXPECT_FALSE(c.update(dec("0")));
  EXPECT_FALSE(c.update(dec("-5")));
  expect_reading(c, "1", 0, pct(100), drawdown_stage::normal);
}

TEST(drawdown_control, takes_lost_equity_for_a_whole_drawdown) {
  drawdown_control c{policy()};
  expect_reading(c, "1000", 0, pct(100), drawdown_stage::normal);
  expect_reading(c, "0", pct(100), 0, drawdown_stage::flatten);
  EXPECT_EQ(c.update(decimal::from_raw(INT64_MIN))->drawdown_ppb, whole_ppb);
}

TEST(drawdown_control, starts_again_where_a_person_accepts_the_loss) {
  drawdown_control c{policy()};
  expect_reading(c, "1000", 0, pct(100), drawdown_stage::normal);
  expect_reading(c, "600", pct(40), 0, drawdown_stage::flatten);
  expect_reading(c, "600", pct(40), 0, drawdown_stage::flatten);
  c.restart(dec("600"));
  expect_reading(c, "600", 0, pct(100), drawdown_stage::normal);
}

TEST(drawdown_control, refuses_entries_from_its_first_stage_on) {
  drawdown_control c{policy()};
  ASSERT_TRUE(c.update(dec("1000")));
  EXPECT_EQ(check_drawdown(policy(), *c.update(dec("901"))),
            (check_result{refusal::drawdown, true, dec("10"), dec("9.9")}));
  EXPECT_EQ(check_drawdown(policy(), *c.update(dec("850"))),
            (check_result{refusal::drawdown, false, dec("10"), dec("15")}));
  // The drawdown that is acted upon is shown.
  EXPECT_EQ(check_drawdown(policy(), *c.update(dec("915"))),
            (check_result{refusal::drawdown, false, dec("10"), dec("10.5")}));
}

TEST(drawdown_control, refuses_policies_that_are_not_ordered) {
  const auto broken = [](auto spoil) {
    auto p = policy();
    spoil(p);
    EXPECT_FALSE(p.usable());
    EXPECT_THROW(drawdown_control{p}, contract_violation);
  };
  EXPECT_TRUE(policy().usable());
  EXPECT_TRUE(drawdown_policy{}.usable());
  broken([](drawdown_policy& p) { p.points[1].drawdown_ppb = p.points[0].drawdown_ppb; });
  broken([](drawdown_policy& p) { p.points[1].scale_ppb = pct(90); });
  broken([](drawdown_policy& p) { p.points[0].scale_ppb = whole_ppb + 1; });
  broken([](drawdown_policy& p) { p.points[0].drawdown_ppb = -1; });
  broken([](drawdown_policy& p) { p.reduce_ppb = pct(9); });
  broken([](drawdown_policy& p) { p.flatten_ppb = whole_ppb + 1; });
  broken([](drawdown_policy& p) { p.recovery_ppb = -1; });
  broken([](drawdown_policy& p) { p.recovery_ppb = pct(5); });
  broken([](drawdown_policy& p) {
    p.points.clear();
    p.recovery_ppb = pct(10);
  });
}

// -- properties -------------------------------------------------------------------------

std::vector<int64_t> ascending(std::set<int64_t> from) { return {from.begin(), from.end()}; }

drawdown_policy any_policy() {
  const auto share =
    rc::gen::noShrink(rc::gen::resize(100, rc::gen::inRange<int64_t>(1, pct(100))));
  drawdown_policy p;
  p.shape = *rc::gen::element(drawdown_shape::steps, drawdown_shape::linear);
  const auto at = ascending(*rc::gen::container<std::set<int64_t>>(share));
  auto scales = *rc::gen::container<std::vector<int64_t>>(at.size(), share);
  std::sort(scales.rbegin(), scales.rend());
  for (size_t i = 0; i < at.size(); ++i)
    p.points.push_back({at[i], scales[i]});
  const auto stages = ascending({*share, *share, *share});
  p.no_entries_ppb = stages.front();
  p.reduce_ppb = stages[stages.size() / 2];
  p.flatten_ppb = stages.back();
  const int64_t first = at.empty() ? stages.front() : std::min(stages.front(), at.front());
  p.recovery_ppb = *rc::gen::inRange<int64_t>(0, first);
  return p;
}

money any_equity() {
  return *tests::decimal_between(-100 * decimal::scale, 1'000 * decimal::scale);
}

RC_GTEST_PROP(drawdown_property, scale_is_a_share_and_falls_with_the_drawdown, ()) {
  const auto p = any_policy();
  RC_ASSERT(p.usable());
  const auto share = rc::gen::resize(100, rc::gen::inRange<int64_t>(0, whole_ppb + 1));
  const auto less = *share, more = *share;
  const auto low = scale_at(p, std::min(less, more)), high = scale_at(p, std::max(less, more));
  RC_ASSERT(is_share(low));
  RC_ASSERT(is_share(high));
  RC_ASSERT(high <= low);
  RC_ASSERT(stage_at(p, std::min(less, more)) <= stage_at(p, std::max(less, more)));
}

RC_GTEST_PROP(drawdown_property, acts_within_the_band_above_the_drawdown, ()) {
  const auto p = any_policy();
  drawdown_control c{p};
  auto rebuilt = c;
  int64_t held = 0;
  for (int n = 0; n < 40; ++n) {
    const auto equity = any_equity();
    const auto r = c.update(equity);
    rebuilt = drawdown_control{p, rebuilt.memory()};
    RC_ASSERT(rebuilt.update(equity) == r);
    if (!r)
      continue;
    RC_ASSERT(r->held_ppb >= r->drawdown_ppb);
    RC_ASSERT(r->held_ppb <= r->drawdown_ppb + p.recovery_ppb);
    // Within the band nothing moves.
    if (held >= r->drawdown_ppb && held <= r->drawdown_ppb + p.recovery_ppb)
      RC_ASSERT(r->held_ppb == held);
    RC_ASSERT(r->scale_ppb == scale_at(p, r->held_ppb));
    RC_ASSERT(r->stage == stage_at(p, r->held_ppb));
    if (r->drawdown_ppb == 0) {
      RC_ASSERT(r->scale_ppb == whole_ppb);
      RC_ASSERT(r->stage == drawdown_stage::normal);
    }
    held = r->held_ppb;
  }
}

RC_GTEST_PROP(drawdown_property, only_tightens_while_the_drawdown_stays_in_a_band, ()) {
  const auto p = any_policy();
  drawdown_control c{p, {dec("1000"), 0}};
  const int64_t lowest = *rc::gen::inRange<int64_t>(0, whole_ppb - p.recovery_ppb + 1);
  int64_t held = 0;
  for (int n = 0; n < 40; ++n) {
    const int64_t drawdown = lowest + *rc::gen::inRange<int64_t>(0, p.recovery_ppb + 1);
    const auto r = c.update(decimal::from_raw((whole_ppb - drawdown) * 100));
    RC_ASSERT(r->drawdown_ppb == drawdown);
    RC_ASSERT(r->held_ppb >= held);
    held = r->held_ppb;
  }
}

} // namespace
} // namespace supreme::trading
