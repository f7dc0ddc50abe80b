// Goal: `supreme optimize` says the same for any number of threads, to people, in files and on its
// page, hides nothing that failed or was left out, and refuses in one sentence what it cannot do;
// `supreme lookahead` proves what it says.
// Method: the whole program in this process, on bars and a configuration that the test writes; the
// pool and the reports by themselves where a program cannot be stopped or made to fail at will.

#include "commands/interrupt.hpp"
#include "commands/optimisation_page.hpp"
#include "commands/optimisation_report.hpp"
#include "commands/program.hpp"
#include "commands/trial_pool.hpp"
#include "tests/commands/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

namespace supreme::tests {
namespace {

using namespace commands;

struct outcome {
  int code = -1;
  std::string out;
  std::string err;
};

outcome run_verb(const std::vector<std::string>& arguments) {
  std::ostringstream out;
  std::ostringstream err;
  verb_context context{
    out, err, [](const std::string&) -> std::optional<std::string> { return std::nullopt; }};
  constexpr std::array verbs{add_lookahead, add_optimize};
  const auto code = run_program(arguments, context, verbs);
  return {code, out.str(), err.str()};
}

std::string text_of(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream{file}.rdbuf();
  return text.str();
}

size_t lines_in(const std::string& text) {
  return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
}

struct search_verbs : ::testing::Test {
  search_verbs() {
    write_bars();
    config = write_config();
  }

  /// Two weeks of bars of an hour: a walk that turns often.
  void write_bars() {
    std::ofstream file{folder.file("BTCUSDT_1h.csv")};
    file << "ts,open,high,low,close,volume\n";
    int64_t open = 100'000;
    uint64_t state = 5;
    for (int64_t i = 0; i < 24 * 14; ++i) {
      state = state * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
      const auto close = open + static_cast<int64_t>((state >> 33) % 2'001) - 1'000;
      file << 1'767'225'600'000 + i * 3'600'000 << ',' << open << ',' << std::max(open, close)
           << ',' << std::min(open, close) << ',' << close << ",10\n";
      open = close;
    }
  }

  std::string write_config() {
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
interval_s = 3600
[feeds.files]
BTCUSDT = ')" << folder.file("BTCUSDT_1h.csv")
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
rsi_max = 100
[[strategies]]
id = "other"
kind = "momentum"
account = "main"
feed = "bars"
instruments = ["BTCUSDT"]
size = { mode = "fixed_notional", amount = "5000" }
)";
    return name;
  }

