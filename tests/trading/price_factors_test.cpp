// Goal: a bar is adjusted by the factors of its day, exactly and with one rounding each.
// Method: tables written for the purpose; random bars against a product in 128 bits.

#include "tests/trading/generators.hpp"
#include "trading/market/price_factors.hpp"

#include <algorithm>

namespace supreme::trading {
namespace {

decimal dec(const char* text) { return decimal::literal(text); }

price_factors table() {
  price_factors out;
  EXPECT_EQ(out.add({10, dec("0.9"), dec("0.25")}), "");
  EXPECT_EQ(out.add({20, dec("0.95"), dec("0.5")}), "");
  EXPECT_EQ(out.add({30, dec("1"), dec("1")}), "");
  return out;
}

bar bar_of(const char* open, const char* high, const char* low, const char* close,
           const char* volume) {
  return {instrument_id{"SPY"}, timestamp{}, std::chrono::hours{24}, dec(open), dec(high), dec(low),
          dec(close),           dec(volume)};
}

TEST(price_factors, hold_for_the_days_up_to_their_own) {
  const auto factors = table();
  EXPECT_EQ(factors.size(), 3u);
  const auto split_on = [&](int32_t day) { return factors.find(day)->split; };
  EXPECT_EQ(split_on(-1'000), dec("0.25"));
  EXPECT_EQ(split_on(10), dec("0.25"));
  EXPECT_EQ(split_on(11), dec("0.5"));
  EXPECT_EQ(split_on(20), dec("0.5"));
  EXPECT_EQ(split_on(21), dec("1"));
  EXPECT_EQ(split_on(30), dec("1"));
  EXPECT_EQ(factors.find(31), nullptr);
  EXPECT_EQ(price_factors{}.find(0), nullptr);
}

TEST(price_factors, refuse_what_cannot_be_a_row) {
  auto factors = table();
  EXPECT_EQ(factors.add({30, dec("1"), dec("1")}), "not on a later day than the row before");
  EXPECT_EQ(factors.add({29, dec("1"), dec("1")}), "not on a later day than the row before");
  EXPECT_EQ(factors.add({31, dec("0"), dec("1")}), "a factor is below 0.0001");
  EXPECT_EQ(factors.add({31, dec("1"), dec("-1")}), "a factor is below 0.0001");
  EXPECT_EQ(factors.add({31, dec("0.00009999"), dec("1")}), "a factor is below 0.0001");
  EXPECT_EQ(factors.add({31, dec("1"), dec("0.00009999")}), "a factor is below 0.0001");
  EXPECT_EQ(factors.size(), 3u);
  EXPECT_EQ(factors.add({31, dec("0.0001"), dec("0.0001")}), "");
}

TEST(price_factors, know_the_day_after_which_they_change_nothing) {
  EXPECT_EQ(table().last_change(), 20);
  EXPECT_EQ(price_factors{}.last_change(), std::nullopt);
  price_factors ones;
  EXPECT_EQ(ones.add({10, dec("1"), dec("1")}), "");
  EXPECT_EQ(ones.last_change(), std::nullopt);
}

TEST(price_factors, are_as_large_as_twelve_reverse_splits_make_them) {
  // What has lost all its value many times over, like a fund of volatility futures.
  const auto b =
    adjusted(bar_of("21.5", "22", "21", "21.25", "7000000000"), {0, dec("1"), dec("3000000000")})
      .value();
  EXPECT_EQ(b.close, dec("63750000000"));
  EXPECT_EQ(b.volume, dec("2.33333333"));
}

TEST(price_factors, multiply_prices_and_divide_the_volume_by_the_split_alone) {
  const auto b =
    adjusted(bar_of("100", "104", "96", "102", "30"), {0, dec("0.9"), dec("0.25")}).value();
  EXPECT_EQ(b.open, dec("22.5"));
  EXPECT_EQ(b.high, dec("23.4"));
  EXPECT_EQ(b.low, dec("21.6"));
  EXPECT_EQ(b.close, dec("22.95"));
  EXPECT_EQ(b.volume, dec("120"));
}

TEST(price_factors, round_half_even_once) {
  // 0.00000003 · 0.5 · 0.5 are 0.75 units, which two roundings would have made 1 or 0 of 1.5.
  const auto b = adjusted(bar_of("0.00000003", "0.0000001", "0.00000002", "0.00000006", "1"),
                          {0, dec("0.5"), dec("0.5")})
                   .value();
  EXPECT_EQ(b.open.raw(), 1);
  EXPECT_EQ(b.high.raw(), 2);  // 2.5
  EXPECT_EQ(b.low.raw(), 0);   // 0.5
  EXPECT_EQ(b.close.raw(), 2); // 1.5
}

TEST(price_factors, give_nothing_outside_the_range) {
  EXPECT_FALSE(adjusted(bar_of("1", "50000000000", "1", "1", "1"), {0, dec("2"), dec("1")}));
  EXPECT_FALSE(adjusted(bar_of("1", "1", "1", "1", "50000000000"), {0, dec("1"), dec("0.5")}));
  EXPECT_FALSE(adjusted(bar_of("1", "1", "1", "1", "1"), {0, dec("80000000000"), dec("2")}));
  EXPECT_FALSE(adjusted(bar_of("80000000000", "80000000000", "80000000000", "80000000000", "1"),
                        {0, dec("80000000000"), dec("80000000000")}));
}

RC_GTEST_PROP(price_factors_property, find_the_row_that_a_search_from_the_first_finds, ()) {
  const auto first_from = [](const std::vector<price_factor>& rows, int32_t day) {
    for (const auto& row : rows)
      if (day <= row.last_day)
        return std::optional{row};
    return std::optional<price_factor>{};
  };
  const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 4));
  price_factors factors;
  std::vector<price_factor> rows;
  int32_t day = *rc::gen::inRange(-20, 20);
  for (const int step : steps) {
    rows.push_back({day, dec("1"), decimal::from_integer(static_cast<int64_t>(rows.size()) + 1)});
    RC_ASSERT(factors.add(rows.back()).empty());
    day += step;
  }
  for (int32_t asked = -25; asked <= day + 5; ++asked) {
    const auto* found = factors.find(asked);
    RC_ASSERT((found == nullptr ? std::optional<price_factor>{} : *found)
              == first_from(rows, asked));
  }
}

RC_GTEST_PROP(price_factors_property, are_the_exact_product_rounded_half_even, ()) {
  const auto price = *tests::decimal_between(1, 100'000 * decimal::scale);
  const auto higher = price + *tests::decimal_between(0, decimal::scale);
  const price_factor f{0, *tests::decimal_between(1, 5 * decimal::scale),
                       *tests::decimal_between(1, 100 * decimal::scale)};
  const bar before{instrument_id{"SPY"},
                   timestamp{},
                   std::chrono::hours{24},
                   price,
                   higher,
                   price,
                   higher,
                   dec("1")};
  const auto after = adjusted(before, f);
  RC_PRE(after.has_value());
  __extension__ using wide = __int128;
  const auto twice_off = [&](decimal from, decimal to) {
    const wide exact = wide{from.raw()} * f.price.raw() * f.split.raw();
    constexpr wide one = wide{decimal::scale} * decimal::scale;
    return 2 * (wide{to.raw()} * one - exact);
  };
  constexpr wide one = wide{decimal::scale} * decimal::scale;
  for (const auto& [from, to] : {std::pair{before.open, after->open}, {before.high, after->high}}) {
    const auto off = twice_off(from, to);
    RC_ASSERT(bool(off <= one && off >= -one));
    RC_ASSERT(((off != one && off != -one) || to.raw() % 2 == 0));
  }
  // Order is kept, so what was possible still is.
  const auto defect = find_defect(*after);
  RC_ASSERT((defect == bar_defect::none
             || (defect == bar_defect::price_not_positive && after->low.is_zero())));
}

} // namespace
} // namespace supreme::trading
