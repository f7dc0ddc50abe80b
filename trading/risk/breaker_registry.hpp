#pragma once

#include "trading/names.hpp"
#include "trading/market/ids.hpp"
#include "trading/risk/check_result.hpp"
#include "trading/risk/circuit_breaker.hpp"

#include <array>
#include <compare>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace supreme::trading {

/// What a breaker guards. Stored by name; values are never reused.
enum class breaker_scope : uint8_t { global = 1, account = 2, strategy = 3, instrument = 4 };
inline constexpr std::array<named<breaker_scope>, 4> breaker_scope_names{{
  {breaker_scope::global, "global"},
  {breaker_scope::account, "account"},
  {breaker_scope::strategy, "strategy"},
  {breaker_scope::instrument, "instrument"},
}};

[[nodiscard]] const char* to_string(breaker_scope s) noexcept;
[[nodiscard]] std::optional<breaker_scope> parse_breaker_scope(std::string_view text) noexcept;

struct breaker_key {
  breaker_scope scope = breaker_scope::global;
  std::string name; ///< of the account, strategy or instrument; empty for the global one

  friend auto operator<=>(const breaker_key&, const breaker_key&) = default;
  friend bool operator==(const breaker_key&, const breaker_key&) = default;
};

/// "instrument BTCUSDT", and "global" by itself.
[[nodiscard]] std::string to_string(const breaker_key& key);

/// A breaker as people see it.
struct breaker_report {
  breaker_key key;
  breaker_state state = breaker_state::closed;
  bool latched = false;
  /// Why it is in this state; for one that is open and not latched, what it cools down from.
  breaker_trigger trigger = breaker_trigger::probes_passed;
  decimal limit; ///< in the trigger's unit
  decimal seen;
  std::optional<timestamp> since; ///< event time; nothing while it has never moved

  friend bool operator==(const breaker_report&, const breaker_report&) = default;
};

/// Whose order it is.
struct order_scopes {
  account_id account;
  strategy_id strategy;
  instrument_id instrument;
};

/// Every breaker that guards such an order and that its events can move.
[[nodiscard]] std::array<breaker_key, 4> breaker_keys(const order_scopes& order);

/// What all breakers of an order say together.
struct breaker_admission {
  /// breaker_open, with limit and seen of what tripped the strictest breaker; zeros for a latch.
  check_result check;
  breaker_state strictest = breaker_state::closed;
  breaker_key by; ///< the first of the strictest ones; meaningless when all are closed
  /// One for each half-open breaker; the order carries them, and its outcome settles them.
  std::vector<std::pair<breaker_key, breaker_probe>> probes;
};

/// Breakers by scope. An order passes when every breaker that guards it lets it pass; a scope
/// without a breaker always does. Holds what is added and nothing else. A plain value: any thread.
class breaker_registry {
public:
  /// Adds a breaker, or replaces the one that is there.
  void put(breaker_key key, circuit_breaker breaker);
  /// nullptr where there is none.
  [[nodiscard]] circuit_breaker* find(const breaker_key& key) noexcept;
  [[nodiscard]] const std::map<breaker_key, circuit_breaker>& all() const noexcept {
    return breakers_;
  }
  [[nodiscard]] std::vector<breaker_report> report() const;

  /// Moves the time of every breaker on, and answers what moved, in the order of the keys.
  [[nodiscard]] std::vector<std::pair<breaker_key, breaker_transition>> advance(timestamp at);
  /// Whether an order that adds risk may pass at the time of the last advance(). Takes a probe from
  /// each half-open breaker when all let it pass, and none otherwise.
  [[nodiscard]] breaker_admission admit(const order_scopes& order);

private:
  std::map<breaker_key, circuit_breaker> breakers_;
};

} // namespace supreme::trading
