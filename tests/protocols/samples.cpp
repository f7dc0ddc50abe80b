#include "tests/protocols/wire_types.hpp"

#include <cstdint>

namespace supreme::tests {

using namespace trading;
using namespace protocols;

template <>
decimal sample() {
  return decimal::literal("-1.5");
}
template <>
timestamp sample() {
  return timestamp::from_ms(1'776'607'020'000);
}
template <>
slot_id sample() {
  return slot_id{"trend/BTC"};
}
template <>
bar sample() {
  return {.instrument = instrument_id{"BTC"},
          .open_time = timestamp::from_ms(1'776'606'960'000),
          .interval = std::chrono::seconds{60},
          .open = decimal::literal("2"),
          .high = decimal::literal("4"),
          .low = decimal::literal("1"),
          .close = decimal::literal("3"),
          .volume = decimal::literal("0.00000001")};
}
template <>
decision_key sample() {
  return {.slot = sample<slot_id>(), .cause = "BTC/60s/1", .leg = 1, .child = 2};
}
template <>
size_hints sample() {
  return {.stop_distance = decimal::literal("0.5"),
          .take_profit_distance = decimal::literal("0.75"),
          .volatility_ppb = 800'000'000,
          .weight_ppb = 250'000'000};
}
template <>
signal sample() {
  return {.key = sample<decision_key>(),
          .strategy = strategy_id{"trend"},
          .account = account_id{"main"},
          .instrument = instrument_id{"BTC"},
          .wanted = target::short_position,
          .reference_price = decimal::literal("3"),
          .reason = "fast below slow",
          .inputs = {{"fast", decimal::literal("1")}, {"slow", decimal::literal("2")}},
          .event_time = sample<timestamp>(),
          .account_seq = 9,
          .hints = sample<size_hints>()};
}
template <>
order sample() {
  return {.id = client_order_id{"m1-a"},
          .key = sample<decision_key>(),
          .strategy = strategy_id{"trend"},
          .account = account_id{"main"},
          .venue = venue_id{"sim"},
          .instrument = instrument_id{"BTC"},
          .direction = side::sell,
          .type = order_type::stop_limit,
          .size = decimal::literal("0.5"),
          .limit_price = decimal::literal("2.5"),
          .stop_price = decimal::literal("2.75"),
          .reduce_only = true,
          .decision_price = decimal::literal("3"),
          .event_time = sample<timestamp>()};
}
template <>
fill sample() {
  return {.venue = venue_id{"sim"},
          .account = account_id{"main"},
          .id = trade_id{"t7"},
          .order = client_order_id{"m1-a"},
          .instrument = instrument_id{"BTC"},
          .direction = side::sell,
          .at = decimal::literal("3"),
          .size = decimal::literal("0.5"),
          .fee = decimal::literal("-0.01"),
          .fee_asset = asset_id{"USD"},
          .event_time = sample<timestamp>()};
}
template <>
position sample() {
  return {.size = decimal::literal("-0.5"),
          .cost = decimal::literal("-1.5"),
          .realised_gross = decimal::literal("7"),
          .fees_quote = decimal::literal("0.25"),
          .fill_count = 3};
}
template <>
step_id sample() {
  return {.run = "r1",
          .conductor_epoch = 4,
          .step = 5,
          .event_time = sample<timestamp>(),
          .previous_time = timestamp::from_ms(1'776'606'960'000),
          .attempt = 6,
          .config_version = 7};
}
template <>
fill_notice sample() {
  return {.slot = sample<slot_id>(),
          .account_seq = 9,
          .fill = sample<fill>(),
          .slot_after = sample<position>()};
}
template <>
mark sample() {
  return {.instrument = instrument_id{"BTC"},
          .price = decimal::literal("3"),
          .time = sample<timestamp>()};
}
template <>
approved_order sample() {
  return {.order = sample<order>(), .guard_epoch = 8, .incarnation = 10, .valid_until_ns = -2};
}
template <>
venue_report sample() {
  return {.order = client_order_id{"m1-a"},
          .verdict = venue_verdict::rejected,
          .state = order_state::rejected,
          .venue_order = venue_order_id{"v1"},
          .filled = decimal::literal("0.5"),
          .reason = "no"};
}
template <>
venue_trade sample() {
  return {.seq = 11, .fill = sample<fill>()};
}
template <>
hello sample() {
  return {.cluster = "demo", .build = "b1", .messages = "h1", .node = "node-a", .incarnation = 258};
}
template <>
unit_address sample() {
  return {
    .unit = "guard/main", .epoch = 4, .node = "node-a", .incarnation = 258, .handle = nullptr};
}
template <>
bar_query sample() {
  return {.instruments = {instrument_id{"BTC"}, instrument_id{"ETH"}},
          .after = timestamp::from_ms(1),
          .up_to = timestamp::from_ms(2),
          .max_bars = 256};
}
template <>
bar_batch sample() {
  return {.bars = {sample<bar>()}, .end_of_input = true};
}
template <>
step_event sample() {
  return {.id = sample<step_id>(),
          .definition = 0x0102030405060708,
          .fills = {sample<fill_notice>()},
          .bars = {sample<bar>()}};
}
template <>
step_done sample() {
  return {.unit = "strategy/trend/0", .step = 5, .signals = 1, .quarantined = true};
}
template <>
signal_emission sample() {
  return {
    .id = sample<step_id>(), .unit = "strategy/trend/0", .epoch = 4, .signal = sample<signal>()};
}
template <>
decide_step sample() {
  return {.id = sample<step_id>(), .expected = 1, .marks = {sample<mark>()}};
}
template <>
step_decided sample() {
  return {.step = 5, .orders = {client_order_id{"m1-a"}, client_order_id{"m1-b"}}};
}
template <>
approved_batch sample() {
  return {.id = sample<step_id>(), .orders = {sample<approved_order>()}};
}
template <>
rest_step sample() {
  return {.id = sample<step_id>(), .orders = {client_order_id{"m1-a"}}};
}
template <>
step_rested sample() {
  return {.step = 5, .open = 1};
}
template <>
mark_step sample() {
  return {.id = sample<step_id>(), .marks = {sample<mark>()}};
}
template <>
equity_report sample() {
  return {.account = account_id{"main"},
          .step = 5,
          .equity = decimal::literal("100"),
          .cash = decimal::literal("-1")};
}
template <>
venue_logon sample() {
  return {.account = account_id{"main"}, .session = 12};
}
template <>
venue_session sample() {
  return {.account = account_id{"main"}, .current = 12, .last_trade_seq = 11};
}
template <>
venue_submit sample() {
  return {.account = account_id{"main"},
          .session = 12,
          .valid_until_ns = -1,
          .orders = {sample<order>()}};
}
template <>
venue_query sample() {
  return {.account = account_id{"main"}, .orders = {client_order_id{"m1-a"}}};
}
template <>
venue_reports sample() {
  return {.current_session = 12, .reports = {sample<venue_report>()}};
}
template <>
venue_cancel sample() {
  return {.account = account_id{"main"}, .session = 12, .order = client_order_id{"m1-a"}};
}
template <>
venue_trades_query sample() {
  return {.account = account_id{"main"}, .after_seq = 11, .limit = 128};
}
template <>
venue_trades sample() {
  return {.account = account_id{"main"}, .last_seq = 11, .trades = {sample<venue_trade>()}};
}
template <>
venue_step sample() {
  return {.id = sample<step_id>(), .bars = {sample<bar>()}};
}
template <>
account_step sample() {
  return {.trades = sample<venue_trades>(), .ended = {sample<venue_report>()}};
}
template <>
venue_stepped sample() {
  return {.step = 5, .accounts = {sample<account_step>()}};
}
template <>
settle_step sample() {
  return {
    .id = sample<step_id>(), .trades = sample<venue_trades>(), .ended = {sample<venue_report>()}};
}
template <>
step_settled sample() {
  return {
    .account = account_id{"main"}, .step = 5, .account_seq = 9, .fills = {sample<fill_notice>()}};
}
template <>
book_fills sample() {
  return {.trades = {sample<venue_trade>()}, .slots = {sample<slot_id>()}};
}
template <>
fills_booked sample() {
  return {.account_seq = 9, .fills = {sample<fill_notice>()}};
}

} // namespace supreme::tests
