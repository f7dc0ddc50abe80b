// Goal: a slot turns what its strategy wants into signals with keys that never change, and tells it
// each fill once. Method: a strategy that does what the test says; expected signals written out.
#include "trading/orders/strategy_slot.hpp"

#include "trading/check.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace supreme::trading {
namespace {

/// Answers with `next` and remembers what it was told.
struct scripted : strategy {
  std::optional<decision> next;
  std::optional<price> wants_at; ///< only at this close; nothing: at every one
  std::vector<slot_holding> fills;
  std::vector<price> closes;

  void on_fill(const slot_holding& after) override { fills.push_back(after); }
  std::optional<decision> on_bar(const bar& b) override {
    closes.push_back(b.close);
    return !wants_at || b.close == *wants_at ? next : std::nullopt;
  }
  [[nodiscard]] uint32_t warmup_bars() const override { return 0; }
};

bar closing(const char* close, const char* instrument = "BTCUSDT") {
  bar b;
  b.instrument = instrument_id{instrument};
  b.open_time = timestamp::from_ns(1'776'606'960'000'000'000);
  b.interval = std::chrono::minutes{1};
  b.open = b.high = b.low = b.close = decimal::literal(close);
  return b;
}

struct slot_test : ::testing::Test {
  slot_test() {
    auto made = std::make_unique<scripted>();
    logic = made.get();
    slot.emplace(strategy_id{"trend"}, account_id{"main"}, instrument_id{"BTCUSDT"},
                 std::move(made));
  }
  /// What the slot says to a bar of its instrument, when it is at most one thing.
  std::optional<signal> said(const bar& b) {
    std::vector<signal> out;
    slot->on_bar(0, b, out);
    EXPECT_LE(out.size(), 1u);
    return out.empty() ? std::nullopt : std::optional{out.front()};
  }

  scripted* logic = nullptr;
  std::optional<strategy_slot> slot;
};

TEST_F(slot_test, is_named_by_strategy_and_instrument) {
  EXPECT_EQ(slot->legs()[0].id.str(), "trend/BTCUSDT");
  EXPECT_EQ(slot->legs()[0].instrument.str(), "BTCUSDT");
}

TEST_F(slot_test, says_nothing_when_the_strategy_wants_nothing) {
  EXPECT_FALSE(said(closing("100")));
  EXPECT_EQ(logic->closes, (std::vector<price>{decimal::literal("100")}));
}

TEST_F(slot_test, keys_a_signal_by_the_bar_that_caused_it) {
  logic->next =
    decision{desire::long_position, "up", {{"macd", 0.5}, {"rsi", 61.000000004}}, {}, {}};
  auto s = said(closing("100.5"));
  ASSERT_TRUE(s);
  EXPECT_EQ(s->key, (decision_key{slot_id{"trend/BTCUSDT"}, "BTCUSDT/60s/1776607020000", 0, 0}));
  EXPECT_EQ(s->strategy.str(), "trend");
  EXPECT_EQ(s->account.str(), "main");
  EXPECT_EQ(s->wanted, target::long_position);
  EXPECT_EQ(s->reference_price, decimal::literal("100.5"));
  EXPECT_EQ(s->reason, "up");
  EXPECT_EQ(s->event_time, closing("1").close_time());
  EXPECT_EQ(s->account_seq, 0u);
  ASSERT_EQ(s->inputs.size(), 2u);
  EXPECT_EQ(s->inputs[0], (std::pair<std::string, decimal>{"macd", decimal::literal("0.5")}));
  EXPECT_EQ(s->inputs[1],
            (std::pair<std::string, decimal>{"rsi", decimal::literal("61")})); // Rounded to 1e-8.
  EXPECT_EQ(said(closing("100.5")), s) << "the same bar gives the same key again";
}

TEST_F(slot_test, maps_every_wish_to_its_target) {
  for (auto [wish, wanted] : {std::pair{desire::flat, target::flat},
                              {desire::long_position, target::long_position},
                              {desire::short_position, target::short_position}}) {
    logic->next = decision{wish, "", {}, {}, {}};
    EXPECT_EQ(said(closing("1"))->wanted, wanted);
  }
}

TEST_F(slot_test, tells_each_account_event_once_and_in_order) {
  slot->on_fill(0, {decimal::literal("1"), decimal::literal("100")}, 5);
  slot->on_fill(0, {decimal::literal("1"), decimal::literal("100")}, 5);
  slot->on_fill(0, {decimal::literal("9"), decimal::literal("100")}, 4);
  slot->on_fill(0, {decimal::literal("2"), decimal::literal("101")}, 7);
  ASSERT_EQ(logic->fills.size(), 2u);
  EXPECT_EQ(logic->fills[1].size, decimal::literal("2"));
  logic->next = decision{desire::flat, "", {}, {}, {}};
  EXPECT_EQ(said(closing("1"))->account_seq, 7u);
}

TEST_F(slot_test, blames_the_strategy_for_an_input_that_is_no_number) {
  for (double broken :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), 1e300}) {
    logic->next = decision{desire::flat, "", {{"x", broken}}, {}, {}};
    EXPECT_THROW((void)said(closing("1")), strategy_defect) << broken;
  }
}

