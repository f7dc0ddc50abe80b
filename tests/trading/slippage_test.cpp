// Goal: slippage is a share of the price, never in the order's favour and never silently out of
// range. Method: shares worked out by hand; that prices stay worse for any input is a property.

#include "tests/trading/generators.hpp"

#include "trading/check.hpp"
#include "trading/matching/slippage.hpp"

namespace supreme::trading {
namespace {

decimal dec(const char* text) { return decimal::literal(text); }

const instrument traded{instrument_id{"X"}, asset_id{"A"}, asset_id{"B"},
                        dec("0.5"),         dec("0.1"),    dec("0")};

TEST(slippage, fixed_is_the_same_whatever_the_volume) {
  EXPECT_EQ(slippage_ppb(fixed_slippage{1'000'000}, dec("1"), dec("0")), 1'000'000);
  EXPECT_EQ(slippage_ppb(fixed_slippage{1'000'000}, dec("5"), dec("1000")), 1'000'000);
}

TEST(slippage, grows_with_the_square_of_the_volume_share) {
  const volume_share_slippage m{.impact_ppb = 100'000'000, .share_max_ppb = 500'000'000};
  EXPECT_EQ(slippage_ppb(m, dec("10"), dec("100")), 1'000'000);  // 0.1 · 0.1²
  EXPECT_EQ(slippage_ppb(m, dec("20"), dec("100")), 4'000'000);  // 0.1 · 0.2²
  EXPECT_EQ(slippage_ppb(m, dec("90"), dec("100")), 25'000'000); // No share above a half.
}

TEST(slippage, grows_with_the_volume_share_itself_when_not_squared) {
  const volume_share_slippage m{.impact_ppb = 100'000'000, .squared = false};
  EXPECT_EQ(slippage_ppb(m, dec("10"), dec("100")), 10'000'000);
  EXPECT_EQ(slippage_ppb(m, dec("1"), dec("3")), 33'333'334); // Rounded up.
}

TEST(slippage, takes_the_largest_share_where_nothing_was_traded) {
  const volume_share_slippage m{
    .impact_ppb = 100'000'000, .share_max_ppb = 500'000'000, .squared = false};
  EXPECT_EQ(slippage_ppb(m, dec("0.1"), dec("0")), 50'000'000);
}

TEST(slippage, is_rounded_to_the_tick_against_the_order) {
  EXPECT_EQ(slipped_price(side::buy, dec("100"), traded, 1'000'000), dec("100.5"));
  EXPECT_EQ(slipped_price(side::sell, dec("100"), traded, 1'000'000), dec("99.5"));
  EXPECT_EQ(slipped_price(side::sell, dec("0.5"), traded, 999'999'999), dec("0.5"));
  EXPECT_EQ(slipped_price(side::buy, dec("100.25"), traded, 0), dec("100.25"));
}

TEST(slippage, needs_shares_within_their_ranges) {
  EXPECT_THROW(static_cast<void>(slippage_ppb(fixed_slippage{-1}, dec("1"), dec("1"))),
               contract_violation);
  EXPECT_THROW(static_cast<void>(slippage_ppb(fixed_slippage{1'000'000'000}, dec("1"), dec("1"))),
               contract_violation);
  EXPECT_THROW(static_cast<void>(slippage_ppb(volume_share_slippage{.impact_ppb = 1'000'000'000},
                                              dec("1"), dec("1"))),
               contract_violation);
  EXPECT_THROW(
    static_cast<void>(slippage_ppb(volume_share_slippage{.share_max_ppb = -1}, dec("1"), dec("1"))),
    contract_violation);
  EXPECT_THROW(static_cast<void>(slippage_ppb(fixed_slippage{}, dec("0"), dec("1"))),
               contract_violation);
  EXPECT_THROW(static_cast<void>(slippage_ppb(fixed_slippage{}, dec("1"), dec("-1"))),
               contract_violation);
  EXPECT_THROW(static_cast<void>(slipped_price(side::buy, dec("1"), traded, 1'000'000'000)),
               contract_violation);
}

RC_GTEST_PROP(slippage_property, is_a_share_below_one_that_grows_with_the_size, ()) {
  const volume_share_slippage m{.impact_ppb = *rc::gen::inRange<int64_t>(0, 1'000'000'000),
                                .share_max_ppb = *rc::gen::inRange<int64_t>(0, 1'000'000'001),
                                .squared = *rc::gen::arbitrary<bool>()};
  constexpr auto max = std::numeric_limits<int64_t>::max();
  const auto volume = *tests::decimal_between(0, max);
  const auto small = *tests::decimal_between(1, max);
  const auto large = std::max(small, *tests::decimal_between(1, max));
  const auto seen = slippage_ppb(m, small, volume);
  RC_ASSERT((seen >= 0 && seen <= m.impact_ppb));
  RC_ASSERT(seen <= slippage_ppb(m, large, volume));
}

RC_GTEST_PROP(slippage_property, never_favours_the_order, ()) {
  const auto at =
    price::from_raw(*rc::gen::inRange<int64_t>(1, 1'000'000) * traded.tick_size.raw());
  const auto share = *rc::gen::inRange<int64_t>(0, 1'000'000'000);
  RC_ASSERT(slipped_price(side::buy, at, traded, share) >= at);
  RC_ASSERT(slipped_price(side::sell, at, traded, share) <= at);
  RC_ASSERT(slipped_price(side::sell, at, traded, share).is_positive());
}

} // namespace
} // namespace supreme::trading
