// Goal: what is stored by name reads back as the same value, and no two values share a name.
// Method: every value of each enum, both ways, and names that are none.

#include "trading/matching/book_order.hpp"
#include "trading/orders/order.hpp"
#include "trading/risk/breaker_registry.hpp"
#include "trading/risk/drawdown_control.hpp"
#include "trading/risk/post_trade.hpp"
#include "trading/risk/pre_trade.hpp"
#include "trading/risk/risk_command.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace supreme::trading {
namespace {

template <class Enum, class Parse>
void expect_names(int first, int last, Parse parse) {
  std::set<std::string> names;
  for (int number = first; number <= last; ++number) {
    const auto value = static_cast<Enum>(number);
    const std::string name = to_string(value);
    EXPECT_NE(name, "invalid") << number;
    EXPECT_TRUE(names.insert(name).second) << name;
    ASSERT_TRUE(parse(name).has_value()) << name;
    EXPECT_EQ(*parse(name), value) << name;
  }
  EXPECT_STREQ(to_string(static_cast<Enum>(last + 1)), "invalid");
  for (const char* text : {"", "invalid", "None", "halted ", "OPEN"})
    EXPECT_FALSE(parse(text).has_value()) << text;
}

TEST(names, order_states_round_trip) { expect_names<order_state>(1, 11, parse_order_state); }
TEST(names, order_types_round_trip) { expect_names<order_type>(1, 4, parse_order_type); }
TEST(names, trading_modes_round_trip) { expect_names<trading_mode>(1, 3, parse_trading_mode); }
TEST(names, refusals_round_trip) { expect_names<refusal>(0, 31, parse_refusal); }
TEST(names, sizing_modes_round_trip) { expect_names<sizing_mode>(1, 7, parse_sizing_mode); }
TEST(names, zero_sizes_round_trip) { expect_names<zero_size>(0, 11, parse_zero_size); }
TEST(names, breaker_states_round_trip) { expect_names<breaker_state>(1, 3, parse_breaker_state); }
TEST(names, breaker_scopes_round_trip) { expect_names<breaker_scope>(1, 4, parse_breaker_scope); }
TEST(names, drawdown_stages_round_trip) {
  expect_names<drawdown_stage>(1, 4, parse_drawdown_stage);
}
TEST(names, risk_commands_round_trip) {
  expect_names<risk_command_kind>(1, 3, parse_risk_command_kind);
}

TEST(names, breaker_triggers_round_trip) {
  expect_names<breaker_trigger>(1, 13, parse_breaker_trigger);
}
TEST(names, trade_checks_round_trip) { expect_names<trade_check>(1, 9, parse_trade_check); }
TEST(names, book_order_types_round_trip) {
  expect_names<book_order_type>(1, 7, parse_book_order_type);
}
TEST(names, times_in_force_round_trip) { expect_names<time_in_force>(1, 3, parse_time_in_force); }
TEST(names, self_trade_rules_round_trip) {
  expect_names<self_trade_rule>(1, 5, parse_self_trade_rule);
}
TEST(names, book_refusals_round_trip) { expect_names<book_refusal>(1, 17, parse_book_refusal); }
TEST(names, cancel_reasons_round_trip) { expect_names<cancel_reason>(1, 7, parse_cancel_reason); }

TEST(names, targets_have_names) {
  EXPECT_STREQ(to_string(target::flat), "flat");
  EXPECT_STREQ(to_string(target::long_position), "long");
  EXPECT_STREQ(to_string(target::short_position), "short");
  EXPECT_STREQ(to_string(static_cast<target>(0)), "invalid");
}

TEST(names, refusal_codes_are_the_documented_ones) {
  EXPECT_STREQ(to_string(refusal::none), "none");
  EXPECT_STREQ(to_string(refusal::stale_input), "stale_input");
  EXPECT_STREQ(to_string(refusal::short_not_allowed), "short_not_allowed");
  EXPECT_STREQ(to_string(refusal::overflow), "overflow");
}

} // namespace
} // namespace supreme::trading