TEST_F(slot_test, blames_the_strategy_for_a_stop_that_is_no_distance) {
  for (double broken : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
    logic->next = decision{desire::long_position, "", {}, broken, {}};
    EXPECT_THROW((void)said(closing("1")), strategy_defect) << broken;
  }
  logic->next = decision{desire::long_position, "", {}, 2.5, {}};
  EXPECT_EQ(said(closing("1"))->hints.stop_distance, decimal::literal("2.5"));
}

TEST_F(slot_test, closes_and_opens_in_two_legs_of_one_cause_where_the_strategy_reverses) {
  for (auto [held, wish, wanted] :
       {std::tuple{"3", desire::short_position, target::short_position},
        std::tuple{"-3", desire::long_position, target::long_position}}) {
    slot->on_fill(0, {decimal::literal(held), decimal::literal("100")}, held[0] == '-' ? 2u : 1u);
    logic->next = decision{wish, "turn", {{"x", 1}}, {}, {}};
    std::vector<signal> out;
    slot->on_bar(0, closing("1"), out);
    ASSERT_EQ(out.size(), 2u);
    EXPECT_EQ(out[0].wanted, target::flat);
    EXPECT_EQ(out[0].key.leg, 0u);
    EXPECT_EQ(out[1].wanted, wanted);
    EXPECT_EQ(out[1].key.leg, 1u);
    out[0].wanted = out[1].wanted;
    out[0].key.leg = out[1].key.leg;
    EXPECT_EQ(out[0], out[1]) << "they differ in nothing else";
  }
}

