// Goal: the report is one well-formed page that loads nothing, runs nothing of what it shows, says
// everything and never says NaN, whatever the result holds.
// Method: made-up results, from empty to ten thousand trades, hostile names, random series. The
// page is read back by a small checker of tags; coordinates of charts are read out of it and held
// to their view box, letters included.

#include "commands/html_report.hpp"
#include "commands/report/assets.hpp"
#include "tests/commands/report_page.hpp"
#include "tests/commands/sample_result.hpp"
#include "tests/trading/generators.hpp"

#include <nlohmann/json.hpp>

#include <regex>
#include <sstream>

namespace supreme::commands {
namespace {

using tests::report_page;
using tests::sample_result;
using tests::sample_size;
using trading::backtest_result;
using trading::decimal;

const report_heading plain_heading{"Trend", "A test", {{"fee", "5 bps"}}};

report_page page_of(const backtest_result& result, const report_heading& heading = plain_heading) {
  std::ostringstream out;
  write_html_report(out, heading, result);
  return report_page{out.str()};
}

sample_size size_of(int days, int steps_per_day) {
  sample_size size;
  size.days = days;
  size.steps_per_day = steps_per_day;
  return size;
}

/// What must hold of every page.
void expect_sound(const report_page& page) {
  EXPECT_EQ(page.tag_fault(), "");
  EXPECT_EQ(page.coordinate_fault(), "");
  EXPECT_EQ(page.repeated_ids(), "");
  EXPECT_FALSE(
    std::regex_search(page.text(), std::regex{R"(\b(nan|inf|infinity)\b)", std::regex::icase}));
  EXPECT_FALSE(std::regex_search(page.text(), std::regex{R"(https?:|//|url\(|@import|src=)"}));
  for (const char* id : {"figures", "equity", "months", "rolling-sharpe", "exposure", "daily",
                         "prices", "trade-statistics", "refusals", "strategies", "instruments",
                         "trades", "settings", "definitions"})
    EXPECT_TRUE(page.has("<section id=\"" + std::string{id} + "\"")) << id;
}

TEST(html_report, is_sound_for_a_long_backtest) {
  const auto page = page_of(sample_result());
  expect_sound(page);
  EXPECT_EQ(page.charts(), nlohmann::json::parse(page.chart_data()).size());
  for (const char* text :
       {"Total return", "CAGR", "Sharpe", "Sortino", "Calmar", "Max drawdown", "Volatility",
        "Win rate", "Profit factor", "SQN", "Fees", "Turnover", "Value at risk",
        "Expected shortfall", "Probabilistic Sharpe", "fast=12, rsi_max=70, signal=9, slow=26",
        "nothing_to_do", "docs/statistics.md", "5 bps"})
    EXPECT_TRUE(page.has(text)) << text;
  EXPECT_FALSE(page.has("class=\"banner\""));
}

TEST(html_report, says_in_sentences_what_an_empty_result_has_no_data_for) {
  const auto page = page_of({}, {});
  expect_sound(page);
  EXPECT_EQ(page.charts(), 0u);
  for (const char* text :
       {"No bar was seen, so there is no equity", "No bar was seen, so there are no months",
        "there are 0.", "No bar was seen, so there is no exposure", "takes at least two daily",
        "No bar was seen, so there are no prices", "No trade was closed", "No signal was refused",
        "No strategy took part", "No instrument took part", "No settings were given"})
    EXPECT_TRUE(page.has(text)) << text;
}

TEST(html_report, shows_a_single_day) {
  const auto page = page_of(sample_result(size_of(1, 400)));
  expect_sound(page);
  EXPECT_TRUE(page.has("id=\"equity-chart\""));
  EXPECT_TRUE(page.has("there is 1."));
}

TEST(html_report, shows_a_single_bar) { expect_sound(page_of(sample_result(size_of(1, 1)))); }

TEST(html_report, says_that_nothing_was_traded) {
  auto size = size_of(40, 4);
  size.trade_every = 1'000'000'000;
  const auto page = page_of(sample_result(size));
  expect_sound(page);
  EXPECT_TRUE(page.has("No trade was closed."));
  EXPECT_TRUE(page.has("All 39 daily returns are 0.00 %."));
  EXPECT_TRUE(page.has("No Sharpe ratio is defined here"));
}

TEST(html_report, takes_a_shorter_window_for_a_short_history) {
  EXPECT_TRUE(page_of(sample_result(size_of(40, 4))).has("Sharpe ratio of the last 20 daily"));
  EXPECT_TRUE(page_of(sample_result(size_of(300, 1))).has("Sharpe ratio of the last 126 daily"));
}

TEST(html_report, warns_of_an_incomplete_run) {
  auto result = sample_result(size_of(3, 4));
  result.complete = false;
  EXPECT_TRUE(page_of(result).has("<p class=\"banner\" role=\"note\"><strong>Incomplete."));
}

TEST(html_report, escapes_every_text) {
  const std::string hostile = R"(</script><script>alert("1")</script>'&<!--)";
  sample_size size = size_of(30, 4);
  size.trade_every = 5;
  size.instrument = hostile;
  size.reason = hostile;
  auto result = sample_result(size);
  result.account = trading::account_id{hostile};
  result.quote = trading::asset_id{hostile};
  for (auto& s : result.strategies) {
    s.id = trading::strategy_id{hostile};
    s.kind = hostile;
    s.parameters = {{hostile, 1}};
  }
  result.earned = {};
  const auto refused =
    result.earned.add(trading::strategy_id{hostile}, trading::instrument_id{hostile},
                      {decimal::literal("1"), {}, {}, {}});
  ASSERT_EQ(refused, trading::booking_refusal::none);
  for (auto& r : result.refusals)
    r.code = hostile;
  const auto page = page_of(result, {hostile, hostile, {{hostile, hostile}}});
  EXPECT_EQ(page.tag_fault(), "");
  EXPECT_EQ(page.count("<script"), 2u);
  EXPECT_EQ(page.count("</script>"), 2u);
  EXPECT_FALSE(page.has("alert(\"1\")"));
  EXPECT_FALSE(page.has("<!--"));
  EXPECT_TRUE(
    page.has("&lt;/script&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;"));
  // The script reads the very text.
  const auto data = nlohmann::json::parse(page.chart_data());
  const std::string note = data["price-0"]["notes"][0][1];
  EXPECT_NE(note.find(hostile + " up"), std::string::npos) << note;
}

TEST(html_report, lists_what_a_strategy_earned_on_each_instrument_the_best_first) {
  auto result = sample_result(size_of(30, 4));
  result.earned = {};
  const auto earn = [&](const char* instrument, const char* amount) {
    return result.earned.add(trading::strategy_id{"trend"}, trading::instrument_id{instrument},
                             {decimal::literal(amount), {}, {}, {}});
  };
  ASSERT_EQ(earn("X0USDT", "-5"), trading::booking_refusal::none);
  EXPECT_FALSE(page_of(result).has("Result of each strategy on each instrument"));
  ASSERT_EQ(earn("X1USDT", "7"), trading::booking_refusal::none);
  const auto page = page_of(result);
  EXPECT_TRUE(page.has("Result of each strategy on each instrument"));
  const auto best = page.text().find(">trend/X1USDT<");
  const auto worst = page.text().find(">trend/X0USDT<");
  EXPECT_NE(worst, std::string::npos);
  EXPECT_LT(best, worst);
}

TEST(html_report, says_why_sizes_came_to_nothing) {
  auto result = sample_result(size_of(30, 4));
  result.refusals = {{"quantity_zero", 5, {}, {}, {{"no_edge", 2}, {"no_stop", 3}}}};
  EXPECT_TRUE(page_of(result).has("quantity_zero: no_edge 2, no_stop 3"));
}

TEST(html_report, replaces_what_is_no_text) {
  sample_size size = size_of(10, 4);
  size.trade_every = 3;
  size.reason = "bad \xff\xc0\xaf \x01 byte";
  const auto page = page_of(sample_result(size), {"t\xed\xa0\x80", "", {}});
  expect_sound(page);
  EXPECT_FALSE(page.has("\xff"));
  EXPECT_FALSE(page.has("\x01"));
  EXPECT_TRUE(page.has("bad \uFFFD\uFFFD\uFFFD \uFFFD byte"));
}

TEST(html_report, may_do_nothing_but_run_its_own_script) {
  const auto page = page_of({});
  const auto policy = report::content_security_policy();
  EXPECT_TRUE(page.has("http-equiv=\"Content-Security-Policy\" content=\"" + policy + "\""));
  EXPECT_TRUE(std::regex_match(policy, std::regex{"default-src 'none'; style-src "
                                                  "'sha256-[A-Za-z0-9+/]{43}='; script-src "
                                                  "'sha256-[A-Za-z0-9+/]{43}='; base-uri 'none'; "
                                                  "form-action 'none'"}))
    << policy;
  // The hashes are of exactly what stands between the tags; a style attribute would be refused.
  EXPECT_TRUE(page.has("<style>" + std::string{report::style_sheet()} + "</style>"));
  EXPECT_TRUE(page.has("<script>" + std::string{report::script()} + "</script>"));
  EXPECT_FALSE(page.has(" style=\""));
  EXPECT_FALSE(std::regex_search(page.text(), std::regex{R"(<[^>]* on[a-z]+=)"}));
}

TEST(html_report, draws_many_trades_small_enough_to_see_the_price) {
  const std::string dense = "class=\"exit won dense\"";
  auto result = sample_result(size_of(300, 24));
  ASSERT_GE(result.trades.size(), 100u);
  result.trades.resize(100);
  EXPECT_FALSE(page_of(result).has(dense));
  const auto trades = result.trades;
  while (result.trades.size() < 1'000)
    result.trades.insert(result.trades.end(), trades.begin(), trades.end());
  EXPECT_TRUE(page_of(result).has(dense));
}

TEST(html_report, stays_small_with_ten_thousand_trades) {
  sample_size size = size_of(6'000, 6);
  size.instruments = 2;
  size.trade_every = 3;
  auto result = sample_result(size);
  ASSERT_GE(result.trades.size(), 10'000u);
  result.trades.resize(10'000);
  const auto page = page_of(result);
  expect_sound(page);
  EXPECT_LT(page.text().size(), 3'000'000u);
  EXPECT_TRUE(page.has("The first 1,000 of 10,000 trades."));
}

TEST(html_report, stays_small_with_many_instruments_and_long_texts) {
  sample_size size = size_of(600, 4);
  size.instruments = 60;
  size.trade_every = 8;
  size.reason = std::string(20'000, '"');
  auto result = sample_result(size);
  ASSERT_GE(result.trades.size(), 5'000u);
  for (auto& i : result.instruments)
    result.refusals.push_back({std::string(5'000, 'x'), i.bars, {}, {}, {}});
  const auto page = page_of(result);
  EXPECT_EQ(page.tag_fault(), "");
  EXPECT_LT(page.text().size(), 5'000'000u);
  EXPECT_TRUE(page.has("The first 12 of 60 instruments."));
}

TEST(html_report, leaves_out_the_logarithmic_scale_where_equity_was_not_positive) {
  auto result = sample_result(size_of(20, 4));
  EXPECT_TRUE(page_of(result).has("id=\"equity-log\""));
  result.equity_curve[3].lowest = decimal{};
  const auto page = page_of(result);
  EXPECT_FALSE(page.has("id=\"equity-log\""));
  expect_sound(page);
}

// -- properties ------------------------------------------------------------

/// A series of random length at random times; values of one kind: constant, small, or anything.
std::vector<trading::series_bucket> any_series() {
  const auto length = *rc::gen::inRange<size_t>(0, 40);
  const auto values = *rc::gen::element(0, 1, 2);
  const auto constant = *tests::any_decimal();
  auto next = [&] {
    return values == 0   ? constant
           : values == 1 ? *tests::decimal_between(-1'000'000, 1'000'000)
                         : *tests::any_decimal();
  };
  std::vector<trading::series_bucket> series;
  int64_t time = *rc::gen::inRange<int64_t>(-4'000'000'000, 4'000'000'000);
  const auto step = *rc::gen::element<int64_t>(0, 1, 60, 86'400, 50'000'000);
  for (size_t i = 0; i < length; ++i, time += step) {
    const auto at = trading::timestamp::from_ms(time * 1000);
    const auto a = next();
    const auto b = next();
    series.push_back({at, at, a, std::min(a, b), std::max(a, b), b});
  }
  return series;
}

RC_GTEST_PROP(html_report, draws_every_series_inside_its_charts, ()) {
  backtest_result result;
  result.equity_curve = any_series();
  result.benchmark = any_series();
  result.exposure = any_series();
  trading::instrument_result traded;
  traded.traded.id = trading::instrument_id{"X"};
  traded.prices = any_series();
  result.instruments.push_back(traded);
  trading::performance_accumulator performance;
  for (const auto& b : result.equity_curve)
    performance.add(trading::equity_sample{b.from, b.last, std::nullopt, false});
  result.statistics = performance.value();
  result.days.assign(performance.days().begin(), performance.days().end());
  const auto page = page_of(result);
  RC_ASSERT(page.tag_fault() == "");
  RC_ASSERT(page.coordinate_fault() == "");
  RC_ASSERT(!std::regex_search(page.text(), std::regex{R"(\b(nan|inf)\b)", std::regex::icase}));
}

} // namespace
} // namespace supreme::commands
