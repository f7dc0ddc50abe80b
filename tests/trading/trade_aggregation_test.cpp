// Goal: bars of trades are what their definition says, whatever the trades. Method: the definition
// written out naively over all trades at once, and the identities that every bar keeps.

#include "tests/trading/generators.hpp"

#include "trading/check.hpp"
#include "trading/market/bar.hpp"
#include "trading/market/trade_aggregation.hpp"

#include <map>

namespace supreme::trading {
namespace {

using trades = std::vector<trade_tick>;

constexpr nanoseconds ten{10};

trade_tick trade(int64_t ns, int64_t price, int64_t size) {
  return {timestamp::from_ns(ns), decimal::from_raw(price), decimal::from_raw(size), {}};
}

/// Trades in order of time, around 1970 too, often several of one time.
trades some_trades() {
  trades out;
  int64_t ns = *rc::gen::inRange<int64_t>(-100, 100);
  const auto count = *rc::gen::inRange<size_t>(0, 60);
  for (size_t i = 0; i < count; ++i) {
    ns += *rc::gen::weightedElement<int64_t>({{5, 0}, {5, 1}, {3, 7}, {1, 25}});
    out.push_back(trade(ns, *rc::gen::inRange<int64_t>(1, 50), *rc::gen::inRange<int64_t>(1, 20)));
  }
  return out;
}

trade_bar bar_of(const trades& all, timestamp open_time) {
  trade_bar out{{open_time, all.front().at, all.front().at, all.front().at, all.back().at, {}},
                all.back().time,
                all.size()};
  for (const auto& t : all) {
    out.bar.high = std::max(out.bar.high, t.at);
    out.bar.low = std::min(out.bar.low, t.at);
    out.bar.volume += t.size;
  }
  return out;
}

std::vector<trade_bar> aggregate(trade_aggregation a, const trades& all) {
  std::vector<trade_bar> out;
  for (const auto& t : all)
    if (auto closed = a.add(t))
      out.push_back(*closed);
  if (auto last = a.close())
    out.push_back(*last);
  return out;
}

RC_GTEST_PROP(trade_aggregation, by_time_each_trade_belongs_to_its_interval, ()) {
  const auto all = some_trades();
  std::map<int64_t, trades> intervals;
  for (const auto& t : all) {
    auto open = t.time.ns() / 10 * 10;
    if (open > t.time.ns())
      open -= 10;
    intervals[open].push_back(t);
  }
  std::vector<trade_bar> expected;
  for (const auto& [open, inside] : intervals)
    expected.push_back(bar_of(inside, timestamp::from_ns(open)));
  RC_ASSERT(aggregate(trade_aggregation::by_time(ten), all) == expected);
}

RC_GTEST_PROP(trade_aggregation, by_count_each_bar_has_so_many_trades, ()) {
  const auto all = some_trades();
  const auto count = *rc::gen::inRange<size_t>(1, 8);
  std::vector<trade_bar> expected;
  for (size_t i = 0; i < all.size(); i += count)
    expected.push_back(
      bar_of({all.begin() + static_cast<std::ptrdiff_t>(i),
              all.begin() + static_cast<std::ptrdiff_t>(std::min(i + count, all.size()))},
             all[i].time));
  RC_ASSERT(aggregate(trade_aggregation::by_count(count), all) == expected);
}

RC_GTEST_PROP(trade_aggregation, by_volume_a_bar_ends_with_the_trade_that_reaches_it, ()) {
  const auto all = some_trades();
  const auto wanted = decimal::from_raw(*rc::gen::inRange<int64_t>(1, 60));
  std::vector<trade_bar> expected;
  trades in_hand;
  quantity sum;
  for (const auto& t : all) {
    in_hand.push_back(t);
    sum += t.size;
    if (sum < wanted)
      continue;
    expected.push_back(bar_of(in_hand, in_hand.front().time));
    in_hand.clear();
    sum = {};
  }
  if (!in_hand.empty())
    expected.push_back(bar_of(in_hand, in_hand.front().time));
  RC_ASSERT(aggregate(trade_aggregation::by_volume(wanted), all) == expected);
}

RC_GTEST_PROP(trade_aggregation, every_bar_is_possible_and_nothing_is_lost, ()) {
  const auto all = some_trades();
  quantity traded;
  for (const auto& t : all)
    traded += t.size;
  quantity in_bars;
  uint64_t count = 0;
  std::optional<timestamp> previous;
  for (const auto& made : aggregate(trade_aggregation::by_time(ten), all)) {
    const auto& b = made.bar;
    RC_ASSERT(find_defect({{}, b.open_time, ten, b.open, b.high, b.low, b.close, b.volume})
              == bar_defect::none);
    RC_ASSERT(b.open_time <= made.last && made.last < b.open_time + ten);
    RC_ASSERT((!previous || *previous < b.open_time)); // Alone, || would look at both.
    previous = b.open_time;
    in_bars += b.volume;
    count += made.trades;
  }
  RC_ASSERT(in_bars == traded);
  RC_ASSERT(count == all.size());
}

TEST(trade_aggregation, a_trade_at_the_close_belongs_to_the_next_bar) {
  auto a = trade_aggregation::by_time(ten);
  EXPECT_FALSE(a.add(trade(19, 5, 1)));
  EXPECT_EQ(a.closes_at(), timestamp::from_ns(20));
  EXPECT_FALSE(a.close_until(timestamp::from_ns(19)));
  const auto closed = a.add(trade(20, 6, 1));
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->bar.open_time, timestamp::from_ns(10));
  EXPECT_EQ(closed->bar.close, decimal::from_raw(5));
}

TEST(trade_aggregation, gaps_stay_gaps) {
  const auto bars =
    aggregate(trade_aggregation::by_time(ten), {trade(1, 5, 1), trade(1'001, 5, 1)});
  ASSERT_EQ(bars.size(), 2u);
  EXPECT_EQ(bars[1].bar.open_time, timestamp::from_ns(1'000));
}

TEST(trade_aggregation, refuses_a_measure_that_is_none_and_a_volume_beyond_the_decimals) {
  EXPECT_THROW((void)trade_aggregation::by_time(nanoseconds{0}), contract_violation);
  EXPECT_THROW((void)trade_aggregation::by_volume({}), contract_violation);
  EXPECT_THROW((void)trade_aggregation::by_count(0), contract_violation);
  auto a = trade_aggregation::by_time(ten);
  constexpr auto largest = std::numeric_limits<int64_t>::max();
  a.add(trade(1, 5, largest));
  EXPECT_THROW(a.add(trade(1, 5, 1)), std::overflow_error);
}

TEST(trade_aggregation, holds_at_the_ends_of_time) {
  auto a = trade_aggregation::by_time(std::chrono::hours{24});
  a.add(trade(std::numeric_limits<int64_t>::min(), 5, 1));
  EXPECT_TRUE(a.close_until(timestamp::from_ns(0)));
  a.add(trade(std::numeric_limits<int64_t>::max(), 5, 1));
  EXPECT_FALSE(a.closes_at());
  EXPECT_TRUE(a.close());
}

} // namespace
} // namespace supreme::trading
