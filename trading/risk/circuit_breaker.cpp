#include "trading/risk/circuit_breaker.hpp"

#include "trading/check.hpp"
#include "trading/names.hpp"
#include "trading/risk/event_time.hpp"

#include <algorithm>
#include <array>

namespace supreme::trading {

namespace {

constexpr std::array<named<breaker_state>, 3> state_names{{
  {breaker_state::closed, "closed"},
  {breaker_state::half_open, "half_open"},
  {breaker_state::open, "open"},
}};

constexpr std::array<named<breaker_trigger>, 13> trigger_names{{
  {breaker_trigger::daily_loss, "daily_loss"},
  {breaker_trigger::drawdown, "drawdown"},
  {breaker_trigger::consecutive_losses, "consecutive_losses"},
  {breaker_trigger::volatility, "volatility"},
  {breaker_trigger::reject_rate, "reject_rate"},
  {breaker_trigger::venue_error_rate, "venue_error_rate"},
  {breaker_trigger::stale_feed, "stale_feed"},
  {breaker_trigger::latency, "latency"},
  {breaker_trigger::person, "person"},
  {breaker_trigger::cool_down, "cool_down"},
  {breaker_trigger::probes_passed, "probes_passed"},
  {breaker_trigger::probe_failed, "probe_failed"},
  {breaker_trigger::probe_overdue, "probe_overdue"},
}};

constexpr decimal count_of(uint32_t n) noexcept {
  return decimal::from_raw(int64_t{n} * decimal::scale);
}

constexpr uint64_t bit(uint32_t number) noexcept { return uint64_t{1} << number; }

} // namespace

const char* to_string(breaker_state s) noexcept { return name_of(state_names, s); }

std::optional<breaker_state> parse_breaker_state(std::string_view text) noexcept {
  return value_of(state_names, text);
}

const char* to_string(breaker_trigger t) noexcept { return name_of(trigger_names, t); }

std::optional<breaker_trigger> parse_breaker_trigger(std::string_view text) noexcept {
  return value_of(trigger_names, text);
}

std::optional<decimal> level_of(const breaker_levels& levels, breaker_trigger t) noexcept {
  switch (t) {
    case breaker_trigger::daily_loss:
      return levels.daily_loss;
    case breaker_trigger::drawdown:
      return levels.drawdown;
    case breaker_trigger::consecutive_losses:
      return levels.consecutive_losses;
    case breaker_trigger::volatility:
      return levels.volatility;
    case breaker_trigger::reject_rate:
      return levels.reject_rate;
    case breaker_trigger::venue_error_rate:
      return levels.venue_error_rate;
    case breaker_trigger::stale_feed:
      return levels.stale_feed;
    case breaker_trigger::latency:
      return levels.latency;
    case breaker_trigger::person:
    case breaker_trigger::cool_down:
    case breaker_trigger::probes_passed:
    case breaker_trigger::probe_failed:
    case breaker_trigger::probe_overdue:
      break;
  }
  return std::nullopt;
}

bool breaker_settings::usable() const noexcept {
  for (const auto& [trigger, name] : trigger_names)
    if (const auto level = level_of(levels, trigger); level && !level->is_positive())
      return false;
  return cool_down.count() > 0 && probe_deadline.count() > 0 && probes >= 1 && probes <= max_probes;
}

circuit_breaker::circuit_breaker(const breaker_settings& settings, const breaker_memory& memory)
  : settings_(settings), memory_(memory) {
  SUPREME_CHECK(settings_.usable(), "a breaker has positive levels, waits and probes");
}

bool circuit_breaker::has_probe() const noexcept {
  return memory_.state == breaker_state::half_open && memory_.probes_sent < settings_.probes;
}

void circuit_breaker::pass_time(timestamp at) noexcept { memory_.now = std::max(memory_.now, at); }

breaker_transition circuit_breaker::move(breaker_state to, breaker_trigger trigger, decimal limit,
                                         decimal seen) {
  const breaker_transition moved{memory_.state, to, trigger, limit, seen, memory_.now};
  if (memory_.state != to || trigger == breaker_trigger::person)
    memory_.entered = moved; // A value that keeps it open does not open it anew.
  memory_.state = to;
  memory_.probes_pending = 0;
  memory_.probes_sent = 0;
  memory_.probes_passed = 0;
  if (to == breaker_state::half_open)
    ++memory_.phase;
  if (to == breaker_state::closed)
    memory_.tripped = false;
  return moved;
}

breaker_transition circuit_breaker::trip(breaker_trigger trigger, decimal limit, decimal seen) {
  memory_.tripped = true;
  memory_.tripped_at = memory_.now;
  memory_.tripped_by = trigger;
  memory_.tripped_limit = limit;
  memory_.tripped_seen = seen;
  return move(breaker_state::open, trigger, limit, seen);
}

std::optional<breaker_transition> circuit_breaker::time_transition() {
  const auto& m = memory_;
  if (m.state == breaker_state::open && m.tripped && !m.latched
      && has_passed(settings_.cool_down, m.tripped_at, m.now))
    return move(breaker_state::half_open, breaker_trigger::cool_down,
                seconds_of(settings_.cool_down), seconds_between(m.tripped_at, m.now));
  if (m.state == breaker_state::half_open && m.probes_sent > 0
      && has_passed(settings_.probe_deadline, m.probing_since, m.now))
    return trip(breaker_trigger::probe_overdue, seconds_of(settings_.probe_deadline),
                seconds_between(m.probing_since, m.now));
  return std::nullopt;
}

std::optional<breaker_transition> circuit_breaker::advance(timestamp at) {
  pass_time(at);
  return time_transition();
}

std::optional<breaker_transition> circuit_breaker::observe(breaker_trigger trigger, decimal seen,
                                                           timestamp at) {
  pass_time(at);
  const auto level = level_of(settings_.levels, trigger);
  if (!level || seen < *level)
    return time_transition();
  // Before the time is looked at: a cool-down does not end on the very value that it waits out.
  const bool was_open = memory_.state == breaker_state::open;
  const auto moved = trip(trigger, *level, seen);
  return was_open ? std::nullopt : std::optional{moved};
}

std::optional<breaker_probe> circuit_breaker::take_probe() noexcept {
  if (!has_probe())
    return std::nullopt;
  const breaker_probe probe{memory_.phase, memory_.probes_sent};
  if (memory_.probes_sent == 0)
    memory_.probing_since = memory_.now;
  ++memory_.probes_sent;
  memory_.probes_pending |= bit(probe.number);
  return probe;
}

std::optional<breaker_transition> circuit_breaker::settle(const breaker_probe& probe, bool passed,
                                                          timestamp at) {
  pass_time(at);
  // A result that comes after the deadline no longer helps.
  if (const auto moved = time_transition())
    return moved;
  const bool awaited = memory_.state == breaker_state::half_open && probe.phase == memory_.phase
                       && probe.number < breaker_settings::max_probes
                       && (memory_.probes_pending & bit(probe.number)) != 0;
  if (!awaited)
    return std::nullopt;
  if (!passed)
    return trip(breaker_trigger::probe_failed, decimal{}, count_of(1));
  memory_.probes_pending &= ~bit(probe.number);
  ++memory_.probes_passed;
  if (memory_.probes_passed < settings_.probes)
    return std::nullopt;
  return move(breaker_state::closed, breaker_trigger::probes_passed, count_of(settings_.probes),
              count_of(memory_.probes_passed));
}

std::optional<breaker_transition> circuit_breaker::latch(timestamp at) {
  pass_time(at);
  if (memory_.latched)
    return std::nullopt;
  memory_.latched = true;
  return move(breaker_state::open, breaker_trigger::person, decimal{}, decimal{});
}

std::optional<breaker_transition> circuit_breaker::release(timestamp at) {
  pass_time(at);
  if (!memory_.latched) {
    if (memory_.state == breaker_state::open)
      return move(breaker_state::half_open, breaker_trigger::person, decimal{}, decimal{});
    return time_transition();
  }
  memory_.latched = false;
  const auto next = memory_.tripped ? breaker_state::open : breaker_state::closed;
  return move(next, breaker_trigger::person, decimal{}, decimal{});
}

} // namespace supreme::trading
