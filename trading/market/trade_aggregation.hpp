#pragma once

#include "trading/market/bar_record.hpp"
#include "trading/market/tick.hpp"

#include <cstdint>
#include <optional>

namespace supreme::trading {

/// A bar made of trades.
struct trade_bar {
  bar_record bar;      ///< its open time is the interval's, or else that of the first trade
  timestamp last;      ///< time of the last trade
  uint64_t trades = 0; ///< ≥ 1

  friend bool operator==(const trade_bar&, const trade_bar&) = default;
};

/// Makes bars of one instrument's trades: open and close are the first and the last price, high and
/// low the extremes, the volume the sum of the sizes. No trade, no bar: gaps stay gaps.
///
/// - By time: bars begin at the multiples of the interval since 1970 UTC. A trade belongs to the
/// bar
///   whose open is not after it and whose close is after it.
/// - By volume, by count: a bar is closed by the trade that reaches the volume or the count, which
///   it holds in whole.
///
/// A plain value; one owner.
class trade_aggregation {
public:
  /// Each throws contract_violation when the measure is not positive.
  [[nodiscard]] static trade_aggregation by_time(nanoseconds interval);
  [[nodiscard]] static trade_aggregation by_volume(quantity volume);
  [[nodiscard]] static trade_aggregation by_count(uint64_t trades);

  /// Takes in the next trade, which is not earlier than the one before. Gives the bar that it
  /// closes: by time the one before it, otherwise the one that it completes. Throws
  /// std::overflow_error when a volume leaves the decimal range.
  std::optional<trade_bar> add(const trade_tick& t);

  /// By time: when the bar in hand closes; nothing without one, or when that is beyond all times.
  [[nodiscard]] std::optional<timestamp> closes_at() const noexcept;
  /// By time: the bar in hand, if it has closed by then.
  std::optional<trade_bar> close_until(timestamp now);
  /// The bar in hand, complete or not.
  std::optional<trade_bar> close();

private:
  trade_aggregation() = default;
  [[nodiscard]] timestamp open_time_of(timestamp t) const noexcept;

  nanoseconds interval_{0}; ///< 0: not by time
  quantity volume_;         ///< 0: not by volume
  uint64_t trades_ = 0;     ///< 0: not by count
  std::optional<trade_bar> in_hand_;
};

} // namespace supreme::trading
