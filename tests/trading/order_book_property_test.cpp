// Goal: after any sequence of calls the book is what its written rules make of them.
// Method: random calls, of which most are plausible near one price and some are hostile, go to the
// book and to the reference book, which looks at all orders for every question. Compared after each
// call: every event, all resting orders in their queues, all waiting orders, positions, last price,
// depth. Then, from the events alone: what is bought is sold, each trade's fees are its notional's
// shares, no two orders of one owner trade under prevention, and the book at rest is not crossed.
// Ten sequences an input: ten thousand with the usual thousand inputs; RC_PARAMS="max_success=…"
// for more.

#include "tests/trading/generators.hpp"
#include "tests/trading/reference_book.hpp"

#include "trading/matching/fees.hpp"

#include <sstream>

namespace supreme::trading {
namespace {

__extension__ using wide = __int128;

constexpr int sequences_per_input = 10;
constexpr uint32_t owners = 4;

decimal dec(const char* text) { return decimal::literal(text); }

/// Cheap random numbers of one call: SplitMix64 (Steele, Lea and Flood, 2014). One word makes a
/// whole call, so that RapidCheck shrinks a failing sequence by leaving calls out.
class words {
public:
  explicit words(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  int64_t below(int64_t n) { return static_cast<int64_t>(next() % static_cast<uint64_t>(n)); }
  bool one_in(int64_t n) { return below(n) == 0; }

private:
  uint64_t state_;
};

struct market {
  instrument traded;
  book_rules rules;
  int64_t middle_ticks;
};

market market_of(uint64_t seed) {
  const auto make = [](const char* tick, const char* lot, const char* min_notional) {
    return instrument{instrument_id{"X"}, asset_id{"A"}, asset_id{"B"},
                      dec(tick),          dec(lot),      dec(min_notional)};
  };
  const uint32_t orders_max = seed % 5 == 0 ? 6 : 64;
  switch (seed % 3) {
    case 0:
      return {make("0.5", "0.1", "0"), {-50'000, 333'333, orders_max, owners}, 40};
    case 1:
      return {make("0.01", "0.001", "0.05"), {100'000, 100'001, orders_max, owners}, 5'000};
    default:
      return {make("0.00000001", "0.00000001", "0"), {0, 1'000'000'000, orders_max, owners}, 20};
  }
}

decimal hostile(words& w) {
  constexpr int64_t max = std::numeric_limits<int64_t>::max();
  constexpr std::array values{int64_t{0}, int64_t{-1}, int64_t{1}, max,
                              max - 1,    -max - 1,    max / 2,    int64_t{3'000'000'000'000'000}};
  return decimal::from_raw(w.one_in(4) ? static_cast<int64_t>(w.next())
                                       : values[static_cast<size_t>(w.below(8))]);
}

price any_price(words& w, const market& m) {
  if (w.one_in(40))
    return hostile(w);
  const int64_t ticks =
    w.one_in(10) ? 1 + w.below(2 * m.middle_ticks) : m.middle_ticks - 5 + w.below(11);
  return price::from_raw(ticks * m.traded.tick_size.raw());
}

quantity any_size(words& w, const market& m) {
  if (w.one_in(40))
    return hostile(w);
  if (w.one_in(60)) // Two of these are more than a decimal says.
    return quantity::from_raw(std::numeric_limits<int64_t>::max() / 2 / m.traded.lot_size.raw()
                              * m.traded.lot_size.raw());
  return quantity::from_raw((1 + w.below(12)) * m.traded.lot_size.raw());
}

template <class Enum>
Enum any_of(words& w, int count) {
  // Numbers outside the enum now and then.
  return static_cast<Enum>(w.one_in(80) ? count + 1 : 1 + w.below(count));
}

book_order any_order(words& w, const market& m) {
  book_order o;
  o.owner = owner_id{static_cast<uint32_t>(w.below(w.one_in(40) ? owners + 1 : owners))};
  o.direction = any_of<side>(w, 2);
  o.type = w.one_in(2) ? book_order_type::limit : any_of<book_order_type>(w, 7);
  o.lifetime = w.one_in(3) ? any_of<time_in_force>(w, 3) : time_in_force::good_till_cancelled;
  o.self_trades = any_of<self_trade_rule>(w, 5);
  o.post_only = w.one_in(8);
  o.reduce_only = w.one_in(5);
  o.size = any_size(w, m);
  const bool confused = w.one_in(30);
  if (has_limit_price(o.type) != (confused && w.one_in(2)))
    o.limit_price = any_price(w, m);
  if (has_stop_price(o.type) != (confused && w.one_in(2)))
    o.stop_price = any_price(w, m);
  if ((o.type == book_order_type::trailing_stop) != (confused && w.one_in(2))) {
    const bool share = w.one_in(2);
    if (share || w.one_in(20))
      o.trail_ppb = w.one_in(20) ? static_cast<int64_t>(w.next()) : 1 + w.below(200'000'000);
    if (!share)
      o.trail_offset =
        w.one_in(20) ? hostile(w) : price::from_raw((1 + w.below(5)) * m.traded.tick_size.raw());
  }
  return o;
}

/// The book and its reference side by side.
class pair_of_books {
public:
  explicit pair_of_books(const market& m)
    : market_(m), book_(m.traded, m.rules), reference_(m.traded, m.rules) {}

  void call(uint64_t word) {
    words w{word};
    if (w.one_in(12)) {
      set_position(w);
    } else {
      const auto before = held_by_all();
      if (w.one_in(5))
        cancel(w);
      else if (w.one_in(5))
        replace(w);
      else
        submit(w);
      RC_ASSERT(held_by_all() == before);
    }
    compare_state();
  }

  /// How often things happened: a property that never meets a rule says nothing about it.
  [[nodiscard]] const std::map<std::string, int>& met() const { return met_; }

private:
  void submit(words& w) {
    const auto o = any_order(w, market_);
    const auto seen = book_.submit(o);
    book_order_id id{};
    if (const auto* a = std::get_if<order_accepted>(&seen.front())) {
      id = a->id;
      RC_ASSERT(!given_.contains(id));
      given_[id] = o;
      ids_.push_back(id);
    }
    reference_.submit(o, id);
    compare_events(seen);
  }

  /// What one buys another sells, so no trade changes it.
  wide held_by_all() const {
    wide sum = 0;
    for (uint32_t i = 0; i < owners; ++i)
      sum += book_.position_of(owner_id{i}).value().raw();
    return sum;
  }

  book_order_id any_id(words& w) {
    if (ids_.empty() || w.one_in(30))
      return book_order_id{w.next()};
    // The newest ones are open more often.
    const auto back = std::min<int64_t>(w.below(12), static_cast<int64_t>(ids_.size()) - 1);
    return ids_[ids_.size() - 1 - static_cast<size_t>(back)];
  }

  owner_id owner_of(words& w, book_order_id id) {
    const auto found = given_.find(id);
    return found == given_.end() || w.one_in(30) ? owner_id{static_cast<uint32_t>(w.below(owners))}
                                                 : found->second.owner;
  }

  void cancel(words& w) {
    const auto id = any_id(w);
    const auto owner = owner_of(w, id);
    const auto seen = book_.cancel(owner, id);
    reference_.cancel(owner, id);
    compare_events(seen);
  }

  void replace(words& w) {
    book_replacement r;
    r.id = any_id(w);
    r.owner = owner_of(w, r.id);
    if (const auto open = book_.find(r.id)) {
      const auto& o = open->asked;
      if (w.one_in(2))
        r.size = w.one_in(2) ? any_size(w, market_) : o.size;
      if (w.one_in(2) != (w.one_in(20) || !o.limit_price))
        r.limit_price = any_price(w, market_);
      if (w.one_in(2) != (w.one_in(20) || !o.stop_price))
        r.stop_price = any_price(w, market_);
    } else {
      r.size = any_size(w, market_);
    }
    const auto seen = book_.replace(r);
    reference_.replace(r);
    compare_events(seen);
  }

  void set_position(words& w) {
    const owner_id owner{static_cast<uint32_t>(w.below(owners + (w.one_in(20) ? 1 : 0)))};
    // Not always whole lots: fees in the base asset leave crumbs.
    const auto held = quantity::from_raw((w.below(41) - 20) * market_.traded.lot_size.raw()
                                         + (w.one_in(4) ? w.below(7) - 3 : 0));
    const auto seen = book_.set_position(owner, held);
    reference_.set_position(owner, held);
    compare_events(seen);
  }

  void compare_events(std::span<const book_event> seen) {
    RC_ASSERT((std::vector<book_event>{seen.begin(), seen.end()} == reference_.events));
    for (const auto& e : seen) {
      count(e);
      if (const auto* t = std::get_if<order_traded>(&e))
        judge_trade(*t);
    }
  }

  void count(const book_event& e) {
    static constexpr std::array names{"accepted", "refused",  "triggered", "traded",
                                      "reduced",  "replaced", "cancelled"};
    ++met_[names[e.index()]];
    if (const auto* refused = std::get_if<order_refused>(&e))
      ++met_[std::string{"refused "} + to_string(refused->reason)];
    if (const auto* cancelled = std::get_if<order_cancelled>(&e))
      ++met_[std::string{"cancelled "} + to_string(cancelled->reason)];
  }

  /// From the trade alone, in 128 bits.
  void judge_trade(const order_traded& t) {
    const auto& taker = given_.at(t.taker);
    RC_ASSERT(t.size.is_positive());
    RC_ASSERT((t.maker_owner != t.taker_owner || taker.self_trades == self_trade_rule::allow));
    RC_ASSERT(taker.direction == t.taker_side);
    RC_ASSERT(given_.at(t.maker).direction == opposite(t.taker_side));
    const wide exact = wide{t.at.raw()} * t.size.raw();
    const wide notional = notional_of(t.at, t.size).raw();
    RC_ASSERT((notional * decimal::scale - exact <= decimal::scale / 2
               && exact - notional * decimal::scale <= decimal::scale / 2));
    for (const auto& [fee, rate] : {std::pair{t.maker_fee, market_.rules.maker_fee_ppb},
                                    {t.taker_fee, market_.rules.taker_fee_ppb}}) {
      const wide off = wide{fee.raw()} * one_ppb - notional * rate;
      RC_ASSERT((off <= one_ppb / 2 && off >= -one_ppb / 2));
    }
  }

  void compare_state() {
    const auto bids = book_.resting_orders(side::buy);
    const auto asks = book_.resting_orders(side::sell);
    const auto waiting = book_.waiting_orders();
    RC_ASSERT((bids == reference_.resting(side::buy)));
    RC_ASSERT((asks == reference_.resting(side::sell)));
    RC_ASSERT((waiting == reference_.waiting()));
    RC_ASSERT(book_.open_order_count() == bids.size() + asks.size() + waiting.size());
    RC_ASSERT((book_.last_price() == reference_.last()));
    for (uint32_t i = 0; i < owners; ++i)
      RC_ASSERT((book_.position_of(owner_id{i}) == reference_.position(owner_id{i})));
    compare_depth(side::buy, bids);
    compare_depth(side::sell, asks);
    if (!bids.empty() && !asks.empty())
      RC_ASSERT((*bids.front().asked.limit_price < *asks.front().asked.limit_price));
    for (const auto* orders : {&bids, &asks, &waiting})
      for (const auto& o : *orders)
        judge_open(o);
  }

  void judge_open(const open_order& o) {
    RC_ASSERT((book_.find(o.id) == o));
    RC_ASSERT(o.open_size.is_positive());
    if (!o.asked.reduce_only)
      return;
    const auto held = *book_.position_of(o.asked.owner);
    RC_ASSERT(o.open_size <= signed_quantity(opposite(o.asked.direction), held));
  }

  void compare_depth(side s, const std::vector<open_order>& orders) {
    std::vector<depth_level> expected;
    for (const auto& o : orders) {
      if (expected.empty() || expected.back().at != *o.asked.limit_price)
        expected.push_back({*o.asked.limit_price, quantity{}, 0});
      expected.back().size += o.open_size;
      ++expected.back().orders;
    }
    std::vector<depth_level> seen(orders.size());
    seen.resize(book_.depth(s, seen));
    RC_ASSERT((seen == expected));
    RC_ASSERT(
      (book_.best(s) == (expected.empty() ? std::nullopt : std::optional{expected.front()})));
  }

  market market_;
  order_book book_;
  tests::reference_book reference_;
  std::map<book_order_id, book_order> given_;
  std::vector<book_order_id> ids_;
  std::map<std::string, int> met_;
};

std::vector<uint64_t> any_calls() {
  const auto any_word = rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<uint64_t>());
  return *rc::gen::resize(120, rc::gen::container<std::vector<uint64_t>>(any_word));
}

RC_GTEST_PROP(order_book_property, equals_the_reference_after_every_call, ()) {
  for (int i = 0; i < sequences_per_input; ++i) {
    const auto seed = *rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<uint64_t>());
    pair_of_books books{market_of(seed)};
    for (const uint64_t word : any_calls())
      books.call(word);
  }
}

TEST(order_book_property, meets_every_event_and_every_reason) {
  std::map<std::string, int> met;
  words w{1};
  for (int round = 0; round < 500; ++round) {
    pair_of_books books{market_of(w.next())};
    for (int i = 0; i < 100; ++i)
      books.call(w.next());
    for (const auto& [what, times] : books.met())
      met[what] += times;
  }
  for (const char* event :
       {"accepted", "refused", "triggered", "traded", "reduced", "replaced", "cancelled"})
    EXPECT_GE(met[event], 100) << event;
  for (uint8_t i = 1; i <= static_cast<uint8_t>(book_refusal::below_filled); ++i)
    EXPECT_GE(met[std::string{"refused "} + to_string(book_refusal{i})], 5)
      << to_string(book_refusal{i});
  for (uint8_t i = 1; i <= static_cast<uint8_t>(cancel_reason::reduce_only); ++i)
    EXPECT_GE(met[std::string{"cancelled "} + to_string(cancel_reason{i})], 5)
      << to_string(cancel_reason{i});
}

} // namespace
} // namespace supreme::trading
