#pragma once

#include "trading/market/tick_rule.hpp"
#include "trading/matching/bar_matching.hpp"
#include "trading/matching/displayed_book.hpp"
#include "trading/matching/queue_position.hpp"
#include "trading/matching/slippage.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace supreme::trading {

/// What a taking order of ours fills against.
enum class taken_liquidity : uint8_t {
  trades = 1,    ///< the recorded trades that follow, at their prices
  displayed = 2, ///< the displayed sizes, level by level
};

struct recorded_market_rules {
  int64_t maker_fee_ppb = 0;
  int64_t taker_fee_ppb = 0;
  taken_liquidity liquidity = taken_liquidity::trades;
  /// Of fills against trades; levels that are walked cost what they cost.
  slippage_model slippage = fixed_slippage{};
  /// Share of each trade that all our taking orders together may have; 0 = no cap. In [0, 1e9].
  int64_t max_volume_share_ppb = 0;
};

/// Names an order in one simulated market, counted from 1.
enum class market_order_id : uint64_t {};

struct market_fill {
  market_order_id order{};
  /// A size of 0 means that no decimal holds the fill's value: the order is over without it.
  bar_execution done;
  bool last = false; ///< nothing of the order is left
};

/// One instrument's venue, simulated by what was recorded there. The record does not react to us.
///
/// - A market order takes at once what is displayed, or else of the trades that follow; what is
///   left waits for the next size displayed, or for the next trade.
/// - A limit order that is beyond the displayed other side (by trades: at the last price or beyond)
///   takes like a market order up to its limit. What is left of it, once the market is elsewhere,
///   joins the queue of its level behind all that is displayed there: see queue_position.
/// - A stop is triggered by the price of a trade, the last one included when it is given: as in
///   order_book. It trades after the trade that triggered it.
/// - Taking orders come first, in the order of their acceptance; they and the queues together never
///   have more of a trade than the cap, or else its size, allows. Without a cap, the first taking
///   order's whole size fills at one trade.
///
/// Deterministic; one thread at a time. Each call's fills and triggers are valid until the next.
/// Throws contract_violation for orders that no venue accepts and recorded_data_defect for data
/// that cannot be true.
class recorded_market {
public:
  recorded_market(const instrument& traded, const recorded_market_rules& rules);

  /// The order has arrived. Size and prices are multiples of lot and tick. Fills are those of
  /// fills().
  market_order_id submit(const resting_order& o);
  /// Whether the order was still open.
  bool cancel(market_order_id id);

  std::span<const market_fill> on_trade(const trade_tick& t);
  std::span<const market_fill> on_quote(const quote_tick& q);
  /// Fills nothing: a level may be one of several of an event.
  void on_depth(const depth_tick& d);
  /// The event of the last levels is complete.
  std::span<const market_fill> settle();

  [[nodiscard]] std::span<const market_fill> fills() const noexcept { return fills_; }
  /// Stops that the last call triggered, filled or not.
  [[nodiscard]] std::span<const market_order_id> triggered() const noexcept { return triggered_; }
  [[nodiscard]] const instrument& traded() const noexcept { return traded_; }
  [[nodiscard]] size_t open_orders() const noexcept {
    return takers_.size() + stops_.size() + queued_.size();
  }

private:
  struct open_order {
    market_order_id id{};
    resting_order rest;
  };

  void begin_call() noexcept;
  void accept(open_order o);
  void start(open_order o);
  [[nodiscard]] bool takes(const resting_order& o) const;
  [[nodiscard]] bool walk(open_order& o);
  void walk_all();
  [[nodiscard]] quantity fill_takers(const trade_tick& t);
  void trigger_stops();
  void join_queue(const open_order& o);
  void add_queue_fills(std::span<const queue_fill> filled);
  [[nodiscard]] bool fill(open_order& o, price at, quantity size, bool maker);

  instrument traded_;
  recorded_market_rules rules_;
  displayed_book book_;
  queue_position queue_;
  tick_rule tick_rule_;
  std::vector<open_order> takers_; ///< in the order of acceptance, as are the stops
  std::vector<open_order> stops_;
  std::map<queued_order_id, open_order> queued_;
  std::vector<market_fill> fills_;
  std::vector<market_order_id> triggered_;
  std::optional<price> last_price_;
  uint64_t given_ = 0;
  uint64_t depth_event_ = 0;
};

} // namespace supreme::trading
