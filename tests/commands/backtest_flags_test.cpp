// Goal: a backtest described by flags is the one that a file describes, says what it takes for
// granted, and refuses in one sentence what it cannot run. Method: the whole program in this
// process, on bars that the test writes.

#include "tests/commands/backtest_run.hpp"
#include "tests/commands/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace supreme::tests {
namespace {

struct backtest_by_flags : ::testing::Test {
  std::string bars(const std::string& name, size_t count, const std::string& damage = "") {
    write_saw(folder.file(name), count, damage);
    return folder.file(name);
  }

  nlohmann::json result_of(std::vector<std::string> arguments) {
    const auto file = folder.file("result.json");
    const auto done = run_backtest(std::move(arguments) + std::vector<std::string>{"--json", file});
    EXPECT_EQ(done.code, 0) << done.err;
    if (done.code != 0)
      return {};
    auto result = nlohmann::json::parse(text_of(file));
    result.erase("inputs"); // What was read where: tests compare what came of it.
    return result;
  }

  void expect_refusal(std::vector<std::string> arguments, const std::string& sentence) {
    const auto done = run_backtest(std::move(arguments));
    EXPECT_EQ(done.code, 2) << sentence << '\n' << done.out;
    EXPECT_NE(done.err.find(sentence), std::string::npos) << done.err;
  }

  temporary_folder folder;
};

TEST_F(backtest_by_flags, is_the_backtest_that_a_file_describes) {
  const auto data = bars("BTCUSDT_1m.csv", 400);
  const auto config = folder.file("cluster.toml");
  std::ofstream{config} << R"(cluster = "test"
[[instruments]]
id = "BTCUSDT"
base = "BTC"
quote = "USDT"
tick_size = "0.01"
lot_size = "0.00001"
min_notional = "0"
[[feeds]]
name = "bars"
kind = "csv"
interval_s = 60
[feeds.files]
BTCUSDT = ')" << data << R"('
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
taker_fee_bps = 7
[[strategies]]
id = "momentum"
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
)";
  auto by_file = result_of({config});
  auto by_flags = result_of(
    fast_momentum()
    + std::vector<std::string>{"--size", "fixed_notional:5000", "--data", data, "--fee-bps", "7"});
  ASSERT_FALSE(by_file.empty());
  EXPECT_GT(by_file.at("fills"), 20);
  by_file.erase("account");
  by_flags.erase("account");
  EXPECT_EQ(by_flags, by_file);
}

TEST_F(backtest_by_flags, says_what_it_takes_for_granted) {
  const auto done =
    run_backtest(fast_momentum() + std::vector<std::string>{"--data", bars("BTCUSDT_1m.csv", 100)});
  ASSERT_EQ(done.code, 0) << done.err;
  for (const auto* text :
       {"BTCUSDT, bars of 1m, in USDT; tick 0.01, lot 0.00001", "10,000 USDT, long only",
        "fee 10 bps, maker 10 bps, slippage 0 bps, any share of a bar's volume", "fast=1",
        "direction=long", "size percent_of_equity share_bps=9000"})
    EXPECT_NE(done.out.find(text), std::string::npos) << text << '\n' << done.out;
}

TEST_F(backtest_by_flags, takes_a_choice_by_its_name_as_by_its_number) {
  const auto data = bars("BTCUSDT_1m.csv", 100);
  const auto with = [&](const char* direction) {
    return run_backtest(fast_momentum()
                        + std::vector<std::string>{"--param", direction, "--data", data});
  };
  const auto named = with("direction=both");
  ASSERT_EQ(named.code, 0) << named.err;
  EXPECT_NE(named.out.find("direction=both"), std::string::npos) << named.out;
  EXPECT_EQ(named.out, with("direction=2").out);
}

