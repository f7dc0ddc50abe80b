#include "trading/portfolio/closed_trade.hpp"

#include "trading/check.hpp"

#include <utility>

namespace supreme::trading {

std::optional<closed_trade> round_trip::add(const fill& f, money fee_in_quote) {
  const auto after = apply_fill(held_, f, quote_).after;
  return add({f.direction, f.at, f.size, fee_in_quote}, f.event_time, after, fee_in_quote);
}

std::optional<closed_trade> round_trip::add(const execution& e, timestamp event_time,
                                            const position& after, money fee_in_quote) {
  const bool was_flat = held_.size.is_zero();
  const bool is_flat = after.size.is_zero();
  const bool reverses =
    !was_flat && !is_flat && held_.size.is_negative() != after.size.is_negative();
  const bool ends = reverses || (is_flat && !was_flat);
  const bool enters = was_flat || e.direction == open_.direction;

  // Everything that may throw comes before the first change.
  const money fee = reverses ? multiply_divide(fee_in_quote, held_.size.abs().raw(), e.size.raw(),
                                               rounding::half_even)
                             : fee_in_quote;
  const money fee_left = fee_in_quote - fee;
  const money profit = after.realised_gross - held_.realised_gross;
  const money gross = was_flat ? profit : open_.gross + profit;
  const money fees = was_flat ? fee : open_.fees + fee;
  quantity entered = was_flat ? quantity{} : open_.entered;
  money entry_cost = was_flat ? money{} : open_.entry_cost;
  if (enters) {
    entered += e.size;
    entry_cost += (after.cost - held_.cost).abs();
  }
  const quantity opened = after.size.abs();
  const money opened_cost = after.cost.abs();

  const auto begin = [&] {
    open_.direction = e.direction;
    open_.opened_at = event_time;
    open_.fill_count = 0;
  };
  if (was_flat)
    begin();
  held_ = after;
  open_.closed_at = event_time;
  open_.entered = entered;
  open_.entry_cost = entry_cost;
  open_.gross = gross;
  open_.fees = fees;
  ++open_.fill_count;
  if (!ends)
    return std::nullopt;
  std::optional<closed_trade> closed{std::exchange(open_, {})};
  if (reverses) {
    // What the fill opened is all that the position holds now.
    begin();
    open_.closed_at = event_time;
    open_.entered = opened;
    open_.entry_cost = opened_cost;
    open_.fees = fee_left;
    open_.fill_count = 1;
  }
  return closed;
}

std::optional<closed_trade> round_trip::add(const split_effect& split, timestamp time) {
  const money profit = split.after.realised_gross - held_.realised_gross;
  SUPREME_CHECK(split.after.size - held_.size == split.base_change
                  && split.after.cost + split.quote_change == held_.cost + profit,
                "a split is of the position that is held");
  closed_trade t = open_;
  t.gross += profit;
  const bool ends = !held_.size.is_zero() && split.after.size.is_zero();
  held_ = split.after;
  if (!ends) {
    open_ = std::move(t);
    return std::nullopt;
  }
  t.closed_at = time;
  open_ = {};
  return t;
}

std::vector<closed_trade> closed_trades(std::span<const fill> fills, const asset_id& quote) {
  round_trip trip{quote};
  std::vector<closed_trade> trades;
  for (const auto& f : fills) {
    SUPREME_CHECK(f.fee_asset == quote, "a fee in another asset is converted first");
    if (auto closed = trip.add(f, f.fee))
      trades.push_back(std::move(*closed));
  }
  return trades;
}

} // namespace supreme::trading
