// Goal: an indicator over a window is its definition over exactly the last n inputs, after any
// number of inputs, and says nothing before there are n. Method: properties against the definition
// recomputed from all inputs; edge cases written out.
#include "trading/check.hpp"
#include "trading/indicators/adx.hpp"
#include "trading/indicators/bollinger.hpp"
#include "trading/indicators/cci.hpp"
#include "trading/indicators/donchian.hpp"
#include "trading/indicators/keltner.hpp"
#include "trading/indicators/rate_of_change.hpp"
#include "trading/indicators/stochastic.hpp"
#include "trading/indicators/volume.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <numeric>
#include <string>

namespace supreme::trading {
namespace {

std::vector<double> any_series() {
  std::vector<double> out;
  const auto count = *rc::gen::inRange<size_t>(1, 60);
  for (size_t i = 0; i < count; ++i)
    out.push_back(*rc::gen::inRange(-1000, 1000) / 8.0);
  return out;
}

uint32_t any_length() { return *rc::gen::inRange<uint32_t>(1, 12); }

std::vector<double> last(const std::vector<double>& all, size_t end, uint32_t n) {
  return {all.begin() + static_cast<std::ptrdiff_t>(end - n),
          all.begin() + static_cast<std::ptrdiff_t>(end)};
}

/// Joined in the order of the inputs: shows when the window loses, repeats or swaps one.
struct joined {
  std::string text;
  friend joined combine(const joined& a, const joined& b) { return {a.text + b.text}; }
};

RC_GTEST_PROP(sliding_window_property, combines_exactly_the_last_inputs_in_their_order, ()) {
  const auto n = any_length();
  sliding_window<joined> window{n};
  std::string all;
  for (auto i = *rc::gen::inRange(0, 60); i > 0; --i) {
    const auto letter = static_cast<char>('a' + *rc::gen::inRange(0, 26));
    all += letter;
    window.push({std::string(1, letter)});
    const auto seen = window.value();
    RC_ASSERT(seen.has_value() == (all.size() >= n));
    if (seen) {
      RC_ASSERT(seen->text == all.substr(all.size() - n));
    }
  }
}

RC_GTEST_PROP(extremes, are_those_of_the_window, ()) {
  const auto n = any_length();
  highest h{n};
  lowest l{n};
  const auto all = any_series();
  for (size_t i = 1; i <= all.size(); ++i) {
    const auto high = h.update(all[i - 1]);
    const auto low = l.update(all[i - 1]);
    RC_ASSERT(high.has_value() == (i >= n));
    if (high) {
      const auto window = last(all, i, n);
      RC_ASSERT(*high == *std::max_element(window.begin(), window.end()));
      RC_ASSERT(*low == *std::min_element(window.begin(), window.end()));
    }
  }
}

RC_GTEST_PROP(standard_deviation_property, is_that_of_the_window_divided_by_n, ()) {
  const auto n = any_length();
  standard_deviation s{n};
  const auto all = any_series();
  for (size_t i = 1; i <= all.size(); ++i) {
    const auto seen = s.update(all[i - 1]);
    RC_ASSERT(seen.has_value() == (i >= n));
    if (!seen)
      continue;
    const auto window = last(all, i, n);
    const double mean = std::accumulate(window.begin(), window.end(), 0.0) / n;
    double squares = 0;
    for (const double x : window)
      squares += (x - mean) * (x - mean);
    RC_ASSERT(std::abs(*seen - std::sqrt(squares / n)) <= 1e-9 * std::max(1.0, *seen));
  }
}

TEST(bollinger_edge, has_no_percent_b_where_the_bands_coincide_and_no_bandwidth_around_zero) {
  bollinger b{3, 2};
  EXPECT_FALSE(b.update(5));
  EXPECT_FALSE(b.update(5));
  const auto flat = b.update(5);
  ASSERT_TRUE(flat);
  EXPECT_EQ(flat->upper, 5);
  EXPECT_EQ(flat->lower, 5);
  EXPECT_EQ(flat->bandwidth, 0);
  EXPECT_FALSE(flat->percent_b);
  bollinger zero{2, 1};
  (void)zero.update(-1);
  const auto around = zero.update(1);
  ASSERT_TRUE(around);
  EXPECT_FALSE(around->bandwidth);
  EXPECT_EQ(around->percent_b, 1.0);
}

TEST(stochastic_edge, is_in_the_middle_where_nothing_moves) {
  stochastic s{2, 1, 2};
  EXPECT_FALSE(s.update(5, 5, 5));
  const auto first = s.update(5, 5, 5);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->k, 50);
  EXPECT_FALSE(first->d);
  EXPECT_EQ(s.update(5, 5, 5)->d, 50);
}

TEST(cci_edge, is_zero_where_nothing_deviates) {
  cci c{2};
  EXPECT_FALSE(c.update(5, 5, 5));
  EXPECT_EQ(c.update(5, 5, 5), 0);
}

TEST(adx_edge, is_zero_where_nothing_moves) {
  adx a{2};
  for (int i = 0; i < 2; ++i)
    EXPECT_FALSE(a.update(5, 5, 5));
  const auto first = a.update(5, 5, 5);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->plus_di, 0);
  EXPECT_FALSE(first->adx);
  EXPECT_EQ(a.update(5, 5, 5)->adx, 0);
}

TEST(vwap_edge, says_nothing_where_nothing_was_traded) {
  vwap v{2};
  EXPECT_FALSE(v.update(4, 4, 4, 4, 0));
  EXPECT_FALSE(v.update(4, 4, 4, 4, 0));
  EXPECT_EQ(v.update(8, 8, 8, 8, 3), 8);
  EXPECT_EQ(v.update(2, 2, 2, 2, 1), 6.5);
}

TEST(obv_edge, follows_the_direction_of_the_close) {
  obv o;
  EXPECT_EQ(o.update(10, 5), 5);
  EXPECT_EQ(o.update(11, 2), 7);
  EXPECT_EQ(o.update(11, 9), 7);
  EXPECT_EQ(o.update(10, 3), 4);
}

TEST(rate_of_change_edge, says_nothing_where_the_earlier_input_was_zero) {
  rate_of_change r{1};
  EXPECT_FALSE(r.update(0));
  EXPECT_FALSE(r.update(5));
  EXPECT_EQ(r.update(6), 100 * (6.0 / 5 - 1));
}

TEST(window_indicators, refuse_a_window_of_nothing) {
  EXPECT_THROW(highest{0}, contract_violation);
  EXPECT_THROW(cci{0}, contract_violation);
  EXPECT_THROW(rate_of_change{0}, contract_violation);
  EXPECT_THROW((bollinger{5, 0}), contract_violation);
  EXPECT_THROW((keltner{5, -1}), contract_violation);
}

} // namespace
} // namespace supreme::trading
