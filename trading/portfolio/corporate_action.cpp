#include "trading/portfolio/corporate_action.hpp"

#include <limits>

namespace supreme::trading {

namespace {

__extension__ using wide = __int128;

constexpr int64_t raw_max = std::numeric_limits<int64_t>::max();

bool is_valid(const split_ratio& r) noexcept {
  constexpr int64_t most_units = 10'000;
  return r.new_units >= 1 && r.new_units <= most_units && r.old_units >= 1
         && r.old_units <= most_units;
}

/// The new size without its sign: whole lots, and the rest as a share of all.
struct split_size {
  int64_t lots_raw = 0; ///< in units of 1e-8
  wide rest = 0;        ///< in units of 1e-8/old_units
  wide all = 0;         ///< likewise, ≥ rest
};

std::optional<split_size> split_units(quantity size, const split_ratio& ratio,
                                      quantity lot_size) noexcept {
  const wide units = size.raw() < 0 ? -wide{size.raw()} : wide{size.raw()};
  split_size s;
  s.all = units * ratio.new_units;
  const wide lot = wide{lot_size.raw()} * ratio.old_units;
  s.rest = s.all % lot;
  const wide lots_raw = (s.all - s.rest) / ratio.old_units;
  if (lots_raw > raw_max)
    return std::nullopt;
  s.lots_raw = static_cast<int64_t>(lots_raw);
  return s;
}

/// amount·part/all, rounded half-even.
std::optional<money> share(money amount, wide part, wide all) noexcept {
  if (part == 0)
    return money{};
  // Reduced first, because both must fit in 64 bits.
  wide a = all;
  for (wide b = part; b != 0;) {
    const wide rest = a % b;
    a = b;
    b = rest;
  }
  if (part / a > raw_max || all / a > raw_max)
    return std::nullopt;
  return checked_multiply_divide(amount, static_cast<int64_t>(part / a),
                                 static_cast<int64_t>(all / a), rounding::half_even);
}

std::optional<decimal> with_sign_of(decimal sign, std::optional<decimal> magnitude) noexcept {
  return magnitude && sign.is_negative() ? checked_subtract(decimal{}, *magnitude) : magnitude;
}

/// The cash for the rest and the cost it takes along become realised profit.
std::optional<split_effect> effect_of(const position& before, const split_size& size,
                                      const split_ratio& ratio, price cash_in_lieu) noexcept {
  const auto after_size = with_sign_of(before.size, decimal::from_raw(size.lots_raw));
  const auto cash = with_sign_of(
    before.size, share(cash_in_lieu, size.rest, wide{ratio.old_units} * decimal::scale));
  const auto released = share(before.cost, size.rest, size.all);
  if (!after_size || !cash || !released)
    return std::nullopt;
  const auto base_change = checked_subtract(*after_size, before.size);
  const auto cost = checked_subtract(before.cost, *released);
  const auto profit = checked_subtract(*cash, *released);
  const auto realised = profit ? checked_add(before.realised_gross, *profit) : std::nullopt;
  if (!base_change || !cost || !realised)
    return std::nullopt;
  split_effect e;
  e.after = before;
  e.after.size = *after_size;
  e.after.cost = *cost;
  e.after.realised_gross = *realised;
  e.base_change = *base_change;
  e.quote_change = *cash;
  return e;
}

} // namespace

result<split_effect, booking_refusal> apply_split(const position& before, const split_ratio& ratio,
                                                  quantity lot_size,
                                                  std::optional<price> cash_in_lieu) {
  if (!is_valid(ratio) || !lot_size.is_positive() || (cash_in_lieu && !cash_in_lieu->is_positive()))
    return booking_refusal::invalid;
  const auto size = split_units(before.size, ratio, lot_size);
  if (!size)
    return booking_refusal::overflow;
  if (size->rest != 0 && !cash_in_lieu)
    return booking_refusal::no_price;
  auto effect = effect_of(before, *size, ratio, cash_in_lieu.value_or(price{}));
  if (!effect)
    return booking_refusal::overflow;
  return *std::move(effect);
}

result<money, booking_refusal> cash_dividend(const position& held, money per_unit) {
  if (per_unit.is_negative())
    return booking_refusal::invalid;
  const auto amount = checked_multiply(held.size, per_unit, rounding::half_even);
  if (!amount)
    return booking_refusal::overflow;
  return *amount;
}

} // namespace supreme::trading
