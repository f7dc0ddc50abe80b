// Goal: a breaker opens at its levels, waits out its cool-down, lets a bounded number of probes
// pass, and stays where a person put it.
// Method: one breaker with a cool-down of 60 s, 2 probes and a probe deadline of 30 s, told one
// thing after another; the registry with one breaker of each scope.

#include "trading/risk/breaker_registry.hpp"

#include "trading/check.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace supreme::trading {
namespace {

using std::chrono::seconds;

decimal dec(const char* text) { return decimal::literal(text); }
timestamp at(int64_t s) { return timestamp::from_ms(s * 1'000); }

breaker_settings settings() {
  breaker_settings s;
  s.levels.daily_loss = dec("1000");
  s.levels.consecutive_losses = dec("3");
  s.levels.stale_feed = dec("5");
  s.cool_down = seconds{60};
  s.probes = 2;
  s.probe_deadline = seconds{30};
  return s;
}

circuit_breaker tripped() {
  circuit_breaker b{settings()};
  EXPECT_TRUE(b.observe(breaker_trigger::daily_loss, dec("1200"), at(100)));
  return b;
}

circuit_breaker half_open() {
  auto b = tripped();
  EXPECT_TRUE(b.advance(at(160)));
  return b;
}

void expect_move(const std::optional<breaker_transition>& moved, breaker_state from,
                 breaker_state to, breaker_trigger trigger, const char* limit, const char* seen,
                 timestamp when) {
  ASSERT_TRUE(moved);
  EXPECT_STREQ(to_string(moved->from), to_string(from));
  EXPECT_STREQ(to_string(moved->to), to_string(to));
  EXPECT_STREQ(to_string(moved->trigger), to_string(trigger));
  EXPECT_EQ(moved->limit, dec(limit)) << moved->limit.to_string();
  EXPECT_EQ(moved->seen, dec(seen)) << moved->seen.to_string();
  EXPECT_EQ(moved->at, when);
}

TEST(circuit_breaker, opens_when_a_value_reaches_its_level) {
  circuit_breaker b{settings()};
  EXPECT_FALSE(b.observe(breaker_trigger::daily_loss, dec("999.99999999"), at(1)));
  EXPECT_EQ(b.state(), breaker_state::closed);
  expect_move(b.observe(breaker_trigger::daily_loss, dec("1000"), at(2)), breaker_state::closed,
              breaker_state::open, breaker_trigger::daily_loss, "1000", "1000", at(2));
  EXPECT_EQ(b.state(), breaker_state::open);
}

TEST(circuit_breaker, has_a_level_for_every_measured_trigger) {
  breaker_levels levels{dec("1"), dec("2"), dec("3"), dec("4"),
                        dec("5"), dec("6"), dec("7"), dec("8")};
  for (int n = 1; n <= 8; ++n) {
    const auto trigger = static_cast<breaker_trigger>(n);
    EXPECT_EQ(level_of(levels, trigger), decimal::from_integer(n)) << to_string(trigger);
    auto s = settings();
    s.levels = levels;
    circuit_breaker b{s};
    EXPECT_TRUE(b.observe(trigger, decimal::from_integer(n), at(1))) << to_string(trigger);
  }
  for (int n = 9; n <= 13; ++n)
    EXPECT_FALSE(level_of(levels, static_cast<breaker_trigger>(n)));
}

TEST(circuit_breaker, ignores_triggers_without_a_level) {
  circuit_breaker b{settings()};
  EXPECT_FALSE(b.observe(breaker_trigger::latency, dec("1000000"), at(1)));
  EXPECT_FALSE(b.observe(breaker_trigger::person, dec("1000000"), at(1)));
  EXPECT_EQ(b.state(), breaker_state::closed);
}

TEST(circuit_breaker, is_half_open_after_its_cool_down_and_not_before) {
  auto b = tripped();
  EXPECT_FALSE(b.advance(at(160) - nanoseconds{1}));
  EXPECT_FALSE(b.has_probe());
  EXPECT_FALSE(b.take_probe());
  expect_move(b.advance(at(160)), breaker_state::open, breaker_state::half_open,
              breaker_trigger::cool_down, "60", "60", at(160));
}

TEST(circuit_breaker, begins_its_cool_down_anew_while_the_value_stays_at_its_level) {
  auto b = tripped();
  EXPECT_FALSE(b.observe(breaker_trigger::stale_feed, dec("5"), at(130)));
  EXPECT_FALSE(b.advance(at(160)));
  // Even the value that arrives as the cool-down ends.
  EXPECT_FALSE(b.observe(breaker_trigger::stale_feed, dec("5"), at(190)));
  EXPECT_FALSE(b.advance(at(249)));
  EXPECT_TRUE(b.advance(at(250)));
  EXPECT_EQ(b.memory().tripped_by, breaker_trigger::stale_feed);
}

TEST(circuit_breaker, ends_its_cool_down_on_a_harmless_value_too) {
  auto b = tripped();
  expect_move(b.observe(breaker_trigger::stale_feed, dec("1"), at(161)), breaker_state::open,
              breaker_state::half_open, breaker_trigger::cool_down, "60", "61", at(161));
}

TEST(circuit_breaker, closes_when_every_probe_passed) {
  auto b = half_open();
  const auto first = b.take_probe();
  const auto second = b.take_probe();
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(b.take_probe()) << "two probes and no more";
  EXPECT_FALSE(b.settle(*first, true, at(161)));
  expect_move(b.settle(*second, true, at(162)), breaker_state::half_open, breaker_state::closed,
              breaker_trigger::probes_passed, "2", "2", at(162));
  EXPECT_FALSE(b.memory().tripped);
}

TEST(circuit_breaker, opens_again_when_one_probe_fails) {
  auto b = half_open();
  const auto first = b.take_probe();
  const auto second = b.take_probe();
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(b.settle(*first, true, at(161)));
  expect_move(b.settle(*second, false, at(162)), breaker_state::half_open, breaker_state::open,
              breaker_trigger::probe_failed, "0", "1", at(162));
  EXPECT_FALSE(b.advance(at(221)));
  EXPECT_TRUE(b.advance(at(222))) << "a failed probe costs a whole cool-down";
}

TEST(circuit_breaker, opens_again_when_a_value_reaches_its_level_while_probing) {
  auto b = half_open();
  expect_move(b.observe(breaker_trigger::consecutive_losses, dec("4"), at(161)),
              breaker_state::half_open, breaker_state::open, breaker_trigger::consecutive_losses,
              "3", "4", at(161));
}

TEST(circuit_breaker, takes_an_overdue_probe_for_a_failed_one) {
  auto b = half_open();
  const auto probe = b.take_probe();
  ASSERT_TRUE(probe);
  EXPECT_FALSE(b.advance(at(190) - nanoseconds{1}));
  // The result itself comes too late.
  expect_move(b.settle(*probe, true, at(190)), breaker_state::half_open, breaker_state::open,
              breaker_trigger::probe_overdue, "30", "30", at(190));
}

TEST(circuit_breaker, waits_for_its_first_probe_without_a_deadline) {
  auto b = half_open();
  EXPECT_FALSE(b.advance(at(1'000'000)));
  EXPECT_EQ(b.state(), breaker_state::half_open);
}

TEST(circuit_breaker, counts_each_probe_once_and_none_of_an_earlier_phase) {
  auto b = half_open();
  const auto early = b.take_probe();
  ASSERT_TRUE(early);
  EXPECT_FALSE(b.settle(*early, true, at(161)));
  EXPECT_FALSE(b.settle(*early, true, at(161))) << "a repeated result";
  EXPECT_FALSE(b.settle({early->phase, 1}, true, at(161))) << "a probe that was never taken";
  EXPECT_FALSE(b.settle({early->phase, 64}, true, at(161))) << "a number beyond all probes";
  EXPECT_TRUE(b.observe(breaker_trigger::daily_loss, dec("1000"), at(162)));
  EXPECT_TRUE(b.advance(at(222)));
  const auto late = b.take_probe();
  ASSERT_TRUE(late);
  EXPECT_NE(late->phase, early->phase);
  EXPECT_FALSE(b.settle(*early, false, at(223))) << "an earlier phase's failure";
  EXPECT_EQ(b.state(), breaker_state::half_open);
}

TEST(circuit_breaker, stays_open_for_as_long_as_a_person_holds_it) {
  circuit_breaker b{settings()};
  expect_move(b.latch(at(1)), breaker_state::closed, breaker_state::open, breaker_trigger::person,
              "0", "0", at(1));
  EXPECT_FALSE(b.latch(at(2)));
  EXPECT_FALSE(b.advance(at(1'000'000)));
  EXPECT_EQ(b.state(), breaker_state::open);
  expect_move(b.release(at(1'000'001)), breaker_state::open, breaker_state::closed,
              breaker_trigger::person, "0", "0", at(1'000'001));
  EXPECT_FALSE(b.release(at(1'000'002)));
}

TEST(circuit_breaker, owes_its_cool_down_also_after_a_person_released_it) {
  auto b = tripped();
  expect_move(b.latch(at(110)), breaker_state::open, breaker_state::open, breaker_trigger::person,
              "0", "0", at(110));
  expect_move(b.release(at(120)), breaker_state::open, breaker_state::open, breaker_trigger::person,
              "0", "0", at(120));
  EXPECT_FALSE(b.advance(at(159)));
  EXPECT_TRUE(b.advance(at(160)));
  // Latched while probing: the phase is over, and its probe means nothing any more.
  const auto probe = b.take_probe();
  ASSERT_TRUE(probe);
  EXPECT_TRUE(b.latch(at(161)));
  EXPECT_FALSE(b.settle(*probe, true, at(162)));
  EXPECT_TRUE(b.release(at(163)));
  EXPECT_EQ(b.state(), breaker_state::open);
}

TEST(circuit_breaker, probes_at_once_when_a_person_ends_its_cool_down) {
  auto b = tripped();
  expect_move(b.release(at(110)), breaker_state::open, breaker_state::half_open,
              breaker_trigger::person, "0", "0", at(110));
  EXPECT_FALSE(b.release(at(111))) << "nothing is left to release";
  EXPECT_TRUE(b.take_probe());
  // The cause that lasts opens it again.
  EXPECT_TRUE(b.observe(breaker_trigger::daily_loss, dec("1200"), at(112)));
  EXPECT_EQ(b.state(), breaker_state::open);
}

TEST(circuit_breaker, ends_only_the_latch_by_the_first_release) {
  auto b = tripped();
  EXPECT_TRUE(b.latch(at(110)));
  EXPECT_TRUE(b.release(at(120)));
  EXPECT_EQ(b.state(), breaker_state::open);
  EXPECT_TRUE(b.release(at(121)));
  EXPECT_EQ(b.state(), breaker_state::half_open);
}

TEST(circuit_breaker, never_runs_backward) {
  auto b = tripped();
  EXPECT_FALSE(b.advance(at(50)));
  EXPECT_EQ(b.memory().now, at(100));
  EXPECT_FALSE(b.observe(breaker_trigger::daily_loss, dec("1000"), at(50)));
  EXPECT_FALSE(b.advance(at(159))) << "the late value counts from the latest time";
  EXPECT_TRUE(b.advance(at(160)));
}

TEST(circuit_breaker, survives_the_ends_of_time) {
  auto s = settings();
  s.cool_down = nanoseconds::max();
  circuit_breaker b{s};
  constexpr auto first = timestamp::from_ns(std::numeric_limits<int64_t>::min());
  constexpr auto last = timestamp::from_ns(std::numeric_limits<int64_t>::max());
  breaker_memory m;
  m.now = first;
  b = circuit_breaker{s, m};
  EXPECT_TRUE(b.observe(breaker_trigger::daily_loss, dec("1000"), first));
  EXPECT_TRUE(b.advance(last)) << "the whole range is longer than the longest span";
}

TEST(circuit_breaker, refuses_settings_that_mean_nothing) {
  const auto broken = [](auto spoil) {
    auto s = settings();
    spoil(s);
    EXPECT_FALSE(s.usable());
    EXPECT_THROW(circuit_breaker{s}, contract_violation);
  };
  broken([](breaker_settings& s) { s.cool_down = nanoseconds{0}; });
  broken([](breaker_settings& s) { s.probe_deadline = nanoseconds{0}; });
  broken([](breaker_settings& s) { s.probes = 0; });
  broken([](breaker_settings& s) { s.probes = breaker_settings::max_probes + 1; });
  broken([](breaker_settings& s) { s.levels.latency = decimal{}; });
}

// -- registry -------------------------------------------------------------------------

const order_scopes ours{account_id{"main"}, strategy_id{"trend"}, instrument_id{"BTCUSDT"}};
const breaker_key global{breaker_scope::global, ""};
const breaker_key of_account{breaker_scope::account, "main"};
const breaker_key of_strategy{breaker_scope::strategy, "trend"};
const breaker_key of_instrument{breaker_scope::instrument, "BTCUSDT"};

breaker_registry registry() {
  breaker_registry r;
  for (const auto& key : {global, of_account, of_strategy, of_instrument,
                          breaker_key{breaker_scope::strategy, "other"}})
    r.put(key, circuit_breaker{settings()});
  return r;
}

TEST(breaker_registry, lets_an_order_pass_when_all_its_breakers_are_closed) {
  auto r = registry();
  EXPECT_TRUE(r.find({breaker_scope::strategy, "other"})->latch(at(1)));
  const auto admitted = r.admit(ours);
  EXPECT_TRUE(admitted.check.passed);
  EXPECT_EQ(admitted.check.code, refusal::breaker_open);
  EXPECT_EQ(admitted.strictest, breaker_state::closed);
  EXPECT_TRUE(admitted.probes.empty());
  EXPECT_TRUE(breaker_registry{}.admit(ours).check.passed);
}

TEST(breaker_registry, refuses_an_order_when_any_of_its_breakers_is_open) {
  for (const auto& key : {global, of_account, of_strategy, of_instrument}) {
    auto r = registry();
    ASSERT_TRUE(r.find(key)->observe(breaker_trigger::daily_loss, dec("1200"), at(1)));
    const auto refused = r.admit(ours);
    EXPECT_EQ(refused.check,
              (check_result{refusal::breaker_open, false, dec("1000"), dec("1200")}));
    EXPECT_EQ(refused.by, key);
    EXPECT_EQ(refused.strictest, breaker_state::open);
  }
}

TEST(breaker_registry, takes_no_probe_for_an_order_that_another_breaker_refuses) {
  auto r = registry();
  ASSERT_TRUE(r.find(of_strategy)->observe(breaker_trigger::daily_loss, dec("1200"), at(1)));
  ASSERT_EQ(r.advance(at(61)).size(), 1u);
  ASSERT_TRUE(r.find(of_instrument)->latch(at(62)));
  EXPECT_EQ(r.admit(ours).check, (check_result{refusal::breaker_open, false, {}, {}}));
  EXPECT_EQ(r.find(of_strategy)->memory().probes_sent, 0u);
  ASSERT_TRUE(r.find(of_instrument)->release(at(63)));
  const auto admitted = r.admit(ours);
  EXPECT_TRUE(admitted.check.passed);
  EXPECT_EQ(admitted.strictest, breaker_state::half_open);
  ASSERT_EQ(admitted.probes.size(), 1u);
  EXPECT_EQ(admitted.probes.front().first, of_strategy);
}

TEST(breaker_registry, refuses_what_exceeds_the_probes_of_a_half_open_breaker) {
  auto r = registry();
  ASSERT_TRUE(r.find(global)->observe(breaker_trigger::daily_loss, dec("1200"), at(1)));
  const auto moved = r.advance(at(61));
  ASSERT_EQ(moved.size(), 1u);
  EXPECT_EQ(moved.front().first, global);
  EXPECT_TRUE(r.admit(ours).check.passed);
  EXPECT_TRUE(r.admit(ours).check.passed);
  const auto refused = r.admit(ours);
  EXPECT_FALSE(refused.check.passed);
  EXPECT_EQ(refused.strictest, breaker_state::half_open);
  EXPECT_TRUE(refused.probes.empty());
}

TEST(breaker_registry, reports_why_and_since_when_each_breaker_is_where_it_is) {
  const breaker_key key{breaker_scope::strategy, "trend"};
  breaker_registry r;
  r.put(key, circuit_breaker{settings()});
  EXPECT_EQ(
    r.report(),
    (std::vector<breaker_report>{
      {key, breaker_state::closed, false, breaker_trigger::probes_passed, {}, {}, std::nullopt}}));
  const breaker_report tripped{
    key,         breaker_state::open, false,  breaker_trigger::daily_loss,
    dec("1000"), dec("1200"),         at(100)};
  ASSERT_TRUE(r.find(key)->observe(breaker_trigger::daily_loss, dec("1200"), at(100)));
  EXPECT_EQ(r.report().front(), tripped);
  EXPECT_FALSE(r.find(key)->observe(breaker_trigger::daily_loss, dec("1300"), at(105)));
  EXPECT_EQ(r.report().front().since, at(100)) << "a cause that lasts does not open it anew";
  ASSERT_TRUE(r.find(key)->latch(at(110)));
  EXPECT_EQ(
    r.report().front(),
    (breaker_report{key, breaker_state::open, true, breaker_trigger::person, {}, {}, at(110)}));
  ASSERT_TRUE(r.find(key)->release(at(120)));
  EXPECT_EQ(r.report().front().trigger, breaker_trigger::daily_loss) << "what it cools down from";
  ASSERT_TRUE(r.find(key)->advance(at(165)));
  EXPECT_EQ(r.report().front().state, breaker_state::half_open);
  EXPECT_EQ(r.report().front().trigger, breaker_trigger::cool_down);
}

} // namespace
} // namespace supreme::trading
