// Goal: a comparison of a run with a backtest finds every value that differs, says which, and says
// nothing else. Method: rows of each table against copies in which one thing is altered.
#include "storage/parity/comparison.hpp"
#include "trading/check.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace supreme::tests {
namespace {

using namespace storage;

constexpr size_t kept = 3;

std::vector<parity_table> all_tables() {
  std::vector<parity_table> tables;
  for (size_t i = 0; i < parity_table_count; ++i)
    tables.push_back(static_cast<parity_table>(i));
  return tables;
}

/// Row number `n` of a table, with a value of its own in each column.
parity_row make_row(parity_table t, int n) {
  parity_row row{"key " + std::to_string(n), {}};
  for (const auto column : columns_of(t))
    row.values.push_back(std::string{column} + " of " + std::to_string(n));
  return row;
}

parity_report compare(parity_table t, const std::vector<parity_row>& cluster,
                      const std::vector<parity_row>& backtest) {
  parity_comparison comparison{kept};
  comparison.compare(t, cluster, backtest);
  return comparison.report();
}

TEST(comparison, finds_nothing_in_equal_rows_of_any_table) {
  for (const auto t : all_tables()) {
    const std::vector rows{make_row(t, 1), make_row(t, 2)};
    const auto report = compare(t, rows, rows);
    EXPECT_EQ(report.differences, 0u) << to_string(t);
    EXPECT_EQ(report.rows_of(t), 2u) << to_string(t);
  }
}

TEST(comparison, finds_every_column_that_is_altered_alone) {
  for (const auto t : all_tables()) {
    const auto names = columns_of(t);
    ASSERT_FALSE(names.empty()) << to_string(t);
    for (size_t i = 0; i < names.size(); ++i) {
      const std::vector rows{make_row(t, 1), make_row(t, 2)};
      auto altered = rows;
      altered[1].values[i] = "other";
      const auto report = compare(t, rows, altered);
      ASSERT_EQ(report.differences, 1u) << to_string(t) << ' ' << names[i];
      const auto& found = report.first.at(0);
      EXPECT_EQ(found.to_string(), std::string{to_string(t)} + "  key 2  " + std::string{names[i]}
                                     + "  cluster " + rows[1].values[i] + "  backtest other");
    }
  }
}

TEST(comparison, counts_every_column_of_a_row_that_differs) {
  auto altered = make_row(parity_table::fills, 1);
  altered.values.front() = "other";
  altered.values.back() = "other";
  EXPECT_EQ(compare(parity_table::fills, {make_row(parity_table::fills, 1)}, {altered}).differences,
            2u);
}

TEST(comparison, names_a_row_that_only_one_of_them_has) {
  const auto row = make_row(parity_table::orders, 7);
  const auto lacking = compare(parity_table::orders, {row}, {});
  ASSERT_EQ(lacking.differences, 1u);
  EXPECT_EQ(lacking.first[0].to_string(), "orders  key 7  row  cluster (a row)  backtest (no row)");
  const auto surplus = compare(parity_table::orders, {}, {row});
  ASSERT_EQ(surplus.differences, 1u);
  EXPECT_EQ(surplus.first[0].to_string(), "orders  key 7  row  cluster (no row)  backtest (a row)");
}

TEST(comparison, pairs_a_key_that_stands_twice_once_only) {
  const auto row = make_row(parity_table::fills, 1);
  EXPECT_EQ(compare(parity_table::fills, {row, row}, {row}).differences, 1u);
  EXPECT_EQ(compare(parity_table::fills, {row}, {row, row}).differences, 1u);
}

TEST(comparison, does_not_mind_the_order_of_rows) {
  const auto a = make_row(parity_table::signals, 1);
  const auto b = make_row(parity_table::signals, 2);
  const auto c = make_row(parity_table::signals, 3);
  EXPECT_EQ(compare(parity_table::signals, {a, b, c}, {c, a, b}).differences, 0u);
}

TEST(comparison, keeps_the_first_differences_and_counts_all) {
  std::vector<parity_row> rows;
  for (int n = 0; n < 10; ++n)
    rows.push_back(make_row(parity_table::steps, n));
  const auto report = compare(parity_table::steps, rows, {});
  EXPECT_EQ(report.differences, 10u);
  EXPECT_EQ(report.first.size(), kept);
  EXPECT_EQ(report.first[0].key, "key 0");
}

TEST(comparison, refuses_a_row_that_lacks_a_column) {
  auto narrow = make_row(parity_table::checks, 1);
  narrow.values.pop_back();
  EXPECT_THROW((void)compare(parity_table::checks, {make_row(parity_table::checks, 1)}, {narrow}),
               trading::contract_violation);
}

TEST(comparison, sums_up_by_table_and_counts_an_order_once) {
  parity_comparison comparison{kept};
  const auto order = make_row(parity_table::orders, 1);
  const auto end = make_row(parity_table::order_ends, 1);
  comparison.compare(parity_table::orders, {order}, {order});
  comparison.compare(parity_table::order_ends, {end}, {end});
  EXPECT_EQ(comparison.report().summary(),
            "0 differences in 0 signals, 0 verdicts, 0 checks, 1 orders, 0 fills, 0 movements, "
            "0 steps, 0 equity, 0 positions, 0 slots, 0 balances");
}

} // namespace
} // namespace supreme::tests
