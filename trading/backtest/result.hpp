#pragma once

#include "trading/market/instrument.hpp"
#include "trading/portfolio/closed_trade.hpp"
#include "trading/portfolio/position.hpp"
#include "trading/statistics/performance.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
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

/// A round trip with the reasons for its ends.
struct backtest_trade {
  strategy_id strategy;
  closed_trade trade;
  std::string_view entry_reason; ///< of the signal behind the first fill; in the result's texts
  std::string_view exit_reason;  ///< of the signal behind the last fill
};

/// Signals that were refused for one reason.
struct refusal_count {
  std::string code; ///< to_string(refusal)
  uint64_t count = 0;
  timestamp first;
  timestamp last;
};

/// What became of one instrument.
struct instrument_result {
  instrument traded;
  position held; ///< at the end
  price mark;    ///< the last close; 0 without bars
  uint64_t bars = 0;
  std::vector<series_bucket> prices; ///< closes, lows and highs
};

/// What became of one strategy over all its slots, in the quote asset.
struct strategy_result {
  strategy_id id;
  std::string kind;
  std::map<std::string, double> parameters;
  money realised_gross;
  money unrealised; ///< at the last closes
  money fees;
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
  uint64_t expired = 0;
  uint64_t open_orders = 0;            ///< at the end
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
  /// What the trades' reasons look into: each text once, and shared by copies of the result.
  std::shared_ptr<const std::unordered_set<std::string>> texts;
  std::vector<instrument_result> instruments;
  std::vector<strategy_result> strategies;
};

} // namespace supreme::trading
