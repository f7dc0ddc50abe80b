// Goal: a venue file says what accounts have to pay with, and a backtest at that venue has the same
// or says why not. Method: files by hand, with and without deposits, right and wrong.

#include "config/backtest_plan.hpp"
#include "tests/config/sample.hpp"
#include "tests/support/source_tree.hpp"

namespace supreme::tests {
namespace {

using trading::decimal;

std::string example(const char* name) {
  return std::get<std::string>(
    config::read_text_file((source_root() / "config/examples" / name).string()));
}

/// The shipped venue file with other deposits.
std::string venue_with(const std::string& deposits) {
  auto text = example("venue.toml");
  const auto first = text.find("[deposits.main]");
  return text.replace(first, text.find("[listen]") - first, deposits + "\n");
}

config::simulated_venue_settings parse(const std::string& text) {
  auto parsed = config::parse_venue(text, "venue.toml", variables({}));
  EXPECT_EQ(problems_of(parsed), "");
  return std::get<config::simulated_venue_settings>(std::move(parsed));
}

config::cluster_settings cluster() {
  return std::get<config::cluster_settings>(
    config::parse_cluster(example("cluster.toml"), "cluster.toml"));
}

TEST(venue_file, reads_deposits_by_account) {
  const auto venue = parse(venue_with("[deposits.main]\nUSDT = \"100000\"\nBNB = 2\n"
                                      "[deposits.side]\nUSDT = 0\n"));
  ASSERT_EQ(venue.deposits.size(), 2u);
  EXPECT_EQ(venue.deposits.at(trading::account_id{"main"}),
            (std::map<trading::asset_id, trading::money>{
              {trading::asset_id{"USDT"}, decimal::from_integer(100'000)},
              {trading::asset_id{"BNB"}, decimal::from_integer(2)}}));
}

TEST(venue_file, refuses_deposits_that_are_none) {
  for (const char* wrong :
       {"[deposits.main]\nUSDT = \"-1\"", "[deposits.main]\nUSDT = 1.5", "[deposits.main]",
        "[deposits.main]\n\"US DT\" = 1", "[deposits.\"ma in\"]\nUSDT = 1", "[deposits]\nmain = 1"})
    EXPECT_NE(problems_of(config::parse_venue(venue_with(wrong), "venue.toml", variables({}))), "")
      << wrong;
}

TEST(venue_file, a_backtest_there_pays_from_the_deposit) {
  const auto settings = cluster();
  const auto& account = settings.accounts.front();
  const auto plan = config::make_backtest_plan(settings, account, parse(example("venue.toml")));
  ASSERT_TRUE(plan);
  EXPECT_TRUE(plan->pays_from_cash);
  EXPECT_EQ(plan->costs.slippage_ppb, 200'000);
}

TEST(venue_file, a_backtest_there_has_credit_where_the_account_has_no_deposit) {
  const auto settings = cluster();
  const auto plan =
    config::make_backtest_plan(settings, settings.accounts.front(), parse(venue_with("")));
  ASSERT_TRUE(plan);
  EXPECT_FALSE(plan->pays_from_cash);
}

TEST(venue_file, a_deposit_that_is_not_what_the_account_begins_with_is_no_backtest) {
  const auto settings = cluster();
  const auto plan = config::make_backtest_plan(
    settings, settings.accounts.front(), parse(venue_with("[deposits.main]\nUSDT = \"99999\"")));
  ASSERT_FALSE(plan);
  EXPECT_EQ(
    plan.error(),
    "the venue's deposits of account main are not the balances it begins with: make "
    "[deposits.main] of the venue file and [accounts.initial] of the cluster file the same");
}

} // namespace
} // namespace supreme::tests
