#pragma once

#include "trading/backtest/engine.hpp"
#include "trading/backtest/result.hpp"
#include "trading/backtest/series.hpp"

#include <array>
#include <deque>
#include <string_view>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace supreme::trading {

/// Listens to a backtest and says at its end, or between two blocks of steps, what has come of it.
/// The cost of a step does not grow with the run: no allocation and no look-up, but for each UTC
/// day one daily close. Memory grows with trades and days. One owner.
class result_collector final : public backtest_listener {
public:
  /// The plan that the engine runs. It is copied as far as results speak of it.
  explicit result_collector(const backtest_plan& plan, size_t series_buckets = series_buckets_max);
  result_collector(const result_collector&) = delete; // Its notes point at each other.
  result_collector& operator=(const result_collector&) = delete;
  /// The engine that is listened to, before its first step; it must outlive the last one.
  void watch(const backtest_engine& engine);

  void on_decision(const decision_event& e) override;
  void on_fill(const fill_event& e) override;
  void on_order_end(const order_end_event& e) override;
  void on_values(const valued_steps& v) override;
  void on_block(const valued_block& b) override;

  /// What came of the run so far; `complete` says whether it was all of it. Instruments and
  /// strategies are in the plan's order. What the slots earned adds up to the change of equity
  /// exactly: where the value of an instrument's position and that of its slots round differently,
  /// the last slot that holds some of it has the difference.
  /// Throws std::overflow_error where a sum leaves the decimal range.
  [[nodiscard]] backtest_result result(bool complete, const performance_options& options = {}) &;
  /// The same of a collector that is done with: its trades are not copied.
  [[nodiscard]] backtest_result result(bool complete, const performance_options& options = {}) &&;

private:
  struct order_note {
    uint64_t number = 0;
    uint32_t reason = 0; ///< in reasons_
    quantity open;
  };
  struct instrument_note {
    instrument traded;
    position held;
    uint64_t bars = 0;
    series_sampler prices;
    double share_units = 0; ///< of the benchmark; 0 before the first close
    price close;            ///< the last one
  };
  struct slot_note {
    size_t strategy = 0; ///< in the plan
    size_t instrument = 0;
    round_trip trip;
    uint32_t entry_reason = 0; ///< in reasons_
    uint64_t trades = 0;
  };
  struct refusal_note {
    uint64_t count = 0;
    timestamp first;
    timestamp last;
  };

  /// What was bought of an instrument at its first close, in raw units.
  [[nodiscard]] static double worth_of_share(const instrument_note& note) noexcept {
    return note.share_units * static_cast<double>(note.close.raw());
  }
  [[nodiscard]] std::vector<order_note>::iterator find_order(uint64_t number);
  [[nodiscard]] uint32_t keep_reason(std::string_view reason);
  void note_bars(const step_block& steps);
  void note_benchmark(const valued_block& b);
  void add_samples(const valued_block& b, size_t first, size_t count, bool has_benchmark);
  void note_exposure(const valued_block& b);
  [[nodiscard]] backtest_result result_without_trades(bool complete,
                                                      const performance_options& options);
  [[nodiscard]] std::vector<refusal_count> refusals() const;
  [[nodiscard]] std::vector<strategy_result> strategies() const;
  [[nodiscard]] attribution earned() const;
  [[nodiscard]] std::vector<money> unrealised() const;

  const backtest_engine* engine_ = nullptr;
  account_id account_;
  asset_id quote_;
  std::vector<instrument_note> instruments_; ///< in the plan's order
  std::vector<strategy_result> strategies_;  ///< names only
  std::vector<slot_note> slots_;             ///< in the plan's order
  std::vector<order_note> orders_open_;      ///< few at a time
  std::vector<std::string> reasons_;         ///< each once: a strategy has few, and says them again
  std::unordered_map<std::string, uint32_t> reason_places_;
  std::array<refusal_note, 256> refusals_; ///< by the refusal's value
  std::map<zero_size, uint64_t> zero_sizes_;

  // Of the block under way.
  std::array<double, step_block::steps_max> worths_; ///< of the benchmark, raw units
  std::array<price, step_block::steps_max> closes_;  ///< where an instrument has a bar at each step
  std::array<decimal, step_block::steps_max> values_;
  size_t exposed_ = 0; ///< steps

  uint64_t steps_ = 0;
  uint64_t signals_ = 0;
  uint64_t orders_ = 0;
  uint64_t fills_ = 0;
  uint64_t expired_ = 0;
  uint64_t unpaid_ = 0;
  uint64_t cancelled_ = 0;
  uint64_t withdrawn_ = 0;
  money last_equity_;
  money last_cash_;
  double start_equity_ = 0; ///< raw units, of the first step
  performance_accumulator performance_;
  series_sampler equity_;
  series_sampler benchmark_;
  series_sampler exposure_;
  std::deque<backtest_trade> trades_;
};

} // namespace supreme::trading
