// Goal: amounts of several assets are valued with one rounding each, and attribution adds up.
// Method: prices worked out by hand; then any contributions, whose sums must agree in every cut.

#include "trading/portfolio/attribution.hpp"

#include "tests/trading/generators.hpp"

#include <limits>

namespace supreme::trading {
namespace {

const asset_id btc{"BTC"};
const asset_id eth{"ETH"};
const asset_id eur{"EUR"};
const asset_id usdt{"USDT"};

decimal dec(const char* text) { return decimal::literal(text); }

conversion_prices sample_prices() {
  conversion_prices prices{usdt};
  EXPECT_EQ(prices.set(btc, usdt, dec("30000")), booking_refusal::none);
  EXPECT_EQ(prices.set(eth, usdt, dec("2000")), booking_refusal::none);
  EXPECT_EQ(prices.set(usdt, eur, dec("0.9")), booking_refusal::none);
  return prices;
}

TEST(conversion, takes_the_price_its_inverse_or_two_through_the_pivot) {
  const auto prices = sample_prices();
  EXPECT_EQ(*prices.convert(dec("2"), btc, usdt), dec("60000"));
  EXPECT_EQ(*prices.convert(dec("-1500"), usdt, btc), dec("-0.05"));
  EXPECT_EQ(*prices.convert(dec("3"), eth, btc), dec("0.2"));
  EXPECT_EQ(*prices.convert(dec("1"), btc, eth), dec("15"));
  EXPECT_EQ(*prices.convert(dec("1"), btc, eur), dec("27000"));
  EXPECT_EQ(*prices.convert(dec("27000"), eur, btc), dec("1"));
  EXPECT_EQ(*prices.convert(dec("1"), asset_id{"XYZ"}, asset_id{"XYZ"}), dec("1"));
}

TEST(conversion, rounds_once_at_the_end_and_half_even) {
  conversion_prices prices{usdt};
  ASSERT_EQ(prices.set(btc, usdt, dec("3")), booking_refusal::none);
  ASSERT_EQ(prices.set(eth, usdt, dec("3")), booking_refusal::none);
  // A third of a unit in between would come back as 0.99999999.
  EXPECT_EQ(*prices.convert(dec("1"), btc, eth), dec("1"));
  EXPECT_EQ(*prices.convert(dec("1"), usdt, btc), dec("0.33333333"));
  ASSERT_EQ(prices.set(usdt, eth, dec("0.00000001")), booking_refusal::none);
  // Between the steps this would be far below a unit: 0.00000003·0.00000001.
  EXPECT_EQ(*prices.convert(dec("50000000"), btc, eth), dec("1.5"));
  ASSERT_EQ(prices.set(btc, usdt, dec("0.5")), booking_refusal::none);
  EXPECT_EQ(*prices.convert(decimal::from_raw(3), btc, usdt), decimal::from_raw(2));
  EXPECT_EQ(*prices.convert(decimal::from_raw(1), btc, usdt), decimal{});
}

TEST(conversion, keeps_one_price_for_a_pair) {
  auto prices = sample_prices();
  ASSERT_EQ(prices.set(usdt, btc, dec("0.00002")), booking_refusal::none);
  EXPECT_EQ(*prices.convert(dec("1"), btc, usdt), dec("50000"));
  EXPECT_EQ(*prices.convert(dec("50000"), usdt, btc), dec("1"));
}

TEST(conversion, refuses_what_has_no_price_is_no_price_or_leaves_the_range) {
  auto prices = sample_prices();
  EXPECT_EQ(prices.convert(dec("1"), btc, asset_id{"XYZ"}).error(), booking_refusal::no_price);
  EXPECT_EQ(prices.convert(dec("1"), asset_id{"XYZ"}, btc).error(), booking_refusal::no_price);
  EXPECT_EQ(prices.set(btc, btc, dec("1")), booking_refusal::invalid);
  EXPECT_EQ(prices.set(btc, usdt, dec("0")), booking_refusal::invalid);
  EXPECT_EQ(prices.set(btc, usdt, dec("-1")), booking_refusal::invalid);
  EXPECT_EQ(prices.convert(dec("90000000000"), btc, usdt).error(), booking_refusal::overflow);
  EXPECT_EQ(prices.convert(dec("90000000000"), btc, eth).error(), booking_refusal::overflow);
}

TEST(conversion, takes_the_largest_prices) {
  const auto most = decimal::from_raw(std::numeric_limits<int64_t>::max());
  conversion_prices prices{usdt};
  ASSERT_EQ(prices.set(btc, usdt, most), booking_refusal::none);
  ASSERT_EQ(prices.set(usdt, eur, most), booking_refusal::none);
  EXPECT_EQ(prices.convert(most, btc, eur).error(), booking_refusal::overflow);
  EXPECT_EQ(*prices.convert(most, eur, btc), dec("0"));
  ASSERT_EQ(prices.set(eth, usdt, most), booking_refusal::none);
  EXPECT_EQ(*prices.convert(most, btc, eth), most);
}

TEST(conversion, values_holdings_in_one_asset) {
  const auto prices = sample_prices();
  EXPECT_EQ(*prices.value({{btc, dec("1")}, {eth, dec("-2")}, {usdt, dec("5")}}, usdt),
            dec("26005"));
  EXPECT_EQ(prices.value({{asset_id{"XYZ"}, dec("1")}}, usdt).error(), booking_refusal::no_price);
  const auto most = decimal::from_raw(std::numeric_limits<int64_t>::max());
  EXPECT_EQ(prices.value({{usdt, most}, {eth, dec("1")}}, usdt).error(), booking_refusal::overflow);
  EXPECT_EQ(*prices.value({}, usdt), dec("0"));
}

RC_GTEST_PROP(conversion_property, never_fails_but_with_a_reason_and_errs_by_half_a_unit_at_most,
              ()) {
  __extension__ using wide = __int128;
  conversion_prices prices{usdt};
  const auto any_price = rc::gen::oneOf(
    tests::decimal_between(1, 1'000), tests::decimal_between(1, 100'000 * decimal::scale),
    tests::decimal_between(1, std::numeric_limits<int64_t>::max()));
  const auto first = *any_price;
  const auto second = *any_price;
  RC_ASSERT(prices.set(btc, usdt, first) == booking_refusal::none);
  RC_ASSERT(prices.set(eth, usdt, second) == booking_refusal::none);
  const auto amount = *tests::any_decimal();
  const auto converted = prices.convert(amount, btc, eth);
  const wide exact = wide{amount.raw()} * first.raw();
  if (!converted) {
    RC_ASSERT(converted.error() == booking_refusal::overflow);
    RC_ASSERT((exact / second.raw() >= std::numeric_limits<int64_t>::max()
               || exact / second.raw() <= std::numeric_limits<int64_t>::min()));
    return;
  }
  const wide error = exact - wide{converted->raw()} * second.raw();
  RC_ASSERT(((error < 0 ? -error : error) * 2 <= second.raw()));
}

TEST(attribution, of_a_position_is_its_profit_open_and_closed_less_fees_with_dividends) {
  position p;
  p.size = dec("2");
  p.cost = dec("200");
  p.realised_gross = dec("10");
  p.fees_quote = dec("1");
  const auto c = contribution_of(p, dec("110"), dec("3")).value();
  EXPECT_EQ(c, (contribution{dec("10"), dec("20"), dec("1"), dec("3")}));
  EXPECT_EQ(c.net(), dec("32"));
  const auto in_eur = convert(c, usdt, eur, sample_prices()).value();
  EXPECT_EQ(in_eur, (contribution{dec("9"), dec("18"), dec("0.9"), dec("2.7")}));
  EXPECT_EQ(convert(c, asset_id{"XYZ"}, eur, sample_prices()).error(), booking_refusal::no_price);
  p.size = decimal::from_raw(std::numeric_limits<int64_t>::max());
  EXPECT_EQ(contribution_of(p, dec("110"), {}).error(), booking_refusal::overflow);
}

TEST(attribution, refuses_what_leaves_the_range_and_stays_as_it_was) {
  attribution a;
  const auto most = decimal::from_raw(std::numeric_limits<int64_t>::max());
  contribution c;
  c.realised = most;
  ASSERT_EQ(a.add(strategy_id{"trend"}, instrument_id{"BTCUSDT"}, c), booking_refusal::none);
  contribution more;
  more.unrealised = dec("1"); // Fits by itself; the net of the total does not.
  EXPECT_EQ(a.add(strategy_id{"other"}, instrument_id{"ETHUSDT"}, more), booking_refusal::overflow);
  EXPECT_EQ(a.total(), c);
  EXPECT_EQ(a.by_strategy().size(), 1U);
  EXPECT_EQ(a.by_instrument().size(), 1U);
  EXPECT_EQ(a.by_slot().size(), 1U);
}

RC_GTEST_PROP(attribution_property, every_cut_adds_up_to_the_same_total, ()) {
  attribution a;
  money net;
  for (auto i = *rc::gen::inRange(0, 40); i > 0; --i) {
    const auto part = [] { return *tests::decimal_between(-1'000'000'000, 1'000'000'000); };
    const contribution c{part(), part(), part(), part()};
    RC_ASSERT(a.add(strategy_id{*rc::gen::element("trend", "other")},
                    instrument_id{*rc::gen::element("BTCUSDT", "ETHUSDT", "SOLUSDT")}, c)
              == booking_refusal::none);
    net += c.net();
  }
  const auto sum_of = [](const auto& parts) {
    money sum;
    for (const auto& [id, c] : parts)
      sum += c.net();
    return sum;
  };
  RC_ASSERT(a.total().net() == net);
  RC_ASSERT(sum_of(a.by_strategy()) == net);
  RC_ASSERT(sum_of(a.by_instrument()) == net);
  RC_ASSERT(sum_of(a.by_slot()) == net);
}

} // namespace
} // namespace supreme::trading
