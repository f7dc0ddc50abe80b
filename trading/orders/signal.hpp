#pragma once

#include "trading/market/decimal.hpp"
#include "trading/market/ids.hpp"
#include "trading/market/timestamp.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace supreme::trading {

/// What a strategy wants a slot to hold, relative to the slot's own virtual position.
enum class target : uint8_t { flat = 1, long_position = 2, short_position = 3 };

[[nodiscard]] const char* to_string(target t) noexcept;

/// Names one decision for ever. A strategy that is restarted, moved or replayed re-emits the same
/// key and gets the stored verdict back, so nothing is ever decided twice.
struct decision_key {
  slot_id slot;
  std::string cause; ///< the deciding event's natural id, for a bar "BTCUSDT/60s/1776607020000"
  /// A reversal has leg 0 (close) and leg 1 (open); an entry's protective orders are legs 2 and 3,
  /// what closes an entry under way on its other side is leg 4.
  uint32_t leg = 0;
  /// 0 for the first order of a leg; a re-decision after a proven non-acceptance counts up.
  uint32_t child = 0;

  friend auto operator<=>(const decision_key&, const decision_key&) = default;
  friend bool operator==(const decision_key&, const decision_key&) = default;
};

/// What a size and the protective orders are derived from and only the strategy's side knows.
/// Exact: rounded half-even at the edge.
struct size_hints {
  std::optional<price> stop_distance;        ///< > 0, from the reference price to the entry's stop
  std::optional<price> take_profit_distance; ///< > 0, from the reference price to its target
  std::optional<int64_t> volatility_ppb;     ///< > 0, annual, of the instrument
  int64_t weight_ppb = 1'000'000'000; ///< > 0: of the configured size; a pair's second leg differs

  friend bool operator==(const size_hints&, const size_hints&) = default;
};

/// A strategy's wish. Carries no floating point: inputs are rounded half-even to 1e-8 at the edge.
struct signal {
  decision_key key;
  strategy_id strategy;
  account_id account;
  instrument_id instrument;
  target wanted = target::flat;
  price reference_price; ///< the close it was decided on; > 0
  std::string reason;    ///< one short sentence, at most 120 characters
  /// What the reason rests on, in a fixed order.
  std::vector<std::pair<std::string, decimal>> inputs;
  timestamp event_time;     ///< close time of the deciding bar
  uint64_t account_seq = 0; ///< last account event the strategy had applied
  size_hints hints;

  friend bool operator==(const signal&, const signal&) = default;
};

} // namespace supreme::trading
