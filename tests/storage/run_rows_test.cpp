// Goal: the rows of a finished run reach the comparison as they are, each column from its own, in
// the order of event time and each once. Method: a small day of trading is committed through the
// ledger and read; then each compared column is altered alone in the database, and reading again
// shows that difference and no other.
#include "storage/open.hpp"
#include "storage/parity/comparison.hpp"
#include "tests/storage/stores.hpp"
#include "tests/storage/transactions.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace supreme::tests {

using namespace storage;
using namespace trading;

namespace {

constexpr auto day = timestamp::from_ns(1'776'607'020'123'456'789);
constexpr parity_table timed[] = {
  parity_table::signals,   parity_table::verdicts,   parity_table::checks,
  parity_table::orders,    parity_table::order_ends, parity_table::fills,
  parity_table::movements, parity_table::steps,      parity_table::equity};
constexpr parity_table held[] = {parity_table::positions, parity_table::slots,
                                 parity_table::balances};

/// Where a compared column lies, when its name does not say it, and what to write there.
struct stored_column {
  parity_table table;
  std::string column;
  std::string assignment;
};
const std::vector<stored_column>& stored_columns() {
  static const std::vector<stored_column> all{
    {parity_table::signals, "inputs", "inputs = jsonb_set(inputs, '{1,1}', '\"7\"')"},
    {parity_table::signals, "account_seq", "seen_account_seq = seen_account_seq + 1"},
    {parity_table::checks, "code", "checks = jsonb_set(checks, '{0,code}', '\"cash\"')"},
    {parity_table::checks, "passed", "checks = jsonb_set(checks, '{0,passed}', 'false')"},
    {parity_table::checks, "limit", "checks = jsonb_set(checks, '{0,limit}', '\"10.00000001\"')"},
    {parity_table::checks, "seen", "checks = jsonb_set(checks, '{0,seen}', '\"7\"')"},
    {parity_table::checks, "why", "checks = jsonb_set(checks, '{0,why}', '\"no_stop\"')"},
    {parity_table::verdicts, "allow_short", "allow_short = NOT allow_short"},
    {parity_table::verdicts, "max_position", "max_position = 7"},
    {parity_table::orders, "direction", "direction = 'sell'"},
    {parity_table::orders, "type", "type = 'stop'"},
    {parity_table::orders, "limit_price", "limit_price = 7"},
    {parity_table::orders, "stop_price", "stop_price = 7"},
    {parity_table::orders, "reduce_only", "reduce_only = NOT reduce_only"},
    {parity_table::order_ends, "state", "state = 'expired'"},
    {parity_table::fills, "decision", "order_id = 'x'"},
  };
  return all;
}

bool is_name(const std::string& column) {
  static const std::set<std::string> names{"strategy", "account",   "instrument", "wanted",
                                           "reason",   "refusal",   "decided_by", "venue",
                                           "quote",    "direction", "slot",       "fee_asset"};
  return names.count(column) != 0;
}

std::string table_of(parity_table t) {
  switch (t) {
    case parity_table::checks:
      return "trading.verdicts";
    case parity_table::steps:
      return "trading.replay_steps";
    default:
      return "trading." + std::string{to_string(t)};
  }
}

/// One row, where the little day left two.
const char* row_of(parity_table t) {
  const bool by_asset = t == parity_table::movements || t == parity_table::balances;
  return by_asset ? " WHERE asset = 'USDT'" : "";
}

std::string assignment_of(parity_table t, const std::string& column) {
  for (const auto& s : stored_columns()) {
    if (s.table == t && s.column == column)
      return s.assignment;
  }
  if (column == "event_time")
    return "event_time_ns = event_time_ns + 1";
  return column + " = " + column + (is_name(column) ? " || 'x'" : " + 1");
}

} // namespace

class stored_run : public store_test {
protected:
  void SetUp() override {
    store_test::SetUp();
    if (IsSkipped() || HasFatalFailure())
      return;
    ledger_->open_account(account_id{"main"}, venue_id{"sim"}, {{asset_id{"USDT"}, "1000"_d}});
    desk_.guard = own("guard/main");
    desk_.strategy = own("strategy/trend/0");
    desk_.executor = own("executor/main");
    desk_.portfolio = own("portfolio/main");
  }

  /// One order that is filled in part, and one step with its equity.
  void trade() {
    const auto order =
      commit(*ledger_, desk_.fused(desk_.decide("a", side::buy, "2", "250"), 1)).order.value();
    ASSERT_EQ(commit(*ledger_, desk_.report(order.order.id, order_state::open)).status,
              commit_status::applied);
    ASSERT_EQ(commit(*ledger_, desk_.fill(*ledger_, order, "1", "100", "0.5", "0.05")).status,
              commit_status::applied);
    step(1, 2);
  }

  void step(uint64_t number, uint64_t bars) {
    step_transaction t;
    t.replay = "main";
    t.conductor = conductor_;
    t.step = number;
    t.event_time = day + nanoseconds{static_cast<int64_t>(number)};
    t.bars = bars;
    t.signals = 1;
    t.equity = {{account_id{"main"}, "999.5"_d, "949.95"_d}};
    ASSERT_EQ(commit(*ledger_, t).status, commit_status::applied);
  }

  /// Everything, by table.
  [[nodiscard]] parity_rows read() const {
    const auto rows = open_postgres_run_rows(conninfo(), "main");
    parity_rows all;
    for (const auto t : timed)
      all[static_cast<size_t>(t)] = rows->next(t, day + nanoseconds{1'000'000});
    for (const auto t : held)
      all[static_cast<size_t>(t)] = rows->held(t);
    return all;
  }