TEST_F(slot_test, takes_bars_up_to_the_first_at_which_it_wants_something) {
  std::vector<bar_record> bars;
  for (const char* close : {"1", "2", "3", "4"}) {
    bars.push_back(record_of(closing(close)));
    bars.back().open_time = timestamp::from_ms(60'000 * static_cast<int64_t>(bars.size()));
  }
  logic->wants_at = decimal::literal("3");
  logic->next = decision{desire::long_position, "up", {{"macd", 0.5}}, 2.5, {}};
  size_t taken = 0;
  slot->take(0, std::chrono::minutes{1}, bars, taken);
  EXPECT_EQ(taken, 3u);
  ASSERT_EQ(slot->wishes().size(), 1u);
  EXPECT_EQ(slot->reason(), "up");
  const auto s = slot->make_signal(slot->wishes()[0]);
  EXPECT_EQ(s.key.cause, "BTCUSDT/60s/240000");
  EXPECT_EQ(s.reference_price, decimal::literal("3"));
  EXPECT_EQ(s.hints.stop_distance, decimal::literal("2.5"));

  slot->take(0, std::chrono::minutes{1}, std::span{bars}.subspan(3), taken);
  EXPECT_EQ(taken, 1u);
  EXPECT_TRUE(slot->wishes().empty());
  EXPECT_EQ(logic->closes.size(), 4u) << "each bar once";
}

TEST_F(slot_test, checks_the_inputs_of_a_wish_that_nobody_makes_a_signal_of) {
  logic->next =
    decision{desire::flat, "", {{"x", std::numeric_limits<double>::infinity()}}, {}, {}};
  const std::vector<bar_record> bars{record_of(closing("1")), record_of(closing("2"))};
  size_t taken = 0;
  EXPECT_THROW(slot->take(0, std::chrono::minutes{1}, bars, taken), strategy_defect);
  EXPECT_EQ(taken, 1u) << "who catches it knows the bar";
}

TEST_F(slot_test, knows_its_leg_by_slot_and_by_instrument) {
  EXPECT_EQ(slot->find_leg(slot_id{"trend/BTCUSDT"}), 0u);
  EXPECT_EQ(slot->find_leg(instrument_id{"BTCUSDT"}), 0u);
  EXPECT_EQ(slot->find_leg(slot_id{"trend/ETHUSDT"}), 1u);
  EXPECT_EQ(slot->find_leg(instrument_id{"ETHUSDT"}), 1u);
}

/// Answers with `next` and remembers what it was told.
struct scripted_pair : pair_strategy {
  std::optional<pair_decision> next;
  std::vector<std::pair<pair_leg, quantity>> fills;
  std::vector<std::pair<price, price>> closes;

  void on_fill(pair_leg leg, const slot_holding& after) override {
    fills.emplace_back(leg, after.size);
  }
  std::optional<pair_decision> on_bars(const bar& first, const bar& second) override {
    closes.emplace_back(first.close, second.close);
    return next;
  }
  [[nodiscard]] uint32_t warmup_bars() const override { return 0; }
};

struct pair_slot_test : ::testing::Test {
  pair_slot_test() {
    auto made = std::make_unique<scripted_pair>();
    logic = made.get();
    slot.emplace(strategy_id{"spread"}, account_id{"main"}, instrument_id{"AAA"},
                 instrument_id{"BBB"}, std::move(made));
  }
  std::vector<signal> said(size_t leg, bar b, int minute) {
    b.open_time = timestamp::from_ms(60'000 * minute);
    std::vector<signal> out;
    slot->on_bar(leg, b, out);
    return out;
  }
  scripted_pair* logic = nullptr;
  std::optional<strategy_slot> slot;
};

TEST_F(pair_slot_test, asks_the_strategy_when_both_bars_of_a_time_are_there) {
  (void)said(0, closing("1", "AAA"), 1);
  EXPECT_TRUE(logic->closes.empty());
  (void)said(1, closing("2", "BBB"), 1);
  (void)said(1, closing("3", "BBB"), 2);
  (void)said(0, closing("4", "AAA"), 2);
  (void)said(0, closing("5", "AAA"), 3); // The second instrument has no bar here.
  (void)said(0, closing("6", "AAA"), 4);
  (void)said(1, closing("7", "BBB"), 4);
  const auto at = [](const char* a, const char* b) {
    return std::pair{decimal::literal(a), decimal::literal(b)};
  };
  EXPECT_EQ(logic->closes, (std::vector{at("1", "2"), at("4", "3"), at("6", "7")}));
}

TEST_F(pair_slot_test, says_one_signal_for_each_instrument_with_its_own_slot_and_weight) {
  logic->next = pair_decision{desire::short_position, desire::long_position, 0.25, "wide", {}};
  (void)said(0, closing("1", "AAA"), 1);
  auto out = said(1, closing("2", "BBB"), 1);
  ASSERT_EQ(out.size(), 2u);
  EXPECT_EQ(out[0].key.slot.str(), "spread/AAA");
  EXPECT_EQ(out[0].wanted, target::short_position);
  EXPECT_EQ(out[0].hints.weight_ppb, 1'000'000'000);
  EXPECT_EQ(out[1].key.slot.str(), "spread/BBB");
  EXPECT_EQ(out[1].instrument.str(), "BBB");
  EXPECT_EQ(out[1].wanted, target::long_position);
  EXPECT_EQ(out[1].reference_price, decimal::literal("2"));
  EXPECT_EQ(out[1].hints.weight_ppb, 250'000'000);
}

TEST_F(pair_slot_test, blames_the_strategy_for_a_weight_that_is_none) {
  int minute = 0;
  for (double broken : {0.0, -1.0, std::numeric_limits<double>::infinity(), 1e10}) {
    ++minute;
    logic->next = pair_decision{desire::flat, desire::flat, broken, "", {}};
    (void)said(0, closing("1", "AAA"), minute);
    EXPECT_THROW((void)said(1, closing("2", "BBB"), minute), strategy_defect) << broken;
  }
}

TEST_F(pair_slot_test, tells_which_leg_was_filled) {
  slot->on_fill(1, {decimal::literal("2"), decimal::literal("1")}, 1);
  slot->on_fill(0, {decimal::literal("-1"), decimal::literal("1")}, 2);
  ASSERT_EQ(logic->fills.size(), 2u);
  EXPECT_EQ(logic->fills[0], (std::pair{pair_leg::second, decimal::literal("2")}));
  EXPECT_EQ(logic->fills[1], (std::pair{pair_leg::first, decimal::literal("-1")}));
}

TEST_F(slot_test, says_how_volatile_its_instrument_is_once_it_is_asked_to) {
  logic->next = decision{desire::flat, "", {}, {}, {}};
  EXPECT_FALSE(said(closing("1"))->hints.volatility_ppb);
  slot->measure_volatility(2);
  auto b = closing("1");
  for (const char* close : {"1", "2"}) {
    b.close = decimal::literal(close);
    EXPECT_FALSE(said(b)->hints.volatility_ppb) << "the window is not full";
    b.open_time = b.open_time + b.interval;
  }
  EXPECT_GT(said(b)->hints.volatility_ppb.value_or(0), 0);
}

} // namespace
} // namespace supreme::trading
