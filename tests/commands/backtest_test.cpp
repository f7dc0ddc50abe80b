// Goal: `supreme backtest` says exactly what happened, to people and in files, and refuses in one
// sentence what it cannot run.
// Method: the whole program in this process, on bars and a configuration that the test writes.

#include "tests/commands/backtest_run.hpp"
#include "tests/commands/temporary_folder.hpp"
#include "tests/plugins/test_plugin.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace supreme::tests {
namespace {

struct backtest_verb : ::testing::Test {
  void write_bars(const std::string& name, size_t count, const std::string& damage = "") {
    write_saw(folder.file(name), count, damage);
  }

  std::string write_config(const std::string& more = "") {
    auto name = folder.file("cluster.toml");
    std::ofstream{name} << R"(cluster = "test"
[[instruments]]
id = "BTCUSDT"
base = "BTC"
quote = "USDT"
tick_size = "0.01"
lot_size = "0.00001"
min_notional = "5"
[[feeds]]
name = "bars"
kind = "csv"
interval_s = 60
[feeds.files]
BTCUSDT = ')" << folder.file("BTCUSDT_1m.csv")
                        << R"('
[[venues]]
id = "sim"
host = "127.0.0.1"
port = 7400
[[accounts]]
id = "main"
venue = "sim"
quote = "USDT"
shard = "m"
[accounts.initial]
USDT = "10000"
[accounts.limits]
taker_fee_bps = 10
[[strategies]]
id = "trend"
kind = "momentum"
account = "main"
feed = "bars"
instruments = ["BTCUSDT"]
size = { mode = "fixed_notional", amount = "5000" }
[strategies.parameters]
fast = 1
slow = 3
signal = 2
rsi_length = 2
rsi_max = 100
)" << more;
    return name;
  }

  temporary_folder folder;
};

TEST_F(backtest_verb, says_by_what_the_bars_of_a_cluster_are_adjusted) {
  write_bars("BTCUSDT_1m.csv", 10);
  std::ofstream{folder.file("factors.csv")} << "ts,price_factor,split_factor\n"
                                               "1577923200000,0.5,1\n2556057600000,1,1\n";
  const auto config = write_config();
  auto text = text_of(config);
  const std::string section = "[[venues]]";
  text.insert(text.find(section),
              "[feeds.factors]\nBTCUSDT = '" + folder.file("factors.csv") + "'\n");
  std::ofstream{config} << text;
  const auto done = run_backtest({config});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_NE(done.out.find("note      BTCUSDT: adjusted by the 2 rows of factors.csv, which change "
                          "nothing after 2020-01-02\n"),
            std::string::npos)
    << done.out;
}

TEST_F(backtest_verb, tells_the_same_to_people_and_in_files) {
  write_bars("BTCUSDT_1m.csv", 400);
  auto json_file = folder.file("result.json");
  auto trades_file = folder.file("trades.csv");
  auto fills_file = folder.file("fills.csv");
  auto equity_file = folder.file("equity.csv");
  auto done = run_backtest({write_config(), "--json", json_file, "--trades", trades_file, "--fills",
                            fills_file, "--equity", equity_file});
  ASSERT_EQ(done.code, 0) << done.err;
  auto result = nlohmann::json::parse(text_of(json_file));
  EXPECT_EQ(result.at("bars"), 400);
  EXPECT_EQ(result.at("steps"), 400);
  EXPECT_EQ(result.at("complete"), true);
  EXPECT_GT(result.at("fills"), 20);
  EXPECT_GT(result.at("trades").at("closed"), 10);
  EXPECT_EQ(result.at("closed_trades").size(), result.at("trades").at("closed"));
  EXPECT_EQ(lines_in(text_of(trades_file)), 1 + result.at("closed_trades").size());
  EXPECT_EQ(lines_in(text_of(fills_file)), 1 + result.at("fills").get<size_t>());
  EXPECT_EQ(lines_in(text_of(equity_file)), 401u);
  EXPECT_NE(done.out.find("400 bars in 400 steps"), std::string::npos) << done.out;
  auto last = text_of(equity_file);
  last.erase(last.size() - 1);
  EXPECT_EQ(last.substr(last.rfind('\n') + 1), result.at("to").get<std::string>() + ","
                                                 + result.at("equity").get<std::string>() + ","
                                                 + result.at("cash").get<std::string>());
}

