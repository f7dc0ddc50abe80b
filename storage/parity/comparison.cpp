#include "storage/parity/comparison.hpp"

#include "trading/check.hpp"

#include <algorithm>

namespace supreme::storage {

namespace {

void sort_by_key(std::vector<parity_row>& rows) {
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.key < b.key; });
}

constexpr const char* there = "(a row)";
constexpr const char* missing = "(no row)";

} // namespace

std::string parity_difference::to_string() const {
  return std::string{storage::to_string(table)} + "  " + key + "  "
         + (column.empty() ? "row" : column) + "  cluster " + cluster + "  backtest " + backtest;
}

std::string parity_report::summary() const {
  std::string text =
    std::to_string(differences) + (differences == 1 ? " difference in " : " differences in ");
  std::string separator;
  for (size_t i = 0; i < parity_table_count; ++i) {
    const auto t = static_cast<parity_table>(i);
    if (t == parity_table::order_ends)
      continue; // Of the same rows as the orders.
    text += separator + std::to_string(rows[i]) + ' ' + std::string{storage::to_string(t)};
    separator = ", ";
  }
  return text;
}

void parity_comparison::compare(parity_table t, std::vector<parity_row> cluster,
                                std::vector<parity_row> backtest) {
  sort_by_key(cluster);
  sort_by_key(backtest);
  auto c = cluster.begin();
  auto b = backtest.begin();
  auto& compared = report_.rows[static_cast<size_t>(t)];
  while (c != cluster.end() || b != backtest.end()) {
    ++compared;
    if (b == backtest.end() || (c != cluster.end() && c->key < b->key)) {
      note({t, c->key, {}, there, missing});
      ++c;
    } else if (c == cluster.end() || b->key < c->key) {
      note({t, b->key, {}, missing, there});
      ++b;
    } else {
      compare_values(t, *c++, *b++);
    }
  }
}

void parity_comparison::compare_values(parity_table t, const parity_row& cluster,
                                       const parity_row& backtest) {
  const auto names = columns_of(t);
  SUPREME_CHECK(cluster.values.size() == names.size() && backtest.values.size() == names.size(),
                "a row has its table's columns");
  for (size_t i = 0; i < names.size(); ++i) {
    if (cluster.values[i] != backtest.values[i])
      note({t, cluster.key, std::string{names[i]}, cluster.values[i], backtest.values[i]});
  }
}

void parity_comparison::note(parity_difference found) {
  ++report_.differences;
  if (report_.first.size() < kept_)
    report_.first.push_back(std::move(found));
}

} // namespace supreme::storage
