#include "trading/portfolio/conversion.hpp"

#include "trading/market/exact_sum.hpp"

namespace supreme::trading {

booking_refusal conversion_prices::set(const asset_id& base, const asset_id& quote, price at) {
  if (!at.is_positive() || base == quote)
    return booking_refusal::invalid;
  prices_.insert_or_assign({base, quote}, at);
  prices_.erase({quote, base});
  return booking_refusal::none;
}

std::optional<conversion_prices::rate> conversion_prices::find(const asset_id& from,
                                                               const asset_id& to) const {
  if (const auto at = prices_.find({from, to}); at != prices_.end())
    return rate{at->second.raw(), decimal::scale};
  if (const auto at = prices_.find({to, from}); at != prices_.end())
    return rate{decimal::scale, at->second.raw()};
  return std::nullopt;
}

result<decimal, booking_refusal> conversion_prices::convert(decimal amount, const asset_id& from,
                                                            const asset_id& to) const {
  if (from == to)
    return amount;
  auto first = find(from, to);
  auto second = std::optional{rate{}};
  if (!first) {
    first = find(from, pivot_);
    second = find(pivot_, to);
  }
  if (!first || !second)
    return booking_refusal::no_price;
  const auto converted =
    checked_multiply_divide_twice(amount, first->numerator, first->denominator, second->numerator,
                                  second->denominator, rounding::half_even);
  if (!converted)
    return booking_refusal::overflow;
  return *converted;
}

result<decimal, booking_refusal>
conversion_prices::value(const std::map<asset_id, decimal>& holdings, const asset_id& to) const {
  exact_sum total;
  for (const auto& [asset, amount] : holdings) {
    const auto converted = convert(amount, asset, to);
    if (!converted)
      return converted.error();
    total.add(*converted);
  }
  const auto sum = total.value();
  if (!sum)
    return booking_refusal::overflow;
  return *sum;
}

} // namespace supreme::trading
