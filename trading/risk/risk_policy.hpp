#pragma once

#include "trading/market/ids.hpp"
#include "trading/risk/breaker_registry.hpp"
#include "trading/risk/drawdown_control.hpp"
#include "trading/risk/exposure_limits.hpp"
#include "trading/risk/rate_limits.hpp"
#include "trading/risk/trading_session.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace supreme::trading {

/// The same order within `window` of event time is refused; with `capacity` orders inside the
/// window every further one is.
struct duplicate_limit {
  nanoseconds window{0};   ///< > 0
  uint32_t capacity = 100; ///< > 0
};

/// A breaker and what it guards: the account, one of its strategies or one of its instruments, or
/// every account. Levels are compared with what the scope has: `daily_loss`, `drawdown`,
/// `venue_error_rate`, `stale_feed` and `latency` belong to the account, `volatility` to an
/// instrument, `consecutive_losses` and `reject_rate` to each. A global breaker looks at what the
/// account's looks at.
struct breaker_rule {
  breaker_key key;
  breaker_settings settings;
};

/// The cool-down of a breaker that does not close by itself, in any run there may be: 200 years.
inline constexpr nanoseconds until_a_person_releases = std::chrono::hours{24 * 365 * 200};

/// All of an account's risk rules beyond the limits of an instrument. Everything is off until it is
/// set. A plain value.
struct risk_policy {
  /// `may_short` stays empty: risk_limits::allow_short says it.
  exposure_limits exposure;
  std::map<instrument_id, trading_session> sessions; ///< none: always open
  std::optional<rate_limit> order_rate;
  std::optional<duplicate_limit> duplicates;
  std::optional<uint32_t> max_repeated_executions; ///< > 0: of one slot and side for one signal
  std::optional<drawdown_policy> drawdown;
  std::vector<breaker_rule> breakers;
  /// The reject rate of a breaker looks at the last `reject_window` orders that ended, its venue
  /// error rate at as many that were sent, and at none before `reject_least` of them have.
  uint32_t reject_window = 20;
  uint32_t reject_least = 10;
  nanoseconds max_order_age{0};                    ///< of an open order; 0 = not watched
  std::optional<int64_t> max_fill_slippage_ppb;    ///< against the decision's price
  std::optional<int64_t> max_working_slippage_ppb; ///< of the mark, while the order is open

  /// Whether nothing is set.
  [[nodiscard]] bool is_empty() const noexcept;
  /// Whether it may order by itself, without any signal.
  [[nodiscard]] bool acts() const noexcept {
    return drawdown && (drawdown->reduce_ppb || drawdown->flatten_ppb);
  }
  /// Whether a guard has something to say at a step without signals: the policy may order by
  /// itself, or speaks for accounts that cannot wait for a signal of this one.
  [[nodiscard]] bool speaks_unasked() const noexcept;
  /// What keeps it from being used, one sentence each; empty when nothing does.
  [[nodiscard]] std::vector<std::string> problems() const;
};

/// Whether a breaker of this scope can be moved by this trigger in a risk_policy.
[[nodiscard]] bool is_measured(breaker_scope scope, breaker_trigger trigger) noexcept;

} // namespace supreme::trading
