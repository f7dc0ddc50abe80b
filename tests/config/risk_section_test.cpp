// Goal: every risk rule can be written in a cluster file, is read as it is meant, and is refused
// with its line and a sentence where it means nothing. Method: the sample file with one section
// added to its account, or another size.
#include "tests/config/sample.hpp"

namespace supreme::tests {
namespace {

using namespace trading;

constexpr const char* anchor = "[accounts.instrument_limits.BTCUSDT]";
constexpr const char* old_size = R"(size = { mode = "fixed_notional", amount = "1000" })";

std::string with_section(const std::string& section) {
  return with(sample_cluster(), anchor, section + "\n" + anchor);
}

std::string problems_with(const std::string& section) {
  return problems_of(config::parse_cluster(with_section(section), "cluster.toml"));
}

risk_policy policy_with(const std::string& section) {
  auto parsed = config::parse_cluster(with_section(section), "cluster.toml");
  EXPECT_EQ(problems_of(parsed), "");
  return std::get<config::cluster_settings>(parsed).accounts.at(0).policy;
}

sizing size_with(const std::string& size) {
  const auto text =
    with(with(sample_cluster(), old_size, "size = " + size), "fast = 10", "stop_atr = 2");
  auto parsed = config::parse_cluster(text, "c");
  EXPECT_EQ(problems_of(parsed), "");
  return std::get<config::cluster_settings>(parsed).strategies.at(0).size;
}

TEST(risk_section, is_empty_where_nothing_is_said) { EXPECT_TRUE(policy_with("").is_empty()); }

TEST(risk_section, reads_exposure_restrictions_and_rates) {
  const auto p = policy_with(R"(
[accounts.exposure]
max_gross = "50000"
max_net = "40000"
max_concentration_bps = 2500
initial_margin_bps = 5000
maintenance_margin_bps = 3000
max_open_orders = 7
max_daily_loss = "1000"
[accounts.restricted]
ETHUSDT = "reduce_only"
[accounts.rates]
max_orders = 5
window_ms = 60000
duplicate_window_ms = 120000
max_repeated_executions = 3)");
  EXPECT_EQ(p.exposure.max_gross, decimal::literal("50000"));
  EXPECT_EQ(p.exposure.max_net, decimal::literal("40000"));
  EXPECT_EQ(p.exposure.max_concentration_ppb, 250'000'000);
  EXPECT_EQ(p.exposure.initial_margin_ppb, 500'000'000);
  EXPECT_EQ(p.exposure.maintenance_margin_ppb, 300'000'000);
  EXPECT_EQ(p.exposure.max_open_orders, 7u);
  EXPECT_EQ(p.exposure.max_daily_loss, decimal::literal("1000"));
  EXPECT_EQ(p.exposure.restricted.at(instrument_id{"ETHUSDT"}), restriction::reduce_only);
  EXPECT_EQ(p.order_rate->count, 5u);
  EXPECT_EQ(p.order_rate->window, std::chrono::minutes{1});
  EXPECT_EQ(p.duplicates->window, std::chrono::minutes{2});
  EXPECT_EQ(p.duplicates->capacity, 100u);
  EXPECT_EQ(p.max_repeated_executions, 3u);
  EXPECT_TRUE(p.problems().empty());
}

TEST(risk_section, reads_the_hours_and_holidays_of_an_instrument) {
  const auto p = policy_with(R"(
[accounts.sessions.BTCUSDT]
open = ["mon 13:30-mon 20:00", "fri 22:00-mon 01:00"]
holidays = ["1970-01-03"])");
  const auto& s = p.sessions.at(instrument_id{"BTCUSDT"});
  ASSERT_EQ(s.windows.size(), 2u);
  EXPECT_EQ(s.windows[0].opens_s, 13 * 3600 + 30 * 60);
  EXPECT_EQ(s.windows[0].closes_s, 20 * 3600);
  EXPECT_EQ(s.windows[1].opens_s, 4 * 86'400 + 22 * 3600);
  EXPECT_EQ(s.windows[1].closes_s, 3600);
  EXPECT_EQ(s.holidays, std::set<int64_t>{2});
}

TEST(risk_section, reads_drawdown_breakers_and_what_is_watched) {
  const auto p = policy_with(R"(
[accounts.drawdown]
shape = "linear"
points = [{ drawdown_bps = 500, scale_bps = 5000 }, { drawdown_bps = 1000, scale_bps = 2500 }]
no_entries_bps = 1500
reduce_bps = 2000
flatten_bps = 2500
recovery_bps = 100
[[accounts.breakers]]
scope = "account"
daily_loss = "500"
drawdown_bps = 1000
venue_error_rate_bps = 2500
stale_feed_ms = 90000
latency_ms = 250
cool_down_s = 3600
[[accounts.breakers]]
scope = "strategy"
name = "trend"
consecutive_losses = 4
reject_rate_bps = 5000
cool_down_s = 600
probes = 2
probe_deadline_s = 60
[[accounts.breakers]]
scope = "instrument"
name = "BTCUSDT"
volatility_bps = 8000
cool_down_s = 60
[accounts.watch]
max_order_age_ms = 300000
max_fill_slippage_bps = 25
max_working_slippage_bps = 50
reject_window = 8
reject_least = 4)");
  EXPECT_TRUE(p.acts());
  EXPECT_EQ(p.drawdown->shape, drawdown_shape::linear);
  EXPECT_EQ(p.drawdown->points.at(1).scale_ppb, 250'000'000);
  EXPECT_EQ(p.drawdown->flatten_ppb, 250'000'000);
  ASSERT_EQ(p.breakers.size(), 3u);
  EXPECT_EQ(p.breakers[0].key, (breaker_key{breaker_scope::account, "main"}));
  EXPECT_EQ(p.breakers[0].settings.levels.drawdown, decimal::literal("10"));
  EXPECT_EQ(p.breakers[0].settings.levels.venue_error_rate, decimal::literal("25"));
  EXPECT_EQ(p.breakers[0].settings.levels.stale_feed, decimal::literal("90"));
  EXPECT_EQ(p.breakers[0].settings.levels.latency, decimal::literal("0.25"));
  EXPECT_EQ(p.breakers[1].settings.levels.consecutive_losses, decimal::literal("4"));
  EXPECT_EQ(p.breakers[1].settings.probes, 2u);
  EXPECT_EQ(p.breakers[2].settings.levels.volatility, decimal::literal("80"));
  EXPECT_EQ(p.max_order_age, std::chrono::minutes{5});
  EXPECT_EQ(p.max_fill_slippage_ppb, 2'500'000);
  EXPECT_EQ(p.reject_window, 8u);
  EXPECT_TRUE(p.problems().empty());
}

TEST(risk_section, refuses_what_means_nothing) {
  EXPECT_NE(problems_with("[accounts.restricted]\nETHUSD = \"no_trading\"").find("did you mean"),
            std::string::npos);
  EXPECT_NE(problems_with("[accounts.sessions.BTCUSDT]\nopen = [\"mon 24:00-tue 01:00\"]")
              .find("expected hours in UTC like"),
            std::string::npos);
  EXPECT_NE(problems_with("[accounts.rates]\nwindow_ms = 5").find("it belongs to max_orders"),
            std::string::npos);
  EXPECT_NE(problems_with("[accounts.drawdown]\nreduce_bps = 500\nflatten_bps = 100")
              .find("no_entries_bps <= reduce_bps <= flatten_bps"),
            std::string::npos);
  EXPECT_NE(problems_with("[[accounts.breakers]]\nscope = \"account\"\ncool_down_s = 1")
              .find("expected at least one level"),
            std::string::npos);
  EXPECT_NE(problems_with("[[accounts.breakers]]\nscope = \"strategy\"\nname = "
                          "\"trend\"\ndaily_loss = 5\ncool_down_s = 1")
              .find("it is not measured for one strategy"),
            std::string::npos);
  for (const auto* level : {"venue_error_rate_bps", "stale_feed_ms", "latency_ms"})
    EXPECT_NE(problems_with("[[accounts.breakers]]\nscope = \"instrument\"\nname = \"BTCUSDT\"\n"
                            + std::string{level} + " = 5\ncool_down_s = 1")
                .find("it is not measured for one instrument"),
              std::string::npos)
      << level;
  const std::string everybody = "[[accounts.breakers]]\nscope = \"global\"\ndaily_loss = 5\n";
  EXPECT_NE(problems_with(everybody + "name = \"main\"").find("guards every account"),
            std::string::npos);
  EXPECT_NE(problems_with(everybody + "cool_down_s = 60").find("waits for a person"),
            std::string::npos);
  EXPECT_NE(
    problems_with("[accounts.exposure]\ninitial_margin_bps = 10\nmaintenance_margin_bps = 11")
      .find("expected at most initial_margin_bps"),
    std::string::npos);
  EXPECT_NE(problems_with("[accounts.exposure]\nmax_gros = 5").find("did you mean \"max_gross\""),
            std::string::npos);
}

TEST(risk_section, reads_every_mode_of_a_size) {
  EXPECT_EQ(size_with(R"({ mode = "percent_of_equity", share_bps = 1000 })").share_ppb,
            100'000'000);
  EXPECT_EQ(size_with(R"({ mode = "all_in" })").mode, sizing_mode::all_in);
  const auto risk =
    size_with(R"({ mode = "risk_based", share_bps = 100, max_notional_bps = 20000 })");
  EXPECT_EQ(risk.share_ppb, 10'000'000);
  EXPECT_EQ(risk.max_notional_ppb, 2'000'000'000);
  const auto target =
    size_with(R"({ mode = "volatility_target", share_bps = 2000, volatility_returns = 50 })");
  EXPECT_EQ(target.volatility_returns, 50u);
  const auto kelly = size_with(
    R"({ mode = "kelly", fraction_bps = 2500, shrinkage_trades = 40, min_trades = 10, floor_bps = 50 })");
  EXPECT_EQ(kelly.kelly.fraction_ppb, 250'000'000);
  EXPECT_EQ(kelly.kelly.shrinkage_trades, 40u);
  EXPECT_EQ(kelly.kelly.min_trades, 10u);
  EXPECT_EQ(kelly.kelly.floor_ppb, 5'000'000);
}

TEST(risk_section, refuses_a_size_by_the_stop_of_a_strategy_that_has_none) {
  const std::string by_risk = R"(size = { mode = "risk_based", share_bps = 100 })";
  const auto problems = [&](const std::string& kind, const std::string& parameter) {
    auto text = with(sample_cluster(), old_size, by_risk);
    text =
      with(with(text, "kind = \"momentum\"", "kind = \"" + kind + "\""), "fast = 10", parameter);
    return problems_of(config::parse_cluster(text, "c"));
  };
  EXPECT_EQ(problems("momentum", "stop_atr = 2"), "");
  EXPECT_NE(
    problems("momentum", "fast = 10")
      .find(
        "strategies[0].size: expected a size that can be: risk_based sizes by the distance of a "
        "stop, and stop_atr is 0: every size would be 0"),
    std::string::npos)
    << problems("momentum", "fast = 10");
  EXPECT_NE(problems("pairs", "").find("pairs has no stops"), std::string::npos)
    << problems("pairs", "");
}

TEST(risk_section, asks_kelly_for_the_size_of_the_first_trades) {
  const auto parsed = config::parse_cluster(
    with(sample_cluster(), old_size, R"(size = { mode = "kelly", min_trades = 10 })"), "c");
  EXPECT_NE(problems_of(parsed).find("floor_bps"), std::string::npos);
}

TEST(risk_section, refuses_keys_of_another_mode) {
  const auto parsed = config::parse_cluster(
    with(sample_cluster(), old_size, R"(size = { mode = "all_in", amount = "5" })"), "c");
  EXPECT_NE(problems_of(parsed).find("it says nothing to mode \"all_in\""), std::string::npos);
}

TEST(risk_section, reads_a_global_breaker_that_waits_for_a_person) {
  const auto parsed = config::parse_cluster(
    with_section("[[accounts.breakers]]\nscope = \"global\"\ndrawdown_bps = 1500\n"
                 "latency_ms = 2000\nconsecutive_losses = 9"),
    "c");
  const auto* all = std::get_if<config::cluster_settings>(&parsed);
  ASSERT_NE(all, nullptr) << problems_of(parsed);
  const auto& rules = all->accounts.front().policy.breakers;
  ASSERT_EQ(rules.size(), 1u);
  EXPECT_EQ(rules[0].key, (breaker_key{breaker_scope::global, {}}));
  EXPECT_EQ(rules[0].settings.cool_down, trading::until_a_person_releases);
  EXPECT_TRUE(all->accounts.front().policy.problems().empty());
  const auto before =
    std::get<config::cluster_settings>(config::parse_cluster(sample_cluster(), "c"));
  std::string keys;
  for (const auto& d : config::diff(before, *all))
    keys += d.key + "\n";
  EXPECT_NE(keys.find("breakers[global].drawdown_percent"), std::string::npos) << keys;
  EXPECT_EQ(keys.find("cool_down"), std::string::npos) << keys;
}

TEST(risk_section, is_part_of_the_difference_of_two_files) {
  const auto before =
    std::get<config::cluster_settings>(config::parse_cluster(sample_cluster(), "c"));
  const auto after = std::get<config::cluster_settings>(
    config::parse_cluster(with_section("[accounts.drawdown]\nreduce_bps = 500"), "c"));
  std::vector<std::string> keys;
  for (const auto& d : config::diff(before, after))
    keys.push_back(d.key + " " + d.after);
  EXPECT_EQ(keys, (std::vector<std::string>{"accounts[main].drawdown.recovery_bps 0",
                                            "accounts[main].drawdown.reduce_bps 500",
                                            "accounts[main].drawdown.shape steps"}));
}

} // namespace
} // namespace supreme::tests
