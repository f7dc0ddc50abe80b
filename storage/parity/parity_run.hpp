#pragma once

#include "storage/parity/backtest_rows.hpp"
#include "storage/parity/comparison.hpp"
#include "storage/parity/run_rows.hpp"

#include <memory>

namespace supreme::storage {

/// Runs backtests of a cluster's accounts side by side and holds each step to the rows that the
/// cluster left of it. Memory grows with open orders and with the rows of one step. One owner.
class parity_run {
public:
  /// One plan per account, without problems(). Keeps the first `kept` differences. `cluster` must
  /// outlive this.
  parity_run(std::vector<trading::backtest_plan> plans, run_rows& cluster, size_t kept);

  /// All bars of one close time; see backtest_engine::step.
  void step(trading::timestamp event_time, const std::vector<trading::bar>& bars);
  /// After the last bar: what is left of the cluster's rows, and what both hold.
  const parity_report& finish();

private:
  struct account_run {
    explicit account_run(trading::backtest_plan plan) : rows(plan), engine(std::move(plan), rows) {}
    backtest_rows rows;
    trading::backtest_engine engine;
  };

  void compare_step(trading::timestamp until, parity_rows rows);
  /// Keeps what became of the cluster's orders until the backtest knows it of its own.
  void keep_ends(trading::timestamp until, const std::vector<parity_row>& orders);
  void compare_ends(std::vector<parity_row> backtest);

  run_rows& cluster_;
  parity_comparison comparison_;
  std::vector<std::unique_ptr<account_run>> accounts_;
  std::map<std::string, parity_row> ends_; ///< the cluster's, of the backtest's open orders
  uint64_t steps_ = 0;
};

} // namespace supreme::storage
