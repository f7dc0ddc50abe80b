// Goal: a bar that cannot be true is named as such before anybody trades on it.
// Method: one sound bar, broken in one way per case.

#include "trading/market/bar.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>

namespace supreme::trading {
namespace {

bar sound_bar() {
  bar b;
  b.instrument = instrument_id{"BTCUSDT"};
  b.open_time = timestamp::from_ms(1'776'606'960'000);
  b.interval = std::chrono::minutes{1};
  b.open = decimal::literal("101");
  b.high = decimal::literal("103");
  b.low = decimal::literal("100");
  b.close = decimal::literal("102");
  b.volume = decimal::literal("7");
  return b;
}

TEST(bar, closes_one_interval_after_it_opens) {
  EXPECT_EQ(sound_bar().close_time().ms(), 1'776'607'020'000);
}

TEST(bar, has_no_defect_when_it_can_be_true) {
  EXPECT_EQ(find_defect(sound_bar()), bar_defect::none);
  bar flat = sound_bar();
  flat.open = flat.high = flat.low = flat.close;
  flat.volume = quantity{};
  EXPECT_EQ(find_defect(flat), bar_defect::none);
}

TEST(bar, names_what_cannot_be_true) {
  const auto dec = [](const char* text) { return decimal::literal(text); };
  const std::pair<bar_defect, std::function<void(bar&)>> table[] = {
    {bar_defect::price_not_positive, [&](bar& b) { b.open = dec("0"); }},
    {bar_defect::price_not_positive, [&](bar& b) { b.low = dec("-1"); }},
    {bar_defect::price_not_positive, [&](bar& b) { b.high = dec("0"); }},
    {bar_defect::price_not_positive, [&](bar& b) { b.close = dec("-102"); }},
    {bar_defect::high_below_low, [&](bar& b) { b.high = dec("99"); }},
    {bar_defect::open_outside_range, [&](bar& b) { b.open = dec("103.00000001"); }},
    {bar_defect::open_outside_range, [&](bar& b) { b.open = dec("99.99999999"); }},
    {bar_defect::close_outside_range, [&](bar& b) { b.close = dec("104"); }},
    {bar_defect::close_outside_range, [&](bar& b) { b.close = dec("99"); }},
    {bar_defect::volume_negative, [&](bar& b) { b.volume = dec("-0.00000001"); }},
    {bar_defect::interval_not_positive, [&](bar& b) { b.interval = nanoseconds{0}; }},
    {bar_defect::interval_not_positive, [&](bar& b) { b.interval = nanoseconds{-1}; }},
  };
  for (const auto& [defect, spoil] : table) {
    bar b = sound_bar();
    spoil(b);
    EXPECT_STREQ(to_string(find_defect(b)), to_string(defect));
  }
}

TEST(bar, gives_each_defect_a_name_of_its_own) {
  std::set<std::string> names;
  for (uint8_t code = 0; code <= 6; ++code)
    names.insert(to_string(static_cast<bar_defect>(code)));
  EXPECT_EQ(names.size(), 7U);
  EXPECT_STREQ(to_string(static_cast<bar_defect>(7)), "invalid");
}

} // namespace
} // namespace supreme::trading
