// Goal: `supreme backtest` on the demo's own files says what the three nodes did with them, and
// `supreme parity` finds no difference in any row, but one in each table where one number is higher
// by 1e-8.
// Method: a real replay of recorded bars in lockstep, then the verbs on the same two files; last,
// rows of the database are altered.
#include "tests/cluster/running_cluster.hpp"
#include "tests/support/shared_data.hpp"

#include "commands/parity.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
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

/// A number of each compared table that holds one.
constexpr std::pair<const char*, const char*> numbers[] = {
  {"signals", "reference_price"},  {"verdicts", "worst_price"},
  {"orders", "decision_price"},    {"fills", "fee"},
  {"movements", "delta"},          {"equity", "equity"},
  {"positions", "realised_gross"}, {"slots", "cost"},
  {"balances", "amount"}};

/// Raises the number in a row from the middle of those that hold something, which no program may
/// change.
void raise_by_one_unit(running_cluster& cluster, const std::string& table,
                       const std::string& column) {
  (void)cluster.lines("SET session_replication_role = replica");
  const auto held = " FROM trading." + table + " WHERE " + column + " <> 0";
  (void)cluster.lines("UPDATE trading." + table + " SET " + column + " = " + column
                      + " + 0.00000001 WHERE ctid = (SELECT ctid" + held
                      + " ORDER BY ctid OFFSET (SELECT count(*) / 2" + held + ") LIMIT 1)");
}

void expect_parity(running_cluster& cluster) {
  ::setenv("SUPREME_DATABASE_URL", cluster.site().database.c_str(), 1);
  auto said =
    commands::output_of(cluster.program(), {"parity", cluster.site().cluster_file.string(),
                                            "--venue", cluster.site().venue_file.string()});
  EXPECT_EQ(said.rfind("0 differences in ", 0), 0u) << said;
}

void expect_a_difference_in_each_altered_table(running_cluster& cluster) {
  for (const auto& [table, column] : numbers)
    raise_by_one_unit(cluster, table, column);
  std::ostringstream out;
  EXPECT_FALSE(commands::check_parity({cluster.site().cluster_file.string(),
                                       {cluster.site().venue_file.string()},
                                       cluster.site().database},
                                      config::process_environment(), out));
  for (const auto& [table, column] : numbers) {
    const auto named = std::string{"  "} + column + "  cluster ";
    EXPECT_NE(out.str().find(named), std::string::npos) << table << ": " << out.str();
  }
  EXPECT_NE(out.str().find(std::to_string(std::size(numbers)) + " differences in "),
            std::string::npos)
    << out.str();
}

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
            cluster.value("SELECT count(*) FROM trading.signals WHERE leg < 2"));
  EXPECT_EQ(result.at("refusals"),
            nlohmann::json::parse(cluster.value("SELECT trading.summary() -> 'refusals'")));
  auto fills = lines_of(fills_file);
  ASSERT_FALSE(fills.empty());
  fills.erase(fills.begin()); // The header.
  EXPECT_GT(fills.size(), 1000u);
  EXPECT_EQ(first_difference(cluster.lines(fills_sql), fills), "") << said;

  expect_parity(cluster);
  expect_a_difference_in_each_altered_table(cluster);
}

} // namespace
} // namespace supreme::tests
