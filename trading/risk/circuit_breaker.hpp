#pragma once

#include "trading/market/decimal.hpp"
#include "trading/market/timestamp.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace supreme::trading {

/// Stored by name; values are never reused. A higher value is stricter, but for what lies between.
enum class breaker_state : uint8_t {
  closed = 1,    ///< orders pass
  half_open = 2, ///< a bounded number of orders pass as probes
  open = 3,      ///< no order that adds risk passes
};

/// What makes a breaker move. The first eight are measured from outside and have a level; the
/// others are the breaker's own. Stored by name; values are never reused.
enum class breaker_trigger : uint8_t {
  daily_loss = 1,         ///< quote units lost since the day's start
  drawdown = 2,           ///< per cent below the equity peak
  consecutive_losses = 3, ///< closed trades
  volatility = 4,         ///< per cent: short-term volatility of what is normal, or the plain value
  reject_rate = 5,        ///< per cent of the orders in a window
  venue_error_rate = 6,   ///< per cent of the orders sent in a window
  stale_feed = 7,         ///< seconds without any market event
  latency = 8,            ///< seconds from decision to acknowledgement
  person = 9,             ///< latched or released; limit and seen are 0
  cool_down = 10,         ///< seconds: it has passed
  probes_passed = 11,     ///< count: all of them
  probe_failed = 12,      ///< count: limit 0, seen 1
  probe_overdue = 13,     ///< seconds since the first probe of the phase
};

[[nodiscard]] const char* to_string(breaker_state s) noexcept;
[[nodiscard]] std::optional<breaker_state> parse_breaker_state(std::string_view text) noexcept;
[[nodiscard]] const char* to_string(breaker_trigger t) noexcept;
[[nodiscard]] std::optional<breaker_trigger> parse_breaker_trigger(std::string_view text) noexcept;

/// The value at which each measured trigger opens the breaker (seen ≥ level), > 0 in the trigger's
/// unit. A level that is absent never trips.
struct breaker_levels {
  std::optional<money> daily_loss;
  std::optional<decimal> drawdown;
  std::optional<decimal> consecutive_losses;
  std::optional<decimal> volatility;
  std::optional<decimal> reject_rate;
  std::optional<decimal> venue_error_rate;
  std::optional<decimal> stale_feed;
  std::optional<decimal> latency;
};

/// Nothing for a trigger that is not measured.
[[nodiscard]] std::optional<decimal> level_of(const breaker_levels& levels,
                                              breaker_trigger t) noexcept;

struct breaker_settings {
  static constexpr uint32_t max_probes = 64; ///< as many as the state has bits for

  breaker_levels levels;
  nanoseconds cool_down{0};      ///< > 0, event time, from the last value at or above a level
  uint32_t probes = 1;           ///< 1…max_probes; when all of them passed it closes
  nanoseconds probe_deadline{0}; ///< > 0: for all probes of a phase, from the first one on

  [[nodiscard]] bool usable() const noexcept;
};

/// Names one order that passed a half-open breaker.
struct breaker_probe {
  uint64_t phase = 0;  ///< the half-open phase it belongs to
  uint32_t number = 0; ///< below the number of probes

  friend bool operator==(const breaker_probe&, const breaker_probe&) = default;
};

/// One move of a breaker. `from` and `to` are equal where a person latches one that is open.
struct breaker_transition {
  breaker_state from = breaker_state::closed;
  breaker_state to = breaker_state::closed;
  breaker_trigger trigger = breaker_trigger::person;
  decimal limit; ///< in the trigger's unit
  decimal seen;
  timestamp at; ///< event time

  friend bool operator==(const breaker_transition&, const breaker_transition&) = default;
};

/// All that a breaker remembers: a value that can be stored and given back.
struct breaker_memory {
  breaker_state state = breaker_state::closed;
  bool latched = false; ///< opened by a person, and only a person ends that
  bool tripped = false; ///< since it was last closed, so that a cool-down is owed
  uint64_t phase = 0;   ///< counts half-open phases
  timestamp now;        ///< the latest event time seen; earlier ones count as this one
  timestamp tripped_at; ///< the last value at or above its level; the cool-down counts from here
  breaker_trigger tripped_by = breaker_trigger::person;
  decimal tripped_limit;
  decimal tripped_seen;
  timestamp probing_since;     ///< the first probe of this phase
  uint64_t probes_pending = 0; ///< one bit for each probe without a result
  uint32_t probes_sent = 0;
  uint32_t probes_passed = 0;
  /// How it came into the state that it is in; nothing while it has never moved.
  std::optional<breaker_transition> entered;

  friend bool operator==(const breaker_memory&, const breaker_memory&) = default;
};

/// A circuit breaker (Nygard, "Release It!", 2007) over event time: closed → open when a measured
/// value reaches its level → half-open after the cool-down → closed when every probe passed, or
/// open again when one fails, is overdue, or a value reaches its level. No clock of its own: what
/// is told later moves it on, and equal inputs give equal moves. Time never runs backward. A plain
/// value: any thread.
class circuit_breaker {
public:
  /// Throws contract_violation unless the settings are usable.
  explicit circuit_breaker(const breaker_settings& settings, const breaker_memory& memory = {});

  [[nodiscard]] const breaker_memory& memory() const noexcept { return memory_; }
  [[nodiscard]] breaker_state state() const noexcept { return memory_.state; }
  /// Whether take_probe() would give a probe now.
  [[nodiscard]] bool has_probe() const noexcept;

  /// Event time moves on: ends a cool-down, or fails a phase whose probes are overdue.
  std::optional<breaker_transition> advance(timestamp at);
  /// A measured value. While open, one at or above its level begins the cool-down anew. A trigger
  /// without a level, or that is not measured, only moves the time on.
  std::optional<breaker_transition> observe(breaker_trigger trigger, decimal seen, timestamp at);
  /// The permission for one order, at the latest event time; nothing unless has_probe().
  [[nodiscard]] std::optional<breaker_probe> take_probe() noexcept;
  /// How a probe's order went. Results of earlier phases, of unknown probes and repeated ones only
  /// move the time on.
  std::optional<breaker_transition> settle(const breaker_probe& probe, bool passed, timestamp at);
  /// A person opens it, until a person releases it.
  std::optional<breaker_transition> latch(timestamp at);
  /// A person ends the latch: a breaker that had not tripped closes; one that had stays open until
  /// its cool-down is over, as if nobody had latched it. Of one that is open without a latch a
  /// person ends the cool-down: it probes at once.
  std::optional<breaker_transition> release(timestamp at);

private:
  breaker_transition move(breaker_state to, breaker_trigger trigger, decimal limit, decimal seen);
  void pass_time(timestamp at) noexcept;
  [[nodiscard]] std::optional<breaker_transition> time_transition();
  breaker_transition trip(breaker_trigger trigger, decimal limit, decimal seen);

  breaker_settings settings_;
  breaker_memory memory_;
};

} // namespace supreme::trading
