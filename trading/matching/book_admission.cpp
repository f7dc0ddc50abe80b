#include "trading/matching/book_admission.hpp"

#include "trading/matching/fees.hpp"

#include <limits>

namespace supreme::trading {

namespace {

__extension__ using wide = __int128;

template <class Enum>
bool is_between(Enum value, Enum first, Enum last) noexcept {
  return value >= first && value <= last;
}

bool has_known_values(const book_order& o) noexcept {
  return is_between(o.direction, side::buy, side::sell)
         && is_between(o.type, book_order_type::market, book_order_type::take_profit_limit)
         && is_between(o.lifetime, time_in_force::good_till_cancelled, time_in_force::fill_or_kill)
         && is_between(o.self_trades, self_trade_rule::allow, self_trade_rule::decrement);
}

std::optional<book_refusal> judge_shape(const book_order& o) noexcept {
  const bool limited = has_limit_price(o.type);
  const bool stops = has_stop_price(o.type);
  const bool trails = o.type == book_order_type::trailing_stop;
  const bool has_trail = o.trail_offset || o.trail_ppb;
  if ((limited && !o.limit_price) || (stops && !o.stop_price) || (trails && !has_trail))
    return book_refusal::price_missing;
  if ((!limited && o.limit_price) || (!stops && o.stop_price) || (!trails && has_trail))
    return book_refusal::price_unexpected;
  const bool rests = limited && o.lifetime == time_in_force::good_till_cancelled;
  if ((o.trail_offset && o.trail_ppb) || (o.post_only && !rests))
    return book_refusal::contradiction;
  return std::nullopt;
}

/// The number of whole steps in a value, or why it is none.
std::optional<book_refusal> to_steps(decimal value, decimal step, book_refusal not_positive,
                                     book_refusal off_step, int64_t& steps) noexcept {
  if (!value.is_positive())
    return not_positive;
  steps = value.raw() / step.raw();
  return steps * step.raw() == value.raw() ? std::nullopt : std::optional{off_step};
}

std::optional<book_refusal> to_ticks(const std::optional<price>& at, const instrument& i,
                                     int64_t& ticks) noexcept {
  if (!at)
    return std::nullopt;
  return to_steps(*at, i.tick_size, book_refusal::price_not_positive, book_refusal::off_tick,
                  ticks);
}

std::optional<book_refusal> judge_trail(const book_order& o, const instrument& i,
                                        admitted_order& out) noexcept {
  if (o.trail_ppb) {
    out.trail_ppb = *o.trail_ppb;
    return *o.trail_ppb > 0 && *o.trail_ppb < one_ppb
             ? std::nullopt
             : std::optional{book_refusal::trail_out_of_range};
  }
  if (!o.trail_offset)
    return std::nullopt;
  return to_steps(*o.trail_offset, i.tick_size, book_refusal::trail_out_of_range,
                  book_refusal::off_tick, out.trail_ticks);
}

std::optional<book_refusal> judge_notional(const book_order& o, const instrument& i) noexcept {
  const auto& at = o.limit_price ? o.limit_price : o.stop_price;
  if (!at)
    return std::nullopt;
  // Exact: nothing is rounded up to the minimum.
  const wide notional = wide{at->raw()} * o.size.raw();
  if (notional < wide{i.min_notional.raw()} * decimal::scale)
    return book_refusal::min_notional;
  if (notional > wide{std::numeric_limits<int64_t>::max()} * decimal::scale)
    return book_refusal::overflow;
  return std::nullopt;
}

} // namespace

result<admitted_order, book_refusal> admit(const book_order& o, const instrument& i,
                                           uint32_t owner_count) {
  if (!has_known_values(o))
    return book_refusal::unknown_value;
  if (static_cast<uint32_t>(o.owner) >= owner_count)
    return book_refusal::unknown_owner;
  if (const auto refused = judge_shape(o))
    return *refused;
  admitted_order out;
  if (const auto refused = to_steps(o.size, i.lot_size, book_refusal::size_not_positive,
                                    book_refusal::off_lot, out.lots))
    return *refused;
  if (const auto refused = to_ticks(o.limit_price, i, out.limit_ticks))
    return *refused;
  if (const auto refused = to_ticks(o.stop_price, i, out.stop_ticks))
    return *refused;
  if (const auto refused = judge_trail(o, i, out))
    return *refused;
  if (const auto refused = judge_notional(o, i))
    return *refused;
  return out;
}

} // namespace supreme::trading
