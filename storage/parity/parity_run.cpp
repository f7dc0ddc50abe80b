#include "storage/parity/parity_run.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <set>

namespace supreme::storage {

namespace {

/// Tables whose rows of a step are all known when the step is over.
constexpr parity_table at_once[] = {
  parity_table::signals, parity_table::verdicts,  parity_table::checks, parity_table::orders,
  parity_table::fills,   parity_table::movements, parity_table::steps,  parity_table::equity};
constexpr parity_table at_the_end[] = {parity_table::positions, parity_table::slots,
                                       parity_table::balances};

void append(std::vector<parity_row>& to, std::vector<parity_row> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

void append(parity_rows& to, parity_rows from) {
  for (size_t i = 0; i < parity_table_count; ++i)
    append(to[i], std::move(from[i]));
}

} // namespace

parity_run::parity_run(std::vector<trading::backtest_plan> plans, run_rows& cluster, size_t kept)
  : cluster_(cluster), comparison_(kept) {
  for (auto& plan : plans)
    accounts_.push_back(std::make_unique<account_run>(std::move(plan)));
}

void parity_run::step(trading::timestamp event_time, const std::vector<trading::bar>& bars) {
  parity_rows rows;
  uint64_t asked = 0;
  for (auto& a : accounts_) {
    a->engine.step(event_time, bars);
    asked += a->rows.take_asked();
    append(rows, a->rows.take());
  }
  rows_of(rows, parity_table::steps)
    .push_back({event_time.to_string(),
                {std::to_string(++steps_), std::to_string(bars.size()), std::to_string(asked)}});
  compare_step(event_time, std::move(rows));
}

void parity_run::compare_step(trading::timestamp until, parity_rows rows) {
  keep_ends(until, rows_of(rows, parity_table::orders));
  for (const auto t : at_once)
    comparison_.compare(t, cluster_.next(t, until), std::move(rows_of(rows, t)));
  compare_ends(std::move(rows_of(rows, parity_table::order_ends)));
}

void parity_run::keep_ends(trading::timestamp until, const std::vector<parity_row>& orders) {
  std::set<std::string_view> decided;
  for (const auto& o : orders)
    decided.insert(o.key);
  for (auto& row : cluster_.next(parity_table::order_ends, until)) {
    // An order of the cluster alone is a difference of its own already.
    if (decided.count(row.key) != 0)
      ends_.insert_or_assign(row.key, std::move(row));
  }
}

void parity_run::compare_ends(std::vector<parity_row> backtest) {
  for (auto& row : backtest) {
    const auto found = ends_.find(row.key);
    if (found == ends_.end())
      continue; // The cluster lacks the order: a difference of its own already.
    comparison_.compare(parity_table::order_ends, {std::move(found->second)}, {std::move(row)});
    ends_.erase(found);
  }
}

const parity_report& parity_run::finish() {
  parity_rows rows;
  for (const auto& a : accounts_)
    append(rows, a->rows.end(a->engine));
  compare_ends(std::move(rows_of(rows, parity_table::order_ends)));
  const auto ever = trading::timestamp::from_ns(std::numeric_limits<int64_t>::max());
  for (const auto t : at_once)
    comparison_.compare(t, cluster_.next(t, ever), {});
  for (const auto t : at_the_end)
    comparison_.compare(t, cluster_.held(t), std::move(rows_of(rows, t)));
  return comparison_.report();
}

} // namespace supreme::storage
