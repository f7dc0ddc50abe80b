// Goal: orders of ours fill against recorded trades, quotes and depth as the rules of
// recorded_market have it. Method: single events by hand; random runs against the same rules
// written out naively, on plain maps and lists. Tick 1, lot 1, unless said otherwise.

#include "tests/trading/generators.hpp"

#include "trading/check.hpp"
#include "trading/matching/recorded_market.hpp"

#include <map>

namespace supreme::trading {
namespace {

decimal whole(int64_t n) { return decimal::from_integer(n); }

const instrument traded{instrument_id{"X"}, asset_id{"A"}, asset_id{"B"},
                        whole(1),           whole(1),      money{}};

resting_order order(side s, int64_t size, std::optional<int64_t> limit = {},
                    std::optional<int64_t> stop = {}) {
  resting_order o;
  o.direction = s;
  o.open_size = whole(size);
  if (limit)
    o.limit_price = whole(*limit);
  if (stop)
    o.stop_price = whole(*stop);
  o.type = stop ? (limit ? order_type::stop_limit : order_type::stop)
                : (limit ? order_type::limit : order_type::market);
  return o;
}

std::string show(std::span<const market_fill> fills) {
  std::string out;
  for (const auto& f : fills)
    out += (out.empty() ? "#" : " #") + std::to_string(static_cast<uint64_t>(f.order)) + ":"
           + f.done.size.to_string() + "@" + f.done.at.to_string() + (f.done.maker ? "m" : "")
           + (f.last ? "." : "");
  return out;
}

class recorded_market_rules_test : public ::testing::Test {
protected:
  void start(taken_liquidity liquidity) {
    rules_.liquidity = liquidity;
    market_.emplace(traded, rules_);
  }
  std::string submit(const resting_order& o) {
    last_ = market_->submit(o);
    return show(market_->fills());
  }
  std::string trade(int64_t price, int64_t size, std::optional<side> aggressor = side::sell) {
    return show(market_->on_trade({{}, whole(price), whole(size), aggressor}));
  }
  std::string quote(int64_t bid, int64_t bid_size, int64_t ask, int64_t ask_size) {
    return show(market_->on_quote({{}, whole(bid), whole(bid_size), whole(ask), whole(ask_size)}));
  }
  /// One event of levels: bids are negative prices.
  std::string depth(std::vector<std::pair<int64_t, int64_t>> levels, bool snapshot = false) {
    ++event_;
    for (const auto& [at, size] : levels)
      market_->on_depth(
        {{}, event_, snapshot, at < 0 ? side::buy : side::sell, whole(std::abs(at)), whole(size)});
    return show(market_->settle());
  }

