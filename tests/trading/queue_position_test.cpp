// Goal: passive orders fill against recorded data only when their turn in the queue has come, and
// never by more than was recorded. Method: single events by hand; for trades without cancels the
// order book itself, fed with the same orders, must agree; what no recorded event may break is a
// property. Tick 0.5, lot 0.1.

#include "tests/trading/generators.hpp"

#include "trading/check.hpp"
#include "trading/matching/order_book.hpp"
#include "trading/matching/queue_position.hpp"

#include <map>

namespace supreme::trading {
namespace {

decimal dec(const char* text) { return decimal::literal(text); }

const instrument traded{instrument_id{"X"}, asset_id{"A"}, asset_id{"B"},
                        dec("0.5"),         dec("0.1"),    dec("0")};

class queue_rules : public ::testing::Test {
protected:
  static std::string show(std::span<const queue_fill> fills) {
    std::string out;
    for (const auto& f : fills)
      out += (out.empty() ? "" : " ") + ("#" + std::to_string(static_cast<uint64_t>(f.id))) + ":"
             + f.size.to_string() + "@" + f.at.to_string();
    return out;
  }
  queued_order_id buy(const char* at, const char* size, const char* displayed) {
    return queue_.place(side::buy, dec(at), dec(size), dec(displayed));
  }
  std::string sold(const char* at, const char* size) {
    return show(queue_.on_trade(dec(at), dec(size), side::sell));
  }
  std::string quoted(const char* bid, const char* bid_size, const char* ask, const char* ask_size) {
    return show(
      queue_.on_quote({instrument_id{"X"}, {}, dec(bid), dec(bid_size), dec(ask), dec(ask_size)}));
  }
  std::string ahead(queued_order_id id) { return queue_.find(id)->ahead.to_string(); }

