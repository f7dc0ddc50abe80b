#include "trading/portfolio/closed_trade.hpp"

#include "trading/check.hpp"

namespace supreme::trading {

namespace {

closed_trade begin_trade(const fill& f) {
  closed_trade t;
  t.instrument = f.instrument;
  t.direction = f.direction;
  t.opened_at = f.event_time;
  return t;
}

} // namespace

std::optional<closed_trade> round_trip::add(const fill& f, money fee_in_quote) {
  const position after = apply_fill(held_, f, quote_).after;
  const bool was_flat = held_.size.is_zero();
  const bool is_flat = after.size.is_zero();
  const bool reverses =
    !was_flat && !is_flat && held_.size.is_negative() != after.size.is_negative();
  const bool ends = reverses || (is_flat && !was_flat);
  const bool enters = was_flat || f.direction == open_.direction;

  closed_trade t = was_flat ? begin_trade(f) : open_;
  t.closed_at = f.event_time;
  t.gross += after.realised_gross - held_.realised_gross;
  const money fee = reverses ? multiply_divide(fee_in_quote, held_.size.abs().raw(), f.size.raw(),
                                               rounding::half_even)
                             : fee_in_quote;
  t.fees += fee;
  ++t.fill_count;
  if (enters) {
    t.entered += f.size;
    t.entry_cost += (after.cost - held_.cost).abs();
  }

  closed_trade next;
  if (reverses) {
    // What the fill opened is all that the position holds now.
    next = begin_trade(f);
    next.closed_at = f.event_time;
    next.entered = after.size.abs();
    next.entry_cost = after.cost.abs();
    next.fees = fee_in_quote - fee;
    next.fill_count = 1;
  }
  held_ = after;
  if (!ends) {
    open_ = std::move(t);
    return std::nullopt;
  }
  open_ = std::move(next);
  return t;
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
