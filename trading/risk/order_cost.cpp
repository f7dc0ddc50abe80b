#include "trading/risk/order_cost.hpp"

#include "trading/risk/ppb.hpp"

namespace supreme::trading {

std::optional<price> collar_price(price mark, side direction, int64_t collar_ppb,
                                  price tick) noexcept {
  if (!is_share(collar_ppb))
    return std::nullopt;
  const bool buys = direction == side::buy;
  const auto away = buys ? rounding::ceiling : rounding::floor;
  const auto collar = checked_scale(mark, whole_ppb + (buys ? collar_ppb : -collar_ppb), away);
  return collar ? checked_round_to_multiple(*collar, tick, away) : std::nullopt;
}

std::optional<money> worst_cost(price worst, quantity size, int64_t fee_ppb) noexcept {
  if (!is_share(fee_ppb))
    return std::nullopt;
  const auto notional = checked_multiply(worst, size, rounding::away_from_zero);
  return notional ? checked_scale(*notional, whole_ppb + fee_ppb, rounding::away_from_zero)
                  : std::nullopt;
}

std::optional<quantity> affordable_size(money cash, price worst, int64_t fee_ppb,
                                        quantity lot) noexcept {
  if (!worst.is_positive() || !lot.is_positive() || !is_share(fee_ppb))
    return std::nullopt;
  if (!cash.is_positive())
    return quantity{};
  // Nothing above this is covered, even without a fee.
  const auto without_fee = checked_divide(cash, worst, rounding::toward_zero);
  if (!without_fee)
    return std::nullopt;
  const auto covers = [&](int64_t lots) {
    const auto cost = worst_cost(worst, quantity::from_raw(lots * lot.raw()), fee_ppb);
    return cost && *cost <= cash;
  };
  int64_t covered = 0;
  int64_t highest = without_fee->raw() / lot.raw();
  while (covered < highest) {
    const int64_t middle = highest - (highest - covered) / 2;
    if (covers(middle))
      covered = middle;
    else
      highest = middle - 1;
  }
  return quantity::from_raw(covered * lot.raw());
}

} // namespace supreme::trading