  recorded_market_rules rules_;
  std::optional<recorded_market> market_;
  market_order_id last_{};
  uint64_t event_ = 0;
};

// Against trades ----------------------------------------------------------------------------------

TEST_F(recorded_market_rules_test, a_market_order_fills_at_the_next_trade) {
  start(taken_liquidity::trades);
  EXPECT_EQ(trade(100, 5), "");
  EXPECT_EQ(submit(order(side::buy, 7)), "");
  EXPECT_EQ(trade(101, 5), "#1:7@101.");
  EXPECT_EQ(market_->open_orders(), 0u);
}

TEST_F(recorded_market_rules_test, a_cap_shares_each_trade_in_the_order_of_acceptance) {
  rules_.max_volume_share_ppb = 500'000'000;
  start(taken_liquidity::trades);
  submit(order(side::buy, 3));
  submit(order(side::sell, 3));
  EXPECT_EQ(trade(100, 5), "#1:2@100");
  EXPECT_EQ(trade(101, 9), "#1:1@101. #2:3@101.");
}

TEST_F(recorded_market_rules_test, slippage_is_against_the_order_but_not_beyond_its_limit) {
  rules_.slippage = fixed_slippage{15'000'000};
  start(taken_liquidity::trades);
  trade(100, 1);
  submit(order(side::buy, 1));
  submit(order(side::sell, 1));
  submit(order(side::buy, 1, 101));
  EXPECT_EQ(trade(100, 1), "#1:1@102. #2:1@98. #3:1@101.");
}

TEST_F(recorded_market_rules_test, a_limit_order_takes_up_to_its_limit_and_rests_after_that) {
  rules_.max_volume_share_ppb = 1'000'000'000;
  start(taken_liquidity::trades);
  trade(100, 1);
  submit(order(side::buy, 5, 101));
  EXPECT_EQ(trade(101, 2, side::buy), "#1:2@101");
  EXPECT_EQ(trade(102, 2, side::buy), "");
  EXPECT_EQ(trade(101, 2, side::buy), "") << "it rests now: only sellers meet it";
  EXPECT_EQ(trade(100, 9, side::sell), "#1:3@101m.");
}

TEST_F(recorded_market_rules_test, no_trade_is_spent_twice) {
  rules_.max_volume_share_ppb = 1'000'000'000;
  start(taken_liquidity::trades);
  trade(100, 1);
  submit(order(side::buy, 4, 99));
  submit(order(side::sell, 3));
  EXPECT_EQ(trade(99, 5), "#2:3@99. #1:2@99m");
}

TEST_F(recorded_market_rules_test, trades_without_an_aggressor_are_judged_by_the_tick_rule) {
  start(taken_liquidity::trades);
  EXPECT_EQ(trade(100, 1, {}), "");
  submit(order(side::buy, 1, 99));
  submit(order(side::sell, 1, 101));
  EXPECT_EQ(trade(101, 1, {}), "#2:1@101m.");
  EXPECT_EQ(trade(99, 1, {}), "#1:1@99m.");
}

// Against what is displayed -----------------------------------------------------------------------

TEST_F(recorded_market_rules_test, a_market_order_walks_the_levels) {
  start(taken_liquidity::displayed);
  depth({{101, 2}, {102, 3}, {104, 9}, {-99, 1}}, true);
  EXPECT_EQ(submit(order(side::buy, 6)), "#1:2@101 #1:3@102 #1:1@104.");
  EXPECT_EQ(submit(order(side::sell, 1)), "#2:1@99.");
}

TEST_F(recorded_market_rules_test, what_is_taken_is_gone_until_it_is_displayed_again) {
  start(taken_liquidity::displayed);
  depth({{101, 2}}, true);
  EXPECT_EQ(submit(order(side::buy, 3)), "#1:2@101");
  EXPECT_EQ(depth({{-99, 4}}), "") << "another level says nothing of this one";
  EXPECT_EQ(depth({{101, 2}}), "#1:1@101.");
  EXPECT_EQ(submit(order(side::buy, 3)), "#2:1@101");
}

TEST_F(recorded_market_rules_test, an_event_counts_as_a_whole) {
  start(taken_liquidity::displayed);
  submit(order(side::buy, 1));
  EXPECT_EQ(depth({{105, 1}, {101, 1}}), "#1:1@101.");
}

TEST_F(recorded_market_rules_test, trades_take_from_what_is_displayed) {
  start(taken_liquidity::displayed);
  depth({{101, 2}, {102, 3}}, true);
  trade(102, 1, side::buy);
  EXPECT_EQ(submit(order(side::buy, 9)), "#1:2@102");
}

TEST_F(recorded_market_rules_test, a_snapshot_forgets_all_levels_that_it_does_not_name) {
  start(taken_liquidity::displayed);
  depth({{101, 2}, {102, 3}}, true);
  depth({{103, 1}}, true);
  EXPECT_EQ(submit(order(side::buy, 9)), "#1:1@103");
}

TEST_F(recorded_market_rules_test, of_two_levels_that_cross_the_newer_is_right) {
  start(taken_liquidity::displayed);
  depth({{101, 2}, {103, 1}}, true);
  depth({{-102, 4}});
  EXPECT_EQ(submit(order(side::buy, 9)), "#1:1@103");
  EXPECT_EQ(submit(order(side::sell, 1)), "#2:1@102.");
}

TEST_F(recorded_market_rules_test, a_quote_is_all_that_is_displayed) {
  start(taken_liquidity::displayed);
  quote(99, 1, 101, 2);
  EXPECT_EQ(submit(order(side::buy, 3)), "#1:2@101");
  EXPECT_EQ(quote(99, 1, 103, 2), "#1:1@103.");
}

TEST_F(recorded_market_rules_test, a_limit_order_takes_what_it_can_and_queues_behind_the_rest) {
  start(taken_liquidity::displayed);
  depth({{101, 2}, {102, 5}, {-100, 3}}, true);
  EXPECT_EQ(submit(order(side::buy, 5, 101)), "#1:2@101");
  EXPECT_EQ(submit(order(side::buy, 1, 100)), "");
  EXPECT_EQ(trade(101, 1), "#1:1@101m");
  EXPECT_EQ(trade(100, 3), "#1:2@101m.") << "it met the order above first";
  EXPECT_EQ(trade(100, 3), "#2:1@100m.") << "two of the three ahead were left";
}

TEST_F(recorded_market_rules_test, a_quote_that_crosses_a_resting_order_fills_it) {
  start(taken_liquidity::displayed);
  quote(99, 1, 103, 2);
  EXPECT_EQ(submit(order(side::buy, 3, 101)), "");
  EXPECT_EQ(quote(99, 1, 101, 2), "#1:2@101m");
}

TEST_F(recorded_market_rules_test, refuses_displayed_data_that_cannot_be_true) {
  start(taken_liquidity::displayed);
  EXPECT_THROW(market_->on_quote({{}, decimal::literal("99.5"), whole(1), whole(100), whole(1)}),
               recorded_data_defect);
  EXPECT_THROW(market_->on_depth({{}, 1, false, side::buy, whole(0), whole(1)}),
               recorded_data_defect);
  EXPECT_THROW(market_->on_depth({{}, 1, false, side::buy, whole(9), whole(-1)}),
               recorded_data_defect);
  EXPECT_THROW(
    market_->on_depth({{}, 1, false, side::buy, whole(90'000'000'000), whole(90'000'000'000)}),
    recorded_data_defect);
}

// Stops, ends -------------------------------------------------------------------------------------

TEST_F(recorded_market_rules_test, a_stop_waits_for_a_trade_at_its_price_and_fills_after_it) {
  start(taken_liquidity::trades);
  submit(order(side::buy, 1, {}, 105));
  EXPECT_EQ(trade(104, 1), "");
  EXPECT_EQ(trade(105, 1), "");
  EXPECT_EQ(trade(103, 1), "#1:1@103.");
  submit(order(side::sell, 1, {}, 110));
  EXPECT_EQ(trade(103, 1), "#2:1@103.") << "the last price had reached it already";
}

TEST_F(recorded_market_rules_test, tells_which_stops_a_call_triggers_filled_or_not) {
  start(taken_liquidity::trades);
  using ids = std::vector<market_order_id>;
  const auto triggered = [&] {
    return ids{market_->triggered().begin(), market_->triggered().end()};
  };
  submit(order(side::buy, 1, {}, 105));
  EXPECT_EQ(triggered(), ids{});
  trade(105, 1);
  EXPECT_EQ(triggered(), ids{market_order_id{1}});
  trade(106, 1);
  EXPECT_EQ(triggered(), ids{}) << "it is filled now";
  submit(order(side::buy, 1, {}, 105));
  EXPECT_EQ(triggered(), ids{market_order_id{2}}) << "the last price is beyond";
}

TEST_F(recorded_market_rules_test, a_triggered_stop_walks_what_is_displayed_after_the_trade) {
  start(taken_liquidity::displayed);
  depth({{105, 2}, {106, 2}}, true);
  submit(order(side::buy, 2, {}, 105));
  submit(order(side::buy, 2, 106, 105));
  EXPECT_EQ(trade(105, 1, side::buy), "#1:1@105 #1:1@106. #2:1@106");
  EXPECT_EQ(trade(106, 1, side::sell), "#2:1@106m.");
}

TEST_F(recorded_market_rules_test, a_cancelled_order_is_gone_wherever_it_stood) {
  start(taken_liquidity::trades);
  trade(100, 1);
  submit(order(side::buy, 1, 90));
  const auto resting = last_;
  submit(order(side::buy, 1, {}, 150));
  const auto waiting = last_;
  submit(order(side::buy, 1));
  const auto taking = last_;
  for (const auto id : {resting, waiting, taking}) {
    EXPECT_TRUE(market_->cancel(id));
    EXPECT_FALSE(market_->cancel(id));
  }
  EXPECT_EQ(trade(80, 9), "");
  EXPECT_EQ(trade(150, 9), "");
  EXPECT_EQ(trade(150, 9), "");
}

TEST_F(recorded_market_rules_test, an_order_whose_value_no_decimal_holds_is_over_without_a_fill) {
  start(taken_liquidity::trades);
  submit(order(side::buy, 10));
  EXPECT_EQ(trade(50'000'000'000, 1), "#1:0@0.");
  EXPECT_EQ(market_->open_orders(), 0u);
}

TEST_F(recorded_market_rules_test, makers_and_takers_pay_their_own_fee) {
  rules_.taker_fee_ppb = 1'000'000;
  rules_.maker_fee_ppb = -500'000;
  start(taken_liquidity::trades);
  trade(100, 1);
  submit(order(side::buy, 1));
  submit(order(side::buy, 1, 99));
  EXPECT_EQ(market_->on_trade({{}, whole(100), whole(1), side::sell})[0].done.fee,
            decimal::literal("0.1"));
  EXPECT_EQ(market_->on_trade({{}, whole(98), whole(1), side::sell})[0].done.fee,
            decimal::literal("-0.0495"));
}

TEST_F(recorded_market_rules_test, refuses_orders_that_no_venue_accepts) {
  start(taken_liquidity::trades);
  EXPECT_THROW(submit(order(side::buy, 0)), contract_violation);
  auto off_tick = order(side::buy, 1, 1);
  off_tick.limit_price = decimal::literal("0.5");
  EXPECT_THROW(submit(off_tick), contract_violation);
  off_tick.limit_price.reset();
  EXPECT_THROW(submit(off_tick), contract_violation);
}

// Against the rules written out -------------------------------------------------------------------

/// The rules for trades, with nobody displayed, on two lists.
struct naive_trades {
  struct entry {
    uint64_t id;
    resting_order o;

    [[nodiscard]] bool is_within(int64_t at) const {
      return !o.limit_price
             || (o.direction == side::buy ? whole(at) <= *o.limit_price
                                          : whole(at) >= *o.limit_price);
    }
  };
  int64_t cap_percent;
  std::vector<entry> taking;
  std::vector<entry> resting; ///< in the order in which they joined
  int64_t last = 0;
  uint64_t given = 0;

  void submit(const resting_order& o) {
    const entry e{++given, o};
    (!o.limit_price || (last != 0 && e.is_within(last)) ? taking : resting).push_back(e);
  }

  std::string trade(int64_t at, int64_t size, side aggressor) {
    std::string out;
    const auto fill = [&](entry& e, quantity filled, price where, const char* as) {
      e.o.open_size -= filled;
      out += (out.empty() ? "#" : " #") + std::to_string(e.id) + ":" + filled.to_string() + "@"
             + where.to_string() + as + (e.o.open_size.is_zero() ? "." : "");
    };
    auto left = whole(cap_percent == 0 ? 1'000'000 : size * cap_percent / 100);
    quantity taken;
    for (auto& e : taking) {
      if (!e.is_within(at)) {
        resting.push_back(e);
        e.o.open_size = {};
      }
      const auto filled = std::min(left, e.o.open_size);
      if (filled.is_zero())
        continue;
      left -= filled;
      taken += filled;
      fill(e, filled, whole(at), "");
    }
    auto rest = whole(size) - std::min(whole(size), taken);
    std::vector<entry*> met;
    for (auto& e : resting)
      if (e.o.direction != aggressor
          && (e.o.direction == side::buy ? *e.o.limit_price >= whole(at)
                                         : *e.o.limit_price <= whole(at)))
        met.push_back(&e);
    std::ranges::stable_sort(met, [&](const entry* x, const entry* y) {
      return aggressor == side::sell ? *x->o.limit_price > *y->o.limit_price
                                     : *x->o.limit_price < *y->o.limit_price;
    });
    for (auto* e : met) {
      const auto filled = std::min(rest, e->o.open_size);
      if (filled.is_zero())
        continue;
      rest -= filled;
      fill(*e, filled, *e->o.limit_price, "m");
    }
    last = at;
    for (auto* list : {&taking, &resting})
      std::erase_if(*list, [](const entry& e) { return e.o.open_size.is_zero(); });
    return out;
  }
};

RC_GTEST_PROP(recorded_market, fills_against_trades_as_the_rules_written_out, ()) {
  const auto cap = *rc::gen::element<int64_t>(0, 10, 50, 100);
  recorded_market_rules rules;
  rules.max_volume_share_ppb = cap * 10'000'000;
  recorded_market market{traded, rules};
  naive_trades naive{cap, {}, {}, 0, 0};
  const auto steps = *rc::gen::inRange<size_t>(1, 60);
  for (size_t i = 0; i < steps; ++i) {
    const auto s = *rc::gen::element(side::buy, side::sell);
    const auto price = *rc::gen::inRange<int64_t>(95, 106);
    const auto size = *rc::gen::inRange<int64_t>(1, 30);
    if (*rc::gen::weightedElement<bool>({{1, true}, {2, false}})) {
      const auto o = *rc::gen::arbitrary<bool>() ? order(s, size) : order(s, size, price);
      market.submit(o);
      naive.submit(o);
      RC_ASSERT(market.fills().empty());
    } else {
      const auto expected = naive.trade(price, size, s);
      const auto found = show(market.on_trade({{}, whole(price), whole(size), s}));
      RC_ASSERT(found == expected);
      RC_ASSERT(market.open_orders() == naive.taking.size() + naive.resting.size());
    }
  }
}

/// Displayed sizes on plain maps, and market orders that walk them.
struct naive_display {
  std::map<int64_t, int64_t> bids;
  std::map<int64_t, int64_t> asks;
  std::vector<std::tuple<uint64_t, side, int64_t>> open;
  uint64_t given = 0;

  void show_level(side s, int64_t at, int64_t size) {
    auto& own = s == side::buy ? bids : asks;
    auto& other = s == side::buy ? asks : bids;
    own.erase(at);
    if (size == 0)
      return;
    std::erase_if(other,
                  [&](const auto& l) { return s == side::buy ? l.first <= at : l.first >= at; });
    own[at] = size;
  }
  void trade(int64_t at, int64_t size, side aggressor) {
    auto& met = aggressor == side::buy ? asks : bids;
    std::erase_if(
      met, [&](const auto& l) { return aggressor == side::buy ? l.first < at : l.first > at; });
    if (const auto level = met.find(at); level != met.end() && (level->second -= size) <= 0)
      met.erase(level);
  }
  std::string walk() {
    std::string out;
    for (auto& [id, s, size] : open) {
      auto& met = s == side::buy ? asks : bids;
      while (size > 0 && !met.empty()) {
        const auto best = s == side::buy ? met.begin() : std::prev(met.end());
        const auto filled = std::min(size, best->second);
        size -= filled;
        out += (out.empty() ? "#" : " #") + std::to_string(id) + ":" + std::to_string(filled) + "@"
               + std::to_string(best->first) + (size == 0 ? "." : "");
        if ((best->second -= filled) == 0)
          met.erase(best);
      }
    }
    std::erase_if(open, [](const auto& o) { return std::get<2>(o) == 0; });
    return out;
  }
};

RC_GTEST_PROP(recorded_market, walks_what_is_displayed_as_the_rules_written_out, ()) {
  recorded_market_rules rules;
  rules.liquidity = taken_liquidity::displayed;
  recorded_market market{traded, rules};
  naive_display naive;
  const auto steps = *rc::gen::inRange<uint64_t>(1, 60);
  for (uint64_t event = 1; event <= steps; ++event) {
    const auto s = *rc::gen::element(side::buy, side::sell);
    const auto price = *rc::gen::inRange<int64_t>(95, 106);
    const auto size = *rc::gen::inRange<int64_t>(1, 30);
    switch (*rc::gen::inRange(0, 4)) {
      case 0:
        market.submit(order(s, size));
        naive.open.emplace_back(++naive.given, s, size);
        RC_ASSERT(show(market.fills()) == naive.walk());
        break;
      case 1:
        naive.trade(price, size, s);
        RC_ASSERT(market.on_trade({{}, whole(price), whole(size), s}).empty());
        break;
      case 2: {
        const bool snapshot = *rc::gen::weightedElement<bool>({{1, true}, {5, false}});
        if (snapshot) {
          naive.bids.clear();
          naive.asks.clear();
        }
        for (auto levels = *rc::gen::inRange(1, 5); levels > 0; --levels) {
          const auto side_shown = *rc::gen::element(side::buy, side::sell);
          const auto at = *rc::gen::inRange<int64_t>(95, 106);
          const auto shown = *rc::gen::inRange<int64_t>(0, 30);
          market.on_depth({{}, event, snapshot, side_shown, whole(at), whole(shown)});
          naive.show_level(side_shown, at, shown);
        }
        RC_ASSERT(show(market.settle()) == naive.walk());
        break;
      }
      default:
        naive.bids = {{price, size}};
        naive.asks = {{price + 1, size + 1}};
        RC_ASSERT(
          show(market.on_quote({{}, whole(price), whole(size), whole(price + 1), whole(size + 1)}))
          == naive.walk());
    }
  }
}

} // namespace
} // namespace supreme::trading
