// Goal: how many operations a second the order book does with all its rules, and what the rules
// cost. Method: one reproducible mix in memory: 70 % limit orders near the touch, 25 % cancels of a
// random open order, 5 % market orders that take, from 256 owners, in a book of some thousand
// orders. The yardstick is a bare hand-written book of integers without ids to check, owners,
// rules, fees or events; it runs in the same process, because only ratios carry over between
// machines. Both do the same operations and end with the same trades, or the program fails. A
// second mix adds what the bare book cannot do: self-trade prevention, post-only, reduce-only,
// stops and trailing stops. A third shows the worst place for a price: every order on a level of
// its own, far from the touch. The program also fails when a book that has seen the second mix once
// allocates anything for it again.

#include "tests/benchmarks/rate_keeper.hpp"
#include "trading/matching/order_book.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <new>
#include <random>
#include <string>
#include <vector>

namespace {

size_t allocations = 0;

} // namespace

// Not inlined: GCC would see malloc and free where it expects a pair of operators.
[[gnu::noinline]] void* operator new(size_t size) {
  ++allocations;
  if (void* const memory = std::malloc(size))
    return memory;
  throw std::bad_alloc{};
}
[[gnu::noinline]] void* operator new(size_t size, std::align_val_t alignment) {
  ++allocations;
  const auto step = static_cast<size_t>(alignment);
  if (void* const memory = std::aligned_alloc(step, (size + step - 1) / step * step))
    return memory;
  throw std::bad_alloc{};
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, size_t /*size*/) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t /*alignment*/) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, size_t /*size*/,
                                       std::align_val_t /*alignment*/) noexcept {
  std::free(memory);
}

namespace supreme::trading {
namespace {

constexpr size_t operation_count = 1 << 16;
constexpr int64_t ladder_ticks = 4'096;
constexpr uint32_t owner_count = 256;
constexpr uint32_t orders_max = 1 << 14;

enum class kind : uint8_t { add, cancel, take };

/// Decided once, outside the measured time. Which order a cancel names is the number of the add
/// that made it, so that both books cancel the same one.
struct operation {
  kind what;
  side direction;
  uint16_t owner;
  uint32_t add;  ///< the number of this add, or of the one to cancel
  int64_t ticks; ///< of an add
  int64_t lots;  ///< of an add or a take
};

// --- the bare book ---------------------------------------------------------

struct bare_order {
  int64_t lots;
  int32_t ticks, previous, next;
  bool buys;
};
struct bare_level {
  int32_t first = -1, last = -1;
};

/// A ladder with one queue for every tick, and the best tick of each side.
class bare_book {
public:
  bare_book() : orders_(operation_count), bids_(ladder_ticks), asks_(ladder_ticks) {}

  void add(uint32_t number, bool buys, int64_t ticks, int64_t lots) {
    lots = buys ? take<true>(ticks, lots) : take<false>(ticks, lots);
    if (lots == 0)
      return;
    auto& o = orders_[number];
    o = {lots, static_cast<int32_t>(ticks), -1, -1, buys};
    auto& level = (buys ? bids_ : asks_)[static_cast<size_t>(ticks)];
    o.previous = level.last;
    (level.last < 0 ? level.first : at(level.last).next) = static_cast<int32_t>(number);
    level.last = static_cast<int32_t>(number);
    if (buys)
      bid_ = std::max(bid_, ticks);
    else
      ask_ = std::min(ask_, ticks);
  }

  void cancel(uint32_t number) {
    auto& o = orders_[number];
    if (o.lots > 0)
      remove(o);
  }

  template <bool Buys>
  int64_t take(int64_t limit, int64_t lots) {
    auto& others = Buys ? asks_ : bids_;
    int64_t& touch = Buys ? ask_ : bid_;
    while (lots > 0 && (Buys ? touch <= limit : touch >= limit)) {
      auto& level = others[static_cast<size_t>(touch)];
      if (level.first < 0) {
        touch += Buys ? 1 : -1;
        if (touch < 0 || touch == ladder_ticks)
          break;
        continue;
      }
      auto& maker = at(level.first);
      const int64_t traded = std::min(lots, maker.lots);
      lots -= traded;
      ++trades;
      if (traded == maker.lots)
        remove(maker);
      else
        maker.lots -= traded;
    }
    return lots;
  }

  [[nodiscard]] bool is_open(uint32_t number) const { return orders_[number].lots > 0; }
  [[nodiscard]] int64_t best_bid() {
    while (bid_ >= 0 && bids_[static_cast<size_t>(bid_)].first < 0)
      --bid_;
    return bid_;
  }
  [[nodiscard]] int64_t best_ask() {
    while (ask_ < ladder_ticks && asks_[static_cast<size_t>(ask_)].first < 0)
      ++ask_;
    return ask_;
  }

