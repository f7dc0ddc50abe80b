// Goal: whatever a backtest says reaches the comparison: no field of a signal, verdict, order, fill
// or sample is lost, mixed up or rounded on its way into the rows. Method: one small story is told
// twice, the second time with one field altered; exactly the columns that show the field differ.
#include "storage/parity/backtest_rows.hpp"
#include "storage/parity/comparison.hpp"
#include "tests/storage/transactions.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace supreme::tests {
namespace {

using namespace storage;
using namespace trading;

const timestamp first_close = timestamp::from_ms(1'776'000'060'000);
const timestamp second_close = timestamp::from_ms(1'776'000'120'000);

/// A decision that became an order, its part fill, its last fill and the account's value.
struct story {
  backtest_plan plan;
  made_decision decision;
  client_order_id order{"bt-1"};
  fill part;
  booked_fill after_part;
  fill rest;
  slot_id slot{"trend/BTCUSDT"};
  booked_fill after_rest;
  account_value value;
};

story make_story() {
  story s;
  s.plan.account = account_id{"main"};
  s.plan.venue = venue_id{"sim"};
  s.plan.quote = asset_id{"USDT"};
  auto& w = s.decision.wish;
  w.key = {s.slot, "BTCUSDT/60s/1776000060000", 0, 0};
  w.strategy = strategy_id{"trend"};
  w.account = s.plan.account;
  w.instrument = instrument_id{"BTCUSDT"};
  w.wanted = target::long_position;
  w.reference_price = "100.5"_d;
  w.reason = "because";
  w.inputs = {{"macd", "0.25"_d}, {"signal", "0.125"_d}};
  w.event_time = first_close;
  w.account_seq = 4;
  auto& v = s.decision.verdict;
  v.checks = {{refusal::max_notional, true, "1000"_d, "201"_d},
              {refusal::cash, true, "900"_d, "203"_d}};
  v.direction = side::buy;
  v.size = "2"_d;
  v.worst_price = "101.5"_d;
  v.reserve_cash = "203.00000001"_d;
  s.decision.mark = "100.5"_d;
  s.decision.limits.max_position = "5"_d;
  s.part = {s.plan.venue, s.plan.account, trade_id{"1"}, s.order,      w.instrument, side::buy,
            "100.6"_d,    "0.5"_d,        "0.0503"_d,    s.plan.quote, second_close};
  s.after_part = {{"0.5"_d, "50.3"_d, "1"_d, "0.0503"_d, 5},
                  {"0.5"_d, "50.3"_d, "2"_d, "0.0504"_d, 3},
                  {{s.plan.quote, "-50.3503"_d}}};
  s.rest = s.part;
  s.rest.size = "1.5"_d;
  s.after_rest = {{"2"_d, "201.2"_d, "1"_d, "0.2"_d, 6},
                  {"2"_d, "201.2"_d, "2"_d, "0.2"_d, 4},
                  {{s.plan.quote, "-151"_d}}};
  s.value = {second_close, "1000.25"_d, "798.75"_d, true};
  return s;
}

parity_rows rows_of(const story& s) {
  backtest_rows rows{s.plan};
  rows.decided(s.decision, s.order);
  rows.filled(s.part, s.slot, s.after_part, 5);
  rows.filled(s.rest, s.slot, s.after_rest, 6);
  rows.valued(s.value);
  return rows.take();
}

/// "table.column" of everything that differs; "table" alone where a row has no partner.
std::set<std::string> differences(parity_rows a, parity_rows b) {
  parity_comparison comparison{1'000};
  for (size_t i = 0; i < parity_table_count; ++i)
    comparison.compare(static_cast<parity_table>(i), a[i], b[i]);
  std::set<std::string> found;
  for (const auto& d : comparison.report().first)
    found.insert(std::string{to_string(d.table)} + (d.column.empty() ? "" : "." + d.column));
  return found;
}

struct alteration {
  const char* name;
  std::function<void(story&)> change;
  std::set<std::string> seen_in;
};

const decimal unit = decimal::from_raw(1);

const std::vector<alteration>& alterations() {
  static const std::vector<alteration> all{
    {"slot",
     [](story& s) { s.decision.wish.key.slot = slot_id{"trend/ETHUSDT"}; },
     {"signals", "verdicts", "checks", "orders", "fills.decision"}},
    {"cause",
     [](story& s) { s.decision.wish.key.cause = "x"; },
     {"signals", "verdicts", "checks", "orders", "fills.decision"}},
    {"leg",
     [](story& s) { s.decision.wish.key.leg = 1; },
     {"signals", "verdicts", "checks", "orders", "fills.decision"}},
    {"child",
     [](story& s) { s.decision.wish.key.child = 1; },
     {"signals", "verdicts", "checks", "orders", "fills.decision"}},
    {"strategy",
     [](story& s) { s.decision.wish.strategy = strategy_id{"x"}; },
     {"signals.strategy", "orders.strategy"}},
    {"account",
     [](story& s) { s.decision.wish.account = account_id{"x"}; },
     {"signals.account", "verdicts.account", "orders.account"}},
    {"instrument",
     [](story& s) { s.decision.wish.instrument = instrument_id{"x"}; },
     {"signals.instrument", "orders.instrument"}},
    {"wanted", [](story& s) { s.decision.wish.wanted = target::flat; }, {"signals.wanted"}},
    {"reference price",
     [](story& s) { s.decision.wish.reference_price += unit; },
     {"signals.reference_price"}},
    {"reason", [](story& s) { s.decision.wish.reason = "x"; }, {"signals.reason"}},
    {"input", [](story& s) { s.decision.wish.inputs[1].second += unit; }, {"signals.inputs"}},
    {"input's name", [](story& s) { s.decision.wish.inputs[0].first = "x"; }, {"signals.inputs"}},
    {"inputs' order",
     [](story& s) { std::swap(s.decision.wish.inputs[0], s.decision.wish.inputs[1]); },
     {"signals.inputs"}},
    {"event time",
     [](story& s) { s.decision.wish.event_time = s.decision.wish.event_time + nanoseconds{1}; },
     {"signals.event_time", "orders.event_time"}},
    {"account event", [](story& s) { ++s.decision.wish.account_seq; }, {"signals.account_seq"}},
    {"outcome", [](story& s) { s.decision.verdict.outcome = refusal::cash; }, {"verdicts.refusal"}},
    {"direction",
     [](story& s) { s.decision.verdict.direction = side::sell; },
     {"verdicts.direction", "orders.direction"}},
    {"size",
     [](story& s) { s.decision.verdict.size += unit; },
     {"verdicts.size", "orders.size", "orders"}},
    {"worst price",
     [](story& s) { s.decision.verdict.worst_price += unit; },
     {"verdicts.worst_price"}},
    {"reserved cash",
     [](story& s) { s.decision.verdict.reserve_cash += unit; },
     {"verdicts.reserve_cash", "orders.reserve_cash"}},
    {"check's code",
     [](story& s) { s.decision.verdict.checks[0].code = refusal::halted; },
     {"checks.code"}},
    {"check passed",
     [](story& s) { s.decision.verdict.checks[1].passed = false; },
     {"checks.passed"}},
    {"check's limit",
     [](story& s) { s.decision.verdict.checks[1].limit += unit; },
     {"checks.limit"}},
    {"what a check saw",
     [](story& s) { s.decision.verdict.checks[0].seen += unit; },
     {"checks.seen"}},
    {"why a size is 0",
     [](story& s) { s.decision.verdict.checks[0].why = zero_size::no_stop; },
     {"checks.why"}},
    {"one check less", [](story& s) { s.decision.verdict.checks.pop_back(); }, {"checks"}},
    {"mark", [](story& s) { s.decision.mark += unit; }, {"verdicts.mark", "orders.decision_price"}},
    {"largest position",
     [](story& s) { s.decision.limits.max_position.reset(); },
     {"verdicts.max_position"}},
    {"shorts", [](story& s) { s.decision.limits.allow_short = true; }, {"verdicts.allow_short"}},
    {"venue", [](story& s) { s.plan.venue = venue_id{"x"}; }, {"orders.venue"}},
    {"quote", [](story& s) { s.plan.quote = asset_id{"x"}; }, {"orders.quote"}},
    {"fill's venue", [](story& s) { s.part.venue = venue_id{"x"}; }, {"fills.venue"}},
    {"fill's slot", [](story& s) { s.slot = slot_id{"x"}; }, {"fills.slot"}},
    {"fill's instrument",
     [](story& s) { s.part.instrument = instrument_id{"x"}; },
     {"fills.instrument"}},
    {"fill's direction", [](story& s) { s.part.direction = side::sell; }, {"fills.direction"}},
    {"fill's price", [](story& s) { s.part.at += unit; }, {"fills.price"}},
    {"fill's size",
     [](story& s) {
       s.part.size += unit;
       s.rest.size -= unit;
     },
     {"fills.size"}},
    {"fee", [](story& s) { s.part.fee += unit; }, {"fills.fee"}},
    {"fee's asset", [](story& s) { s.part.fee_asset = asset_id{"BNB"}; }, {"fills.fee_asset"}},
    {"fill's time", [](story& s) { s.part.event_time = first_close; }, {"fills.event_time"}},
    {"position's size",
     [](story& s) { s.after_part.account_after.size += unit; },
     {"fills.position_size"}},
    {"position's cost",
     [](story& s) { s.after_part.account_after.cost += unit; },
     {"fills.position_cost"}},
    {"position's profit",
     [](story& s) { s.after_part.account_after.realised_gross += unit; },
     {"fills.position_realised"}},
    {"position's fees",
     [](story& s) { s.after_part.account_after.fees_quote += unit; },
     {"fills.position_fees"}},
    {"position's fills",
     [](story& s) { ++s.after_part.account_after.fill_count; },
     {"fills.position_fill_count"}},
    {"slot's size", [](story& s) { s.after_part.slot_after.size += unit; }, {"fills.slot_size"}},
    {"slot's cost", [](story& s) { s.after_part.slot_after.cost += unit; }, {"fills.slot_cost"}},
    {"slot's profit",
     [](story& s) { s.after_part.slot_after.realised_gross += unit; },
     {"fills.slot_realised"}},
    {"slot's fees",
     [](story& s) { s.after_part.slot_after.fees_quote += unit; },
     {"fills.slot_fees"}},
    {"slot's fills",
     [](story& s) { ++s.after_part.slot_after.fill_count; },
     {"fills.slot_fill_count"}},
    {"movement", [](story& s) { s.after_part.balances[0].delta += unit; }, {"movements.delta"}},
    {"movement's asset",
     [](story& s) { s.after_part.balances[0].asset = asset_id{"x"}; },
     {"movements"}},
    {"type", [](story& s) { s.decision.verdict.type = order_type::limit; }, {"orders.type"}},
    {"limit price",
     [](story& s) { s.decision.verdict.limit_price = unit; },
     {"orders.limit_price"}},
    {"stop price", [](story& s) { s.decision.verdict.stop_price = unit; }, {"orders.stop_price"}},
    {"reduce-only",
     [](story& s) { s.decision.verdict.reduce_only = true; },
     {"orders.reduce_only"}},
    {"equity", [](story& s) { s.value.equity += unit; }, {"equity.equity"}},
    {"cash", [](story& s) { s.value.cash += unit; }, {"equity.cash"}},
    {"equity's time", [](story& s) { s.value.at = first_close; }, {"equity"}},
  };
  return all;
}

TEST(backtest_rows, show_every_field_that_is_altered_alone) {
  const auto original = rows_of(make_story());
  ASSERT_EQ(differences(original, rows_of(make_story())), std::set<std::string>{});
  for (const auto& a : alterations()) {
    auto altered = make_story();
    a.change(altered);
    EXPECT_EQ(differences(original, rows_of(altered)), a.seen_in) << a.name;
  }
}

TEST(backtest_rows, every_column_can_be_altered_by_what_a_backtest_says) {
  // These are the same in every backtest, and differ when the cluster's rows say otherwise.
  std::set<std::string> missing{"verdicts.decided_by", "orders.place", "equity.step"};
  std::set<std::string> expected;
  for (const auto t :
       {parity_table::signals, parity_table::verdicts, parity_table::checks, parity_table::orders,
        parity_table::fills, parity_table::movements, parity_table::equity}) {
    for (const auto column : columns_of(t))
      expected.insert(std::string{to_string(t)} + "." + std::string{column});
  }
  for (const auto& a : alterations())
    missing.insert(a.seen_in.begin(), a.seen_in.end());
  for (const auto& column : missing)
    expected.erase(column);
  EXPECT_EQ(expected, std::set<std::string>{});
}

/// state, filled, reserved quantity and reserved cash of the only order that ended.
std::vector<std::string> end_of(parity_rows rows) {
  const auto& ends = storage::rows_of(rows, parity_table::order_ends);
  return ends.size() == 1 ? ends[0].values : std::vector<std::string>{};
}

TEST(backtest_rows, tell_what_became_of_an_order_when_it_is_known) {
  auto s = make_story();
  backtest_rows rows{s.plan};
  rows.decided(s.decision, s.order);
  EXPECT_TRUE(end_of(rows.take()).empty());
  rows.filled(s.part, s.slot, s.after_part, 5);
  EXPECT_TRUE(end_of(rows.take()).empty());
  rows.filled(s.rest, s.slot, s.after_rest, 6);
  EXPECT_EQ(end_of(rows.take()), (std::vector<std::string>{"filled", "2", "0", "0"}));
}

TEST(backtest_rows, an_expired_order_keeps_what_was_filled_before) {
  auto s = make_story();
  backtest_rows rows{s.plan};
  rows.decided(s.decision, s.order);
  rows.filled(s.part, s.slot, s.after_part, 5);
  rows.ended(s.order, trading::order_state::expired, second_close);
  EXPECT_EQ(end_of(rows.take()), (std::vector<std::string>{"expired", "0.5", "0", "0"}));
}

TEST(backtest_rows, number_orders_in_the_order_of_their_decisions) {
  auto s = make_story();
  backtest_rows rows{s.plan};
  rows.decided(s.decision, s.order);
  s.decision.wish.key.leg = 1;
  rows.decided(s.decision, {});
  s.decision.wish.key.leg = 2;
  rows.decided(s.decision, client_order_id{"bt-2"});
  auto taken = rows.take();
  const auto& orders = storage::rows_of(taken, parity_table::orders);
  ASSERT_EQ(orders.size(), 2u);
  EXPECT_EQ(orders[0].values[0], "1");
  EXPECT_EQ(orders[1].values[0], "2");
  EXPECT_EQ(storage::rows_of(taken, parity_table::signals).size(), 3u);
}

/// A plan that can be run.
backtest_plan idle_plan() {
  auto plan = make_story().plan;
  instrument i;
  i.id = instrument_id{"BTCUSDT"};
  i.base = asset_id{"BTC"};
  i.quote = plan.quote;
  i.tick_size = i.lot_size = "0.01"_d;
  plan.instruments = {i};
  plan.initial = {{plan.quote, "1000"_d}, {asset_id{"BNB"}, {}}};
  const auto* kind = find_strategy_kind("momentum");
  plan.strategies = {{strategy_id{"trend"}, kind, {}, {.amount = "1"_d}, {i.id}}};
  for (const auto& p : kind->schema)
    plan.strategies[0].values[p.name] = p.initial;
  return plan;
}

TEST(backtest_rows, show_what_open_orders_reserve_at_the_end) {
  const auto s = make_story();
  backtest_rows rows{idle_plan()};
  const backtest_engine engine{idle_plan(), rows};
  rows.decided(s.decision, s.order);
  rows.filled(s.part, s.slot, s.after_part, 5);
  auto end = rows.end(engine);
  EXPECT_EQ(end_of(end), (std::vector<std::string>{"partially_filled", "0.5", "1.5", "152.25"}));
  // Three quarters of what was reserved, truncated.
  const auto& positions = storage::rows_of(end, parity_table::positions);
  ASSERT_EQ(positions.size(), 1u);
  EXPECT_EQ(positions[0].key, "main BTCUSDT");
  EXPECT_EQ(positions[0].values, (std::vector<std::string>{"0", "0", "0", "0", "0", "1.5", "0"}));
  const auto& balances = storage::rows_of(end, parity_table::balances);
  ASSERT_EQ(balances.size(), 1u) << "what is 0 is no row";
  EXPECT_EQ(balances[0].key, "main USDT");
  EXPECT_EQ(balances[0].values, (std::vector<std::string>{"1000", "152.25"}));
}

} // namespace
} // namespace supreme::tests