TEST_F(backtest_by_flags, gives_options_to_the_strategy_and_the_file_before_them) {
  std::vector<std::string> arguments{"--param",      "slow=3",
                                     "--strategy",   "momentum",
                                     "--param",      "fast=1",
                                     "--size",       "fixed_quantity:1",
                                     "--strategy",   "momentum",
                                     "--param",      "fast=2",
                                     "--size",       "fixed_quantity:2",
                                     "--data",       bars("a.csv", 50),
                                     "--instrument", "BTCUSDT",
                                     "--interval",   "1m",
                                     "--data",       bars("b.csv", 50),
                                     "--instrument", "ETHUSDT",
                                     "--interval",   "1m"};
  const auto result = result_of(arguments);
  ASSERT_EQ(result.at("strategies").size(), 2u);
  const auto& first = result.at("strategies")[0];
  const auto& second = result.at("strategies")[1];
  EXPECT_EQ(first.at("id"), "momentum");
  EXPECT_EQ(second.at("id"), "momentum-2");
  EXPECT_EQ(first.at("parameters").at("fast"), 1);
  EXPECT_EQ(second.at("parameters").at("fast"), 2);
  EXPECT_EQ(first.at("parameters").at("slow"), 3);
  EXPECT_EQ(second.at("parameters").at("slow"), 3);
  EXPECT_EQ(result.at("instruments")[0].at("id"), "BTCUSDT");
  EXPECT_EQ(result.at("instruments")[1].at("id"), "ETHUSDT");
  EXPECT_EQ(result.at("bars"), 100);
}

