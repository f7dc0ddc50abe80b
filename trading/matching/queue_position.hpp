#pragma once

#include "trading/market/instrument.hpp"
#include "trading/market/quote.hpp"
#include "trading/market/trade.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace supreme::trading {

/// Names a passive order of ours in one simulation, counted from 1.
enum class queued_order_id : uint64_t {};

/// A fill against recorded data, at the order's own price: it was there first.
struct queue_fill {
  queued_order_id id{};
  side direction = side::buy;
  price at;
  quantity size; ///< > 0, a lot multiple
  friend bool operator==(const queue_fill&, const queue_fill&) = default;
};

struct queued_order {
  queued_order_id id{};
  side direction = side::buy;
  price at;
  quantity open_size; ///< > 0
  quantity ahead;     ///< of others, in front of it; what of ours is in front comes on top
  friend bool operator==(const queued_order&, const queued_order&) = default;
};

/// Where our passive orders would stand in the queues of recorded market data, and what would have
/// filled them. What is recorded never reacts to us. Deterministic; one thread at a time.
///
/// - An order joins behind all that its level displays.
/// - A recorded trade at the level takes from the front: what is ahead of us first, then us, our
///   older orders before our newer ones. A trade beyond the level would have met us first: it fills
///   us, and nobody is ahead any more.
/// - Where a level displays less than its trades explain, the rest was cancelled, by assumption
///   evenly over the queue: what is ahead shrinks by the same share, rounded up to the lot. Trades
///   come before the depth update or quote that shows them, as venues sequence them.
/// - What a level displays more has joined behind us.
/// - A quote shows that levels better than it are empty. A quote on the other side at our price or
///   better would have met us: it fills us, each displayed unit once.
/// - No fill is more than the recorded size that made it. Sizes are rounded down to the lot.
///
/// Throws contract_violation for sizes or prices that no market has (negative, or 0 where there
/// must be some) and for a side that is none; std::overflow_error is impossible.
class queue_position {
public:
  /// Throws contract_violation when the lot is not positive.
  explicit queue_position(const instrument& i);

  /// `displayed` is what the level shows of others at this moment, ≥ 0. The price and the size are
  /// positive, and the size a lot multiple.
  queued_order_id place(side s, price at, quantity size, quantity displayed);
  /// Whether the order was still open.
  bool cancel(queued_order_id id);

  /// Each call's fills in their order, valid until the next call.
  [[nodiscard]] std::span<const queue_fill> on_trade(price at, quantity size, side aggressor);
  /// The whole displayed size of one level, 0 when it is gone. Fills nothing.
  void on_depth(side s, price at, quantity displayed);
  [[nodiscard]] std::span<const queue_fill> on_quote(const quote& q);

  /// Nothing when it is filled, cancelled or was never there.
  [[nodiscard]] std::optional<queued_order> find(queued_order_id id) const;
  /// Better prices first, at one price the older ones; buys before sales.
  [[nodiscard]] std::vector<queued_order> open_orders() const;

private:
  /// A level where we have orders.
  struct level {
    price at;
    quantity displayed; ///< of others, as recorded: less what has traded since
    std::vector<queued_order> orders;
  };
  /// What of a crossing quote's size we have been filled with already.
  struct crossing {
    price at;
    quantity taken;
  };

  [[nodiscard]] std::vector<level>& levels(side s) noexcept {
    return s == side::buy ? bids_ : asks_;
  }
  [[nodiscard]] quantity fill_front(level& l, quantity size);
  void fill_behind(level& l, quantity size);
  void show(level& l, quantity displayed);
  void see_best(side s, price best, quantity displayed);
  void meet_quote(side s, price at, quantity displayed, crossing& met);
  void forget_empty(side s);

  quantity lot_;
  uint64_t given_ = 0;
  std::vector<level> bids_; ///< the best first
  std::vector<level> asks_; ///< the best first
  crossing met_bid_;
  crossing met_ask_;
  std::vector<queue_fill> fills_;
};

} // namespace supreme::trading
