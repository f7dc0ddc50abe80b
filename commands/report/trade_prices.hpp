#pragma once

#include "trading/portfolio/closed_trade.hpp"

#include <optional>

namespace supreme::commands::report {

// What a closed trade does not keep: made from what it does. Nothing outside the decimal range.

/// Of all that opened the position, its average.
[[nodiscard]] std::optional<trading::price> entry_price(const trading::closed_trade& t);
/// Of all that closed it: the average that explains the profit.
[[nodiscard]] std::optional<trading::price> exit_price(const trading::closed_trade& t);
/// After fees.
[[nodiscard]] std::optional<trading::money> net_profit(const trading::closed_trade& t);

} // namespace supreme::commands::report
