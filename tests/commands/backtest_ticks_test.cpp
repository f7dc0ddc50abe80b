// Goal: the command runs over ticks: it makes the bars, fills against trades, quotes or depth, and
// refuses in one sentence what does not go together. Method: the whole program in this process, on
// ticks that the test writes, beside a run over the same bars; and on the shared data.

#include "tests/commands/backtest_run.hpp"
#include "tests/commands/temporary_folder.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace supreme::tests {
namespace {

using arguments = std::vector<std::string>;

struct backtest_by_ticks : ::testing::Test {
  std::string trades(size_t count, const std::string& damage = "") {
    const auto file = folder.file("BTCUSDT_trades.csv");
    write_trades(file, count, damage);
    return file;
  }
  std::string written(const std::string& name, const std::string& text) {
    std::ofstream{folder.file(name)} << text;
    return folder.file(name);
  }

  backtest_outcome run(arguments more) {
    return run_backtest(fast_momentum() + arguments{"--size", "fixed_quantity:2"}
                        + std::move(more));
  }
  nlohmann::json result_of(arguments more) {
    const auto file = folder.file("result.json");
    const auto done = run(std::move(more) + arguments{"--json", file});
    EXPECT_EQ(done.code, 0) << done.err;
    return done.code == 0 ? nlohmann::json::parse(text_of(file)) : nlohmann::json{};
  }
  void expect_refusal(arguments more, const std::string& sentence) {
    const auto done = run(std::move(more));
    EXPECT_EQ(done.code, 2) << sentence << '\n' << done.out;
    EXPECT_NE(done.err.find(sentence), std::string::npos) << done.err;
  }

