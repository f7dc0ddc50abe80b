// Goal: an order moves only along legal edges, and what is terminal stays.
// Method: the whole table of edges, written out here a second time, compared over all pairs of
// states.

#include "trading/orders/order.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <vector>

namespace supreme::trading {
namespace {

using enum order_state;

const std::vector<order_state> all_states{intent,           submitting, unknown,     open,
                                          partially_filled, filled,     cancelled,   rejected,
                                          expired,          abandoned,  not_accepted};

const std::map<order_state, std::set<order_state>> edges{
  {intent, {submitting, abandoned}},
  {submitting,
   {unknown, open, partially_filled, filled, cancelled, rejected, expired, not_accepted}},
  {unknown, {open, partially_filled, filled, cancelled, rejected, expired, not_accepted}},
  {open, {partially_filled, filled, cancelled, expired}},
  {partially_filled, {filled, cancelled, expired}},
};

bool has_edge(order_state from, order_state to) {
  const auto found = edges.find(from);
  return found != edges.end() && found->second.count(to) > 0;
}

TEST(order_state, moves_along_the_documented_edges_only) {
  for (const auto from : all_states)
    for (const auto to : all_states)
      EXPECT_EQ(may_move(from, to), from == to || has_edge(from, to))
        << to_string(from) << " -> " << to_string(to);
}

TEST(order_state, has_no_edge_out_of_a_terminal_state) {
  for (const auto from : all_states) {
    EXPECT_EQ(is_terminal(from), edges.count(from) == 0) << to_string(from);
    if (!is_terminal(from))
      continue;
    for (const auto to : all_states)
      EXPECT_EQ(may_move(from, to), from == to) << to_string(from) << " -> " << to_string(to);
  }
}

TEST(order_state, never_returns_to_a_state_it_left) {
  // Without cycles, reports that come twice or in any order can only push an order forward.
  const std::function<bool(order_state, order_state)> reaches = [&](order_state from,
                                                                    order_state to) {
    for (const auto next : all_states)
      if (has_edge(from, next) && (next == to || reaches(next, to)))
        return true;
    return false;
  };
  for (const auto state : all_states)
    EXPECT_FALSE(reaches(state, state)) << to_string(state);
}

TEST(order_state, keeps_an_unknown_order_from_being_sent_again) {
  EXPECT_FALSE(may_move(unknown, submitting));
  EXPECT_FALSE(may_move(unknown, intent));
  EXPECT_FALSE(may_move(submitting, intent));
  EXPECT_FALSE(may_move(submitting, abandoned));
}

} // namespace
} // namespace supreme::trading
