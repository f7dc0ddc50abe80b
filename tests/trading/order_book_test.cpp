// Goal: each rule of the order book by its name.
// Method: one small book a test; every call's events are shown as a line of text, orders by the
// number of their acceptance. Tick 0.5, lot 0.1, maker rebate 0.01 %, taker fee 0.04 %; owners 0
// to 7.

#include "trading/matching/order_book.hpp"

#include "trading/check.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace supreme::trading {
namespace {

decimal dec(const char* text) { return decimal::literal(text); }

const instrument traded{instrument_id{"X"}, asset_id{"A"}, asset_id{"B"},
                        dec("0.5"),         dec("0.1"),    dec("0")};

/// An order in the making: limit orders of owner 1 unless said otherwise.
struct given : book_order {
  given(side s, const char* of) {
    owner = owner_id{1};
    direction = s;
    size = dec(of);
    type = book_order_type::market;
  }
  given by(uint32_t who) const {
    return with([&](given& g) { g.owner = owner_id{who}; });
  }
  given at(const char* limit) const {
    return with([&](given& g) {
      g.limit_price = dec(limit);
      g.type = g.stop_price ? (g.type == book_order_type::stop ? book_order_type::stop_limit
                                                               : book_order_type::take_profit_limit)
                            : book_order_type::limit;
    });
  }
  given stop(const char* price) const {
    return with([&](given& g) {
      g.stop_price = dec(price);
      g.type = book_order_type::stop;
    });
  }
  given profit(const char* price) const {
    return with([&](given& g) {
      g.stop_price = dec(price);
      g.type = book_order_type::take_profit;
    });
  }
  given trail(const char* offset) const {
    return with([&](given& g) {
      g.trail_offset = dec(offset);
      g.type = book_order_type::trailing_stop;
    });
  }
  given trail_share(int64_t ppb) const {
    return with([&](given& g) {
      g.trail_ppb = ppb;
      g.type = book_order_type::trailing_stop;
    });
  }
  given ioc() const {
    return with([](given& g) { g.lifetime = time_in_force::immediate_or_cancel; });
  }
  given fok() const {
    return with([](given& g) { g.lifetime = time_in_force::fill_or_kill; });
  }
  given post() const {
    return with([](given& g) { g.post_only = true; });
  }
  given reduce() const {
    return with([](given& g) { g.reduce_only = true; });
  }
  given self(self_trade_rule rule) const {
    return with([&](given& g) { g.self_trades = rule; });
  }

private:
  template <class Change>
  given with(Change change) const {
    given g = *this;
    change(g);
    return g;
  }
};

given buy(const char* size) { return {side::buy, size}; }
given sell(const char* size) { return {side::sell, size}; }

class order_book_rules : public ::testing::Test {
protected:
  std::string submit(const book_order& o) { return show(book_.submit(o)); }
  std::string cancel(uint32_t owner, int number) {
    return show(book_.cancel(owner_id{owner}, id(number)));
  }
  std::string replace(int number, const char* size, const char* limit = "", const char* stop = "",
                      uint32_t owner = 1) {
    const auto maybe = [](const char* text) {
      return *text == '\0' ? std::nullopt : std::optional{dec(text)};
    };
    return show(
      book_.replace({owner_id{owner}, id(number), maybe(size), maybe(limit), maybe(stop)}));
  }
  std::string hold(uint32_t owner, const char* size) {
    return show(book_.set_position(owner_id{owner}, dec(size)));
  }
  /// Makes this the last price and leaves nothing behind.
  void print(const char* price) {
    static_cast<void>(submit(sell("0.1").by(6).at(price)));
    static_cast<void>(submit(buy("0.1").by(7).at(price)));
  }
  std::string queue(side s) {
    std::string out;
    for (const auto& o : book_.resting_orders(s))
      out += (out.empty() ? "" : " ") + name(o.id) + ":" + o.open_size.to_string() + "@"
             + o.asked.limit_price->to_string();
    return out;
  }
  std::string waiting() {
    std::string out;
    for (const auto& o : book_.waiting_orders())
      out += (out.empty() ? "" : " ") + name(o.id) + ":" + o.open_size.to_string();
    return out;
  }
  book_order_id id(int number) const { return ids_.at(static_cast<size_t>(number - 1)); }

  std::string show(std::span<const book_event> events) {
    std::string out;
    for (const auto& e : events)
      out += (out.empty() ? "" : "; ") + std::visit([this](const auto& x) { return text(x); }, e);
    return out;
  }