  temporary_folder folder;
};

TEST_F(backtest_by_ticks, without_latency_is_the_run_over_the_bars_of_the_trades) {
  constexpr size_t minutes = 200;
  const auto file = trades(minutes * 120 + 1);
  std::ofstream bars{folder.file("BTCUSDT_1m.csv")};
  bars << "ts,open,high,low,close,volume\n";
  for (size_t i = 0; i < minutes; ++i) {
    const auto low = 1000 + 5 * (i % 20 < 10 ? i % 20 : 20 - i % 20);
    bars << 1'767'225'600'000 + static_cast<int64_t>(i) * 60'000 << ',' << low << ',' << low + 1
         << ',' << low << ',' << low + 1 << ",120\n";
  }
  bars.close();
  const auto by_ticks = result_of({"--ticks", file, "--interval", "1m"});
  const auto by_bars = result_of({"--data", folder.file("BTCUSDT_1m.csv")});
  EXPECT_EQ(by_ticks.at("bars"), minutes);
  EXPECT_GT(by_ticks.at("fills"), 10);
  EXPECT_EQ(by_ticks.at("fills"), by_bars.at("fills"));
  EXPECT_EQ(by_ticks.at("equity"), by_bars.at("equity"));
}

TEST_F(backtest_by_ticks, orders_fill_where_the_latency_brings_them) {
  const auto file = trades(120 * 60 + 1);
  const auto fills = folder.file("fills.csv");
  ASSERT_EQ(
    run({"--ticks", file, "--interval", "1m", "--latency-ms", "700", "--fills", fills}).code, 0);
  const auto text = text_of(fills);
  EXPECT_GT(lines_in(text), 4u);
  // Decided on a whole minute, 0.7 s under way, and a trade each half second.
  EXPECT_EQ(std::string::npos, text.find(":00Z")) << text;
  EXPECT_NE(std::string::npos, text.find(":01Z")) << text;
}

TEST_F(backtest_by_ticks, says_what_orders_fill_against_and_what_was_noticed) {
  const auto file = trades(1'000, "1767300000000,1000,1,,2000\n");
  const auto done = run({"--ticks", file, "--interval", "1m"});
  ASSERT_EQ(done.code, 0) << done.err;
  for (const char* text :
       {"BTCUSDT, trades, bars of 1m, filled against trades", "any share of a trade's volume",
        "the ids of 999 trades are missing", "1 trade without a side"})
    EXPECT_NE(done.out.find(text), std::string::npos) << text << '\n' << done.out;
}

TEST_F(backtest_by_ticks, orders_take_what_quotes_and_depth_display) {
  const auto file = trades(120 * 60 + 1);
  const auto quotes = written("quotes.csv", "ts,bid,bid_size,ask,ask_size\n"
                                            "1767225600000,900,50,2000,50\n");
  const auto depth = written("depth.csv", "ts,final_update_id,type,side,price,size\n"
                                          "1767225600000,1,snapshot,bid,900,50\n"
                                          "1767225600000,1,snapshot,ask,2000,50\n");
  for (const auto& more : {arguments{"--quotes", quotes}, {"--depth", depth}}) {
    const auto fills = folder.file("fills.csv");
    ASSERT_EQ(
      run(arguments{"--cash", "1000000", "--ticks", file, "--interval", "1m", "--fills", fills}
          + more)
        .code,
      0);
    EXPECT_NE(text_of(fills).find(",2000,"), std::string::npos) << text_of(fills);
  }
}

TEST_F(backtest_by_ticks, refuses_in_one_sentence_what_it_cannot_run) {
  const auto file = trades(500);
  const auto quotes = written("quotes.csv", "ts,bid,bid_size,ask,ask_size\n1,9,1,10,1\n");
  const arguments ticks{"--ticks", file, "--interval", "1m"};
  expect_refusal({"--ticks", file}, "Say so with --interval 1m");
  expect_refusal({"--ticks", folder.file("none.csv"), "--interval", "1m"}, "no such file");
  expect_refusal({"--quotes", quotes}, "--quotes belongs to the --ticks before it");
  expect_refusal(ticks + arguments{"--quotes", quotes, "--depth", quotes}, "give one of them");
  for (const char* flag : {"--slippage-bps", "--volume-share"})
    expect_refusal(ticks + arguments{"--quotes", quotes, flag, "1"}, "walk what is displayed");
  expect_refusal(ticks + arguments{"--from", "2026-01-01"}, "--from chooses bars");
  expect_refusal(ticks + arguments{"--aggregate", "1h"}, "--aggregate chooses bars");
  write_saw(folder.file("ETHUSDT_1m.csv"), 10);
  expect_refusal(ticks + arguments{"--data", folder.file("ETHUSDT_1m.csv")},
                 "--data and --ticks do not go together");
  write_trades(folder.file("ETHUSDT_trades.csv"), 500);
  const arguments second{"--ticks", folder.file("ETHUSDT_trades.csv"), "--interval"};
  expect_refusal(ticks + second + arguments{"5m"}, "bars of all ticks are of one length, 1m");
  expect_refusal(ticks + second + arguments{"1m", "--quotes", quotes},
                 "belong to all --ticks or to none");
}

TEST_F(backtest_by_ticks, ends_with_file_line_and_reason_of_the_first_defect) {
  expect_refusal({"--ticks", trades(500, "1767300000000,0,1,buy,501\n"), "--interval", "1m"},
                 "BTCUSDT_trades.csv:502: the price is not positive: 1767300000000,0,1,buy,501");
  expect_refusal({"--ticks", trades(0), "--interval", "1m"}, "no rows after the header");
  expect_refusal({"--ticks", written("BTCUSDT_x.csv", ""), "--interval", "1m"},
                 "the file is empty");
}

TEST_F(backtest_by_ticks, runs_over_recorded_trades_and_depth) {
  SUPREME_SHARED_PATH(
    recorded, "data/trades/binance_spot/BTCUSDT_2024-08-08T2354_2024-08-09T0005_trades.csv.gz");
  SUPREME_SHARED_PATH(
    depth, "data/book/binance_spot/BTCUSDT_2024-08-08T2354_2024-08-09T0005_depth.csv.gz");
  const arguments plain{"--cash",     "1000000", "--ticks",      recorded.string(),
                        "--interval", "1s",      "--latency-ms", "20"};
  const auto by_trades = result_of(plain);
  const auto by_depth = result_of(plain + arguments{"--depth", depth.string()});
  EXPECT_GT(by_trades.at("bars"), 600);
  EXPECT_EQ(by_trades.at("bars"), by_depth.at("bars"));
  EXPECT_GT(by_trades.at("fills"), 50);
  EXPECT_GT(by_depth.at("fills"), by_trades.at("fills")) << "two units walk more than one level";
}

} // namespace
} // namespace supreme::tests