  size_t trades = 0;

private:
  bare_order& at(int32_t i) { return orders_[static_cast<size_t>(i)]; }
  void remove(bare_order& o) {
    auto& level = (o.buys ? bids_ : asks_)[static_cast<size_t>(o.ticks)];
    (o.previous < 0 ? level.first : at(o.previous).next) = o.next;
    (o.next < 0 ? level.last : at(o.next).previous) = o.previous;
    o.lots = 0;
  }

  std::vector<bare_order> orders_;
  std::vector<bare_level> bids_, asks_;
  int64_t bid_ = -1, ask_ = ladder_ticks;
};

void run_bare(bare_book& book, const operation& o) {
  const bool buys = o.direction == side::buy;
  switch (o.what) {
    case kind::add:
      book.add(o.add, buys, o.ticks, o.lots);
      break;
    case kind::cancel:
      book.cancel(o.add);
      break;
    case kind::take:
      if (buys)
        book.take<true>(ladder_ticks - 1, o.lots);
      else
        book.take<false>(0, o.lots);
      break;
  }
}

// --- the mix ---------------------------------------------------------------

/// Plays the mix on a bare book, to place orders near the touch and to cancel open ones.
std::vector<operation> make_operations() {
  std::mt19937_64 random{11};
  const auto below = [&random](uint64_t n) { return static_cast<int64_t>(random() % n); };
  bare_book book;
  std::vector<operation> out;
  std::vector<uint32_t> placed;
  uint32_t adds = 0;
  int64_t middle = ladder_ticks / 2;
  while (out.size() < operation_count) {
    operation o{kind::add,
                random() % 2 == 0 ? side::buy : side::sell,
                static_cast<uint16_t>(below(owner_count)),
                0,
                0,
                1 + below(20)};
    const auto choice = below(100);
    const bool buys = o.direction == side::buy;
    if (choice < 70) {
      // Mostly at or behind the touch, thinning out with the distance; sometimes into the spread.
      const int64_t behind = std::min(below(24), below(24)) - 1;
      const bool both = book.best_bid() >= 0 && book.best_ask() < ladder_ticks;
      if (both)
        middle = (book.best_bid() + book.best_ask()) / 2;
      const int64_t touch =
        buys ? (both ? book.best_bid() : middle) : (both ? book.best_ask() : middle + 1);
      o.ticks = std::clamp<int64_t>(buys ? touch - behind : touch + behind, 1, ladder_ticks - 2);
      o.add = adds++;
      placed.push_back(o.add);
    } else if (choice < 95) {
      while (!placed.empty()) {
        const auto i = static_cast<size_t>(below(placed.size()));
        o.add = placed[i];
        placed[i] = placed.back();
        placed.pop_back();
        if (book.is_open(o.add))
          break;
      }
      o.what = kind::cancel;
      if (!book.is_open(o.add))
        continue;
    } else {
      o.what = kind::take;
      o.lots = 20 + below(120); // About what is placed and not cancelled.
    }
    run_bare(book, o);
    out.push_back(o);
  }
  return out;
}

const std::vector<operation>& all_operations() {
  static const auto operations = make_operations();
  return operations;
}

// --- the book --------------------------------------------------------------

const instrument traded{instrument_id{"BTCUSDT"},
                        asset_id{"BTC"},
                        asset_id{"USDT"},
                        decimal::literal("0.01"),
                        decimal::literal("0.00001"),
                        decimal::literal("0.00001")};

order_book make_book() {
  return order_book{traded,
                    {.maker_fee_ppb = -100'000,
                     .taker_fee_ppb = 400'000,
                     .orders_max = orders_max,
                     .owners = owner_count}};
}

/// As the world outside gives them: decimals, owners, rules.
struct call {
  book_order order;
  kind what;
  uint32_t add;
};

price price_at(int64_t ticks) {
  return price::from_raw((ticks + 1'000'000) * traded.tick_size.raw());
}

call plain_call(const operation& o) {
  call c{{}, o.what, o.add};
  c.order.owner = owner_id{o.owner};
  c.order.direction = o.direction;
  c.order.type = o.what == kind::take ? book_order_type::market : book_order_type::limit;
  // The mix must trade the same in the bare book, which knows no owners.
  c.order.self_trades = self_trade_rule::allow;
  c.order.size = quantity::from_raw(o.lots * traded.lot_size.raw());
  if (o.what == kind::add)
    c.order.limit_price = price_at(o.ticks);
  return c;
}

std::vector<call> plain_calls() {
  std::vector<call> out;
  for (const auto& o : all_operations())
    out.push_back(plain_call(o));
  return out;
}

/// Of 40 adds, one is a stop, one a trailing stop, four are post-only and four reduce-only; every
/// order prevents self-trades.
std::vector<call> ruled_calls() {
  std::vector<call> out;
  for (const auto& o : all_operations()) {
    auto c = plain_call(o);
    c.order.self_trades = static_cast<self_trade_rule>(2 + o.add % 4);
    const auto choice = o.add % 40;
    if (o.what == kind::add && choice == 0) {
      c.order.type = book_order_type::stop;
      c.order.limit_price.reset();
      c.order.stop_price = price_at(o.ticks + (o.direction == side::buy ? 20 : -20));
    } else if (o.what == kind::add && choice == 1) {
      c.order.type = book_order_type::trailing_stop;
      c.order.limit_price.reset();
      c.order.trail_offset = price::from_raw(30 * traded.tick_size.raw());
    }
    c.order.post_only = o.what == kind::add && choice >= 2 && choice < 6;
    c.order.reduce_only = o.what == kind::add && choice >= 6 && choice < 10;
    out.push_back(c);
  }
  return out;
}

/// What a client keeps: its orders' ids by its own numbers.
using id_table = std::vector<std::pair<book_order_id, owner_id>>;

size_t run_book(order_book& book, const std::vector<call>& calls, id_table& ids) {
  size_t trades = 0;
  for (const auto& c : calls) {
    std::span<const book_event> events;
    if (c.what == kind::cancel) {
      events = book.cancel(ids[c.add].second, ids[c.add].first);
    } else {
      events = book.submit(c.order);
      const auto* accepted = std::get_if<order_accepted>(&events.front());
      if (c.what == kind::add)
        ids[c.add] = {accepted != nullptr ? accepted->id : book_order_id{}, c.order.owner};
    }
    for (const auto& e : events)
      trades += std::holds_alternative<order_traded>(e) ? 1 : 0;
  }
  return trades;
}

void empty(order_book& book) {
  for (const auto s : {side::buy, side::sell})
    for (const auto& o : book.resting_orders(s))
      static_cast<void>(book.cancel(o.asked.owner, o.id));
  for (const auto& o : book.waiting_orders())
    static_cast<void>(book.cancel(o.asked.owner, o.id));
}

void count_operations(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(operation_count));
}

void bare_loop(benchmark::State& state) {
  static_cast<void>(all_operations());
  bare_book book;
  for ([[maybe_unused]] auto round : state) {
    state.PauseTiming();
    book = bare_book{};
    state.ResumeTiming();
    for (const auto& o : all_operations())
      run_bare(book, o);
    benchmark::DoNotOptimize(book.trades);
  }
  count_operations(state);
}
BENCHMARK(bare_loop);

void order_book_mix(benchmark::State& state, std::vector<call> (*make_calls)()) {
  const auto calls = make_calls();
  auto book = make_book();
  id_table ids(operation_count);
  for ([[maybe_unused]] auto round : state) {
    benchmark::DoNotOptimize(run_book(book, calls, ids));
    state.PauseTiming();
    empty(book);
    state.ResumeTiming();
  }
  count_operations(state);
}
BENCHMARK_CAPTURE(order_book_mix, same_as_bare, plain_calls);
BENCHMARK_CAPTURE(order_book_mix, all_rules, ruled_calls);

/// Adds and cancels in a book of as many levels as orders, evenly anywhere in it.
void order_book_levels(benchmark::State& state) {
  const auto levels = state.range(0);
  auto book =
    order_book{traded, {.orders_max = static_cast<uint32_t>(levels) + 1, .owners = owner_count}};
  book_order o;
  o.size = decimal::from_integer(1);
  for (int64_t i = 0; i < levels; ++i) {
    o.limit_price = price_at(2 * i);
    static_cast<void>(book.submit(o));
  }
  std::mt19937_64 random{3};
  for ([[maybe_unused]] auto round : state) {
    o.limit_price =
      price_at(2 * static_cast<int64_t>(random() % static_cast<uint64_t>(levels)) + 1);
    static_cast<void>(book.cancel(o.owner, std::get<order_accepted>(book.submit(o).front()).id));
  }
  state.SetItemsProcessed(2 * state.iterations());
}
BENCHMARK(order_book_levels)->Arg(100)->Arg(10'000)->Arg(1'000'000);

bool same_trades() {
  auto book = make_book();
  id_table ids(operation_count);
  const size_t ours = run_book(book, plain_calls(), ids);
  bare_book bare;
  for (const auto& o : all_operations())
    run_bare(bare, o);
  std::printf("%zu operations, %zu trades (bare loop %zu), %u orders rest at the end\n",
              operation_count, ours, bare.trades, book.open_order_count());
  return ours == bare.trades && ours > 0;
}

bool allocates_nothing_when_warm() {
  const auto calls = ruled_calls();
  auto book = make_book();
  id_table ids(operation_count);
  static_cast<void>(run_book(book, calls, ids));
  empty(book);
  const size_t before = allocations;
  static_cast<void>(run_book(book, calls, ids));
  const size_t made = allocations - before;
  std::printf("%zu allocations in %zu operations of a warm book\n", made, operation_count);
  return made == 0;
}

} // namespace
} // namespace supreme::trading

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv) || !supreme::trading::same_trades()
      || !supreme::trading::allocates_nothing_when_warm())
    return EXIT_FAILURE;
  supreme::tests::rate_keeper reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  reporter.print_ratios("M operations/s");
  return EXIT_SUCCESS;
}
