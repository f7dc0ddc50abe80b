#pragma once

#include "trading/market/instrument.hpp"
#include "trading/market/timestamp.hpp"
#include "trading/matching/bar_matching.hpp"
#include "trading/risk/pre_trade.hpp"
#include "trading/risk/risk_policy.hpp"
#include "trading/strategies/strategy.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace supreme::trading {

/// One strategy of a backtest: a slot on each of its instruments.
struct planned_strategy {
  strategy_id id;
  const strategy_kind* kind = nullptr; ///< not null
  parameters values;                   ///< complete and checked
  sizing size;
  std::vector<instrument_id> instruments;
};

/// What is tested: one account at one simulated venue.
struct backtest_plan {
  account_id account;
  venue_id venue;
  asset_id quote; ///< the asset that equity and cash are counted in
  std::map<asset_id, money> initial;
  risk_limits limits;
  std::map<instrument_id, risk_limits> instrument_limits; ///< replace `limits` for their instrument
  risk_policy policy; ///< beyond the limits of an instrument; off where nothing is set
  std::vector<instrument> instruments;
  std::vector<planned_strategy> strategies;
  execution_costs costs; ///< of the venue
  /// Whether the venue fills no more of a buy than the account's cash pays for, see within_cash().
  bool pays_from_cash = true;
  /// From the decision to the venue, ≥ 0. An order that arrives after a bar's open misses that bar.
  nanoseconds latency{0};
  /// Signals of closes up to this time are dropped: bars before it only warm strategies up.
  std::optional<timestamp> trade_after = {};

  /// What keeps the plan from being run, one sentence each; empty when nothing does.
  [[nodiscard]] std::vector<std::string> problems() const;
};

} // namespace supreme::trading