  std::vector<std::string> optimize(const std::vector<std::string>& more) const {
    std::vector<std::string> all{"optimize", config, "--strategy", "trend"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  temporary_folder folder;
  std::string config;
};

TEST_F(search_verbs, give_the_same_bytes_for_any_number_of_jobs) {
  std::vector<std::string> jsons;
  std::vector<std::string> texts;
  for (const char* jobs : {"1", "2", "7"}) {
    const auto file = folder.file(std::string{"result-"} + jobs + ".json");
    const auto done =
      run_verb(optimize({"--param", "fast=2:6:1", "--param", "slow=4:12:2", "--param", "signal=3,5",
                         "--walk-forward", "5d:3d", "--jobs", jobs, "--json", file}));
    ASSERT_EQ(done.code, 0) << done.err;
    jsons.push_back(text_of(file));
    texts.push_back(done.out);
  }
  EXPECT_EQ(jsons[0], jsons[1]);
  EXPECT_EQ(jsons[0], jsons[2]);
  EXPECT_EQ(texts[0], texts[2]);
}

TEST_F(search_verbs, tell_the_same_to_people_in_files_and_on_the_page) {
  const auto json_file = folder.file("result.json");
  const auto csv_file = folder.file("trials.csv");
  const auto page_file = folder.file("page.html");
  const auto done = run_verb(optimize(
    {"--param", "fast=2:6:2", "--param", "slow=4:12:4", "--walk-forward", "5d:3d", "--objective",
     "total_return", "--json", json_file, "--csv", csv_file, "--report", page_file}));
  ASSERT_EQ(done.code, 0) << done.err;
  const auto result = nlohmann::json::parse(text_of(json_file));
  EXPECT_EQ(result.at("complete"), true);
  EXPECT_EQ(result.at("objective"), "total_return");
  EXPECT_EQ(result.at("method"), "grid");
  // 2, 4 and 6 with 4, 8 and 12, less those whose fast is not below slow.
  EXPECT_EQ(result.at("planned_trials"), 7);
  EXPECT_EQ(result.at("invalid_combinations"), 2);
  EXPECT_EQ(result.at("base_parameters").at("rsi_max"), 100);
  const auto best = result.at("best_trial").get<size_t>();
  const auto& trial = result.at("trials").at(best - 1);
  EXPECT_EQ(trial.at("rank"), 1);
  for (const auto& t : result.at("trials"))
    EXPECT_LE(t.at("objective").get<double>(), trial.at("objective").get<double>());
  EXPECT_EQ(result.at("heat_map").at("columns"), nlohmann::json({2, 4, 6}));
  EXPECT_EQ(result.at("heat_map").at("rows"), nlohmann::json({4, 8, 12}));
  EXPECT_TRUE(result.at("heat_map").at("best").at(0).at(1).is_null()) << "4 is not below 4";
  EXPECT_EQ(result.at("walk_forward").at("windows").size(), 3u);
  EXPECT_FALSE(result.at("warnings").empty()) << "a walk is no edge";

  EXPECT_EQ(lines_in(text_of(csv_file)), 8u);
  EXPECT_TRUE(text_of(csv_file).starts_with("trial,rank,status,fast,slow,objective,"));

  const auto page = text_of(page_file);
  for (const auto& warning : result.at("warnings")) {
    EXPECT_NE(done.out.find(warning.get<std::string>()), std::string::npos) << done.out;
    EXPECT_NE(page.find(warning.get<std::string>()), std::string::npos);
  }
  EXPECT_NE(done.out.find("2 combinations that the strategy refuses"), std::string::npos);
  EXPECT_NE(done.out.find("█"), std::string::npos);
  EXPECT_NE(done.out.find("efficiency"), std::string::npos);
  EXPECT_EQ(page.find("http"), page.find("http-equiv")) << "the page names no address";
  EXPECT_EQ(page.find("<script"), std::string::npos);
  for (const auto& text : {done.out, page, text_of(csv_file)})
    EXPECT_EQ(text.find("nan"), std::string::npos);
}

TEST_F(search_verbs, repeat_a_random_search_by_its_seed) {
  const auto draw = [&](const char* seed) {
    const auto file = folder.file("random.json");
    const auto done = run_verb(
      optimize({"--random", "12", "--seed", seed, "--param", "fast=2:9", "--param", "slow=10:40",
                "--param", "rsi_max", "--heat-map", "slow,rsi_max", "--json", file}));
    EXPECT_EQ(done.code, 0) << done.err;
    return text_of(file);
  };
  const auto one = draw("7");
  EXPECT_EQ(one, draw("7"));
  EXPECT_NE(one, draw("8"));
  const auto result = nlohmann::json::parse(one);
  EXPECT_EQ(result.at("trials").size(), 12u);
  EXPECT_EQ(result.at("seed"), 7);
  EXPECT_EQ(result.at("heat_map").at("column_parameter"), "slow");
}

TEST_F(search_verbs, search_the_strategy_alone_with_the_configured_rest) {
  const auto file = folder.file("one.json");
  const auto done =
    run_verb({"optimize", config, "--strategy", "other", "--param", "fast=12", "--json", file});
  ASSERT_EQ(done.code, 0) << done.err;
  const auto result = nlohmann::json::parse(text_of(file));
  EXPECT_EQ(result.at("strategy"), "other");
  EXPECT_TRUE(result.at("heat_map").is_null());
  EXPECT_EQ(result.at("luck").at("trials"), 1);
}

TEST_F(search_verbs, are_described_by_flags_as_a_backtest_is) {
  const auto file = folder.file("flags.json");
  const auto data = folder.file("BTCUSDT_1h.csv");
  const auto done =
    run_verb({"optimize", "--strategy", "momentum", "--data", data, "--param", "fast=2:6:2",
              "--param", "slow=8,12", "--fee-bps", "0", "--json", file});
  ASSERT_EQ(done.code, 0) << done.err;
  const auto result = nlohmann::json::parse(text_of(file));
  EXPECT_EQ(result.at("kind"), "momentum");
  EXPECT_EQ(result.at("trials").size(), 6u);
  EXPECT_EQ(result.at("base_parameters").at("slow"), 26)
    << "what is varied has no configured value";
  const auto proof = run_verb(
    {"lookahead", "--strategy", "momentum", "--data", data, "--param", "fast=3", "--cuts", "5"});
  EXPECT_EQ(proof.code, 0) << proof.err;
  EXPECT_NE(proof.out.find("No signal changed"), std::string::npos) << proof.out;
}

TEST_F(search_verbs, take_bars_as_adjusted) {
  // Bars at a quarter of their price, of which a four-for-one reverse split makes the plain ones.
  std::filesystem::create_directory(folder.file("raw"));
  const auto raw = folder.file("raw/BTCUSDT_1h.csv");
  {
    std::istringstream in{text_of(folder.file("BTCUSDT_1h.csv"))};
    std::ofstream out{raw};
    std::string line;
    std::getline(in, line);
    for (out << line << '\n'; std::getline(in, line); out << '\n') {
      std::istringstream fields{line};
      std::string field;
      for (int n = 0; std::getline(fields, field, ','); ++n)
        out << (n > 0 ? "," : "")
            << (n == 0   ? field
                : n == 5 ? "40"
                         : divide(*trading::decimal::parse(field),
                                  trading::decimal::from_integer(4), trading::rounding::half_even)
                             .to_string());
    }
  }
  const auto factors = folder.file("factors.csv");
  std::ofstream{factors} << "ts,price_factor,split_factor\n2556057600000,1,4\n";
  const auto searched = [&](const std::vector<std::string>& data) {
    const auto file = folder.file("found.json");
    std::vector<std::string> arguments{"optimize",  "--strategy", "momentum",
                                       "--param",   "fast=2:6:2", "--param",
                                       "slow=8,12", "--json",     file};
    arguments.insert(arguments.end(), data.begin(), data.end());
    const auto done = run_verb(arguments);
    EXPECT_EQ(done.code, 0) << done.err;
    return nlohmann::json::parse(text_of(file));
  };
  const auto plain = searched({"--data", folder.file("BTCUSDT_1h.csv")});
  const auto adjusted = searched({"--data", raw, "--adjust", factors});
  EXPECT_EQ(adjusted.at("trials"), plain.at("trials"));
  EXPECT_NE(adjusted.at("trials"), searched({"--data", raw}).at("trials"));
  EXPECT_NE(adjusted.at("searched").dump().find("adjusted by the 1 row of factors.csv"),
            std::string::npos);
}

TEST_F(search_verbs, show_choices_by_their_names) {
  const auto file = folder.file("trials.csv");
  const auto done =
    run_verb(optimize({"--param", "fast=2,4", "--param", "direction=long,both", "--csv", file}));
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_NE(text_of(file).find(",done,2,both,"), std::string::npos) << text_of(file);
  EXPECT_NE(done.out.find("fast 2, direction both"), std::string::npos) << done.out;
}

TEST_F(search_verbs, refuse_in_one_sentence_what_they_cannot_do) {
  const auto expect = [](const std::vector<std::string>& arguments, const std::string& sentence) {
    const auto done = run_verb(arguments);
    EXPECT_EQ(done.code, 2) << sentence;
    EXPECT_NE(done.err.find(sentence), std::string::npos) << done.err;
  };
  expect({"optimize", config, "--param", "fast=2"},
         "the file has 2 strategies: name one with --strategy");
  expect({"optimize", config, "--strategy", "none", "--param", "fast=2"},
         "the file has no strategy none");
  expect(optimize({}), "name what to vary with --param");
  expect(optimize({"--param", "speed=2"}), "momentum has no parameter speed");
  expect(optimize({"--param", "fast=2", "--objective", "luck"}), "--objective must be one of");
  expect(optimize({"--param", "fast=2", "--walk-forward", "5"}),
         "A walk-forward needs two lengths");
  expect(optimize({"--param", "fast=2", "--walk-forward", "90d:30d"}), "The bars are too few");
  expect(optimize({"--param", "fast=2", "--jobs", "0"}), "--jobs");
  expect(optimize({"--random", "0"}), "--random");
  expect(optimize({"--param", "fast=2", "--heat-map", "fast,slow"}), "slow is not varied");
  expect(optimize({"--param", "fast=2", "--from", "2027-01-01"}), "there are no bars of BTCUSDT");
  expect(optimize({"--param", "fast=2", "--json", folder.file("no/x.json")}), "cannot write");
  expect({"lookahead", config, "--strategy", "trend", "--cuts", "0"}, "--cuts");
  expect({"lookahead", config, "--strategy", "trend", "--param", "fast=1,2"},
         "--param needs one value here, like fast=12, was fast=1,2");
  expect({"optimize", config, "--strategy", "trend", "--strategy", "other", "--param", "fast=2"},
         "--strategy names one strategy here, was given 2 times");
  expect({"optimize", "--strategy", "momentum", "--param", "fast=2"}, "--data");
}

TEST_F(search_verbs, prove_that_an_honest_strategy_does_not_see_the_future) {
  const auto file = folder.file("lookahead.json");
  const auto done =
    run_verb({"lookahead", config, "--strategy", "trend", "--cuts", "20", "--json", file});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_NE(done.out.find("No signal changed when the future did"), std::string::npos) << done.out;
  const auto result = nlohmann::json::parse(text_of(file));
  EXPECT_EQ(result.at("cuts"), 20);
  EXPECT_TRUE(result.at("finding").is_null());
  EXPECT_GT(result.at("signals"), 0);
}

// -- the pool ----------------------------------------------------------------------

TEST(trial_pool, does_each_piece_of_work_once_on_so_many_threads) {
  for (const size_t jobs : {1, 2, 7}) {
    std::vector<std::atomic<int>> done(500);
    size_t last = 0;
    const trial_pool pool{jobs, {}, [&last](const pool_progress& p) {
                            EXPECT_EQ(p.count, 500u);
                            last = p.ended;
                          }};
    pool(done.size(), [&done](size_t i) { ++done[i]; });
    EXPECT_TRUE(std::all_of(done.begin(), done.end(), [](const auto& n) { return n == 1; }));
    EXPECT_EQ(last, 500u);
  }
}

TEST(trial_pool, works_on_as_many_threads_at_once_as_it_has_jobs) {
  std::atomic<int> waiting = 0;
  const trial_pool pool{3, {}, {}};
  // Each piece ends only when all three are there.
  pool(3, [&waiting](size_t) {
    ++waiting;
    while (waiting < 3)
      std::this_thread::yield();
  });
  EXPECT_EQ(waiting, 3);
}

TEST(trial_pool, begins_nothing_more_when_it_is_told_to_stop_and_ends_what_it_began) {
  std::atomic<size_t> begun = 0;
  std::atomic<size_t> ended = 0;
  std::atomic<bool> stop = false;
  const trial_pool pool{2, [&stop] { return !stop; }, {}};
  pool(1'000'000'000, [&](size_t) {
    ++begun;
    stop = true;
    ++ended;
  });
  EXPECT_GT(begun, 0u);
  EXPECT_LT(begun, 1'000'000'000u);
  EXPECT_EQ(begun, ended);
}

TEST(trial_pool, throws_on_what_the_lowest_piece_of_work_throws) {
  const trial_pool pool{4, {}, {}};
  try {
    pool(100, [](size_t i) {
      if (i >= 10)
        throw std::runtime_error(std::to_string(i));
    });
    FAIL() << "nothing was thrown";
  } catch (const std::runtime_error& why) {
    EXPECT_STREQ(why.what(), "10");
  }
}

TEST(interrupt_guard, remembers_the_first_ctrl_c) {
  const interrupt_guard guard;
  EXPECT_FALSE(interrupt_guard::is_interrupted());
  std::raise(SIGINT);
  EXPECT_TRUE(interrupt_guard::is_interrupted());
}

// -- the reports -------------------------------------------------------------------

/// A search of two trials, one failed with a hostile reason and one not run.
optimisation_outcome make_outcome() {
  optimisation_outcome o;
  o.lines = {{"file", "<script>alert(1)</script>"}};
  o.task.plan.strategies.push_back(
    {trading::strategy_id{"trend"}, trading::find_strategy_kind("momentum"), {}, {}, {}});
  o.task.trials.names = {"fast"};
  o.task.trials.points = {{1}, {2}};
  o.found.trials.resize(2);
  o.found.trials[0].status = trading::trial_status::failed;
  o.found.trials[0].failure = "it \"broke\", <b>badly</b>";
  o.found.failed = 1;
  o.found.complete = false;
  o.found.ranking = {0, 1};
  return o;
}

TEST(optimisation_reports, say_what_failed_and_what_was_not_run) {
  auto o = make_outcome();
  o.lines = {{"data", "one"}, {"data", "two"}};
  const auto result = to_json(o);
  EXPECT_EQ(result.at("complete"), false);
  EXPECT_EQ(result.at("searched").size(), 2u) << "lines of one name are all there";
  EXPECT_EQ(result.at("searched").at(1).at("value"), "two");
  EXPECT_EQ(result.at("trials").at(0).at("status"), "failed");
  EXPECT_EQ(result.at("trials").at(0).at("failure"), "it \"broke\", <b>badly</b>");
  EXPECT_EQ(result.at("trials").at(1).at("status"), "not_run");
  EXPECT_TRUE(result.at("best_trial").is_null());
  std::ostringstream text;
  print(text, o);
  EXPECT_NE(text.str().find("0 done, 1 failed, 1 not run"), std::string::npos) << text.str();
  EXPECT_NE(text.str().find("trial 1 failed: it \"broke\""), std::string::npos);
  EXPECT_NE(text.str().find("Ended early"), std::string::npos);
  std::ostringstream csv;
  write_csv(csv, o);
  EXPECT_NE(csv.str().find("1,1,failed,1,,,,,,,,,,,,,,,\"it \"\"broke\"\", <b>badly</b>\"\n"),
            std::string::npos)
    << csv.str();
}

TEST(optimisation_reports, escape_every_text_of_the_page) {
  std::ostringstream page;
  write_page(page, make_outcome());
  EXPECT_EQ(page.str().find("<script"), std::string::npos);
  EXPECT_EQ(page.str().find("<b>"), std::string::npos);
  EXPECT_NE(page.str().find("&lt;b&gt;badly"), std::string::npos);
  EXPECT_NE(page.str().find("Incomplete."), std::string::npos);
}

} // namespace
} // namespace supreme::tests
