#include "trading/risk/protection.hpp"

#include "trading/risk/order_cost.hpp"

namespace supreme::trading {

namespace {

/// The price at a distance from the reference on one side of it, rounded toward zero exposure;
/// nothing when no order waits there.
std::optional<price> waiting_price(price reference, price distance, bool above, side direction,
                                   price tick) {
  const auto exact =
    above ? checked_add(reference, distance) : checked_subtract(reference, distance);
  if (!exact || !exact->is_positive())
    return std::nullopt;
  const auto at = checked_round_to_multiple(
    *exact, tick, direction == side::sell ? rounding::away_from_zero : rounding::toward_zero);
  return at && at->is_positive() ? at : std::nullopt;
}

verdict decide_one(const protective_order& o, const verdict& entry, const instrument& traded,
                   const risk_limits& limits, bool lists_passed) {
  verdict v;
  const auto notional = checked_multiply(o.at, entry.size, rounding::toward_zero);
  const auto direction = opposite(entry.direction);
  const bool waits_for_stop = o.key_leg == protective_stop_leg;
  const auto worst = waits_for_stop
                       ? collar_price(o.at, direction, limits.collar_ppb, traded.tick_size)
                       : std::optional{o.at};
  if (!notional || !worst) {
    v.checks.push_back({refusal::overflow, false, {}, {}});
    v.outcome = refusal::overflow;
    return v;
  }
  const bool large_enough = *notional >= traded.min_notional;
  if (!large_enough || lists_passed)
    v.checks.push_back({refusal::min_notional, large_enough, traded.min_notional, *notional});
  if (!large_enough) {
    v.outcome = refusal::min_notional;
    return v;
  }
  v.direction = direction;
  v.size = entry.size;
  v.worst_price = *worst;
  v.reduce_only = true;
  v.type = waits_for_stop ? order_type::stop : order_type::limit;
  (waits_for_stop ? v.stop_price : v.limit_price) = o.at;
  return v;
}

} // namespace

std::vector<protective_order> protect(const size_hints& hints, price reference,
                                      const verdict& entry, const instrument& traded,
                                      const risk_limits& limits, bool lists_passed) {
  std::vector<protective_order> out;
  const bool is_entry = entry.outcome == refusal::none && !entry.reduce_only;
  if (!is_entry)
    return out;
  const bool is_long = entry.direction == side::buy;
  const auto add = [&](const std::optional<price>& distance, bool above, uint32_t key_leg,
                       const char* reason) {
    if (!distance)
      return;
    const auto at =
      waiting_price(reference, *distance, above, opposite(entry.direction), traded.tick_size);
    if (!at)
      return;
    auto& o = out.emplace_back(protective_order{key_leg, reason, *distance, *at, {}});
    o.verdict = decide_one(o, entry, traded, limits, lists_passed);
  };
  add(hints.stop_distance, !is_long, protective_stop_leg, "Protective stop of the entry");
  add(hints.take_profit_distance, is_long, take_profit_leg, "Profit target of the entry");
  return out;
}

signal signal_with_entry(const signal& entry, uint32_t key_leg, const char* reason,
                         std::vector<std::pair<std::string, decimal>> inputs) {
  signal s = entry;
  s.key.leg = key_leg;
  s.wanted = target::flat;
  s.reason = reason;
  s.inputs = std::move(inputs);
  s.hints = {};
  return s;
}

signal protective_signal(const signal& entry, const protective_order& o) {
  return signal_with_entry(entry, o.key_leg, o.reason, {{"distance", o.distance}, {"price", o.at}});
}

} // namespace supreme::trading