TEST_F(backtest_verb, runs_a_strategy_of_a_library) {
  write_bars("BTCUSDT_1m.csv", 400);
  auto config = text_of(write_config());
  const auto from = config.find("kind = \"momentum\"");
  config.replace(from, 17, "kind = \"sample\"").erase(config.find("fast = 1"));
  const auto file = folder.file("custom.toml");
  std::ofstream{file} << config;
  EXPECT_NE(run_backtest({file}).err.find("was \"sample\""), std::string::npos);
  const auto json_file = folder.file("result.json");
  const auto done = run_backtest({file, "--plugin", test_plugin("sample"), "--json", json_file});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_GT(nlohmann::json::parse(text_of(json_file)).at("fills"), 20);
}

TEST_F(backtest_verb, says_which_costs_it_takes) {
  write_bars("BTCUSDT_1m.csv", 100);
  auto done = run_backtest({write_config()});
  EXPECT_NE(done.out.find("fee 10 bps, maker 10 bps, slippage 0 bps"), std::string::npos)
    << done.out;
}

TEST_F(backtest_verb, leaves_annual_figures_of_a_few_days_to_programs) {
  write_bars("BTCUSDT_1m.csv", 4'000);
  auto json_file = folder.file("result.json");
  auto done = run_backtest({write_config(), "--json", json_file});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_NE(done.out.find("annual figures need 30 daily returns, there are 2"), std::string::npos)
    << done.out;
  EXPECT_NE(done.out.find("Sharpe            –, Sortino –, Calmar –"), std::string::npos)
    << done.out;
  auto result = nlohmann::json::parse(text_of(json_file));
  EXPECT_EQ(result.at("annual_meaningful"), false);
  EXPECT_TRUE(result.at("annual_return").is_number());
}

TEST_F(backtest_verb, makes_longer_bars_where_it_is_told_to) {
  write_bars("BTCUSDT_1m.csv", 125);
  auto json_file = folder.file("result.json");
  ASSERT_EQ(run_backtest({write_config(), "--aggregate", "1h", "--json", json_file}).code, 0);
  auto result = nlohmann::json::parse(text_of(json_file));
  EXPECT_EQ(result.at("bars"), 2) << "the five minutes of the third hour are no bar";
  EXPECT_EQ(result.at("from"), "2026-01-01T01:00:00Z");
  auto done = run_backtest({write_config(), "--aggregate", "90s"});
  EXPECT_EQ(done.code, 2);
  EXPECT_NE(done.err.find("bars of 60 s do not make up bars of 90 s"), std::string::npos)
    << done.err;
}

// The equity goes into a pipe whose other end sends Ctrl-C before it reads on, so the signal is
// there while the run is still held up by the full pipe.
TEST_F(backtest_verb, ends_between_two_steps_at_the_first_ctrl_c) {
  write_bars("BTCUSDT_1m.csv", 140'000);
  auto json_file = folder.file("result.json");
  auto pipe = folder.file("equity.csv");
  ASSERT_EQ(::mkfifo((pipe + ".part").c_str(), 0600), 0);
  std::thread reader{[&] {
    std::ifstream in{pipe + ".part"};
    std::string line;
    std::getline(in, line);
    ::kill(::getpid(), SIGINT);
    while (std::getline(in, line)) {
    }
  }};
  auto done = run_backtest({write_config(), "--json", json_file, "--equity", pipe});
  reader.join();
  EXPECT_EQ(done.code, 130) << done.err;
  EXPECT_NE(done.err.find("interrupted after"), std::string::npos) << done.err;
  auto result = nlohmann::json::parse(text_of(json_file));
  EXPECT_EQ(result.at("complete"), false);
  EXPECT_LT(result.at("bars"), 140'000);
}

TEST_F(backtest_verb, runs_the_period_that_is_asked_for) {
  write_bars("BTCUSDT_1m.csv", 400);
  auto json_file = folder.file("result.json");
  auto done = run_backtest({write_config(), "--from", "2026-01-01T01:00:00Z", "--to",
                            "2026-01-01T02:00:00Z", "--json", json_file});
  ASSERT_EQ(done.code, 0) << done.err;
  auto result = nlohmann::json::parse(text_of(json_file));
  EXPECT_EQ(result.at("bars"), 60);
  EXPECT_EQ(result.at("from"), "2026-01-01T01:01:00Z");
  EXPECT_EQ(result.at("to"), "2026-01-01T02:00:00Z");
}

TEST_F(backtest_verb, shows_what_is_undefined_as_such) {
  write_bars("BTCUSDT_1m.csv", 1);
  auto json_file = folder.file("result.json");
  auto done = run_backtest({write_config(), "--json", json_file});
  ASSERT_EQ(done.code, 0) << done.err;
  auto result = nlohmann::json::parse(text_of(json_file));
  EXPECT_TRUE(result.at("sharpe").is_null());
  EXPECT_TRUE(result.at("trades").at("win_rate").is_null());
  EXPECT_EQ(done.out.find("nan"), std::string::npos) << done.out;
}

TEST_F(backtest_verb, refuses_in_one_sentence_what_it_cannot_run) {
  write_bars("BTCUSDT_1m.csv", 10);
  auto config = write_config();
  auto expect = [&](std::vector<std::string> arguments, const std::string& sentence) {
    auto done = run_backtest(std::move(arguments));
    EXPECT_EQ(done.code, 2) << sentence;
    EXPECT_NE(done.err.find(sentence), std::string::npos) << done.err;
  };
  expect({folder.file("none.toml")}, "none.toml");
  expect({config, "--account", "side"}, "no account side");
  expect({config, "--from", "yesterday"}, "--from must be a time in UTC");
  expect({config, "--json", folder.file("no/folder/x.json")}, "cannot write");
  write_bars("BTCUSDT_1m.csv", 10, "1767226200000,1,2,3\n");
  expect({config}, "BTCUSDT_1m.csv");
}

TEST_F(backtest_verb, writes_over_nothing_that_it_reads_and_no_file_twice) {
  const auto config = write_config();
  write_bars("BTCUSDT_1m.csv", 10);
  const auto data = folder.file("BTCUSDT_1m.csv");
  const auto before = text_of(data);
  const auto expect = [&](std::vector<std::string> arguments, const std::string& sentence) {
    const auto done = run_backtest(std::vector{config} + std::move(arguments));
    EXPECT_EQ(done.code, 2) << done.out;
    EXPECT_NE(done.err.find(sentence), std::string::npos) << done.err;
    EXPECT_TRUE(done.out.empty()) << "found out before the run: " << done.out;
  };
  expect({"--json", data}, "it is read by this run");
  expect({"--fills", folder.file("./BTCUSDT_1m.csv")}, "it is read");
  expect({"--report", config}, "it is read by this run");
  expect({"--trades", folder.file("x"), "--fills", folder.file("x")}, "twice");
  expect({"--json", folder.file("")}, "it is a directory");
  EXPECT_EQ(text_of(data), before);
}

TEST_F(backtest_verb, leaves_no_half_written_result_under_its_name) {
  write_bars("BTCUSDT_1m.csv", 10, "1767226200000,1,2,3\n");
  auto fills_file = folder.file("fills.csv");
  EXPECT_EQ(run_backtest({write_config(), "--fills", fills_file}).code, 2);
  EXPECT_FALSE(std::ifstream{fills_file}.good());
}

} // namespace
} // namespace supreme::tests
