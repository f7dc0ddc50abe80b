#pragma once

#include "trading/backtest/step_block.hpp"
#include "trading/matching/order_ending.hpp"
#include "trading/portfolio/fill_booking.hpp"
#include "trading/risk/exposure_book.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace supreme::trading {

/// A decision of a backtest, by places: `instrument` counts the plan's instruments, `slot` each
/// strategy's instruments, in the plan's order.
struct decision_event {
  size_t instrument = 0;
  size_t slot = 0;
  timestamp at;
  std::string_view reason;                   ///< of the signal; valid during the call
  const trading::verdict* verdict = nullptr; ///< lists passed checks where the listener reads names
  uint64_t order = 0;                        ///< counted from 1; 0: refused
  bool with_entry = false; ///< nobody signalled: made with an entry, see goes_with_entry()
  /// With all names where the listener reads_names(), otherwise nullptr.
  const made_decision* made = nullptr;
  const client_order_id* order_id = nullptr; ///< empty: refused
};

/// A fill and the positions after it.
struct fill_event {
  size_t instrument = 0;
  size_t slot = 0;
  uint64_t order = 0;
  uint64_t account_seq = 0; ///< counts the account's fills from 1
  timestamp at;
  execution done;
  money notional; ///< price·size, rounded half-even
  const position* account_after = nullptr;
  const position* slot_after = nullptr;
  /// With all names where the listener reads_names(), otherwise nullptr.
  const fill* named = nullptr;
  const slot_id* slot_name = nullptr;
  const booked_fill* booked = nullptr;
};

/// An order that is over before all of it was filled.
struct order_end_event {
  uint64_t order = 0;
  order_ending ending = order_ending::none;
  timestamp at;
  const client_order_id* order_id = nullptr; ///< nullptr unless the listener reads_names()
};

/// An account at the closes of consecutive steps between which it did nothing.
struct valued_steps {
  std::span<const timestamp> times;
  std::span<const money> equity; ///< at each: cash plus positions at their last closes
  money cash;                    ///< of the account's quote asset
  bool exposed = false;          ///< whether any position is open
};

/// All steps of a block once more, for what is cheaper when done for many at once.
struct valued_block {
  const step_block& steps;
  std::span<const money> equity; ///< at each step
  std::span<const money> gross;  ///< at each step: what positions are worth, long and short added
};

/// Hears what happens in a backtest, in the order in which it happens.
class backtest_listener {
public:
  virtual ~backtest_listener() = default;
  /// Whether events are to carry names. Making them takes longer than deciding.
  [[nodiscard]] virtual bool reads_names() const { return false; }
  /// A signal with its verdict.
  virtual void on_decision(const decision_event& e) = 0;
  virtual void on_fill(const fill_event& e) = 0;
  virtual void on_order_end(const order_end_event& e) = 0;
  /// Steps that have been valued, before the signals of the last of them are decided.
  virtual void on_values(const valued_steps& v) = 0;
  /// After the last step of a block.
  virtual void on_block(const valued_block&) {}
};

/// An account at the closes of a step.
struct account_value {
  timestamp at;
  money equity;
  money cash;
  bool exposed = false;
};

/// A listener that wants everything with its names, event by event.
class named_listener : public backtest_listener {
public:
  [[nodiscard]] bool reads_names() const final { return true; }
  /// `order` is empty when the signal was refused.
  virtual void decided(const made_decision& d, const client_order_id& order) = 0;
  /// `account_seq` counts the account's fills from 1.
  virtual void filled(const fill& f, const slot_id& slot, const booked_fill& after,
                      uint64_t account_seq) = 0;
  virtual void ended(const client_order_id& order, order_state state, timestamp at) = 0;
  virtual void valued(const account_value& v) = 0;

  void on_decision(const decision_event& e) final { decided(*e.made, *e.order_id); }
  void on_fill(const fill_event& e) final {
    filled(*e.named, *e.slot_name, *e.booked, e.account_seq);
  }
  void on_order_end(const order_end_event& e) final {
    ended(*e.order_id, state_of(e.ending), e.at);
  }
  void on_values(const valued_steps& v) final {
    for (size_t i = 0; i < v.times.size(); ++i)
      valued({v.times[i], v.equity[i], v.cash, v.exposed});
  }
};

} // namespace supreme::trading
