#pragma once

#include "trading/orders/order.hpp"
#include "trading/risk/check_result.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>

namespace supreme::trading {

/// How often something may happen: in any span of event time shorter than `window` at most `count`
/// times.
struct rate_limit {
  static constexpr uint32_t max_count = 10'000; ///< bounds the memory: 8 bytes each

  uint32_t count = 1;    ///< 1…max_count
  nanoseconds window{0}; ///< > 0

  [[nodiscard]] bool usable() const noexcept;
};

/// A sliding window over event time. check() looks, record() remembers, so that an order that
/// something else refuses does not count. Time never runs backward: an earlier one counts as the
/// latest. A plain value: any thread.
class event_rate {
public:
  /// Throws contract_violation unless the limit is usable.
  explicit event_rate(const rate_limit& limit);

  /// Shows how many there would be, this one included. `code` is order_rate or cancel_rate.
  [[nodiscard]] check_result check(refusal code, timestamp at) const;
  void record(timestamp at);

  friend bool operator==(const event_rate& a, const event_rate& b) noexcept {
    return a.recent_ == b.recent_;
  }

private:
  rate_limit limit_;
  std::deque<timestamp> recent_; ///< the last ones, oldest first, at most limit_.count
};

/// Stops a slot that executes on one side again and again while its signal stays the same: the sign
/// of a loop between a strategy and its own fills. A plain value: any thread.
class repeated_executions {
public:
  /// At most `limit` executions on one side of a slot for one signal; watches `max_slots` slots.
  /// Throws contract_violation when either is 0.
  repeated_executions(uint32_t limit, uint32_t max_slots);

  /// A signal that wants something else than the one before begins anew.
  void note_signal(const slot_id& slot, target wanted);
  /// A stop or target has closed what it held: what comes next is no repetition.
  void begin_anew(const slot_id& slot);
  /// Shows how many there would be. A slot beyond those that can be watched is refused with limit
  /// 0: what cannot be watched does not trade.
  [[nodiscard]] check_result check(const slot_id& slot, side direction) const;
  void record(const slot_id& slot, side direction);

  friend bool operator==(const repeated_executions&, const repeated_executions&) = default;

private:
  struct run {
    std::optional<target> wanted;
    uint32_t buys = 0;
    uint32_t sells = 0;

    friend bool operator==(const run&, const run&) = default;
  };

  /// nullptr when there is no room for another slot.
  run* watch(const slot_id& slot);

  uint32_t limit_;
  uint32_t max_slots_;
  std::map<slot_id, run> runs_;
};

/// What makes two orders the same.
struct order_print {
  slot_id slot;
  side direction = side::buy;
  quantity size;
  std::optional<price> at; ///< the limit price, else the stop price, else nothing

  friend bool operator==(const order_print&, const order_print&) = default;
};

[[nodiscard]] order_print print_of(const order& o);

/// Finds an order that repeats one of the last `window`: the sign of an order that is decided
/// twice. A plain value: any thread.
class duplicate_orders {
public:
  /// Remembers at most `capacity` orders. Throws contract_violation unless window and capacity are
  /// positive.
  duplicate_orders(nanoseconds window, uint32_t capacity);

  /// duplicate_order shows the window and the age of the order that is repeated (the window where
  /// there is none), in seconds. With
  /// `capacity` orders inside the window it refuses as order_rate: what cannot be remembered is not
  /// let through.
  [[nodiscard]] check_result check(const order_print& print, timestamp at) const;
  void record(const order_print& print, timestamp at);

  friend bool operator==(const duplicate_orders&, const duplicate_orders&) = default;

private:
  struct entry {
    order_print print;
    timestamp at;

    friend bool operator==(const entry&, const entry&) = default;
  };

  nanoseconds window_;
  uint32_t capacity_;
  std::deque<entry> recent_; ///< oldest first
};

} // namespace supreme::trading
