#pragma once

#include "trading/market/instrument.hpp"
#include "trading/matching/book_admission.hpp"
#include "trading/matching/book_event.hpp"
#include "trading/matching/price_levels.hpp"
#include "trading/matching/trigger_book.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace supreme::trading {

struct book_rules {
  int64_t maker_fee_ppb = 0;    ///< of the notional; in [-1e9, 1e9], < 0 is a rebate
  int64_t taker_fee_ppb = 0;    ///< of the notional; in [-1e9, 1e9]
  uint32_t orders_max = 65'536; ///< open at one time; in [1, order_pool::capacity_max]
  uint32_t owners = 1'024;      ///< ids are below this; in [1, 2^24]
};

/// What a level shows.
struct depth_level {
  price at;
  quantity size;
  uint32_t orders = 0;
  friend bool operator==(const depth_level&, const depth_level&) = default;
};

/// An order in the book.
struct open_order {
  book_order_id id{};
  book_order asked;   ///< as it would have to be given again; a triggered one has lost its trigger
  quantity open_size; ///< `asked.size` less what has traded
  friend bool operator==(const open_order&, const open_order&) = default;
};

/// The order book of one instrument, matched by price, then time. Deterministic: equal calls, equal
/// events. One thread at a time.
///
/// - An incoming order trades with the best price first, at one price with the oldest order first,
///   always at the resting order's price. What is left rests, or is cancelled, as type and
///   time_in_force say.
/// - A trade triggers waiting orders at once: all that its price reaches, in the order in which
///   they were accepted. They trade one after another once the order under way is done. An order
///   whose trigger the last trade has reached already is triggered when it is accepted.
/// - A trailing stop follows the best price (a sell's highest) of the trades since it was accepted,
///   the last one before it included; a share is rounded to the tick away from that price.
/// - A reduce-only order is never larger than its owner's position on the other side: it is cut
///   when it is given and whenever the position shrinks, the oldest first, each by itself.
/// - Every trade moves both positions and costs each side its fee, rounded half-even from the
///   notional rounded half-even.
/// - A replacement keeps its place in the queue when it changes no price and does not grow; else it
///   counts as accepted now.
///
/// Nothing is undefined for any input: what cannot be done is refused with its reason. The memory
/// for orders is reserved in the constructor; that for price levels, events and triggered orders
/// grows to the most that was ever needed and is kept, so a warm book
/// allocates nothing but in the calls that return a vector.
class order_book {
public:
  /// Throws contract_violation when the instrument or the rules are outside their ranges.
  explicit order_book(instrument i, const book_rules& rules = {});
  order_book(order_book&&) noexcept = default;
  order_book& operator=(order_book&&) noexcept = default;
  ~order_book() = default;

  /// Each call's events in their order, valid until the next call.
  [[nodiscard]] std::span<const book_event> submit(const book_order& o);
  [[nodiscard]] std::span<const book_event> cancel(owner_id owner, book_order_id id);
  /// Post-only orders are refused a price at which they would take, and stay as they are.
  [[nodiscard]] std::span<const book_event> replace(const book_replacement& r);
  /// What the owner holds, signed; trades move it from then on. 0 until it is told.
  [[nodiscard]] std::span<const book_event> set_position(owner_id owner, quantity held);

  [[nodiscard]] const instrument& traded() const noexcept { return instrument_; }
  /// Nothing for an unknown owner or a position beyond the decimal range.
  [[nodiscard]] std::optional<quantity> position_of(owner_id owner) const noexcept;
  [[nodiscard]] std::optional<price> last_price() const noexcept;
  /// Nothing when the side is empty.
  [[nodiscard]] std::optional<depth_level> best(side s) const noexcept;
  /// Fills `out` with the best levels, the best first; returns how many there were.
  size_t depth(side s, std::span<depth_level> out) const noexcept;
  [[nodiscard]] std::optional<open_order> find(book_order_id id) const;
  /// In the order in which they would trade.
  [[nodiscard]] std::vector<open_order> resting_orders(side s) const;
  /// In the order of acceptance.
  [[nodiscard]] std::vector<open_order> waiting_orders() const;
  [[nodiscard]] uint32_t open_order_count() const noexcept { return orders_.size(); }

private:
  __extension__ using wide = __int128;

  struct owner_account {
    wide position = 0;       ///< units of 1e-8; no number of trades overflows it
    reducing_queue reducing; ///< its reduce-only orders, in the order of acceptance
  };

  [[nodiscard]] price_levels& levels(side s) noexcept { return s == side::buy ? bids_ : asks_; }
  [[nodiscard]] const price_levels& levels(side s) const noexcept {
    return s == side::buy ? bids_ : asks_;
  }
  [[nodiscard]] owner_account& account(owner_id owner) noexcept {
    return owners_[static_cast<uint32_t>(owner)];
  }
  [[nodiscard]] price price_of(int64_t ticks) const noexcept {
    return price::from_raw(ticks * instrument_.tick_size.raw());
  }
  [[nodiscard]] quantity size_of(int64_t lots) const noexcept {
    return quantity::from_raw(lots * instrument_.lot_size.raw());
  }
  [[nodiscard]] int64_t worst_key(const pooled_order& taker) const noexcept;
  [[nodiscard]] int64_t reducible_lots(owner_id owner, side s) noexcept;
  [[nodiscard]] order_slot find_own(owner_id owner, book_order_id id) const noexcept;
  [[nodiscard]] depth_level shown(side s, const price_level& level) const noexcept;
  [[nodiscard]] open_order describe(order_slot slot) const;

  [[nodiscard]] std::optional<book_refusal> judge(const book_order& o, int64_t& lots);
  [[nodiscard]] bool would_take(side s, int64_t ticks) const noexcept;
  [[nodiscard]] bool can_fill(const pooled_order& taker);
  [[nodiscard]] order_slot enter(const book_order& o, const admitted_order& n, int64_t lots);
  void refuse(book_order_id id, owner_id owner, book_refusal reason);

  void place(order_slot slot);
  void execute(order_slot slot);
  [[nodiscard]] bool match(order_slot slot);
  [[nodiscard]] bool prevent_self_trade(order_slot taker, order_slot maker);
  void trade(order_slot taker_slot, order_slot maker_slot, price_level& level);
  void print(int64_t ticks);
  void trigger(order_slot slot);
  void execute_triggered();

  void lose_lots(order_slot slot, int64_t lots) noexcept;
  void requeue(order_slot slot, const admitted_order& n, int64_t lots);
  void take_out(order_slot slot) noexcept;
  void reduce(order_slot slot, int64_t lots, cancel_reason reason);
  void cancel_rest(order_slot slot, cancel_reason reason);
  void end(order_slot slot) noexcept;
  void cut_to_position(owner_id owner);

  instrument instrument_;
  book_rules rules_;
  order_pool orders_;
  price_levels bids_;
  price_levels asks_;
  trigger_book waiting_;
  std::vector<owner_account> owners_;
  int64_t open_lots_ = 0; ///< of all open orders
  int64_t lots_max_ = 0;  ///< as many as a decimal can say
  uint64_t sequence_ = 0;
  std::optional<int64_t> last_ticks_;
  std::vector<book_event> events_;
  std::vector<order_slot> newly_triggered_;
  std::vector<book_order_id> triggered_; ///< to trade, in this order; some may be cancelled by then
  std::vector<wide> planned_;            ///< by owner, for can_fill(); all 0 between calls
};

} // namespace supreme::trading