TEST_F(backtest_by_flags, says_which_strategy_earned_what_on_which_instrument) {
  const std::vector<std::string> arguments{"--strategy",   "momentum",
                                           "--param",      "fast=1",
                                           "--param",      "slow=3",
                                           "--size",       "fixed_quantity:1",
                                           "--strategy",   "momentum",
                                           "--param",      "fast=2",
                                           "--param",      "slow=4",
                                           "--size",       "fixed_quantity:2",
                                           "--data",       bars("a.csv", 90),
                                           "--instrument", "BTCUSDT",
                                           "--interval",   "1m",
                                           "--data",       bars("b.csv", 55),
                                           "--instrument", "ETHUSDT",
                                           "--interval",   "1m"};
  const auto result = result_of(arguments);
  const auto& earned = result.at("attribution");
  const auto net_of = [](const auto& part) {
    return *trading::decimal::parse(part.at("net").template get<std::string>());
  };
  const auto sum_of = [&](const char* by) {
    trading::decimal sum;
    for (const auto& part : earned.at(by))
      sum += net_of(part);
    return sum;
  };
  ASSERT_EQ(earned.at("by_slot").size(), 4u);
  ASSERT_EQ(earned.at("by_instrument").size(), 2u);
  EXPECT_TRUE(earned.at("by_slot").contains("momentum-2/ETHUSDT"));
  const auto change = *trading::decimal::parse(result.at("equity").get<std::string>())
                      - trading::decimal::from_integer(10'000);
  EXPECT_FALSE(change.is_zero());
  EXPECT_EQ(net_of(earned.at("total")), change);
  for (const auto* by : {"by_strategy", "by_instrument", "by_slot"})
    EXPECT_EQ(sum_of(by), change) << by;
  EXPECT_EQ(result.at("strategies")[1].at("net"),
            earned.at("by_strategy").at("momentum-2").at("net"));

  const auto done = run_backtest(arguments);
  EXPECT_NE(done.out.find("\nBy strategy\n  momentum          net "), std::string::npos)
    << done.out;
  EXPECT_NE(done.out.find("\nBy instrument\n  "), std::string::npos) << done.out;
}

TEST_F(backtest_by_flags, counts_the_bars_of_days_on_their_days) {
  const auto file = folder.file("SPY_1d.csv");
  {
    std::ofstream out{file};
    out << "ts,open,high,low,close,volume\n";
    constexpr int64_t monday = 1'704'067'200'000; // 2024-01-01
    for (int64_t day = 0; day < 60; ++day)
      if (day % 7 < 5)
        out << monday + day * 86'400'000 << ",100,102,99," << 100 + day % 3 << ",1000\n";
  }
  const auto result = result_of({"--strategy", "sma_cross", "--param", "fast=2", "--param",
                                 "slow=3", "--data", file, "--lot", "0.01"});
  EXPECT_EQ(result.at("days_per_year"), 252);
  EXPECT_EQ(result.at("daily_equity").at(0).at("day"), "2024-01-01");
  EXPECT_EQ(result.at("daily_equity").at(4).at("day"), "2024-01-05");
}

TEST_F(backtest_by_flags, adjusts_bars_for_splits) {
  // The first of two days at twice the price, of which a two-for-one split makes the plain saw.
  constexpr size_t minutes = 2'000;
  constexpr size_t minutes_a_day = 1'440;
  const auto plain = bars("SPLITUSDT_1m.csv", minutes);
  std::filesystem::create_directory(folder.file("raw"));
  const auto raw = folder.file("raw/SPLITUSDT_1m.csv");
  {
    std::istringstream in{text_of(plain)};
    std::ofstream out{raw};
    std::string line;
    std::getline(in, line);
    out << line << '\n';
    for (size_t i = 0; std::getline(in, line); ++i) {
      std::istringstream fields{line};
      std::string field;
      for (int n = 0; std::getline(fields, field, ','); ++n) {
        const bool before = i < minutes_a_day;
        out << (n > 0 ? "," : "");
        if (n == 0 || !before)
          out << field;
        else
          out << (n < 5 ? std::stoi(field) * 2 : std::stoi(field) / 2);
      }
      out << '\n';
    }
  }
  const auto factors = folder.file("SPLIT_factors.csv");
  std::ofstream{factors} << "ts,price_factor,split_factor,reference_price\n"
                            "1767225600000,1,0.5,2000\n2556057600000,1,1,0\n";
  const auto with = [&](const std::vector<std::string>& data) {
    return result_of(fast_momentum() + data);
  };
  const auto of_plain = with({"--data", plain});
  EXPECT_GT(of_plain.at("fills"), 100);
  EXPECT_NE(with({"--data", raw}), of_plain);
  EXPECT_EQ(with({"--data", raw, "--adjust", factors}), of_plain);

  const auto done =
    run_backtest(fast_momentum() + std::vector<std::string>{"--data", raw, "--adjust", factors});
  EXPECT_NE(done.out.find("note      SPLITUSDT: adjusted by the 2 rows of SPLIT_factors.csv, which "
                          "change nothing after 2026-01-01\n"),
            std::string::npos)
    << done.out;
  const std::string leap = "SPLITUSDT: 1 bar opens a third or more away from the close before";
  EXPECT_EQ(done.out.find(leap), std::string::npos) << "of the adjusted bars, none does";
  const auto unadjusted = run_backtest(fast_momentum() + std::vector<std::string>{"--data", raw});
  EXPECT_NE(unadjusted.out.find(leap + ", the first 2026-01-02T00:00:00"), std::string::npos)
    << unadjusted.out;
}

TEST_F(backtest_by_flags, says_in_each_file_what_it_was_given_and_what_to_know_of_it) {
  const auto data = bars("BTCUSDT_1m.csv", 100);
  const auto factors = folder.file("factors.csv");
  std::ofstream{factors} << "ts,price_factor,split_factor\n2556057600000,1.000000001,1\n";
  const auto json = folder.file("result.json");
  const auto page = folder.file("result.html");
  const auto done = run_backtest({"--strategy", "momentum", "--data", data, "--adjust", factors,
                                  "--json", json, "--report", page});
  ASSERT_EQ(done.code, 0) << done.err;
  const auto inputs = nlohmann::json::parse(text_of(json)).at("inputs");
  std::vector<std::string> names;
  for (const auto& line : inputs) {
    names.push_back(line.at("name"));
    const auto value = line.at("value").get<std::string>();
    EXPECT_NE(done.out.find(value), std::string::npos) << value;
    if (line.at("name") == "note") { // The others hold what a page escapes.
      EXPECT_NE(text_of(page).find(value), std::string::npos) << value;
    }
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{"data", "strategy", "account", "costs", "note", "note"}));
  EXPECT_EQ(inputs[4].at("value"),
            "BTCUSDT: adjusted by the 1 row of factors.csv, which change nothing");
  EXPECT_EQ(inputs[5].at("value"), "factors.csv: 1 number had more than 8 decimals, rounded");
}

