// Goal: a strategy that sees the future is found, however it came by it, and one that does not is
// not accused.
// Method: an honest strategy; strategies that read the whole series through a global, that remember
// what an earlier instance saw, and that differ in one field of a signal only.
#include "trading/backtest/lookahead.hpp"

#include "tests/trading/search_fixture.hpp"

#include <gtest/gtest.h>

namespace supreme::tests {
namespace {

using namespace trading;

/// What the cheats read: the series as the caller of the check holds it.
const std::vector<bar_record>* whole_series = nullptr;

enum class cheat : uint8_t { target, input, hint, reason };

/// Decides on the close of the next bar, which it reads from the global. In one way or another.
template <cheat How>
class peeking final : public strategy {
public:
  void on_fill(const slot_holding& after) override { held_ = after.size; }
  std::optional<decision> on_bar(const bar& b) override {
    const auto at = seen_++;
    if (at + 1 >= whole_series->size())
      return std::nullopt;
    const auto next = (*whole_series)[at + 1].close;
    decision wish;
    wish.wanted = desire::long_position;
    wish.reason = "always";
    if (How == cheat::target && next < b.close)
      wish.wanted = desire::flat;
    if (How == cheat::input)
      wish.inputs.push_back({"next", next.to_double()});
    if (How == cheat::hint)
      wish.stop_distance = next.to_double();
    if (How == cheat::reason)
      wish.reason = next < b.close ? "falls" : "rises";
    return wish;
  }
  [[nodiscard]] uint32_t warmup_bars() const override { return 0; }

private:
  size_t seen_ = 0;
  quantity held_;
};

/// Keeps what any instance has seen, and knows it the next time.
class remembering final : public strategy {
public:
  void on_fill(const slot_holding&) override {}
  std::optional<decision> on_bar(const bar& b) override {
    const auto at = seen_++;
    if (at == memory().size())
      memory().push_back(b.close);
    const bool knows_more = at + 1 < memory().size();
    return decision{knows_more && memory()[at + 1] < b.close ? desire::flat : desire::long_position,
                    "remembered",
                    {},
                    {},
                    {}};
  }
  [[nodiscard]] uint32_t warmup_bars() const override { return 0; }
  static std::vector<price>& memory() {
    static std::vector<price> closes;
    return closes;
  }

private:
  size_t seen_ = 0;
};

template <class Strategy>
strategy_kind kind_of() {
  return {
    "kind",
    "A kind.",
    {},
    [](const parameters&) -> std::unique_ptr<strategy> { return std::make_unique<Strategy>(); },
    nullptr,
    nullptr};
}

std::vector<owned_bars> make_market(size_t days = 20) {
  return {{searched_instrument(), std::chrono::hours{1}, make_hours(days, 8, 0)}};
}

lookahead_report check(const strategy_kind& kind, std::vector<owned_bars>& market,
                       const lookahead_settings& settings = {}) {
  whole_series = &market.front().bars;
  auto plan = make_task(market.front().bars, kind).plan;
  if (&kind == &hours_kind())
    plan.strategies.front().values["enter"] = 9;
  return check_lookahead(plan, market, settings);
}

TEST(lookahead, accuses_no_honest_strategy) {
  for (const auto* kind : {&hours_kind(), find_strategy_kind("momentum")}) {
    auto market = make_market();
    const auto before = market.front().bars;
    const auto report = check(*kind, market);
    EXPECT_FALSE(report.finding.has_value()) << report.finding->sentence;
    EXPECT_GT(report.signals, 10u);
    EXPECT_EQ(report.steps, 480u);
    EXPECT_EQ(report.cuts, 50u);
    EXPECT_GT(report.compared, report.signals);
    EXPECT_TRUE(report.complete);
    EXPECT_EQ(market.front().bars, before) << "the bars are restored";
  }
}

TEST(lookahead, finds_a_strategy_that_reads_the_whole_series_through_a_global) {
  auto market = make_market();
  const auto before = market.front().bars;
  const auto report = check(kind_of<peeking<cheat::target>>(), market);
  ASSERT_TRUE(report.finding.has_value());
  EXPECT_EQ(report.finding->field, "target");
  EXPECT_EQ(report.finding->probe, lookahead_probe::cut_off);
  const auto& said = report.finding->sentence;
  EXPECT_TRUE(said.starts_with("The signal searched/BTCUSDT at 1970-01-")) << said;
  EXPECT_NE(said.find("has another target when the bars after 1970-01-"), std::string::npos);
  EXPECT_NE(said.find("are cut off: the strategy sees the future."), std::string::npos);
  EXPECT_EQ(market.front().bars, before);
}

TEST(lookahead, finds_what_differs_in_an_input_a_hint_or_a_reason_only) {
  auto market = make_market();
  auto report = check(kind_of<peeking<cheat::input>>(), market);
  ASSERT_TRUE(report.finding.has_value());
  EXPECT_EQ(report.finding->field, "input next");
  report = check(kind_of<peeking<cheat::hint>>(), market);
  ASSERT_TRUE(report.finding.has_value());
  EXPECT_EQ(report.finding->field, "hints");
  report = check(kind_of<peeking<cheat::reason>>(), market);
  ASSERT_TRUE(report.finding.has_value());
  EXPECT_EQ(report.finding->field, "reason");
}

TEST(lookahead, finds_a_strategy_that_remembers_what_another_instance_saw) {
  remembering::memory().clear();
  auto market = make_market();
  const auto report = check(kind_of<remembering>(), market);
  ASSERT_TRUE(report.finding.has_value());
  EXPECT_EQ(report.finding->field, "target");
}

TEST(lookahead, cuts_everywhere_when_there_are_fewer_places_than_cuts) {
  auto market = make_market(1);
  const auto report = check(hours_kind(), market, {50, 1});
  EXPECT_EQ(report.cuts, 23u);
  market.front().bars.clear();
  const auto empty = check(hours_kind(), market);
  EXPECT_EQ(empty.cuts, 0u);
  EXPECT_EQ(empty.signals, 0u);
}

TEST(lookahead, ends_when_it_is_told_to_and_says_so) {
  auto market = make_market();
  const auto report = check_lookahead(make_task(market.front().bars).plan, market, {10, 1},
                                      [](size_t cut) { return cut < 3; });
  EXPECT_FALSE(report.complete);
  EXPECT_EQ(report.cuts, 3u);
}

TEST(lookahead, throws_what_the_full_run_throws) {
  auto market = make_market();
  auto plan = make_task(market.front().bars).plan;
  plan.strategies.front().values["fault"] = 1;
  EXPECT_THROW((void)check_lookahead(plan, market, {}), std::runtime_error);
}

TEST(lookahead, names_the_first_field_that_differs) {
  const signal s;
  EXPECT_EQ(first_difference(s, s), "");
  const auto differs = [&s](auto change) {
    auto other = s;
    change(other);
    return first_difference(s, other);
  };
  EXPECT_EQ(differs([](signal& o) { o.key.cause = "x"; }), "key");
  EXPECT_EQ(differs([](signal& o) { o.wanted = target::long_position; }), "target");
  EXPECT_EQ(differs([](signal& o) { o.reason = "x"; }), "reason");
  EXPECT_EQ(differs([](signal& o) { o.inputs.emplace_back("x", dec("1")); }), "input x");
  EXPECT_EQ(differs([](signal& o) { o.hints.weight_ppb = 1; }), "hints");
  EXPECT_EQ(differs([](signal& o) { o.reference_price = dec("1"); }), "reference price");
  EXPECT_EQ(differs([](signal& o) { o.account_seq = 1; }), "account event");
  EXPECT_EQ(differs([](signal& o) { o.event_time = timestamp::from_ms(1); }), "name or time");
}

} // namespace
} // namespace supreme::tests
