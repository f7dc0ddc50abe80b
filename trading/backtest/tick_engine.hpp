#pragma once

#include "trading/backtest/engine.hpp"
#include "trading/market/trade_aggregation.hpp"
#include "trading/matching/latency.hpp"
#include "trading/matching/opened_size.hpp"
#include "trading/matching/recorded_market.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

namespace supreme::trading {

/// How a plan is run over ticks.
struct tick_settings {
  nanoseconds bar_interval{0}; ///< > 0: strategies decide on bars of this length
  taken_liquidity liquidity = taken_liquidity::trades;
  /// Of fills against trades, in place of the plan's costs.slippage_ppb where it is given.
  std::optional<slippage_model> slippage;
  /// From a decision to the order's arrival, in place of the plan's latency where it is given.
  std::optional<latency> to_venue;
  latency to_us; ///< from a fill to its report
};

/// Runs a plan over recorded trades, quotes and depth. Strategies decide on bars made of the
/// trades, when the interval is over; their orders arrive at the venue after their latency and fill
/// against what was recorded from then on (see recorded_market), an order being there before what
/// is recorded at its time of arrival. Reports are booked at the first close after their arrival.
/// All else is done by backtest_engine.
///
/// An interval without trades has no bar. The bar that is not over at the end is none.
///
/// Deterministic; one owner; no I/O.
class tick_engine final : private order_venue {
public:
  /// Throws contract_violation when the plan has problems() or the settings are outside their
  /// ranges. The listener must outlive this.
  tick_engine(backtest_plan plan, const tick_settings& settings, backtest_listener& listener);
  tick_engine(const tick_engine&) = delete;
  tick_engine& operator=(const tick_engine&) = delete;

  /// Instruments are numbered as in the plan. Times never go back, over all instruments and kinds.
  /// Each throws what backtest_engine::step and recorded_market throw; the run is over then.
  void on_trade(size_t instrument, const trade_tick& t);
  void on_quote(size_t instrument, const quote_tick& q);
  void on_depth(size_t instrument, const depth_tick& d);
  /// There is no more. What has been reported by the last record's time is booked, and the account
  /// valued then.
  void finish();

  [[nodiscard]] const backtest_engine& account() const noexcept { return engine_; }
  [[nodiscard]] uint64_t bars() const noexcept { return bars_; }
  [[nodiscard]] uint64_t steps() const noexcept { return steps_; }

private:
  /// An order under way to the venue.
  struct sent_order {
    timestamp arrives;
    client_order_id id;
    size_t slot;
    size_t instrument;
    resting_order order;
  };
  struct sent_report {
    timestamp arrives;
    venue_report report;
  };
  /// An order that has arrived. A reduce-only one is at the market with what it could close now and
  /// not more: in parts, because its entry may fill in parts.
  struct venue_order {
    client_order_id id;
    size_t slot = 0;
    resting_order rest; ///< with what is not filled
    quantity at_market; ///< of that, what its parts have left
    std::vector<market_order_id> parts;
  };
  struct tick_market {
    recorded_market venue;
    trade_aggregation bars;
    std::vector<venue_order> orders; ///< in the order of arrival
    bool unsettled = false;          ///< levels of an event have been shown
    timestamp depth_time;            ///< of that event
    uint64_t depth_event = 0;
  };

  void submit(const client_order_id& id, size_t slot, size_t instrument, const resting_order& order,
              timestamp now) override;
  [[nodiscard]] std::span<const venue_report> reports(timestamp now) override;

  void advance(timestamp to);
  void close_bars(timestamp to);
  void deliver(timestamp to);
  void settle(tick_market& m);
  void report(tick_market& m, std::span<const market_fill> fills, timestamp at);
  void note_triggers(tick_market& m);
  [[nodiscard]] std::vector<venue_order>::iterator find_order(tick_market& m, market_order_id part);
  void take_fill(tick_market& m, const market_fill& f, timestamp at);
  [[nodiscard]] std::optional<bar_execution> within(bar_execution done, quantity size) const;
  void adapt(tick_market& m, timestamp at);
  void withdraw_entries(tick_market& m, timestamp at);
  [[nodiscard]] bool adapt_one(tick_market& m, timestamp at);
  void send_part(tick_market& m, venue_order& o, quantity size, timestamp at);
  /// What comes after it.
  std::vector<venue_order>::iterator end_order(tick_market& m,
                                               std::vector<venue_order>::iterator o);
  void count_cash(const resting_order& o, const bar_execution& done);
  void tell(const client_order_id& id, const bar_execution& done, order_ending ending,
            timestamp at);

  nanoseconds interval_;
  execution_costs costs_;
  bool pays_from_cash_;
  money cash_; ///< the account's at the venue, where it knows of fills before we do
  std::vector<tick_market> markets_;     ///< as in the plan
  std::map<size_t, opened_size> opened_; ///< by slot
  latency_line to_venue_;
  latency_line to_us_;
  std::deque<sent_order> sent_;
  std::deque<sent_report> reported_;
  std::vector<venue_report> arrived_;
  timestamp now_ = timestamp::from_ns(std::numeric_limits<int64_t>::min());
  std::optional<timestamp> next_close_; ///< of the bars in hand
  uint64_t bars_ = 0;
  uint64_t steps_ = 0;
  backtest_engine engine_; ///< asks the members above
};

} // namespace supreme::trading
