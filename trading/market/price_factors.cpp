#include "trading/market/price_factors.hpp"

#include <algorithm>

namespace supreme::trading {

std::string price_factors::add(const price_factor& f) {
  if (f.price < price_factor_min || f.split < price_factor_min)
    return "a factor is below " + price_factor_min.to_string();
  if (!rows_.empty() && f.last_day <= rows_.back().last_day)
    return "not on a later day than the row before";
  rows_.push_back(f);
  return {};
}

const price_factor* price_factors::find(int32_t day) const noexcept {
  const auto found = std::ranges::lower_bound(rows_, day, {}, &price_factor::last_day);
  return found == rows_.end() ? nullptr : &*found;
}

std::optional<int32_t> price_factors::last_change() const noexcept {
  const auto one = decimal::from_integer(1);
  for (auto row = rows_.rbegin(); row != rows_.rend(); ++row) {
    if (row->price != one || row->split != one)
      return row->last_day;
  }
  return std::nullopt;
}

std::optional<bar> adjusted(const bar& b, const price_factor& f) noexcept {
  const auto volume =
    checked_multiply_divide(b.volume, decimal::scale, f.split.raw(), rounding::half_even);
  if (!volume)
    return std::nullopt;
  bar out = b;
  out.volume = *volume;
  for (const auto each : {&bar::open, &bar::high, &bar::low, &bar::close}) {
    const auto at = checked_multiply_divide_twice(
      b.*each, f.price.raw(), decimal::scale, f.split.raw(), decimal::scale, rounding::half_even);
    if (!at)
      return std::nullopt;
    out.*each = *at;
  }
  return out;
}

} // namespace supreme::trading
