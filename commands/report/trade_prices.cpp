#include "commands/report/trade_prices.hpp"

#include "trading/market/decimal.hpp"

namespace supreme::commands::report {

std::optional<trading::price> entry_price(const trading::closed_trade& t) {
  return trading::checked_divide(t.entry_cost, t.entered, trading::rounding::half_even);
}

std::optional<trading::price> exit_price(const trading::closed_trade& t) {
  // A long trade gained what its exits brought more than its entries cost, a short one the reverse.
  const auto exits = t.direction == trading::side::buy
                       ? trading::checked_add(t.entry_cost, t.gross)
                       : trading::checked_subtract(t.entry_cost, t.gross);
  return exits ? trading::checked_divide(*exits, t.entered, trading::rounding::half_even)
               : std::nullopt;
}

std::optional<trading::money> net_profit(const trading::closed_trade& t) {
  return trading::checked_subtract(t.gross, t.fees);
}

} // namespace supreme::commands::report