  queue_position queue_{traded};
};

TEST_F(queue_rules, trades_take_what_is_ahead_before_us) {
  const auto id = buy("100", "2", "5");
  EXPECT_EQ(sold("100", "3"), "");
  EXPECT_EQ(ahead(id), "2");
  EXPECT_EQ(sold("100", "2.5"), "#1:0.5@100");
  EXPECT_EQ(sold("100", "9"), "#1:1.5@100");
  EXPECT_FALSE(queue_.find(id));
}

TEST_F(queue_rules, trades_elsewhere_and_of_the_other_side_leave_us_alone) {
  const auto id = buy("100", "2", "0");
  EXPECT_EQ(sold("100.5", "3"), "");
  EXPECT_EQ(show(queue_.on_trade(dec("100"), dec("3"), side::buy)), "");
  EXPECT_EQ(queue_.find(id)->open_size, dec("2"));
}

TEST_F(queue_rules, a_trade_beyond_our_price_would_have_met_us_first) {
  buy("100", "2", "50");
  buy("99.5", "2", "50");
  buy("99", "2", "1");
  EXPECT_EQ(sold("99", "5.5"), "#1:2@100 #2:2@99.5 #3:0.5@99");
}

TEST_F(queue_rules, mirror_for_a_sale) {
  const auto id = queue_.place(side::sell, dec("100"), dec("1"), dec("2"));
  EXPECT_EQ(show(queue_.on_trade(dec("100"), dec("2.5"), side::buy)), "#1:0.5@100");
  EXPECT_EQ(show(queue_.on_trade(dec("101"), dec("9"), side::buy)), "#1:0.5@100");
  EXPECT_FALSE(queue_.find(id));
}

TEST_F(queue_rules, cancels_are_spread_evenly_over_the_queue) {
  const auto id = buy("100", "1", "6");
  queue_.on_depth(side::buy, dec("100"), dec("8")); // Two joined behind.
  EXPECT_EQ(ahead(id), "6");
  queue_.on_depth(side::buy, dec("100"), dec("4")); // Half of all is gone.
  EXPECT_EQ(ahead(id), "3");
  queue_.on_depth(side::buy, dec("100"), dec("3.9")); // 2.925, up to the lot.
  EXPECT_EQ(ahead(id), "3");
}

TEST_F(queue_rules, what_has_traded_was_not_cancelled) {
  const auto id = buy("100", "1", "6");
  static_cast<void>(sold("100", "2"));
  queue_.on_depth(side::buy, dec("100"), dec("4"));
  EXPECT_EQ(ahead(id), "4");
  queue_.on_depth(side::buy, dec("100"), dec("2"));
  EXPECT_EQ(ahead(id), "2");
}

TEST_F(queue_rules, our_older_orders_come_before_our_newer_ones) {
  buy("100", "1", "1");
  const auto second = buy("100", "1", "3"); // Two of others between.
  EXPECT_EQ(sold("100", "2.5"), "#1:1@100");
  EXPECT_EQ(ahead(second), "1.5");
  EXPECT_EQ(sold("100", "2"), "#2:0.5@100");
}

TEST_F(queue_rules, a_better_quote_side_shows_that_nobody_is_ahead) {
  const auto id = buy("100", "1", "6");
  EXPECT_EQ(quoted("99.5", "3", "101", "1"), "");
  EXPECT_EQ(ahead(id), "0");
}

TEST_F(queue_rules, a_quote_at_our_price_is_a_depth_update) {
  const auto id = buy("100", "1", "6");
  EXPECT_EQ(quoted("100", "3", "101", "1"), "");
  EXPECT_EQ(ahead(id), "3");
  EXPECT_EQ(quoted("100.5", "3", "101", "1"), "");
  EXPECT_EQ(ahead(id), "3");
}

TEST_F(queue_rules, a_quote_that_crosses_us_fills_us_once_for_each_displayed_unit) {
  buy("100", "5", "6");
  EXPECT_EQ(quoted("99.5", "3", "100", "2"), "#1:2@100");
  EXPECT_EQ(quoted("99.5", "1", "100", "2"), "");
  EXPECT_EQ(quoted("99.5", "1", "100", "2.5"), "#1:0.5@100");
  EXPECT_EQ(quoted("99", "1", "99.5", "1"), "#1:1@100");
  EXPECT_EQ(quoted("0", "0", "0", "0"), "");
  EXPECT_EQ(quoted("99", "1", "99.5", "1"), "#1:1@100");
}

TEST_F(queue_rules, a_locked_quote_fills_nobody_who_still_waits) {
  buy("100", "5", "6");
  EXPECT_EQ(quoted("100", "6", "100", "2"), "");
}

TEST_F(queue_rules, cancelled_orders_fill_no_more) {
  const auto id = buy("100", "1", "0");
  EXPECT_TRUE(queue_.cancel(id));
  EXPECT_FALSE(queue_.cancel(id));
  EXPECT_EQ(sold("100", "5"), "");
  EXPECT_TRUE(queue_.open_orders().empty());
}

TEST_F(queue_rules, fills_are_whole_lots) {
  buy("100", "1", "0.25");
  EXPECT_EQ(sold("100", "0.39"), "#1:0.1@100");
}

TEST_F(queue_rules, need_market_data_without_defect) {
  EXPECT_THROW(buy("0", "1", "0"), contract_violation);
  EXPECT_THROW(buy("100", "0", "0"), contract_violation);
  EXPECT_THROW(buy("100", "0.15", "0"), contract_violation);
  EXPECT_THROW(buy("100", "1", "-1"), contract_violation);
  EXPECT_THROW(queue_.place(side{0}, dec("1"), dec("1"), dec("0")), contract_violation);
  EXPECT_THROW(sold("100", "0"), contract_violation);
  EXPECT_THROW(queue_.on_depth(side::buy, dec("100"), dec("-1")), contract_violation);
  EXPECT_THROW(quoted("100", "-1", "101", "1"), contract_violation);
  EXPECT_THROW(quoted("0", "1", "101", "1"), contract_violation);
}

TEST_F(queue_rules, hold_at_the_ends_of_the_range) {
  const auto most = decimal::from_raw(std::numeric_limits<int64_t>::max());
  const auto id = queue_.place(side::buy, most, dec("1"), most);
  queue_.on_depth(side::buy, most, decimal::from_raw(most.raw() - 1));
  EXPECT_EQ(queue_.find(id)->ahead.raw(), most.raw() - 1);
  EXPECT_EQ(show(queue_.on_trade(dec("0.5"), most, side::sell)), "#1:1@92233720368.54775807");
}

quantity any_lots(int count) {
  return quantity::from_raw(*rc::gen::inRange(1, count) * traded.lot_size.raw());
}

RC_GTEST_PROP(queue_property, fills_as_the_order_book_does_where_nobody_cancels, ()) {
  const side ours = *rc::gen::element(side::buy, side::sell);
  queue_position queue{traded};
  order_book book{traded};
  const auto give = [&](uint32_t owner, side s, price at, quantity size) {
    book_order o;
    o.owner = owner_id{owner};
    o.direction = s;
    o.size = size;
    o.limit_price = at;
    return book.submit(o);
  };
  // Three levels, the best first, with others before, between and behind ours.
  std::map<queued_order_id, book_order_id> own;
  for (int level = 0; level < 3; ++level) {
    const auto at =
      price::from_raw((ours == side::buy ? 100 - level : 100 + level) * traded.tick_size.raw());
    quantity displayed;
    for (auto i = *rc::gen::inRange(0, 6); i > 0; --i) {
      const auto size = any_lots(10);
      if (*rc::gen::arbitrary<bool>()) {
        static_cast<void>(give(1, ours, at, size));
        displayed += size;
      } else {
        const auto id = queue.place(ours, at, size, displayed);
        own[id] = std::get<order_accepted>(give(2, ours, at, size).front()).id;
      }
    }
  }
  while (const auto touch = book.best(ours)) {
    const auto size = any_lots(15);
    std::map<book_order_id, quantity> expected;
    std::map<book_order_id, quantity> seen;
    std::vector<queue_fill> fills;
    // What the taker trades at each level is what a venue records, level by level.
    std::vector<std::pair<price, quantity>> recorded;
    const auto worst = price::from_raw((ours == side::buy ? 90 : 110) * traded.tick_size.raw());
    for (const auto& e : give(3, opposite(ours), worst, size))
      if (const auto* t = std::get_if<order_traded>(&e)) {
        if (t->maker_owner == owner_id{2})
          expected[t->maker] += t->size;
        if (recorded.empty() || recorded.back().first != t->at)
          recorded.emplace_back(t->at, quantity{});
        recorded.back().second += t->size;
      }
    for (const auto& [at, traded_size] : recorded)
      for (const auto& f : queue.on_trade(at, traded_size, opposite(ours)))
        seen[own.at(f.id)] += f.size;
    RC_ASSERT((seen == expected));
  }
  RC_ASSERT(queue.open_orders().empty());
}

RC_GTEST_PROP(queue_property, no_record_fills_more_than_itself_or_sends_us_back_in_the_queue, ()) {
  queue_position queue{traded};
  std::map<queued_order_id, queued_order> before;
  const auto any_price = [] {
    return price::from_raw(*rc::gen::inRange(98, 103) * traded.tick_size.raw());
  };
  const auto any_size = [] { return *tests::decimal_between(1, 3 * decimal::scale); };
  for (int i = 0; i < 60; ++i) {
    quantity most;
    std::vector<queue_fill> fills;
    const auto keep = [&](std::span<const queue_fill> seen) {
      fills.assign(seen.begin(), seen.end());
    };
    const side s = *rc::gen::element(side::buy, side::sell);
    switch (*rc::gen::inRange(0, 4)) {
      case 0:
        queue.place(s, any_price(), any_lots(10), any_size());
        break;
      case 1:
        most = any_size();
        keep(queue.on_trade(any_price(), most, s));
        break;
      case 2:
        queue.on_depth(s, any_price(), any_size());
        break;
      default: {
        const quote q{instrument_id{"X"}, {}, any_price(), any_size(), any_price(), any_size()};
        most = q.bid_size + q.ask_size;
        keep(queue.on_quote(q));
      }
    }
    quantity filled;
    for (const auto& f : fills) {
      filled += f.size;
      RC_ASSERT((f.size.is_positive() && is_multiple(f.size, traded.lot_size)));
      before.at(f.id).open_size -= f.size;
    }
    RC_ASSERT(filled <= most);
    for (const auto& o : queue.open_orders()) {
      const auto known = before.find(o.id);
      RC_ASSERT((known == before.end()
                 || (o.ahead <= known->second.ahead && o.open_size == known->second.open_size)));
      RC_ASSERT((!o.ahead.is_negative() && o.open_size.is_positive()));
      before[o.id] = o;
    }
  }
}

} // namespace
} // namespace supreme::trading
