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
  std::vector<slot_holding> fills;
  std::vector<price> closes;

  void on_fill(const slot_holding& after) override { fills.push_back(after); }
  std::optional<decision> on_bar(const bar& b) override {
    closes.push_back(b.close);
    return next;
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
  scripted* logic = nullptr;
  std::optional<strategy_slot> slot;
};

TEST_F(slot_test, is_named_by_strategy_and_instrument) {
  EXPECT_EQ(slot->id().str(), "trend/BTCUSDT");
  EXPECT_EQ(slot->instrument().str(), "BTCUSDT");
}

TEST_F(slot_test, says_nothing_when_the_strategy_wants_nothing) {
  EXPECT_FALSE(slot->on_bar(closing("100")));
  EXPECT_EQ(logic->closes, (std::vector<price>{decimal::literal("100")}));
}

TEST_F(slot_test, keys_a_signal_by_the_bar_that_caused_it) {
  logic->next = decision{desire::long_position, "up", {{"macd", 0.5}, {"rsi", 61.000000004}}};
  auto s = slot->on_bar(closing("100.5"));
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
  EXPECT_EQ(slot->on_bar(closing("100.5")), s) << "the same bar gives the same key again";
}

TEST_F(slot_test, maps_every_wish_to_its_target) {
  for (auto [wish, wanted] : {std::pair{desire::flat, target::flat},
                              {desire::long_position, target::long_position},
                              {desire::short_position, target::short_position}}) {
    logic->next = decision{wish, "", {}};
    EXPECT_EQ(slot->on_bar(closing("1"))->wanted, wanted);
  }
}

TEST_F(slot_test, tells_each_account_event_once_and_in_order) {
  slot->on_fill({decimal::literal("1"), decimal::literal("100")}, 5);
  slot->on_fill({decimal::literal("1"), decimal::literal("100")}, 5);
  slot->on_fill({decimal::literal("9"), decimal::literal("100")}, 4);
  slot->on_fill({decimal::literal("2"), decimal::literal("101")}, 7);
  ASSERT_EQ(logic->fills.size(), 2u);
  EXPECT_EQ(logic->fills[1].size, decimal::literal("2"));
  logic->next = decision{desire::flat, "", {}};
  EXPECT_EQ(slot->on_bar(closing("1"))->account_seq, 7u);
}

TEST_F(slot_test, blames_the_strategy_for_an_input_that_is_no_number) {
  for (double broken :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), 1e300}) {
    logic->next = decision{desire::flat, "", {{"x", broken}}};
    EXPECT_THROW((void)slot->on_bar(closing("1")), strategy_defect) << broken;
  }
}

TEST_F(slot_test, takes_bars_of_its_own_instrument_only) {
  EXPECT_THROW((void)slot->on_bar(closing("1", "ETHUSDT")), contract_violation);
}

} // namespace
} // namespace supreme::trading