  order_book book_{
    traded, {.maker_fee_ppb = -100'000, .taker_fee_ppb = 400'000, .orders_max = 100, .owners = 8}};

private:
  std::string name(book_order_id x) const { return "#" + std::to_string(numbers_.at(x)); }
  std::string text(const order_accepted& e) {
    ids_.push_back(e.id);
    numbers_[e.id] = static_cast<int>(ids_.size());
    return "accepted " + name(e.id) + ":" + e.size.to_string();
  }
  std::string text(const order_refused& e) { return std::string{"refused "} + to_string(e.reason); }
  std::string text(const order_triggered& e) {
    return "triggered " + name(e.id) + " at " + e.at.to_string();
  }
  std::string text(const order_traded& e) {
    return "traded " + name(e.maker) + " " + name(e.taker) + " " + e.size.to_string() + "@"
           + e.at.to_string();
  }
  std::string text(const order_reduced& e) {
    return "reduced " + name(e.id) + ":" + e.open_size.to_string() + " " + to_string(e.reason);
  }
  std::string text(const order_replaced& e) {
    return "replaced " + name(e.id) + ":" + e.open_size.to_string()
           + (e.kept_priority ? " in place" : " anew");
  }
  std::string text(const order_cancelled& e) {
    return "cancelled " + name(e.id) + ":" + e.open_size.to_string() + " " + to_string(e.reason);
  }

