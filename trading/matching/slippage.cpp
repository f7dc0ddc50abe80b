#include "trading/matching/slippage.hpp"

#include "trading/check.hpp"
#include "trading/matching/fees.hpp"

#include <algorithm>

namespace supreme::trading {

namespace {

/// a·b of two shares, rounded up; neither is above one.
int64_t share_of(int64_t a_ppb, int64_t b_ppb) noexcept {
  return (a_ppb * b_ppb + one_ppb - 1) / one_ppb;
}

int64_t slippage_of(const fixed_slippage& m, quantity /*size*/, quantity /*volume*/) {
  SUPREME_CHECK(m.ppb >= 0 && m.ppb < one_ppb, "slippage is a share below one");
  return m.ppb;
}

int64_t slippage_of(const volume_share_slippage& m, quantity size, quantity volume) {
  SUPREME_CHECK(m.impact_ppb >= 0 && m.impact_ppb < one_ppb, "an impact is a share below one");
  SUPREME_CHECK(m.share_max_ppb >= 0 && m.share_max_ppb <= one_ppb, "a share is at most one");
  int64_t share = m.share_max_ppb;
  if (size < volume) {
    const auto exact =
      multiply_divide(decimal::from_raw(one_ppb), size.raw(), volume.raw(), rounding::ceiling);
    share = std::min(share, exact.raw());
  }
  return share_of(m.impact_ppb, m.squared ? share_of(share, share) : share);
}

} // namespace

int64_t slippage_ppb(const slippage_model& model, quantity size, quantity volume) {
  SUPREME_CHECK(size.is_positive(), "an order has a size");
  SUPREME_CHECK(!volume.is_negative(), "a volume is not negative");
  return std::visit([&](const auto& m) { return slippage_of(m, size, volume); }, model);
}

price slipped_price(side s, price at, const instrument& i, int64_t slippage_ppb) {
  SUPREME_CHECK(slippage_ppb >= 0 && slippage_ppb < one_ppb, "slippage is a share below one");
  if (slippage_ppb == 0)
    return at;
  const bool buys = s == side::buy;
  const auto against = buys ? rounding::ceiling : rounding::floor;
  const auto slipped =
    multiply_divide(at, one_ppb + (buys ? slippage_ppb : -slippage_ppb), one_ppb, against);
  // A sale never slips to nothing: one tick is the lowest price there is.
  return std::max(round_to_multiple(slipped, i.tick_size, against), i.tick_size);
}

} // namespace supreme::trading
