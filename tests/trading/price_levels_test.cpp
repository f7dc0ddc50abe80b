// Goal: price levels stay sorted, keep their sums and queues, and their blocks stay half full,
// whatever comes and goes. Method: blocks of four levels, so that a few orders split and merge
// them, against a std::map from key to the queue of orders.

#include "tests/trading/generators.hpp"

#include "trading/matching/price_levels.hpp"

#include <deque>
#include <map>

namespace supreme::trading {
namespace {

constexpr uint32_t width = 4;

struct shown_level {
  int64_t key;
  int64_t lots;
  std::vector<order_slot> orders;
  friend bool operator==(const shown_level&, const shown_level&) = default;
};

std::vector<shown_level> shown(const basic_price_levels<width>& levels, const order_pool& orders) {
  std::vector<shown_level> out;
  levels.walk([&](const price_level& l) {
    out.push_back({l.key, l.lots, {}});
    for (order_slot slot = l.queue.first; slot != no_slot; slot = orders[slot].next)
      out.back().orders.push_back(slot);
    RC_ASSERT(out.back().orders.size() == l.orders);
    return true;
  });
  return out;
}

RC_GTEST_PROP(price_levels_property, equal_a_sorted_map_of_queues, ()) {
  order_pool orders{200};
  basic_price_levels<width> levels;
  std::map<int64_t, std::deque<order_slot>, std::greater<>> expected;
  std::vector<std::pair<int64_t, order_slot>> open;
  // Dense and sparse, up to the ends of the range.
  const int64_t step = *rc::gen::element<int64_t>(1, 3, std::numeric_limits<int64_t>::max() / 40);
  const auto steps =
    *rc::gen::resize(200, rc::gen::container<std::vector<int>>(rc::gen::inRange(-40, 41)));
  for (const int choice : steps) {
    const bool removes = open.size() == 200 || (!open.empty() && *rc::gen::inRange(0, 5) < 2);
    if (removes) {
      const auto at = *rc::gen::inRange<size_t>(0, open.size());
      const auto [key, slot] = open[at];
      open.erase(open.begin() + static_cast<std::ptrdiff_t>(at));
      levels.remove(orders, key, slot);
      orders.release(slot);
      auto& queue = expected[key];
      queue.erase(std::find(queue.begin(), queue.end(), slot));
      if (queue.empty())
        expected.erase(key);
    } else {
      const order_slot slot = orders.acquire();
      orders[slot].lots = 1 + slot;
      levels.append(orders, choice * step, slot);
      open.emplace_back(choice * step, slot);
      expected[choice * step].push_back(slot);
      if (*rc::gen::arbitrary<bool>() && orders[slot].lots > 1) {
        levels.shrink(choice * step, 1);
        --orders[slot].lots;
      }
    }
    std::vector<shown_level> wanted;
    for (const auto& [key, queue] : expected) {
      wanted.push_back({key, 0, {queue.begin(), queue.end()}});
      for (const auto slot : queue)
        wanted.back().lots += orders[slot].lots;
    }
    RC_ASSERT((shown(levels, orders) == wanted));
    RC_ASSERT(levels.empty() == expected.empty());
    if (!expected.empty()) {
      RC_ASSERT(levels.best().key == expected.begin()->first);
    }
    // Neighbours hold more than half a block together.
    RC_ASSERT(levels.block_count() <= 4 * expected.size() / width + 1);
  }
}

TEST(price_levels, walk_stops_where_it_is_told) {
  order_pool orders{10};
  basic_price_levels<width> levels;
  for (int64_t key = 1; key <= 10; ++key) {
    const auto slot = orders.acquire();
    orders[slot].lots = 1;
    levels.append(orders, key, slot);
  }
  std::vector<int64_t> seen;
  levels.walk([&](const price_level& l) {
    seen.push_back(l.key);
    return l.key > 5;
  });
  EXPECT_EQ(seen, (std::vector<int64_t>{10, 9, 8, 7, 6, 5}));
}

TEST(order_pool, gives_no_id_twice_and_finds_only_what_is_open) {
  order_pool orders{2};
  const auto first = orders.acquire();
  orders[first].lots = 1;
  const auto id = orders[first].id;
  EXPECT_EQ(orders.find(id), first);
  EXPECT_NE(id, book_order_id{});
  orders.release(first);
  EXPECT_EQ(orders.find(id), no_slot);
  const auto again = orders.acquire();
  EXPECT_EQ(again, first);
  EXPECT_NE(orders[again].id, id);
  EXPECT_FALSE(orders.full());
  static_cast<void>(orders.acquire());
  EXPECT_TRUE(orders.full());
}

TEST(order_pool, retires_a_slot_whose_ids_are_used_up) {
  order_pool orders{1};
  const auto slot = orders.acquire();
  orders[slot].id = book_order_id{~uint64_t{0} << order_pool::slot_bits};
  orders[slot].lots = 1;
  orders.release(slot);
  EXPECT_TRUE(orders.full());
  EXPECT_EQ(orders.size(), 0u);
}

} // namespace
} // namespace supreme::trading