  static parity_report compare(parity_rows a, parity_rows b) {
    parity_comparison comparison{100};
    for (size_t i = 0; i < parity_table_count; ++i)
      comparison.compare(static_cast<parity_table>(i), a[i], b[i]);
    return comparison.report();
  }

  /// What is read while one column of one row is another, which nobody may do.
  [[nodiscard]] parity_rows read_altered(parity_table t, const std::string& column) const {
    const auto table = table_of(t);
    sql("SET session_replication_role = replica; CREATE TABLE kept AS SELECT * FROM " + table
        + "; UPDATE " + table + " SET " + assignment_of(t, column) + row_of(t));
    auto rows = read();
    sql("SET session_replication_role = replica; DELETE FROM " + table + "; INSERT INTO " + table
        + (t == parity_table::equity ? " OVERRIDING SYSTEM VALUE" : "")
        + " SELECT * FROM kept; DROP TABLE kept");
    return rows;
  }

  desk desk_;
  unit_claim conductor_;
};

INSTANTIATE_TEST_SUITE_P(postgres, stored_run, ::testing::Values(store_kind::postgres),
                         ::testing::PrintToStringParamName());

TEST_P(stored_run, has_a_row_in_every_table) {
  conductor_ = own("conductor/main");
  trade();
  auto rows = read();
  for (const auto t : timed)
    EXPECT_EQ(rows_of(rows, t).size(), t == parity_table::movements ? 2u : 1u) << to_string(t);
  EXPECT_EQ(rows_of(rows, parity_table::fills)[0].key, "main 1");
  EXPECT_EQ(rows_of(rows, parity_table::fills)[0].values[0], "trend/BTCUSDT a 0.0");
  EXPECT_EQ(rows_of(rows, parity_table::orders)[0].values[0], "1");
  EXPECT_EQ(rows_of(rows, parity_table::signals)[0].values[6], "macd 0.12345678, signal -0.5");
  EXPECT_EQ(rows_of(rows, parity_table::signals)[0].values[7], day.to_string());
  EXPECT_EQ(rows_of(rows, parity_table::order_ends)[0].values,
            (std::vector<std::string>{"partially_filled", "0.5", "1.5", "187.5"}));
  EXPECT_EQ(rows_of(rows, parity_table::equity)[0].values,
            (std::vector<std::string>{"1", "999.5", "949.95"}));
}

TEST_P(stored_run, every_column_that_is_altered_alone_is_found_alone) {
  conductor_ = own("conductor/main");
  trade();
  const auto original = read();
  for (size_t i = 0; i < parity_table_count; ++i) {
    const auto t = static_cast<parity_table>(i);
    for (const auto name : columns_of(t)) {
      const std::string column{name};
      if (column == "place")
        continue; // It is counted, not stored.
      const auto report = compare(original, read_altered(t, column));
      ASSERT_FALSE(report.first.empty()) << to_string(t) << ' ' << column;
      EXPECT_EQ(report.first[0].table, t) << report.first[0].to_string();
      EXPECT_EQ(report.first[0].column, column) << report.first[0].to_string();
      EXPECT_EQ(report.differences, 1u) << to_string(t) << ' ' << column;
    }
  }
  EXPECT_EQ(compare(original, read()).differences, 0u);
}

TEST_P(stored_run, hands_out_each_row_once_in_the_order_of_event_time) {
  conductor_ = own("conductor/main");
  for (uint64_t number = 1; number <= 5; ++number)
    step(number, 1);
  const auto rows = open_postgres_run_rows(conninfo(), "main");
  const auto at = [](int64_t number) { return day + nanoseconds{number}; };
  EXPECT_TRUE(rows->next(parity_table::steps, at(0)).empty());
  EXPECT_EQ(rows->next(parity_table::steps, at(2)).size(), 2u);
  EXPECT_TRUE(rows->next(parity_table::steps, at(2)).empty());
  EXPECT_EQ(rows->next(parity_table::steps, at(3)).at(0).values[0], "3");
  EXPECT_EQ(rows->next(parity_table::equity, at(4)).size(), 4u);
  EXPECT_EQ(rows->next(parity_table::steps, at(100)).size(), 2u);
  EXPECT_TRUE(rows->next(parity_table::steps, at(100)).empty());
}

TEST_P(stored_run, counts_the_orders_of_an_account_in_the_order_of_their_decisions) {
  for (const char* cause : {"z", "a", "m"})
    ASSERT_EQ(commit(*ledger_, desk_.fused(desk_.decide(cause, side::buy, "1", "10"), 1)).status,
              commit_status::applied);
  const auto rows = open_postgres_run_rows(conninfo(), "main");
  std::map<std::string, std::string> places;
  for (const auto& row : rows->next(parity_table::orders, day))
    places[row.key] = row.values[0];
  EXPECT_EQ(places, (std::map<std::string, std::string>{{"trend/BTCUSDT z 0.0", "1"},
                                                        {"trend/BTCUSDT a 0.0", "2"},
                                                        {"trend/BTCUSDT m 0.0", "3"}}));
}

TEST_P(stored_run, a_step_without_bars_and_holdings_of_nothing_are_no_rows) {
  conductor_ = own("conductor/main");
  step(1, 3);
  step(2, 0);
  const auto order =
    commit(*ledger_, desk_.fused(desk_.decide("a", side::buy, "2", "250"), 1)).order.value();
  ASSERT_EQ(commit(*ledger_, desk_.report(order.order.id, order_state::rejected)).status,
            commit_status::applied);
  auto rows = read();
  EXPECT_EQ(rows_of(rows, parity_table::steps).size(), 1u);
  EXPECT_EQ(rows_of(rows, parity_table::equity).size(), 1u);
  EXPECT_TRUE(rows_of(rows, parity_table::positions).empty());
  EXPECT_EQ(rows_of(rows, parity_table::balances).size(), 1u);
}

} // namespace supreme::tests
