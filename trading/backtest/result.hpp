#pragma once

#include "trading/market/instrument.hpp"
#include "trading/portfolio/attribution.hpp"
#include "trading/portfolio/closed_trade.hpp"
#include "trading/portfolio/position.hpp"
#include "trading/statistics/performance.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace supreme::trading {

/// A stretch of a series that was folded into one: nothing between `lowest` and `highest` is lost
/// from sight.
struct series_bucket {
  timestamp from; ///< time of the first value
  timestamp to;   ///< time of the last
  decimal first;
  decimal lowest;
  decimal highest;
  decimal last;

  friend bool operator==(const series_bucket&, const series_bucket&) = default;
};

/// A round trip with the reasons for its ends; names by their places in the result, because a run
/// may have millions of trades.
struct backtest_trade {
  uint32_t strategy = 0;
  uint32_t instrument = 0;
  uint32_t entry_reason = 0; ///< of the signal behind the first fill
  uint32_t exit_reason = 0;  ///< of the signal behind the last fill
  closed_trade trade;
};

/// Signals that were refused for one reason.
struct refusal_count {
  std::string code; ///< to_string(refusal)
  uint64_t count = 0;
  timestamp first;
  timestamp last;
  std::map<std::string, uint64_t> why; ///< of quantity_zero: how often, by to_string(zero_size)
};

/// What became of one instrument.
struct instrument_result {
  instrument traded;
  position held; ///< at the end
  price mark;    ///< the last close; 0 without bars
  uint64_t bars = 0;
  std::vector<series_bucket> prices; ///< closes, lows and highs
};

/// What one strategy did over all its slots.
struct strategy_result {
  strategy_id id;
  std::string kind;
  std::map<std::string, double> parameters;
  uint64_t fills = 0;
  uint64_t trades = 0; ///< closed
};

/// What came of a backtest: all that reports show. Series are sampled, so memory grows with the
/// trades alone.
struct backtest_result {
  account_id account;
  asset_id quote;
  bool complete = true; ///< false when it was ended before the last bar
  uint64_t bars = 0;
  uint64_t steps = 0;
  uint64_t signals = 0;
  uint64_t orders = 0;
  uint64_t fills = 0;
  uint64_t expired =
    0; ///< orders that were over before all of them was filled, cancelled ones apart
  uint64_t unpaid = 0;      ///< of those, where cash did not pay for all of a fill
  uint64_t cancelled = 0;   ///< orders: nothing left to close, or withdrawn
  uint64_t withdrawn = 0;   ///< of those, entries whose slot had an exit before they were filled
  uint64_t open_orders = 0; ///< at the end
  std::vector<refusal_count> refusals; ///< by code
  /// What the account's risk found, by code, moves of breakers included; see risk_finding.
  std::map<std::string, uint64_t> findings;
  money equity;
  money cash;
  performance statistics;
  std::vector<daily_close> days;
  std::vector<series_bucket> equity_curve;
  /// Buying at the first closes with equal shares of the first equity and holding, without costs.
  std::vector<series_bucket> benchmark;
  /// Share of equity that positions are worth at the closes, long and short added; 1 is 100 %.
  std::vector<series_bucket> exposure;
  std::deque<backtest_trade> trades; ///< in the order of their ends; many
  std::vector<std::string> reasons;  ///< each once
  std::vector<instrument_result> instruments;
  std::vector<strategy_result> strategies;
  /// Which strategy earned what on which instrument, at the last closes, in the quote asset. Its
  /// total's net is what equity changed by, to the last unit.
  attribution earned;

  [[nodiscard]] const contribution& earned_by(const strategy_result& s) const {
    return earned.by_strategy().at(s.id);
  }
  [[nodiscard]] const strategy_id& strategy_of(const backtest_trade& t) const {
    return strategies.at(t.strategy).id;
  }
  [[nodiscard]] const instrument& instrument_of(const backtest_trade& t) const {
    return instruments.at(t.instrument).traded;
  }
  [[nodiscard]] const std::string& entry_reason_of(const backtest_trade& t) const {
    return reasons.at(t.entry_reason);
  }
  [[nodiscard]] const std::string& exit_reason_of(const backtest_trade& t) const {
    return reasons.at(t.exit_reason);
  }
};

} // namespace supreme::trading
