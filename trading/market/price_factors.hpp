#pragma once

#include "trading/market/bar.hpp"
#include "trading/market/utc_day.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace supreme::trading {

/// What turns a share's recorded prices up to a day into prices of today's shares.
struct price_factor {
  int32_t last_day = 0; ///< utc_day() of the last day that it holds for
  decimal price;        ///< what cash dividends paid since leave of a price
  decimal split;        ///< today's price of what cost 1 then; 0.5 before a two-for-one split

  friend bool operator==(const price_factor&, const price_factor&) = default;
};

/// 0.0001, the smallest of either: eight decimals leave it at least five digits.
inline constexpr decimal price_factor_min = decimal::from_raw(10'000);

/// The factors of one instrument, as QuantConnect's LEAN lists them: a row holds for the days after
/// the row before it up to its own, the first also for all before. A plain value, to be shared once
/// it is complete.
class price_factors {
public:
  /// Why this cannot be the next row, as the end of a sentence; empty when it has been taken. Days
  /// rise; factors are at least price_factor_min.
  [[nodiscard]] std::string add(const price_factor& f);

  [[nodiscard]] size_t size() const noexcept { return rows_.size(); }
  /// Of the last row, and there is one.
  [[nodiscard]] int32_t last_day() const { return rows_.back().last_day; }
  /// The day after which prices are left as they are: of the last row that changes any. Nothing
  /// where none does.
  [[nodiscard]] std::optional<int32_t> last_change() const noexcept;
  /// The row for a day; nullptr behind the last one, where nobody knows.
  [[nodiscard]] const price_factor* find(int32_t day) const noexcept;

private:
  std::vector<price_factor> rows_;
};

/// Prices times both factors, volume divided by the split's, each rounded half-even once, to 1e-8.
/// Rounding keeps the order of prices, so a possible bar stays one, but for prices that round to 0.
/// Nothing outside the decimal range.
[[nodiscard]] std::optional<bar> adjusted(const bar& b, const price_factor& f) noexcept;

} // namespace supreme::trading
