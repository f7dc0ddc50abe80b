#include "trading/market/price_factors.hpp"

#include <algorithm>

namespace supreme::trading {

namespace {

/// The product of both factors in units of 1e-16; nothing above price_factor_max.
std::optional<int64_t> product_of(const price_factor& f) noexcept {
  constexpr int64_t max = price_factor_max * decimal::scale * decimal::scale;
  int64_t product = 0;
  const bool too_large =
    __builtin_mul_overflow(f.price.raw(), f.split.raw(), &product) || product > max;
  return too_large ? std::nullopt : std::optional{product};
}

} // namespace

std::string price_factors::add(const price_factor& f) {
  if (!f.price.is_positive() || !f.split.is_positive())
    return "a factor is not positive";
  if (!product_of(f))
    return "the factors' product is above " + std::to_string(price_factor_max);
  if (!rows_.empty() && f.last_day <= rows_.back().last_day)
    return "not on a later day than the row before";
  rows_.push_back(f);
  return {};
}

const price_factor* price_factors::find(int32_t day) const noexcept {
  const auto found = std::ranges::lower_bound(rows_, day, {}, &price_factor::last_day);
  return found == rows_.end() ? nullptr : &*found;
}

std::optional<bar> adjusted(const bar& b, const price_factor& f) noexcept {
  constexpr int64_t whole = decimal::scale * decimal::scale;
  const auto product = product_of(f);
  const auto volume =
    checked_multiply_divide(b.volume, decimal::scale, f.split.raw(), rounding::half_even);
  if (!product || !volume)
    return std::nullopt;
  bar out = b;
  out.volume = *volume;
  for (const auto each : {&bar::open, &bar::high, &bar::low, &bar::close}) {
    const auto at = checked_multiply_divide(b.*each, *product, whole, rounding::half_even);
    if (!at)
      return std::nullopt;
    out.*each = *at;
  }
  return out;
}

} // namespace supreme::trading
