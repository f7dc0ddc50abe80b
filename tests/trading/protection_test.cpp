// Goal: an approved entry gets the stop and the target that its strategy asked for, at prices of
// the tick that are never further from safety than asked, and nothing else gets any. Method:
// entries by hand.

#include "trading/risk/protection.hpp"

#include <gtest/gtest.h>

namespace supreme::trading {
namespace {

decimal dec(const char* text) { return decimal::literal(text); }

const instrument btc{
  instrument_id{"BTCUSDT"}, asset_id{"BTC"}, asset_id{"USDT"}, dec("0.5"), dec("0.001"), dec("50")};

verdict approved(side direction, const char* size = "2") {
  verdict v;
  v.direction = direction;
  v.size = dec(size);
  return v;
}

size_hints hints(const char* stop, const char* target) {
  size_hints h;
  if (stop != nullptr)
    h.stop_distance = dec(stop);
  if (target != nullptr)
    h.take_profit_distance = dec(target);
  return h;
}

std::vector<protective_order> protect_at_100(const size_hints& h, const verdict& entry) {
  return protect(h, dec("100"), entry, btc, {}, true);
}

TEST(protection, a_long_gets_a_sell_stop_below_and_a_sell_limit_above) {
  const auto orders = protect_at_100(hints("10.2", "20.2"), approved(side::buy));
  ASSERT_EQ(orders.size(), 2u);
  const auto& stop = orders[0];
  EXPECT_EQ(stop.key_leg, protective_stop_leg);
  EXPECT_EQ(stop.at, dec("90")) << "89.8 rounded toward zero exposure: a sell's price up";
  EXPECT_EQ(stop.verdict.outcome, refusal::none);
  EXPECT_EQ(stop.verdict.type, order_type::stop);
  EXPECT_EQ(stop.verdict.stop_price, dec("90"));
  EXPECT_EQ(stop.verdict.limit_price, std::nullopt);
  EXPECT_EQ(stop.verdict.direction, side::sell);
  EXPECT_EQ(stop.verdict.size, dec("2"));
  EXPECT_TRUE(stop.verdict.reduce_only);
  EXPECT_TRUE(stop.verdict.reserve_cash.is_zero());
  EXPECT_TRUE(reserved_size(stop.verdict).is_zero());
  const auto& target = orders[1];
  EXPECT_EQ(target.key_leg, take_profit_leg);
  EXPECT_EQ(target.at, dec("120.5"));
  EXPECT_EQ(target.verdict.type, order_type::limit);
  EXPECT_EQ(target.verdict.limit_price, dec("120.5"));
  EXPECT_EQ(target.verdict.stop_price, std::nullopt);
}

TEST(protection, a_short_is_the_mirror_image) {
  const auto orders = protect_at_100(hints("10.2", "20.2"), approved(side::sell));
  ASSERT_EQ(orders.size(), 2u);
  EXPECT_EQ(orders[0].verdict.direction, side::buy);
  EXPECT_EQ(orders[0].verdict.stop_price, dec("110")) << "110.2: a buy's price down";
  EXPECT_EQ(orders[1].verdict.limit_price, dec("79.5"));
}

TEST(protection, there_is_none_without_a_distance_and_for_what_opens_nothing) {
  EXPECT_TRUE(protect_at_100({}, approved(side::buy)).empty());
  auto closing = approved(side::sell);
  closing.reduce_only = true;
  EXPECT_TRUE(protect_at_100(hints("1", "1"), closing).empty());
  auto refused = approved(side::buy);
  refused.outcome = refusal::cash;
  EXPECT_TRUE(protect_at_100(hints("1", "1"), refused).empty());
}

TEST(protection, a_price_that_no_market_reaches_needs_no_order) {
  EXPECT_TRUE(protect_at_100(hints("100", nullptr), approved(side::buy)).empty());
  EXPECT_TRUE(protect_at_100(hints(nullptr, "99.6"), approved(side::sell)).empty())
    << "0.4 is below the first tick";
}

TEST(protection, an_order_that_the_venue_would_refuse_is_refused_here_with_its_reason) {
  const auto orders = protect_at_100(hints("60", "10"), approved(side::buy, "1"));
  ASSERT_EQ(orders.size(), 2u);
  EXPECT_EQ(orders[0].verdict.outcome, refusal::min_notional) << "one at 40 is worth less than 50";
  ASSERT_EQ(orders[0].verdict.checks.size(), 1u);
  EXPECT_EQ(orders[0].verdict.checks[0].seen, dec("40"));
  EXPECT_TRUE(orders[0].verdict.size.is_zero());
  EXPECT_EQ(orders[1].verdict.outcome, refusal::none);
}

TEST(protection, its_signal_belongs_to_the_entrys_cause) {
  signal entry;
  entry.key = {slot_id{"trend/BTCUSDT"}, "BTCUSDT/60s/1", 1, 0};
  entry.wanted = target::long_position;
  entry.hints = hints("10", nullptr);
  const auto orders = protect_at_100(entry.hints, approved(side::buy));
  const auto s = protective_signal(entry, orders.at(0));
  EXPECT_EQ(s.key, (decision_key{entry.key.slot, entry.key.cause, protective_stop_leg, 0}));
  EXPECT_TRUE(is_protective(s.key));
  EXPECT_FALSE(is_protective(entry.key));
  EXPECT_EQ(s.wanted, target::flat);
  EXPECT_EQ(s.hints, size_hints{}) << "it asks for no protection of its own";
}

} // namespace
} // namespace supreme::trading