  std::vector<book_order_id> ids_;
  std::map<book_order_id, int> numbers_;
};

// --- priority --------------------------------------------------------------

TEST_F(order_book_rules, trades_the_best_price_first_then_the_oldest_at_the_makers_price) {
  static_cast<void>(submit(sell("1").at("101")));
  static_cast<void>(submit(sell("2").at("100")));
  static_cast<void>(submit(sell("3").at("100")));
  EXPECT_EQ(queue(side::sell), "#2:2@100 #3:3@100 #1:1@101");
  EXPECT_EQ(submit(buy("5.5").by(2).at("101")),
            "accepted #4:5.5; traded #2 #4 2@100; traded #3 #4 3@100; traded #1 #4 0.5@101");
  EXPECT_EQ(queue(side::sell), "#1:0.5@101");
  EXPECT_EQ(queue(side::buy), "");
  EXPECT_EQ(book_.last_price(), dec("101"));
}

TEST_F(order_book_rules, rests_what_a_limit_order_cannot_trade) {
  static_cast<void>(submit(sell("1").at("100")));
  EXPECT_EQ(submit(buy("3").by(2).at("100.5")), "accepted #2:3; traded #1 #2 1@100");
  EXPECT_EQ(queue(side::buy), "#2:2@100.5");
}

TEST_F(order_book_rules, mirrors_for_a_sale) {
  static_cast<void>(submit(buy("1").at("99")));
  static_cast<void>(submit(buy("1").at("100")));
  EXPECT_EQ(queue(side::buy), "#2:1@100 #1:1@99");
  EXPECT_EQ(submit(sell("3").by(2).at("99")),
            "accepted #3:3; traded #2 #3 1@100; traded #1 #3 1@99");
  EXPECT_EQ(queue(side::sell), "#3:1@99");
}

TEST_F(order_book_rules, shows_the_depth_of_both_sides_best_first) {
  for (const char* at : {"100", "102", "100", "101.5"})
    static_cast<void>(submit(sell("1.5").at(at)));
  static_cast<void>(submit(buy("2").at("99")));
  std::array<depth_level, 2> two{};
  EXPECT_EQ(book_.depth(side::sell, two), 2u);
  EXPECT_EQ(two[0], (depth_level{dec("100"), dec("3"), 2}));
  EXPECT_EQ(two[1], (depth_level{dec("101.5"), dec("1.5"), 1}));
  EXPECT_EQ(book_.best(side::buy), (depth_level{dec("99"), dec("2"), 1}));
  EXPECT_EQ(book_.depth(side::buy, two), 1u);
}

TEST_F(order_book_rules, know_nothing_about_an_empty_book) {
  EXPECT_EQ(book_.best(side::buy), std::nullopt);
  EXPECT_EQ(book_.last_price(), std::nullopt);
  EXPECT_EQ(book_.find(book_order_id{}), std::nullopt);
  EXPECT_EQ(book_.position_of(owner_id{8}), std::nullopt);
  EXPECT_EQ(book_.depth(side::sell, {}), 0u);
}

// --- lifetimes -------------------------------------------------------------

TEST_F(order_book_rules, cancel_what_a_market_order_finds_nobody_for) {
  static_cast<void>(submit(sell("1").at("100")));
  EXPECT_EQ(submit(buy("3").by(2)),
            "accepted #2:3; traded #1 #2 1@100; cancelled #2:2 no_liquidity");
}

TEST_F(order_book_rules, cancel_what_an_immediate_order_does_not_trade_at_once) {
  static_cast<void>(submit(sell("1").at("100")));
  EXPECT_EQ(submit(buy("3").by(2).at("100").ioc()),
            "accepted #2:3; traded #1 #2 1@100; cancelled #2:2 immediate_or_cancel");
}

TEST_F(order_book_rules, fill_or_kill_trades_in_full_or_not_at_all) {
  static_cast<void>(submit(sell("1").at("100")));
  static_cast<void>(submit(sell("1").at("101")));
  EXPECT_EQ(submit(buy("1.1").by(2).at("100.5").fok()),
            "accepted #3:1.1; cancelled #3:1.1 fill_or_kill");
  EXPECT_EQ(submit(buy("2.1").by(2).fok()), "accepted #4:2.1; cancelled #4:2.1 fill_or_kill");
  EXPECT_EQ(submit(buy("2").by(2).at("101").fok()),
            "accepted #5:2; traded #1 #5 1@100; traded #2 #5 1@101");
}

TEST_F(order_book_rules, fill_or_kill_counts_no_size_that_self_trade_prevention_takes_away) {
  static_cast<void>(submit(sell("1").by(2).at("100")));
  static_cast<void>(submit(sell("1").by(1).at("100")));
  static_cast<void>(submit(sell("1").by(3).at("100")));
  for (const auto rule :
       {self_trade_rule::cancel_newest, self_trade_rule::cancel_both, self_trade_rule::decrement})
    EXPECT_NE(submit(buy("2").at("100").fok().self(rule)).find("fill_or_kill"), std::string::npos)
      << to_string(rule);
  EXPECT_EQ(queue(side::sell), "#1:1@100 #2:1@100 #3:1@100");
  EXPECT_EQ(submit(buy("2").at("100").fok().self(self_trade_rule::cancel_oldest)),
            "accepted #7:2; traded #1 #7 1@100; cancelled #2:1 self_trade; traded #3 #7 1@100");
}

TEST_F(order_book_rules, fill_or_kill_counts_no_size_that_reduce_only_will_cut) {
  static_cast<void>(hold(2, "3"));
  static_cast<void>(submit(sell("2").by(2).at("100")));
  static_cast<void>(submit(sell("3").by(2).at("100").reduce()));
  EXPECT_EQ(submit(buy("4").at("100").fok()), "accepted #3:4; cancelled #3:4 fill_or_kill");
  EXPECT_EQ(submit(buy("3").at("100").fok()),
            "accepted #4:3; traded #1 #4 2@100; reduced #2:1 reduce_only; traded #2 #4 1@100");
}

TEST_F(order_book_rules, fill_or_kill_knows_that_trading_with_oneself_moves_no_position) {
  static_cast<void>(hold(1, "2"));
  static_cast<void>(submit(sell("2").at("100").reduce()));
  static_cast<void>(submit(sell("2").at("100").reduce()));
  EXPECT_EQ(submit(buy("4").at("100").fok().self(self_trade_rule::allow)),
            "accepted #3:4; traded #1 #3 2@100; traded #2 #3 2@100");
}

// --- post-only, reduce-only ------------------------------------------------

TEST_F(order_book_rules, refuse_a_post_only_order_that_would_take) {
  static_cast<void>(submit(sell("1").by(2).at("100")));
  EXPECT_EQ(submit(buy("1").at("100").post()), "refused would_take");
  EXPECT_EQ(submit(buy("1").at("99.5").post()), "accepted #2:1");
}

TEST_F(order_book_rules, cancel_a_post_only_order_that_is_triggered_where_it_would_take) {
  print("100");
  static_cast<void>(submit(sell("1").by(2).at("101")));
  static_cast<void>(submit(buy("1").stop("101").at("102").post()));
  EXPECT_EQ(
    submit(buy("0.5").by(3)),
    "accepted #5:0.5; traded #3 #5 0.5@101; triggered #4 at 101; cancelled #4:1 would_take");
}

TEST_F(order_book_rules, never_let_a_reduce_only_order_increase_the_position) {
  EXPECT_EQ(submit(sell("1").at("100").reduce()), "refused nothing_to_reduce");
  static_cast<void>(hold(1, "2.05"));
  EXPECT_EQ(submit(buy("1").at("90").reduce()), "refused nothing_to_reduce");
  EXPECT_EQ(submit(sell("5").at("100").reduce()), "accepted #1:2");
  EXPECT_EQ(submit(sell("1").at("101").reduce()), "accepted #2:1");
  // The owner sells otherwise: both shrink to what is left.
  static_cast<void>(submit(buy("1.5").by(2).at("99")));
  EXPECT_EQ(
    submit(sell("1.5").at("99")),
    "accepted #4:1.5; traded #3 #4 1.5@99; reduced #1:0.5 reduce_only; reduced #2:0.5 reduce_only");
  EXPECT_EQ(submit(buy("0.5").by(2).at("100")),
            "accepted #5:0.5; traded #1 #5 0.5@100; cancelled #2:0.5 reduce_only");
  EXPECT_EQ(book_.position_of(owner_id{1}), dec("0.05"));
}

TEST_F(order_book_rules, cut_reduce_only_orders_when_the_position_is_told_anew) {
  static_cast<void>(hold(1, "-2"));
  static_cast<void>(submit(buy("2").at("90").reduce()));
  static_cast<void>(submit(buy("2").stop("110").reduce()));
  EXPECT_EQ(hold(1, "-1"), "reduced #1:1 reduce_only; reduced #2:1 reduce_only");
  EXPECT_EQ(hold(1, "5"), "cancelled #1:1 reduce_only; cancelled #2:1 reduce_only");
  EXPECT_EQ(show(book_.set_position(owner_id{8}, dec("1"))), "refused unknown_owner");
}

TEST_F(order_book_rules, keep_the_place_of_an_order_that_is_cut) {
  static_cast<void>(hold(1, "2"));
  static_cast<void>(submit(sell("2").at("100").reduce()));
  static_cast<void>(submit(sell("1").by(2).at("100")));
  static_cast<void>(hold(1, "1"));
  EXPECT_EQ(queue(side::sell), "#1:1@100 #2:1@100");
}

// --- self-trades -----------------------------------------------------------

class self_trades : public order_book_rules {
protected:
  void SetUp() override {
    static_cast<void>(submit(sell("1").at("100")));
    static_cast<void>(submit(sell("1").by(2).at("100")));
  }
};

TEST_F(self_trades, cancel_newest_ends_the_taker) {
  EXPECT_EQ(submit(buy("2").at("100").self(self_trade_rule::cancel_newest)),
            "accepted #3:2; cancelled #3:2 self_trade");
  EXPECT_EQ(queue(side::sell), "#1:1@100 #2:1@100");
}

TEST_F(self_trades, cancel_oldest_ends_the_maker_and_goes_on) {
  EXPECT_EQ(submit(buy("2").at("100").self(self_trade_rule::cancel_oldest)),
            "accepted #3:2; cancelled #1:1 self_trade; traded #2 #3 1@100");
  EXPECT_EQ(queue(side::buy), "#3:1@100");
}

TEST_F(self_trades, cancel_both_ends_both) {
  EXPECT_EQ(submit(buy("2").at("100").self(self_trade_rule::cancel_both)),
            "accepted #3:2; cancelled #1:1 self_trade; cancelled #3:2 self_trade");
}

TEST_F(self_trades, decrement_takes_the_smaller_size_from_both) {
  EXPECT_EQ(
    submit(buy("1.5").at("100").self(self_trade_rule::decrement)),
    "accepted #3:1.5; cancelled #1:1 self_trade; reduced #3:0.5 self_trade; traded #2 #3 0.5@100");
  EXPECT_EQ(submit(buy("0.2").by(2).at("100").self(self_trade_rule::decrement)),
            "accepted #4:0.2; reduced #2:0.3 self_trade; cancelled #4:0.2 self_trade");
}

TEST_F(self_trades, decrement_ends_both_of_equal_size) {
  EXPECT_EQ(submit(buy("1").at("100").self(self_trade_rule::decrement)),
            "accepted #3:1; cancelled #1:1 self_trade; cancelled #3:1 self_trade");
}

TEST_F(self_trades, allow_trades) {
  EXPECT_EQ(submit(buy("1").at("100").self(self_trade_rule::allow)),
            "accepted #3:1; traded #1 #3 1@100");
  EXPECT_EQ(book_.position_of(owner_id{1}), dec("0"));
}

// --- triggers --------------------------------------------------------------

TEST_F(order_book_rules, stop_waits_for_a_price_that_is_worse) {
  print("100");
  static_cast<void>(submit(buy("1").by(2).at("95")));
  static_cast<void>(submit(sell("1").stop("99")));
  print("99.5");
  EXPECT_EQ(waiting(), "#4:1");
  static_cast<void>(submit(buy("0.1").by(3).at("99")));
  EXPECT_EQ(submit(sell("0.1").by(4).at("99")),
            "accepted #8:0.1; traded #7 #8 0.1@99; triggered #4 at 99; traded #3 #4 1@95");
}

TEST_F(order_book_rules, take_profit_waits_for_a_price_that_is_better) {
  print("100");
  static_cast<void>(submit(buy("1").by(2).at("95")));
  static_cast<void>(submit(sell("1").profit("101")));
  static_cast<void>(submit(sell("0.1").by(3).at("101")));
  EXPECT_EQ(submit(buy("0.1").by(4).at("101")),
            "accepted #6:0.1; traded #5 #6 0.1@101; triggered #4 at 101; traded #3 #4 1@95");
}

TEST_F(order_book_rules, limit_kinds_rest_at_their_limit_once_triggered) {
  print("100");
  static_cast<void>(submit(buy("1").stop("101").at("101.5")));
  static_cast<void>(submit(sell("1").by(2).profit("101").at("103")));
  print("101");
  EXPECT_EQ(waiting(), "");
  EXPECT_EQ(queue(side::buy), "#3:1@101.5");
  EXPECT_EQ(queue(side::sell), "#4:1@103");
  EXPECT_EQ(book_.find(id(3))->asked.type, book_order_type::limit);
}

TEST_F(order_book_rules, trigger_at_once_what_the_last_price_has_reached) {
  EXPECT_EQ(submit(buy("1").stop("90").at("80")), "accepted #1:1");
  print("100");
  EXPECT_EQ(waiting(), "");
  EXPECT_EQ(submit(buy("1").stop("100").at("80")), "accepted #4:1; triggered #4 at 100");
  EXPECT_EQ(submit(sell("1").profit("100")),
            "accepted #5:1; triggered #5 at 100; cancelled #5:1 self_trade");
}

TEST_F(order_book_rules,
       triggered_orders_trade_in_the_order_of_acceptance_after_the_order_under_way) {
  print("100");
  static_cast<void>(submit(sell("1").by(2).at("101")));
  static_cast<void>(submit(sell("1").by(2).at("102")));
  static_cast<void>(submit(sell("1").by(2).at("103")));
  static_cast<void>(submit(buy("0.5").stop("102")));
  static_cast<void>(submit(buy("0.5").by(3).stop("101")));
  // 101 triggers #7, 102 triggers #6: both wait until #8 is done, and trade as they were triggered.
  EXPECT_EQ(submit(buy("1.5").by(4)), "accepted #8:1.5; traded #3 #8 1@101; triggered #7 at 101; "
                                      "traded #4 #8 0.5@102; triggered #6 at 102; "
                                      "traded #4 #7 0.5@102; traded #5 #6 0.5@103");
}

TEST_F(order_book_rules, one_price_triggers_the_earlier_accepted_first) {
  print("100");
  static_cast<void>(submit(buy("1").stop("102").at("90")));
  static_cast<void>(submit(buy("1").stop("101").at("90")));
  static_cast<void>(submit(buy("1").trail("2")));
  static_cast<void>(submit(sell("0.1").by(6).at("102")));
  EXPECT_EQ(submit(buy("0.1").by(7).at("102")),
            "accepted #7:0.1; traded #6 #7 0.1@102; triggered #3 at 102; triggered #4 at 102; "
            "triggered #5 at 102; cancelled #5:1 no_liquidity");
}

TEST_F(order_book_rules, trailing_stop_follows_the_best_price_by_its_offset) {
  print("100");
  static_cast<void>(submit(sell("1").trail("2")));
  print("104");
  print("102.5");
  EXPECT_EQ(waiting(), "#3:1");
  static_cast<void>(submit(sell("0.1").by(6).at("102")));
  EXPECT_EQ(
    submit(buy("0.1").by(7).at("102")),
    "accepted #9:0.1; traded #8 #9 0.1@102; triggered #3 at 102; cancelled #3:1 no_liquidity");
}

TEST_F(order_book_rules, trailing_stop_starts_with_the_first_trade_of_a_new_book) {
  static_cast<void>(submit(buy("1").trail("1")));
  print("100");
  print("98");
  print("98.5");
  EXPECT_EQ(waiting(), "#1:1");
  print("99");
  EXPECT_EQ(waiting(), "");
}

TEST_F(order_book_rules, trailing_share_is_rounded_to_the_tick_away_from_the_price) {
  print("100");
  // 1.2 % below 100 is 98.8, and 98.5 on the tick; above it is 101.2, and 101.5.
  static_cast<void>(submit(sell("1").trail_share(12'000'000)));
  static_cast<void>(submit(buy("1").trail_share(12'000'000)));
  print("99");
  print("100");
  EXPECT_EQ(waiting(), "#3:1 #4:1"); // The buy follows to 99: 100.188, and 100.5.
  print("100.5");
  EXPECT_EQ(waiting(), "#3:1");
  print("98.5");
  EXPECT_EQ(waiting(), "");
}

TEST_F(order_book_rules, trail_wider_than_the_price_is_never_reached) {
  print("1");
  static_cast<void>(submit(sell("1").trail("1")));
  static_cast<void>(submit(buy("1").trail("90000000000")));
  print("0.5");
  EXPECT_EQ(waiting(), "#3:1 #4:1");
}

// --- cancel and replace ----------------------------------------------------

TEST_F(order_book_rules, cancel_only_an_open_order_of_the_same_owner) {
  static_cast<void>(submit(sell("1").at("100")));
  EXPECT_EQ(cancel(2, 1), "refused unknown_order");
  EXPECT_EQ(cancel(1, 1), "cancelled #1:1 requested");
  EXPECT_EQ(cancel(1, 1), "refused unknown_order");
  EXPECT_EQ(show(book_.cancel(owner_id{1}, book_order_id{~uint64_t{0}})), "refused unknown_order");
}

TEST_F(order_book_rules, an_id_names_no_later_order) {
  static_cast<void>(submit(sell("1").at("100")));
  static_cast<void>(cancel(1, 1));
  static_cast<void>(submit(sell("1").at("100")));
  EXPECT_NE(id(1), id(2));
  EXPECT_EQ(cancel(1, 1), "refused unknown_order");
  EXPECT_EQ(queue(side::sell), "#2:1@100");
}

TEST_F(order_book_rules, replacing_with_a_smaller_size_keeps_the_place) {
  static_cast<void>(submit(sell("2").at("100")));
  static_cast<void>(submit(sell("1").at("100")));
  EXPECT_EQ(replace(1, "1.5", "100"), "replaced #1:1.5 in place");
  EXPECT_EQ(queue(side::sell), "#1:1.5@100 #2:1@100");
  EXPECT_EQ(book_.best(side::sell)->size, dec("2.5"));
}

TEST_F(order_book_rules, replacing_with_a_larger_size_or_another_price_loses_the_place) {
  static_cast<void>(submit(sell("1").at("100")));
  static_cast<void>(submit(sell("1").at("100")));
  EXPECT_EQ(replace(1, "1.1"), "replaced #1:1.1 anew");
  EXPECT_EQ(queue(side::sell), "#2:1@100 #1:1.1@100");
  EXPECT_EQ(replace(2, "", "101"), "replaced #2:1 anew");
  EXPECT_EQ(queue(side::sell), "#1:1.1@100 #2:1@101");
}

TEST_F(order_book_rules, a_replaced_order_takes_where_its_new_price_crosses) {
  static_cast<void>(submit(sell("1").at("100")));
  static_cast<void>(submit(buy("0.4").by(2).at("99")));
  EXPECT_EQ(replace(1, "", "98"), "replaced #1:1 anew; traded #2 #1 0.4@99");
  EXPECT_EQ(queue(side::sell), "#1:0.6@98");
}

TEST_F(order_book_rules, the_new_size_counts_what_has_traded) {
  static_cast<void>(submit(sell("2").at("100")));
  static_cast<void>(submit(buy("0.5").by(2).at("100")));
  EXPECT_EQ(replace(1, "0.5"), "refused below_filled");
  EXPECT_EQ(replace(1, "1"), "replaced #1:0.5 in place");
}

TEST_F(order_book_rules, a_refused_replacement_changes_nothing) {
  static_cast<void>(submit(sell("1").at("100").post()));
  static_cast<void>(submit(buy("1").by(2).at("99")));
  EXPECT_EQ(replace(1, "", "99"), "refused would_take");
  EXPECT_EQ(replace(1, "1", "", "", 2), "refused unknown_order");
  EXPECT_EQ(replace(1, ""), "refused contradiction");
  EXPECT_EQ(replace(1, "", "", "100"), "refused price_unexpected");
  EXPECT_EQ(replace(1, "1", "100.2"), "refused off_tick");
  EXPECT_EQ(replace(1, "0.15"), "refused off_lot");
  EXPECT_EQ(replace(1, "92233720368"), "refused overflow");
  EXPECT_EQ(queue(side::sell), "#1:1@100");
}

TEST_F(order_book_rules, a_waiting_order_can_be_replaced_into_its_trigger) {
  print("100");
  static_cast<void>(submit(buy("1").stop("105")));
  EXPECT_EQ(replace(3, "0.5"), "replaced #3:0.5 in place");
  EXPECT_EQ(replace(3, "", "", "100"),
            "replaced #3:0.5 anew; triggered #3 at 100; cancelled #3:0.5 no_liquidity");
}

TEST_F(order_book_rules, a_larger_trailing_stop_keeps_its_best_price) {
  print("100");
  static_cast<void>(submit(sell("1").trail("2")));
  print("110");
  print("109");
  EXPECT_EQ(replace(3, "2"), "replaced #3:2 anew");
  print("108");
  EXPECT_EQ(waiting(), "");
}

// --- fees and positions ----------------------------------------------------

TEST_F(order_book_rules, each_side_pays_its_fee_of_the_notional_rounded_half_even) {
  order_book fine{{instrument_id{"X"}, asset_id{"A"}, asset_id{"B"}, dec("0.00000001"),
                   dec("0.00000001"), dec("0")},
                  {.maker_fee_ppb = -250'000'000, .taker_fee_ppb = 250'000'000}};
  // The notional is 6e-8: a quarter is 1.5e-8, and 2e-8 half-even; so is the rebate.
  static_cast<void>(fine.submit(sell("0.00000006").at("1")));
  const auto events = fine.submit(buy("0.00000006").by(2).at("1"));
  const auto& t = std::get<order_traded>(events[1]);
  EXPECT_EQ(t.taker_fee, dec("0.00000002"));
  EXPECT_EQ(t.maker_fee, dec("-0.00000002"));
  EXPECT_EQ(t.taker_side, side::buy);
  EXPECT_EQ(t.maker_owner, owner_id{1});
  EXPECT_EQ(t.taker_owner, owner_id{2});
}

TEST_F(order_book_rules, trades_move_the_positions_of_both_sides) {
  static_cast<void>(hold(1, "5"));
  static_cast<void>(submit(sell("2").at("100")));
  static_cast<void>(submit(buy("1.5").by(2)));
  EXPECT_EQ(book_.position_of(owner_id{1}), dec("3.5"));
  EXPECT_EQ(book_.position_of(owner_id{2}), dec("1.5"));
}

TEST_F(order_book_rules, say_nothing_about_a_position_beyond_the_range) {
  static_cast<void>(
    book_.set_position(owner_id{2}, decimal::from_raw(std::numeric_limits<int64_t>::max())));
  static_cast<void>(submit(sell("1").at("100")));
  static_cast<void>(submit(buy("1").by(2)));
  EXPECT_EQ(book_.position_of(owner_id{2}), std::nullopt);
}

// --- hostile input ---------------------------------------------------------

struct refused_case {
  const char* name;
  book_order order;
  book_refusal reason;
};

template <class Change>
book_order changed(book_order o, Change change) {
  change(o);
  return o;
}

const refused_case refused_cases[] = {
  {"unknown side", changed(buy("1"), [](auto& o) { o.direction = side{0}; }),
   book_refusal::unknown_value},
  {"unknown type", changed(buy("1"), [](auto& o) { o.type = book_order_type{8}; }),
   book_refusal::unknown_value},
  {"unknown lifetime", changed(buy("1"), [](auto& o) { o.lifetime = time_in_force{0}; }),
   book_refusal::unknown_value},
  {"unknown prevention", changed(buy("1"), [](auto& o) { o.self_trades = self_trade_rule{6}; }),
   book_refusal::unknown_value},
  {"unknown owner", buy("1").by(8), book_refusal::unknown_owner},
  {"limit without price", changed(buy("1"), [](auto& o) { o.type = book_order_type::limit; }),
   book_refusal::price_missing},
  {"stop without price", changed(buy("1"), [](auto& o) { o.type = book_order_type::stop; }),
   book_refusal::price_missing},
  {"trail without distance",
   changed(buy("1"), [](auto& o) { o.type = book_order_type::trailing_stop; }),
   book_refusal::price_missing},
  {"market with limit",
   changed(buy("1").at("100"), [](auto& o) { o.type = book_order_type::market; }),
   book_refusal::price_unexpected},
  {"limit with stop", changed(buy("1").at("100"), [](auto& o) { o.stop_price = dec("100"); }),
   book_refusal::price_unexpected},
  {"stop with trail", changed(buy("1").stop("100"), [](auto& o) { o.trail_ppb = 1; }),
   book_refusal::price_unexpected},
  {"two trails", changed(buy("1").trail("1"), [](auto& o) { o.trail_ppb = 1; }),
   book_refusal::contradiction},
  {"post-only market", buy("1").post(), book_refusal::contradiction},
  {"post-only immediate", buy("1").at("100").post().ioc(), book_refusal::contradiction},
  {"no size", buy("0").at("100"), book_refusal::size_not_positive},
  {"negative size", buy("-1").at("100"), book_refusal::size_not_positive},
  {"size off the lot", buy("0.15").at("100"), book_refusal::off_lot},
  {"price of zero", buy("1").at("0"), book_refusal::price_not_positive},
  {"negative stop", buy("1").stop("-1"), book_refusal::price_not_positive},
  {"price off the tick", buy("1").at("100.25"), book_refusal::off_tick},
  {"stop off the tick", buy("1").stop("100.25"), book_refusal::off_tick},
  {"offset off the tick", buy("1").trail("0.25"), book_refusal::off_tick},
  {"offset of zero", buy("1").trail("0"), book_refusal::trail_out_of_range},
  {"share of zero", buy("1").trail_share(0), book_refusal::trail_out_of_range},
  {"share of one", buy("1").trail_share(1'000'000'000), book_refusal::trail_out_of_range},
  {"notional beyond a decimal", buy("1000000").at("1000000"), book_refusal::overflow},
};

TEST_F(order_book_rules, refuse_what_makes_no_sense_and_say_why) {
  for (const auto& c : refused_cases)
    EXPECT_EQ(submit(c.order), std::string{"refused "} + to_string(c.reason)) << c.name;
  EXPECT_EQ(book_.open_order_count(), 0u);
}

TEST_F(order_book_rules, refuse_an_order_below_the_minimum_notional) {
  auto costly = traded;
  costly.min_notional = dec("50");
  order_book book{costly};
  EXPECT_EQ(show(book.submit(buy("0.4").at("124.5"))), "refused min_notional");
  EXPECT_EQ(show(book.submit(buy("0.4").at("125"))), "accepted #1:0.4");
  EXPECT_EQ(show(book.submit(sell("0.4").stop("124.5"))), "refused min_notional");
  // A market order has no price to be judged by.
  EXPECT_EQ(show(book.submit(sell("0.1").by(2))), "accepted #2:0.1; traded #1 #2 0.1@125");
}

TEST_F(order_book_rules, take_a_notional_of_all_that_a_decimal_says) {
  auto fine = traded;
  fine.lot_size = decimal::from_raw(1);
  order_book book{fine};
  const auto most = decimal::from_raw(std::numeric_limits<int64_t>::max()).to_string();
  EXPECT_EQ(show(book.submit(buy(most.c_str()).at("1"))), "accepted #1:" + most);
  EXPECT_EQ(show(book.submit(buy(most.c_str()).at("1.5"))), "refused overflow");
}

TEST_F(order_book_rules, refuse_sizes_that_no_decimal_can_sum) {
  EXPECT_EQ(submit(buy("92233720368").stop("0.5")), "accepted #1:92233720368");
  EXPECT_EQ(submit(buy("1").at("100")), "refused overflow");
  // One trigger price may have orders of both sides.
  EXPECT_EQ(submit(sell("1").profit("0.5")), "refused overflow");
  EXPECT_EQ(cancel(1, 1), "cancelled #1:92233720368 requested");
  EXPECT_EQ(submit(buy("1").at("100")), "accepted #2:1");
}

// Says something only under the sanitizers: a sum that remembered them would overflow unseen.
TEST_F(order_book_rules, forget_the_size_that_a_waiting_order_lost) {
  auto fine = traded;
  fine.lot_size = dec("0.00000001");
  order_book book{fine};
  static_cast<void>(show(book.submit(buy("0.1").stop("0.5"))));
  for (int i = 2; i < 5; ++i) {
    static_cast<void>(show(book.submit(buy("90000000000").stop("0.5"))));
    EXPECT_EQ(show(book.replace({owner_id{1}, id(i), dec("0.1"), {}, {}})).substr(12),
              "0.1 in place");
    static_cast<void>(book.cancel(owner_id{1}, id(i)));
  }
  EXPECT_EQ(book.open_order_count(), 1u);
}

TEST_F(order_book_rules, refuse_more_orders_than_the_book_holds) {
  order_book small{traded, {.orders_max = 2, .owners = 8}};
  static_cast<void>(small.submit(sell("1").at("100")));
  static_cast<void>(show(small.submit(sell("1").at("101"))));
  EXPECT_EQ(show(small.submit(buy("1").by(2))), "refused book_full");
  static_cast<void>(small.cancel(owner_id{1}, id(1)));
  EXPECT_EQ(show(small.submit(buy("1").by(2).at("90"))), "accepted #2:1");
}

TEST_F(order_book_rules, hold_in_a_book_that_was_moved) {
  static_cast<void>(submit(sell("1").at("100")));
  static_cast<void>(submit(sell("1").stop("90")));
  order_book moved{std::move(book_)};
  EXPECT_EQ(show(moved.submit(buy("2").by(2).at("101"))), "accepted #3:2; traded #1 #3 1@100");
  EXPECT_EQ(show(moved.cancel(owner_id{1}, id(2))), "cancelled #2:1 requested");
}

TEST_F(order_book_rules, need_an_instrument_and_rules_within_their_ranges) {
  auto broken = traded;
  broken.tick_size = dec("0");
  EXPECT_THROW(order_book{broken}, contract_violation);
  broken = traded;
  broken.min_notional = dec("-1");
  EXPECT_THROW(order_book{broken}, contract_violation);
  EXPECT_THROW((order_book{traded, {.orders_max = 0}}), contract_violation);
  EXPECT_THROW((order_book{traded, {.owners = 0}}), contract_violation);
  EXPECT_THROW((order_book{traded, {.taker_fee_ppb = 1'000'000'001}}), contract_violation);
}

} // namespace
} // namespace supreme::trading