TEST_F(backtest_by_flags, refuses_price_factors_that_belong_to_no_bars) {
  const auto data = bars("BTCUSDT_1m.csv", 10);
  const auto factors = folder.file("factors.csv");
  std::ofstream{factors} << "ts,price_factor,split_factor\n1767139200000,1,0.5\n";
  expect_refusal({"--strategy", "momentum", "--adjust", factors, "--data", data},
                 "--adjust belongs to the --data before it, and there is none");
  expect_refusal({"--strategy", "momentum", "--ticks", data, "--adjust", factors},
                 "--adjust adjusts bars, and stands behind --ticks " + data);
  expect_refusal(
    {"--strategy", "momentum", "--data", data, "--adjust", factors, "--adjust", factors},
    "--adjust stands twice behind --data " + data);
  expect_refusal({"--strategy", "momentum", "--data", data, "--adjust", folder.file("none.csv")},
                 "there is no such file");
  expect_refusal({"--strategy", "momentum", "--data", data, "--adjust", factors},
                 "BTCUSDT_1m.csv:2: nobody knows its price factors: the last ones of " + factors);
  expect_refusal({"--strategy", "momentum", "--data", data, "--adjust", data},
                 "BTCUSDT_1m.csv:1: ");
  expect_refusal({"cluster.toml", "--adjust", factors}, "--adjust does not go together with it");
}

TEST_F(backtest_by_flags, takes_a_tick_as_fine_as_the_prices) {
  const auto file = folder.file("EURUSD_1m.csv");
  std::ofstream{file} << "ts,open,high,low,close,volume\n"
                         "1767225600000,1.10255,1.1031,1.1,1.1,0\n"
                         "1767225660000,1.1,1.1,1.1,1.1,0\n";
  const auto done = run_backtest({"--strategy", "momentum", "--data", file});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_NE(done.out.find("in USD; tick 0.00001"), std::string::npos) << done.out;
}

TEST_F(backtest_by_flags, runs_one_bar_and_says_that_there_was_nothing_to_trade) {
  const auto done =
    run_backtest(fast_momentum() + std::vector<std::string>{"--data", bars("BTCUSDT_1m.csv", 1)});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_NE(done.out.find("there was nothing to trade"), std::string::npos) << done.out;
  EXPECT_EQ(done.out.find("nan"), std::string::npos) << done.out;
}

TEST_F(backtest_by_flags, says_that_there_is_no_volume_to_take_a_share_of) {
  const auto data = folder.file("EURUSD_1m.csv");
  std::ofstream{data} << "ts,open,high,low,close,volume\n1767225600000,1,1,1,1,0\n";
  const std::vector<std::string> plain{"--strategy", "momentum", "--data", data};
  const char* note = "EURUSD: no bar has any volume";
  EXPECT_EQ(run_backtest(plain).out.find(note), std::string::npos);
  const std::vector<std::string> share{"--volume-share", "5"};
  EXPECT_NE(run_backtest(plain + share).out.find(note), std::string::npos);
}

