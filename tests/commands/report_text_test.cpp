// Goal: numbers, times and ticks of the report read as people write them, whatever they are.
// Method: examples with their text, and properties of axes over random ranges.

#include "commands/report/escape.hpp"
#include "commands/report/number_text.hpp"
#include "commands/report/series.hpp"
#include "commands/report/time_axis.hpp"
#include "commands/report/trade_prices.hpp"
#include "commands/report/value_axis.hpp"
#include "tests/trading/generators.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace supreme::commands::report {
namespace {

using trading::decimal;
using trading::timestamp;

timestamp at(const char* text) { return *timestamp::parse(text); }

std::string labels_of(const value_axis& axis) {
  std::string all;
  for (const auto& tick : axis.ticks())
    all += (all.empty() ? "" : " | ") + tick.label;
  return all;
}

std::string labels_of(const std::vector<time_tick>& ticks) {
  std::string all;
  for (const auto& tick : ticks)
    all += (all.empty() ? "" : " | ") + tick.label;
  return all;
}

TEST(report_number, is_grouped_signed_and_never_a_negative_zero) {
  EXPECT_EQ(number_text(1234567.891), "1,234,567.89");
  EXPECT_EQ(number_text(-1234.5, 1), "−1,234.5");
  EXPECT_EQ(number_text(-0.001), "0.00");
  EXPECT_EQ(number_text(999), "999.00");
  EXPECT_EQ(number_text(-1.5e18), "−1.50e+18");
  EXPECT_EQ(number_text(std::nullopt), "–");
  EXPECT_EQ(number_text(HUGE_VAL), "–");
}

TEST(report_number, shows_fractions_in_per_cent) {
  EXPECT_EQ(percent_text(0.12345), "12.35 %");
  EXPECT_EQ(percent_text(1e308), "–");
  EXPECT_EQ(signed_percent_text(0.5), "+50.00 %");
  EXPECT_EQ(signed_percent_text(-0.5), "−50.00 %");
  EXPECT_EQ(signed_percent_text(0.000001), "0.00 %");
}

TEST(report_number, rounds_money_exactly) {
  EXPECT_EQ(decimal_text(decimal::literal("1234.565"), 2), "1,234.56");
  EXPECT_EQ(decimal_text(decimal::literal("-0.004"), 2), "0.00");
  EXPECT_EQ(decimal_text(decimal::literal("7"), 4), "7.0000");
  EXPECT_EQ(decimal_text(decimal::literal("7.5"), 0), "8");
  EXPECT_EQ(decimal_text(decimal::from_raw(std::numeric_limits<int64_t>::min()), 2),
            "−92,233,720,368.54775808");
  EXPECT_EQ(exact_text(decimal::literal("-1234.00000001")), "−1,234.00000001");
  EXPECT_EQ(fraction_digits(decimal::literal("0.25")), 2);
  EXPECT_EQ(fraction_digits(decimal::literal("5")), 0);
  EXPECT_EQ(money_digits(decimal::literal("100000")), 2);
  EXPECT_EQ(money_digits(decimal::literal("12")), 4);
  EXPECT_EQ(money_digits(decimal::literal("0.5")), 8);
}

TEST(report_number, tells_times_and_lengths_of_time) {
  EXPECT_EQ(time_text(at("2026-04-19T13:56:00Z")), "2026-04-19 13:56");
  EXPECT_EQ(time_text(at("2026-04-19T13:56:07.5Z")), "2026-04-19 13:56:07");
  EXPECT_EQ(date_text(at("2026-04-19T13:56:00Z")), "2026-04-19");
  EXPECT_EQ(duration_text(3 + 4 / 24.0), "3 d 4 h");
  EXPECT_EQ(duration_text(1 / 24.0), "1 h");
  EXPECT_EQ(duration_text(1.5 / 86'400), "2 s");
  EXPECT_EQ(duration_text(0), "0 s");
  EXPECT_EQ(duration_text(1234), "1,234 d");
  EXPECT_EQ(duration_text(std::nullopt), "–");
}

TEST(report_text, is_cut_between_characters) {
  EXPECT_EQ(shortened("abc", 3), "abc");
  EXPECT_EQ(shortened("äöü", 2), "äö…");
  EXPECT_EQ(shortened("", 2), "");
}

TEST(report_text, is_escaped_for_tags_attributes_and_scripts) {
  EXPECT_EQ(escape("<a href=\"x\">&'"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
  EXPECT_EQ(escape("a\nä€😀"), "a\nä€😀");
  EXPECT_EQ(escape("\xe2\x82"), "\uFFFD\uFFFD");
  EXPECT_EQ(escape("\xf4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(escape_script_json(R"({"a":"</script>&"})"), R"({"a":"\u003c/script\u003e\u0026"})");
}

TEST(report_value_axis, has_ticks_that_people_count_in) {
  const auto number = value_unit::number;
  EXPECT_EQ(labels_of(value_axis::linear(97'300, 141'200, 6, number)),
            "90,000 | 100,000 | 110,000 | 120,000 | 130,000 | 140,000 | 150,000");
  EXPECT_EQ(labels_of(value_axis::linear(-0.137, 0, 3, value_unit::percent)),
            "−15 % | −10 % | −5 % | 0 %");
  EXPECT_EQ(labels_of(value_axis::linear(1.0823, 1.0871, 5, number)),
            "1.082 | 1.083 | 1.084 | 1.085 | 1.086 | 1.087 | 1.088");
  EXPECT_EQ(labels_of(value_axis::linear(-3000, 0, 3, value_unit::percent)),
            "−300k % | −200k % | −100k % | 0 %");
  EXPECT_EQ(labels_of(value_axis::linear(1e-5, 3e-5, 2, number)), "1e-5 | 2e-5 | 3e-5");
  EXPECT_EQ(labels_of(value_axis::linear(1.2e6, 3.9e6, 4, number)), "1M | 2M | 3M | 4M");
  EXPECT_EQ(labels_of(value_axis::linear(5, 5, 3, number)),
            "4.996 | 4.998 | 5.000 | 5.002 | 5.004");
  EXPECT_EQ(labels_of(value_axis::linear(0, 0, 2, number)), "−1 | 0 | 1");
  EXPECT_EQ(labels_of(value_axis::logarithmic(900, 120'000, 8, number)),
            "1,000 | 2,000 | 5,000 | 10,000 | 20,000 | 50,000 | 100,000");
  EXPECT_EQ(labels_of(value_axis::logarithmic(1e-8, 1e9, 5, number)),
            "1e-8 | 1e-4 | 1 | 10,000 | 100M");
}

/// Letters as a reader counts them, not bytes.
long letters_of(const std::string& text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
}

// A constant series at −0.0001 was once labelled −0.00010000, which began left of the picture.
TEST(report_value_axis, has_labels_that_fit_beside_the_chart) {
  for (const auto unit : {value_unit::number, value_unit::percent})
    for (int power = -11; power <= 18; ++power)
      for (const double factor : {1.0, 1.0003, 1.9994, 4.99, 9.994, 9.9999})
        for (const double width : {0.0, 1e-4, 0.0013, 0.02, 0.6})
          for (const size_t at_most : {size_t{3}, size_t{6}}) {
            const double size = factor * std::pow(10, power);
            const auto axis = value_axis::linear(-size, -size * (1 - width), at_most, unit);
            for (const auto& tick : axis.ticks())
              EXPECT_LE(letters_of(tick.label), 10) << tick.label << " of " << size;
          }
}

TEST(report_time_axis, names_what_the_span_asks_for) {
  auto ticks = [](const char* from, const char* to) {
    return labels_of(time_ticks({at(from), at(to)}, 8));
  };
  EXPECT_EQ(ticks("2010-05-01T00:00:00Z", "2024-05-01T00:00:00Z"),
            "2012 | 2014 | 2016 | 2018 | 2020 | 2022 | 2024");
  EXPECT_EQ(ticks("2023-01-03T00:00:00Z", "2024-06-20T00:00:00Z"),
            "Apr 2023 | Jul | Oct | 2024 | Apr");
  EXPECT_EQ(ticks("2023-12-30T12:00:00Z", "2024-01-05T00:00:00Z"),
            "31 Dec | 1 Jan | 2 Jan | 3 Jan | 4 Jan | 5 Jan");
  EXPECT_EQ(ticks("2024-01-05T09:30:00Z", "2024-01-05T16:00:00Z"),
            "5 Jan 10:00 | 11:00 | 12:00 | 13:00 | 14:00 | 15:00 | 16:00");
  EXPECT_EQ(ticks("2024-01-05T23:59:58.5Z", "2024-01-06T00:00:01Z"),
            "5 Jan 23:59:59 | 6 Jan | 00:00:01");
  EXPECT_EQ(ticks("2024-01-05T00:00:00.1Z", "2024-01-05T00:00:00.2Z"), "");
}

TEST(report_trade, has_the_prices_that_explain_its_profit) {
  trading::closed_trade t;
  t.entered = decimal::literal("2");
  t.entry_cost = decimal::literal("200");
  t.gross = decimal::literal("30");
  t.fees = decimal::literal("1");
  EXPECT_EQ(entry_price(t), decimal::literal("100"));
  EXPECT_EQ(exit_price(t), decimal::literal("115"));
  EXPECT_EQ(net_profit(t), decimal::literal("29"));
  t.direction = trading::side::sell;
  EXPECT_EQ(exit_price(t), decimal::literal("85"));
}

TEST(report_series, keeps_start_end_and_extremes_when_it_is_thinned) {
  std::vector<chart_point> points;
  for (int i = 0; i < 1000; ++i)
    points.push_back({timestamp::from_ms(i), double(i), i == 500 ? -7.0 : i, i + 1.0});
  const auto few = thinned(points, 10);
  ASSERT_EQ(few.size(), 11u);
  EXPECT_EQ(few.front().value, 0);
  EXPECT_EQ(few.back().value, 999);
  EXPECT_EQ(few.back().at, timestamp::from_ms(999));
  EXPECT_EQ(few[5].lowest, -7);
  EXPECT_EQ(few[5].highest, 501);
}

TEST(report_series, never_tells_a_drawdown_that_may_not_have_been) {
  const auto money = [](const char* text) { return decimal::literal(text); };
  const std::vector<trading::series_bucket> equity{{timestamp::from_ms(0), timestamp::from_ms(1),
                                                    money("100"), money("90"), money("120"),
                                                    money("108")}};
  const auto depth = drawdown_of(equity);
  ASSERT_EQ(depth.size(), 2u);
  EXPECT_EQ(depth[0].value, 0);
  EXPECT_DOUBLE_EQ(depth[1].value, -0.1);  // 108 of 120, whatever came first.
  EXPECT_DOUBLE_EQ(depth[1].lowest, -0.1); // 90 of 100, not of a 120 that may have come later.
}

// -- properties ------------------------------------------------------------

/// Any finite number, of any size.
rc::Gen<double> any_number() {
  return rc::gen::map(
    rc::gen::pair(rc::gen::inRange(-1'000'000, 1'000'000), rc::gen::inRange(-300, 300)),
    [](std::pair<int, int> p) { return p.first * std::pow(10, p.second); });
}

RC_GTEST_PROP(report_value_axis, is_bounded_by_its_data_and_labels_each_tick_differently, ()) {
  const double a = *any_number();
  const double b = *rc::gen::oneOf(any_number(), rc::gen::just(a));
  const auto unit = *rc::gen::element(value_unit::number, value_unit::percent);
  const auto axis = value_axis::linear(std::min(a, b), std::max(a, b), 6, unit);
  RC_ASSERT(std::isfinite(axis.low()) && std::isfinite(axis.high()) && axis.low() < axis.high());
  RC_ASSERT(axis.ticks().size() >= 2 && axis.ticks().size() <= 9);
  for (const double value : {a, b, 0.0, HUGE_VAL})
    RC_ASSERT(axis.fraction(value) >= 0 && axis.fraction(value) <= 1);
  std::set<std::string> labels;
  for (const auto& tick : axis.ticks())
    RC_ASSERT(labels.insert(tick.label).second && tick.label != "–");
}

RC_GTEST_PROP(report_value_axis, is_sound_on_a_logarithmic_scale, ()) {
  const double a = std::abs(*any_number()) + 1e-8;
  const double b = std::abs(*any_number()) + 1e-8;
  const auto axis = value_axis::logarithmic(std::min(a, b), std::max(a, b), 6, value_unit::number);
  RC_ASSERT(axis.low() > 0 && axis.low() < axis.high());
  RC_ASSERT(axis.ticks().size() <= 9);
  for (const auto& tick : axis.ticks())
    RC_ASSERT(axis.fraction(tick.value) >= 0 && axis.fraction(tick.value) <= 1);
}

RC_GTEST_PROP(report_time_axis, has_few_ticks_in_order_and_inside, ()) {
  const auto a = timestamp::from_ns(*tests::any_int64());
  const auto b = *rc::gen::oneOf(
    rc::gen::map(tests::any_int64(), [](int64_t ns) { return timestamp::from_ns(ns); }),
    rc::gen::just(a));
  const time_span span{std::min(a, b), std::max(a, b)};
  const auto ticks = time_ticks(span, 6);
  RC_ASSERT(ticks.size() <= 6);
  for (size_t i = 0; i < ticks.size(); ++i) {
    RC_ASSERT(ticks[i].at >= span.from && ticks[i].at <= span.to);
    RC_ASSERT((i == 0 || ticks[i - 1].at < ticks[i].at)); // Alone, || would look at both.
  }
}

} // namespace
} // namespace supreme::commands::report
