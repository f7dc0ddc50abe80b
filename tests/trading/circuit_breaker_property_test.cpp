// Goal: no sequence of inputs makes a breaker forget its cool-down, its latch, or its bound on
// probes.
// Method: random settings and random runs of inputs, times that go backward included; what must
// hold is kept beside the breaker in the simplest form. Properties: no way out of open before the
// cool-down, unless a person ends it · a latched breaker is open until it is released · no more
// probes than allowed between two trips · stored and rebuilt in the middle, it goes on alike · only
// probes or a person close it.

#include "tests/trading/generators.hpp"

#include "trading/risk/circuit_breaker.hpp"

#include <algorithm>
#include <map>
#include <variant>

namespace supreme::trading {
namespace {

struct time_passes {};
struct value_seen {
  breaker_trigger trigger;
  decimal value;
};
struct probe_wanted {};
struct probe_settled {
  size_t which; ///< of all probes that were ever taken
  bool passed;
};
struct latched {};
struct released {};

struct input {
  std::variant<time_passes, value_seen, probe_wanted, probe_settled, latched, released> what;
  timestamp at;
};

struct scenario {
  breaker_settings settings;
  std::vector<input> inputs;
};

breaker_settings any_settings() {
  breaker_settings s;
  s.levels.daily_loss = *tests::decimal_between(1, 10);
  s.levels.latency = *tests::decimal_between(1, 10);
  s.cool_down = nanoseconds{*rc::gen::inRange<int64_t>(1, 50)};
  s.probes = *rc::gen::inRange<uint32_t>(1, 5);
  s.probe_deadline = nanoseconds{*rc::gen::inRange<int64_t>(1, 50)};
  return s;
}

input any_input(timestamp& clock) {
  clock = clock + nanoseconds{*rc::gen::inRange<int64_t>(-3, 15)};
  input in{time_passes{}, clock};
  switch (*rc::gen::inRange(0, 16)) {
    case 0:
      in.what = latched{};
      break;
    case 1:
      in.what = released{};
      break;
    case 2:
    case 3:
    case 4:
      in.what = value_seen{*rc::gen::element(breaker_trigger::daily_loss, breaker_trigger::latency,
                                             breaker_trigger::drawdown),
                           *tests::decimal_between(0, 8)};
      break;
    case 5:
    case 6:
    case 7:
    case 8:
      in.what = probe_wanted{};
      break;
    case 9:
    case 10:
    case 11:
    case 12:
      in.what = probe_settled{*rc::gen::inRange<size_t>(0, 20), *rc::gen::inRange(0, 5) > 0};
      break;
    default:
      break;
  }
  return in;
}

scenario any_scenario() {
  scenario s{any_settings(), {}};
  timestamp clock = timestamp::from_ns(*rc::gen::inRange<int64_t>(-100, 100));
  for (int n = *rc::gen::inRange(1, 80); n > 0; --n)
    s.inputs.push_back(any_input(clock));
  return s;
}

using transitions = std::vector<breaker_transition>;

/// A breaker and the probes it has ever given out.
struct run {
  circuit_breaker breaker;
  std::vector<breaker_probe> probes;
  transitions moved;