TEST_F(backtest_by_flags, refuses_what_is_missing_or_unknown) {
  const auto data = bars("BTCUSDT_1m.csv", 10);
  expect_refusal({"--strategy", "momentum"}, "give bars with --data");
  expect_refusal({"--data", data}, "name a strategy with --strategy");
  expect_refusal({"--strategy", "momentun", "--data", data}, "did you mean momentum?");
  expect_refusal({"--strategy", "zzz", "--data", data},
                 "there is no strategy \"zzz\"; there are: ");
  expect_refusal({"--strategy", "momentum", "--param", "fest=3", "--data", data},
                 "did you mean fast?");
  expect_refusal({"--strategy", "momentum", "--data", folder.file("none_1m.csv")},
                 "there is no such file");
  expect_refusal({"--strategy", "momentum", "--data", folder.file("")}, "it is no file but a");
  expect_refusal({"--strategy", "momentum", "--data", bars("BTCUSDT.csv", 10)}, "--interval 1h");
  expect_refusal({"--strategy", "momentum", "--data", bars("btc_1m.csv", 10)},
                 "name it with --instrument");
  expect_refusal({"cluster.toml", "--data", data}, "--data does not go together with it");
  expect_refusal({"--strategy", "momentum", "--data", data, "--from", "2027-01-01"},
                 "there are no bars in this period");
}

TEST_F(backtest_by_flags, refuses_numbers_outside_their_range) {
  const auto data = bars("BTCUSDT_1m.csv", 10);
  const auto with = [&](const std::string& flag, const std::string& value) {
    return std::vector<std::string>{"--strategy", "momentum", "--data", data, flag, value};
  };
  expect_refusal(with("--cash", "0"), "--cash must be a number above 0");
  expect_refusal(with("--cash", "1e9"), "was 1e9");
  expect_refusal(with("--cash", "99999999999999"), "was 99999999999999");
  expect_refusal(with("--fee-bps", "1001"), "--fee-bps must be a number from 0 to 1000");
  expect_refusal(with("--fee-bps", "nan"), "was nan");
  expect_refusal(with("--volume-share", "101"), "from 0 to 100");
  expect_refusal(with("--tick", "-1"), "--tick must be");
  expect_refusal(with("--lot", "0"), "--lot must be");
  expect_refusal(with("--interval", "2w"), "--interval must be");
  expect_refusal(with("--aggregate", "often"), "--aggregate must be");
  expect_refusal(with("--latency-ms", "-1"), "--latency-ms must be");
  expect_refusal(with("--to", "tomorrow"), "--to must be a time in UTC");
  expect_refusal({"--strategy", "momentum", "--param", "fast=900", "--data", data},
                 "fast must be between 1 and 500, was 900.");
  expect_refusal({"--strategy", "momentum", "--param", "fast=inf", "--data", data}, "fast must be");
  expect_refusal({"--strategy", "momentum", "--param", "fast", "--data", data},
                 "--param must be a name and a value");
  expect_refusal({"--strategy", "momentum", "--param", "fast=quick", "--data", data},
                 "--param fast must be a number, was quick");
  expect_refusal({"--strategy", "momentum", "--param", "direction=up", "--data", data},
                 "--param direction must be one of long, short, both, was up");
  expect_refusal({"--strategy", "momentum", "--param", "fast=50", "--data", data},
                 "fast must be below slow.");
  expect_refusal({"--strategy", "momentum", "--size", "all", "--data", data},
                 "--size must be MODE:VALUE");
  expect_refusal({"--strategy", "momentum", "--size", "fixed_quantity:-1", "--data", data},
                 "must be a number above 0");
  expect_refusal({"--strategy", "momentum", "--size", "fixed_quantity", "--data", data},
                 "needs an amount");
  expect_refusal({"--strategy", "momentum", "--size", "kelly:50", "--data", data},
                 "the share of equity of the first trades as well, as in kelly:50:5");
  expect_refusal(
    {"--strategy", "momentum", "--size", "risk_based:1", "--data", data},
    "--size of momentum: risk_based sizes by the distance of a stop, and stop_atr is 0");
}

TEST_F(backtest_by_flags, sizes_by_risk_what_cash_covers) {
  const auto result = result_of({"--strategy", "sma_cross", "--param", "fast=2", "--param",
                                 "slow=5", "--param", "stop_atr=0.1", "--param", "atr_length=2",
                                 "--size", "risk_based:50", "--data", bars("BTCUSDT_1m.csv", 400)});
  ASSERT_FALSE(result.empty());
  EXPECT_GT(result.at("fills"), 1);
  for (const auto& each : result.at("refusals"))
    EXPECT_NE(each.at("code"), "cash");
}

