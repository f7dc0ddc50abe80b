#include "trading/matching/bar_matching.hpp"

#include "trading/check.hpp"
#include "trading/matching/fees.hpp"
#include "trading/matching/slippage.hpp"

#include <algorithm>

namespace supreme::trading {

namespace {

/// Where an order would trade within a bar, before size and fee.
struct touch {
  price at;
  bool maker = false;
};

bool is_stop(order_type t) { return t == order_type::stop || t == order_type::stop_limit; }
bool is_limited(order_type t) { return t == order_type::limit || t == order_type::stop_limit; }

/// The price that is worse for the order: higher for a buy, lower for a sell.
price worse(side s, price a, price b) { return s == side::buy ? std::max(a, b) : std::min(a, b); }

/// Whether price a is at least as good for the order as price b.
bool as_good(side s, price a, price b) { return s == side::buy ? a <= b : a >= b; }

/// The price a stop triggers at within this bar, if it does.
std::optional<price> trigger_price(const resting_order& o, const bar_record& b) {
  const price extreme = o.direction == side::buy ? b.high : b.low;
  if (!as_good(o.direction, *o.stop_price, extreme))
    return std::nullopt;
  return worse(o.direction, b.open, *o.stop_price);
}

/// Limit rules for an order that is there from `start` on, when the best price after that is
/// `best`. An order that is marketable when it arrives takes; one that waits for the price makes.
std::optional<touch> limit_touch(side s, price limit, price start, price best) {
  if (as_good(s, start, limit))
    return touch{start, false};
  if (as_good(s, best, limit))
    return touch{limit, true};
  return std::nullopt;
}

price best_price(side s, const bar_record& b) { return s == side::buy ? b.low : b.high; }

/// A stop-limit triggered in this very bar. When the trigger lies inside the bar, its best price
/// may have come before the trigger; only the close is known to come after it.
std::optional<touch> triggered_limit_touch(const resting_order& o, const bar_record& b,
                                           price trigger) {
  const bool from_open = trigger == b.open;
  const price best = from_open ? best_price(o.direction, b) : b.close;
  return limit_touch(o.direction, *o.limit_price, trigger, best);
}

std::optional<touch> find_touch(const resting_order& o, const bar_record& b, const instrument& i,
                                const execution_costs& costs, std::optional<price> trigger) {
  const auto slipped = [&](price at) {
    return touch{slipped_price(o.direction, at, i, costs.slippage_ppb), false};
  };
  switch (o.type) {
    case order_type::market:
      return slipped(b.open);
    case order_type::limit:
      return limit_touch(o.direction, *o.limit_price, b.open, best_price(o.direction, b));
    case order_type::stop:
      if (o.triggered)
        return slipped(b.open);
      return trigger ? std::optional{slipped(*trigger)} : std::nullopt;
    case order_type::stop_limit:
      if (o.triggered)
        return limit_touch(o.direction, *o.limit_price, b.open, best_price(o.direction, b));
      return trigger ? triggered_limit_touch(o, b, *trigger) : std::nullopt;
  }
  return std::nullopt;
}

quantity fill_size(const resting_order& o, const bar_record& b, const instrument& i,
                   int64_t max_volume_share_ppb) {
  if (max_volume_share_ppb == 0)
    return o.open_size;
  const quantity share =
    multiply_divide(b.volume, max_volume_share_ppb, one_ppb, rounding::toward_zero);
  return std::min(o.open_size, round_to_multiple(share, i.lot_size, rounding::toward_zero));
}

void check_contract(const resting_order& o, const execution_costs& costs) {
  SUPREME_CHECK(o.open_size.is_positive(), "a resting order has something left");
  SUPREME_CHECK(!is_limited(o.type) || o.limit_price.has_value(),
                "a limit order has a limit price");
  SUPREME_CHECK(!is_stop(o.type) || o.stop_price.has_value(), "a stop order has a stop price");
  SUPREME_CHECK(costs.slippage_ppb >= 0 && costs.slippage_ppb < one_ppb,
                "slippage is a share below one");
  SUPREME_CHECK(costs.max_volume_share_ppb >= 0, "a volume share is not negative");
}

} // namespace

bool may_execute_on_bar(const resting_order& o, const bar_record& b) noexcept {
  if (is_stop(o.type) && !o.triggered)
    return !o.stop_price || trigger_price(o, b).has_value();
  return !is_limited(o.type) || !o.limit_price
         || as_good(o.direction, best_price(o.direction, b), *o.limit_price);
}

bar_execution execute_on_bar(const resting_order& o, const bar_record& b, const instrument& i,
                             const execution_costs& costs) {
  check_contract(o, costs);
  const auto trigger =
    is_stop(o.type) && !o.triggered ? trigger_price(o, b) : std::optional<price>{};
  bar_execution out;
  out.triggered = is_stop(o.type) && (o.triggered || trigger.has_value());
  const auto found = find_touch(o, b, i, costs, trigger);
  if (!found)
    return out;
  const quantity size = fill_size(o, b, i, costs.max_volume_share_ppb);
  if (size.is_zero())
    return out;
  out.size = size;
  out.at = found->at;
  out.maker = found->maker;
  const int64_t fee_ppb = found->maker ? costs.maker_fee_ppb : costs.taker_fee_ppb;
  out.fee = fee_of(notional_of(out.at, out.size), fee_ppb);
  return out;
}

} // namespace supreme::trading
