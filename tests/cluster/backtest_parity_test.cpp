// Goal: `supreme backtest` on the demo's own files says what the three nodes did with them: every
// fill, the refusals and the last equity, to the last unit.
// Method: a real replay of recorded bars in lockstep, then the verb on the same two files.
#include "tests/cluster/running_cluster.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>

namespace supreme::tests {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 180s;

std::vector<std::string> lines_of(const std::filesystem::path& file) {
  std::vector<std::string> lines;
  std::ifstream in{file};
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

/// The decimals of SQL and of the program differ in trailing zeros only.
const char* const fills_sql =
  "SELECT concat_ws(',', account_seq, to_char(trading.at_ns(event_time_ns) AT TIME ZONE 'UTC', "
  "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), slot, "
  "instrument, direction, trim_scale(size), trim_scale(price), trim_scale(fee), fee_asset, "
  "trim_scale(position_size)) FROM trading.fills ORDER BY account_seq";

TEST(cluster_parity, a_backtest_of_the_demos_files_says_what_the_cluster_did) {
  SUPREME_SHARED_PATH(bars, "data/bars/binance_spot");
  commands::demo_options options;
  options.lockstep = true;
  options.gateway_port = 0;
  options.replay_files = {(bars / "BTCUSDT_1m_2026-04-19_2026-04-21.csv").string(),
                          (bars / "ETHUSDT_1m_2026-04-19_2026-04-21.csv").string()};
  running_cluster cluster{options};
  cluster.wait_until("EXISTS (SELECT FROM trading.replays WHERE finished)", patience);

  auto result_file = cluster.site().folder / "backtest.json";
  auto fills_file = cluster.site().folder / "backtest-fills.csv";
  auto said =
    commands::output_of(cluster.program(), {"backtest", cluster.site().cluster_file.string(),
                                            "--venue", cluster.site().venue_file.string(), "--json",
                                            result_file.string(), "--fills", fills_file.string()});
  auto result = nlohmann::json::parse(std::ifstream{result_file});
  EXPECT_EQ(
    result.at("equity"),
    cluster.value("SELECT trading.plain(equity) FROM trading.equity ORDER BY id DESC LIMIT 1"));
  EXPECT_EQ(std::to_string(result.at("signals").get<uint64_t>()),
            cluster.value("SELECT count(*) FROM trading.signals"));
  EXPECT_EQ(result.at("refusals"),
            nlohmann::json::parse(cluster.value("SELECT trading.summary() -> 'refusals'")));
  auto fills = lines_of(fills_file);
  ASSERT_FALSE(fills.empty());
  fills.erase(fills.begin()); // The header.
  EXPECT_GT(fills.size(), 1000u);
  EXPECT_EQ(first_difference(cluster.lines(fills_sql), fills), "") << said;
}

} // namespace
} // namespace supreme::tests