TEST_F(backtest_by_flags, trades_by_kelly_from_the_share_of_the_first_trades_on) {
  const auto data = bars("BTCUSDT_1m.csv", 400);
  const auto result = result_of({"--strategy", "sma_cross", "--param", "fast=2", "--param",
                                 "slow=5", "--size", "kelly:50:20", "--data", data});
  ASSERT_FALSE(result.empty());
  EXPECT_GT(result.at("fills"), 1);
}

TEST_F(backtest_by_flags, refuses_files_that_do_not_go_together) {
  const auto one = bars("BTCUSDT_1m.csv", 10);
  const auto same = bars("BTCUSDT_1m_more.csv", 10);
  const auto other = bars("BTCEUR_1m.csv", 10);
  expect_refusal({"--strategy", "momentum", "--data", one, "--data", same}, "both about BTCUSDT");
  expect_refusal({"--strategy", "momentum", "--data", one, "--data", other},
                 "one account counts in one asset");
}

TEST_F(backtest_by_flags, refuses_damaged_files_by_their_lines) {
  const auto with = [&](const std::string& text) {
    const auto file = folder.file("BTCUSDT_1m.csv");
    std::ofstream{file} << text;
    return std::vector<std::string>{"--strategy", "momentum", "--data", file};
  };
  expect_refusal(with(""), "BTCUSDT_1m.csv");
  expect_refusal(with("ts,open,high,low,close,volume\n"), "no rows after the header");
  expect_refusal(with("ts,open,high,low,close\n1767225600000,1,1,1,1\n"), "volume");
  expect_refusal(with("ts,open,high,low,close,volume\n1767225600000,0,1,0,1,1\n"),
                 "BTCUSDT_1m.csv:2: a price is not positive");
}

TEST_F(backtest_by_flags, says_why_sizes_came_to_nothing) {
  const auto with = fast_momentum()
                    + std::vector<std::string>{"--size", "fixed_quantity:0.000001", "--data",
                                               bars("BTCUSDT_1m.csv", 100)};
  const auto refused = result_of(with).at("refusal_times").at(0);
  EXPECT_EQ(refused.at("code"), "quantity_zero");
  EXPECT_EQ(refused.at("why"), (nlohmann::json{{"below_lot", refused.at("count")}}));
  const auto said = run_backtest(with).out;
  EXPECT_NE(said.find("below_lot " + refused.at("count").dump() + '\n'), std::string::npos) << said;
}

TEST_F(backtest_by_flags, counts_sizes_that_no_cash_covers_as_refusals) {
  const auto result = result_of(fast_momentum()
                                + std::vector<std::string>{"--size", "fixed_quantity:90000000",
                                                           "--data", bars("BTCUSDT_1m.csv", 100)});
  EXPECT_EQ(result.at("orders"), 0);
  EXPECT_FALSE(result.at("refusals").empty());
  EXPECT_EQ(result.at("equity"), "10000");
}

TEST_F(backtest_by_flags, ends_with_a_sentence_when_money_leaves_its_range) {
  const auto file = folder.file("UPUSDT_1m.csv");
  std::ofstream out{file};
  out << "ts,open,high,low,close,volume\n";
  // Up by a half each bar but for every fifth, from a price of 100.
  for (int64_t i = 0, price = 100; i < 30; ++i) {
    const auto close = i % 5 == 0 ? price - price / 10 : price + price / 2;
    out << 1'767'225'600'000 + i * 60'000 << ',' << price << ',' << std::max(price, close) << ','
        << std::min(price, close) << ',' << close << ",10\n";
    price = close;
  }
  out.close();
  const auto json = folder.file("result.json");
  expect_refusal(fast_momentum()
                   + std::vector<std::string>{"--data", file, "--cash", "90000000000", "--size",
                                              "fixed_notional:80000000000", "--json", json},
                 "the backtest ended: ");
  EXPECT_FALSE(std::ifstream{json}.good());
}

} // namespace
} // namespace supreme::tests