  void apply(const input& in) {
    std::optional<breaker_transition> out;
    if (const auto* seen = std::get_if<value_seen>(&in.what))
      out = breaker.observe(seen->trigger, seen->value, in.at);
    else if (const auto* settled = std::get_if<probe_settled>(&in.what))
      out = probes.empty()
              ? breaker.advance(in.at)
              : breaker.settle(probes[probes.size() - 1 - settled->which % probes.size()],
                               settled->passed, in.at);
    else if (std::holds_alternative<latched>(in.what))
      out = breaker.latch(in.at);
    else if (std::holds_alternative<released>(in.what))
      out = breaker.release(in.at);
    else
      out = breaker.advance(in.at);
    if (std::holds_alternative<probe_wanted>(in.what))
      if (const auto probe = breaker.take_probe())
        probes.push_back(*probe);
    if (out)
      moved.push_back(*out);
  }
};

run start(const scenario& s) { return {circuit_breaker{s.settings}, {}, {}}; }

bool reaches_level(const breaker_settings& s, const input& in) {
  const auto* seen = std::get_if<value_seen>(&in.what);
  const auto level = seen ? level_of(s.levels, seen->trigger) : std::nullopt;
  return level && seen->value >= *level;
}

RC_GTEST_PROP(circuit_breaker_property, leaves_open_only_after_its_cool_down, ()) {
  const auto s = any_scenario();
  auto r = start(s);
  std::optional<timestamp> tripped_at; // Since it was last closed.
  timestamp now = r.breaker.memory().now;
  for (const auto& in : s.inputs) {
    const auto before = r.breaker.state();
    const auto count = r.moved.size();
    r.apply(in);
    now = std::max(now, in.at);
    const auto after = r.breaker.state();
    const bool left = before == breaker_state::open && after != breaker_state::open;
    const bool by_person =
      r.moved.size() > count && r.moved.back().trigger == breaker_trigger::person;
    if (left && tripped_at && !by_person)
      RC_ASSERT(now - *tripped_at >= s.settings.cool_down);
    const bool own = r.moved.size() > count && r.moved.back().to == breaker_state::open
                     && r.moved.back().trigger != breaker_trigger::person;
    if (reaches_level(s.settings, in) || own)
      tripped_at = now;
    if (reaches_level(s.settings, in))
      RC_ASSERT(after == breaker_state::open);
    if (after == breaker_state::closed)
      tripped_at.reset();
  }
  RC_CLASSIFY(r.moved.size() > 3, "moved often");
}

RC_GTEST_PROP(circuit_breaker_property, stays_open_from_latch_to_release, ()) {
  const auto s = any_scenario();
  auto r = start(s);
  bool held = false;
  for (const auto& in : s.inputs) {
    r.apply(in);
    if (std::holds_alternative<latched>(in.what))
      held = true;
    if (std::holds_alternative<released>(in.what))
      held = false;
    RC_ASSERT(r.breaker.memory().latched == held);
    if (held)
      RC_ASSERT(r.breaker.state() == breaker_state::open);
  }
}

RC_GTEST_PROP(circuit_breaker_property, gives_no_more_probes_than_allowed_and_only_half_open, ()) {
  const auto s = any_scenario();
  auto r = start(s);
  uint32_t since_open = 0;
  for (const auto& in : s.inputs) {
    const auto count = r.probes.size();
    r.apply(in);
    if (r.breaker.state() != breaker_state::half_open) {
      RC_ASSERT(r.probes.size() == count);
      since_open = 0;
    }
    since_open += static_cast<uint32_t>(r.probes.size() - count);
    RC_ASSERT(since_open <= s.settings.probes);
  }
}

RC_GTEST_PROP(circuit_breaker_property, moves_only_along_its_edges, ()) {
  const auto s = any_scenario();
  auto r = start(s);
  auto state = breaker_state::closed;
  for (const auto& in : s.inputs)
    r.apply(in);
  for (const auto& m : r.moved) {
    RC_ASSERT(m.from == state);
    state = m.to;
    const bool by_person = m.trigger == breaker_trigger::person;
    if (m.to == breaker_state::half_open)
      RC_ASSERT(
        (m.from == breaker_state::open && (m.trigger == breaker_trigger::cool_down || by_person)));
    if (m.to == breaker_state::closed)
      RC_ASSERT(((m.from == breaker_state::half_open && m.trigger == breaker_trigger::probes_passed)
                 || (m.from == breaker_state::open && by_person)));
    if (m.from == m.to)
      RC_ASSERT((m.to == breaker_state::open && by_person));
  }
  RC_ASSERT(state == r.breaker.state());
}

RC_GTEST_PROP(circuit_breaker_property, goes_on_alike_when_rebuilt_from_what_was_stored, ()) {
  const auto s = any_scenario();
  auto straight = start(s);
  auto rebuilt = start(s);
  for (const auto& in : s.inputs) {
    straight.apply(in);
    rebuilt.breaker = circuit_breaker{s.settings, rebuilt.breaker.memory()};
    rebuilt.apply(in);
    RC_ASSERT(straight.breaker.memory() == rebuilt.breaker.memory());
  }
  RC_ASSERT(straight.moved == rebuilt.moved);
}

/// Guards the properties above against becoming empty.
TEST(circuit_breaker_property, generates_runs_that_reach_every_move) {
  const auto scenarios = rc::gen::exec([] { return any_scenario(); });
  std::map<breaker_trigger, int> seen;
  for (int i = 0; i < 500; ++i) {
    const auto s = scenarios(rc::Random{static_cast<uint64_t>(i)}, 100).value();
    auto r = start(s);
    for (const auto& in : s.inputs)
      r.apply(in);
    for (const auto& m : r.moved)
      ++seen[m.trigger];
  }
  for (const auto trigger :
       {breaker_trigger::daily_loss, breaker_trigger::latency, breaker_trigger::person,
        breaker_trigger::cool_down, breaker_trigger::probes_passed, breaker_trigger::probe_failed,
        breaker_trigger::probe_overdue})
    EXPECT_GE(seen[trigger], 20) << to_string(trigger);
}

} // namespace
} // namespace supreme::trading
