// Goal: a configuration that contradicts what a running cluster has in its rows is not committed.
// Method: the sample and copies of it with one change each; the sentences name the key.
#include "config/transition.hpp"
#include "tests/config/sample.hpp"

namespace supreme::tests {
namespace {

config::cluster_settings parsed(const std::string& text) {
  auto result = config::parse_cluster(text, "cluster.toml");
  EXPECT_EQ(problems_of(result), "");
  return std::get<config::cluster_settings>(std::move(result));
}

std::string forbidden(const config::cluster_settings& wanted,
                      const std::set<trading::slot_id>& held = {}) {
  std::string out;
  for (const auto& sentence :
       config::find_forbidden_changes(parsed(sample_cluster()), wanted, held))
    out += sentence + "\n";
  return out;
}

TEST(config_transition, takes_what_no_row_depends_on) {
  EXPECT_EQ(forbidden(parsed(sample_cluster())), "");
  EXPECT_EQ(forbidden(parsed(with(sample_cluster(), "fast = 10", "fast = 11"))), "");
  EXPECT_EQ(forbidden(parsed(with(sample_cluster(), "\"7.5\"", "8"))), "");
  auto more = parsed(sample_cluster());
  more.instruments.push_back(more.instruments[0]);
  more.instruments.back().id = trading::instrument_id{"XRPUSDT"};
  more.accounts.push_back(more.accounts[0]);
  more.accounts.back().id = trading::account_id{"second"};
  more.strategies.clear();
  EXPECT_EQ(forbidden(more), "");
}

TEST(config_transition, keeps_what_an_accounts_rows_depend_on) {
  auto wanted = parsed(sample_cluster());
  wanted.accounts[0].quote = trading::asset_id{"BTC"};
  EXPECT_EQ(forbidden(wanted).rfind("accounts[main].quote stays USDT: ", 0), 0u)
    << forbidden(wanted);
  wanted = parsed(sample_cluster());
  wanted.accounts[0].venue = trading::venue_id{"other"};
  EXPECT_EQ(forbidden(wanted).rfind("accounts[main].venue stays sim: ", 0), 0u)
    << forbidden(wanted);
  wanted = parsed(sample_cluster());
  wanted.accounts[0].shard = "zz";
  EXPECT_NE(forbidden(wanted).find("accounts[main].shard stays "), std::string::npos);
  wanted = parsed(sample_cluster());
  wanted.accounts.clear();
  EXPECT_EQ(forbidden(wanted).rfind("accounts[main] stays: ", 0), 0u) << forbidden(wanted);
}

TEST(config_transition, keeps_what_positions_depend_on) {
  auto wanted = parsed(sample_cluster());
  wanted.instruments[1].base = trading::asset_id{"BTC"};
  EXPECT_EQ(forbidden(wanted).rfind("instruments[ETHUSDT].base stays ETH: ", 0), 0u)
    << forbidden(wanted);
  wanted.instruments.erase(wanted.instruments.begin() + 1);
  EXPECT_NE(forbidden(wanted).find("instruments[ETHUSDT] stays: "), std::string::npos)
    << forbidden(wanted);
}

TEST(config_transition, keeps_the_strategy_of_a_slot_that_holds_a_position) {
  const std::set<trading::slot_id> held{trading::slot_id{"trend/ETHUSDT"}};
  auto wanted = parsed(sample_cluster());
  EXPECT_EQ(forbidden(wanted, held), "");
  wanted.strategies[0].instruments.pop_back();
  EXPECT_EQ(forbidden(wanted), "");
  EXPECT_EQ(forbidden(wanted, held).rfind("strategies[trend].instruments keeps ETHUSDT: ", 0), 0u)
    << forbidden(wanted, held);
  wanted.strategies.clear();
  EXPECT_EQ(forbidden(wanted), "");
  EXPECT_NE(forbidden(wanted, held), "");
  wanted = parsed(sample_cluster());
  wanted.strategies[0].account = trading::account_id{"other"};
  EXPECT_EQ(forbidden(wanted).rfind("strategies[trend].account stays main: ", 0), 0u)
    << forbidden(wanted);
}

TEST(config_transition, keeps_the_bars_that_a_run_is_made_of) {
  auto wanted = parsed(sample_cluster());
  wanted.feeds[0].shards = 1;
  EXPECT_EQ(forbidden(wanted), "");
  wanted.feeds[0].files.begin()->second = "/elsewhere.csv";
  EXPECT_EQ(forbidden(wanted).rfind("feeds[history] keeps its bars: ", 0), 0u) << forbidden(wanted);
  wanted = parsed(sample_cluster());
  wanted.feeds[0].factors.emplace(trading::instrument_id{"ETHUSDT"}, "/data/factors.csv");
  EXPECT_EQ(forbidden(wanted).rfind("feeds[history] keeps its bars: ", 0), 0u) << forbidden(wanted);
  wanted = parsed(sample_cluster());
  wanted.feeds.pop_back();
  EXPECT_EQ(forbidden(wanted).rfind("feeds[random] keeps its bars: ", 0), 0u) << forbidden(wanted);
  wanted = parsed(sample_cluster());
  wanted.feeds.push_back(wanted.feeds[0]);
  wanted.feeds.back().name = "more";
  EXPECT_EQ(forbidden(wanted).rfind("feeds stay as many as they are", 0), 0u) << forbidden(wanted);
  wanted = parsed(sample_cluster());
  std::swap(wanted.instruments[0], wanted.instruments[1]);
  EXPECT_EQ(forbidden(wanted).rfind("instruments stay in their order", 0), 0u) << forbidden(wanted);
  wanted = parsed(sample_cluster());
  wanted.replay.name = "again";
  EXPECT_NE(forbidden(wanted).find("replay.name stays "), std::string::npos) << forbidden(wanted);
}

} // namespace
} // namespace supreme::tests
