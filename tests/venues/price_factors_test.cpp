// Goal: bars of shares come adjusted for splits and dividends, by a file that is as strictly read
// as theirs. Method: small files written for the purpose; and what was recorded of real shares, at
// their real splits.

#include "tests/support/shared_data.hpp"
#include "tests/venues/gzip_bytes.hpp"
#include "tests/venues/temporary_folder.hpp"

#include "venues/feed_history.hpp"
#include "venues/history/bar_file.hpp"
#include "venues/history/bar_file_stream.hpp"
#include "venues/history/factor_reader.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace supreme::venues {
namespace {

using trading::decimal;
using trading::timestamp;

constexpr auto day = std::chrono::hours{24};
const std::string factor_header = "ts,price_factor,split_factor,reference_price\n";
// 2020-01-02 and 2020-01-03, and what is left of time.
const std::string three_rows = "1577923200000,0.8,0.5,100\n"
                               "1578009600000,0.9,1,50\n"
                               "2556057600000,1,1,0\n";

std::vector<trading::bar> all_of(const std::unique_ptr<bar_history>& history) {
  return history->after(timestamp::from_ns(std::numeric_limits<int64_t>::min()), 100'000);
}

class price_factors_file : public ::testing::Test {
protected:
  std::string write(const std::string& name, const std::string& bytes) {
    tests::write_file(folder_.file(name), bytes);
    return folder_.file(name);
  }
  /// The reason why these factors are refused.
  std::string refusal_of(const std::string& bytes) {
    try {
      (void)read_price_factors(write("factors.csv", bytes));
    } catch (const defective_data& why) {
      return std::to_string(why.defect().line) + ": " + why.defect().reason;
    }
    return "none";
  }
  /// The feed of a file of bars with factors, as a configuration has it.
  config::cluster_settings feed_of(const std::string& bars, const std::string& factors) {
    config::cluster_settings settings;
    config::feed_settings feed;
    feed.kind = config::feed_kind::csv;
    feed.interval_s = 86'400;
    feed.files.emplace(spy, write("bars.csv", "ts,open,high,low,close,volume\n" + bars));
    feed.factors.emplace(spy, write("factors.csv", factor_header + factors));
    settings.feeds.push_back(feed);
    return settings;
  }
  std::unique_ptr<bar_history> opened(const config::cluster_settings& settings) {
    return open_history(settings, settings.feeds.front(), spy);
  }

  const trading::instrument_id spy{"SPY"};
  tests::temporary_folder folder_;
};

TEST_F(price_factors_file, adjusts_each_bar_by_the_row_of_its_day) {
  const auto settings =
    feed_of("1577836800000,100,100,100,100,10\n" // The day before the first row.
            "1577923200000,100,100,100,100,10\n"
            "1578009600000,50,50,50,50,10\n"
            "1578096000000,50,50,50,50,10\n",
            three_rows);
  const auto bars = all_of(opened(settings));
  ASSERT_EQ(bars.size(), 4u);
  const auto closes = {bars[0].close, bars[1].close, bars[2].close, bars[3].close};
  EXPECT_EQ(std::vector<decimal>(closes),
            (std::vector{decimal::literal("40"), decimal::literal("40"), decimal::literal("45"),
                         decimal::literal("50")}));
  EXPECT_EQ(bars[1].volume, decimal::literal("20"));
  EXPECT_EQ(bars[2].volume, decimal::literal("10"));
}

TEST_F(price_factors_file, counts_the_day_that_a_bar_opens_on) {
  auto settings =
    feed_of("1577923199999,100,100,100,100,10\n" // 2020-01-01, a moment before midnight
            "1578009599999,100,100,100,100,10\n"
            "1578095999999,100,100,100,100,10\n",
            three_rows);
  settings.feeds.front().interval_s = 3'600;
  const auto bars = all_of(opened(settings));
  ASSERT_EQ(bars.size(), 3u);
  EXPECT_EQ(bars[0].close, decimal::literal("40"));
  EXPECT_EQ(bars[1].close, decimal::literal("40"));
  EXPECT_EQ(bars[2].close, decimal::literal("90"));
}

TEST_F(price_factors_file, refuses_bars_that_no_row_holds_for) {
  const auto settings = feed_of("1577923200000,100,100,100,100,10\n"
                                "1578009600000,100,100,100,100,10\n",
                                "1577923200000,0.8,0.5,100\n");
  try {
    (void)opened(settings);
    FAIL() << "bars without factors were taken";
  } catch (const std::runtime_error& why) {
    EXPECT_NE(
      std::string{why.what()}.find("bars.csv:3: nobody knows its price factors: the last ones of "
                                   + folder_.file("factors.csv") + " hold up to 2020-01-02"),
      std::string::npos)
      << why.what();
  }
}

TEST_F(price_factors_file, refuses_bars_that_cannot_be_adjusted) {
  const auto refusal = [&](const std::string& row, const std::string& factor) {
    try {
      (void)opened(feed_of("1577923200000," + row + "\n", "1577923200000," + factor + ",0\n"));
    } catch (const std::runtime_error& why) {
      return std::string{why.what()};
    }
    return std::string{"none"};
  };
  EXPECT_NE(refusal("0.00000001,1,0.00000001,1,1", "0.1,1").find("an adjusted price is below 1e-8"),
            std::string::npos);
  EXPECT_NE(refusal("1,1,1,1,90000000000", "1,0.5").find("outside the range of decimals"),
            std::string::npos);
  // What is wrong with the bar itself comes first.
  EXPECT_NE(refusal("1,1,2,1,1", "0.1,1").find("high is below low"), std::string::npos);
}

TEST_F(price_factors_file, is_read_strictly) {
  EXPECT_EQ(refusal_of(factor_header + three_rows), "none");
  EXPECT_EQ(refusal_of(factor_header), "1: no rows after the header");
  EXPECT_EQ(refusal_of(factor_header + "1577923200000,0,0.5,100\n"), "2: a factor is below 0.0001");
  EXPECT_EQ(refusal_of(factor_header + three_rows + "2556057600001,1,1,0\n"),
            "5: not on a later day than the row before");
  EXPECT_EQ(refusal_of(factor_header + "1577923200000,nan,0.5,100\n").rfind("2: price_factor", 0),
            0u);
  EXPECT_EQ(refusal_of("ts,price_factor\n1577923200000,1\n").rfind("1: ", 0), 0u);
  EXPECT_NE(refusal_of("ts,price_factor\n1577923200000,1\n").find("split_factor"),
            std::string::npos);
  EXPECT_THROW((void)read_price_factors(folder_.file("none.csv")), defective_data);
}

TEST_F(price_factors_file, counts_the_numbers_that_it_rounds) {
  const auto read = read_price_factors(
    write("factors.csv", factor_header + "1577923200000,0.123456785,0.5,1\n"
                           + "1578009600000,0.5,0.987654321,1\n2556057600000,1,1,0\n"));
  EXPECT_EQ(read->rounded_values, 2u);
  EXPECT_EQ(read->factors.find(0)->price, decimal::literal("0.12345678"));
}

TEST_F(price_factors_file, may_be_compressed) {
  const auto plain = read_price_factors(write("factors.csv", factor_header + three_rows));
  const auto packed =
    read_price_factors(write("factors.csv.gz", tests::gzip(factor_header + three_rows)));
  ASSERT_EQ(packed->factors.size(), 3u);
  for (const auto day_of_row : {18'263, 18'264, 29'000})
    EXPECT_EQ(*packed->factors.find(day_of_row), *plain->factors.find(day_of_row));
}

TEST_F(price_factors_file, adjusts_a_file_that_is_read_again_as_one_that_is_kept) {
  std::string rows;
  for (int64_t i = 0; i < 9'000; ++i)
    rows += std::to_string(1'577'836'800'000 + i * 60'000) + ",100,100,100,100,10\n";
  auto settings = feed_of(rows, three_rows);
  settings.feeds.front().interval_s = 60;
  const auto file = file_of(settings.feeds.front(), spy);
  const auto closes_with = [&](size_t kept_max) {
    auto opened = checked_bars::open(file, {}, kept_max);
    EXPECT_TRUE(opened);
    std::vector<decimal> out;
    for (auto part = (*opened)->next(); !part.empty(); part = (*opened)->next())
      for (const auto& each : part)
        out.push_back(each.close);
    return out;
  };
  const auto kept = closes_with(10'000);
  ASSERT_EQ(kept.size(), 9'000u);
  EXPECT_EQ(kept.front(), decimal::literal("40"));
  EXPECT_EQ(kept.back(), decimal::literal("100"));
  EXPECT_EQ(closes_with(0), kept);
}

/// The move from a day's close to the next open, in parts of a hundred.
int64_t overnight_move(const std::vector<trading::bar>& bars, const char* opening_day) {
  const auto open_time = *timestamp::parse(std::string{opening_day} + "T00:00:00Z");
  const auto found =
    std::find_if(bars.begin(), bars.end(), [&](const auto& b) { return b.open_time == open_time; });
  EXPECT_TRUE(found != bars.end() && found != bars.begin()) << opening_day;
  const auto before = std::prev(found)->close;
  return (found->open - before).raw() * 100 / before.raw();
}

TEST(shared_price_factors, take_the_jump_out_of_every_known_split) {
  SUPREME_SHARED_PATH(bars_folder, "data/bars/us_equity_daily");
  SUPREME_SHARED_PATH(factors_folder, "data/corporate_actions");
  struct known_split {
    const char* name;
    const char* day;
    int64_t raw_move_max; ///< per cent
  };
  for (const auto& known : {known_split{"AAPL", "2014-06-09", -80},
                            {"AAPL", "2020-08-31", -70},
                            {"QQQ", "2000-03-20", -45},
                            {"IBM", "1999-05-27", -45},
                            {"IWM", "2005-06-09", -45}}) {
    bar_file_settings file{(bars_folder / (std::string{known.name} + "_1d.csv")).string(),
                           trading::instrument_id{known.name}, day};
    const auto moves_by = [&] {
      auto bars = bar_file::open(file);
      EXPECT_TRUE(bars) << bars.error().to_string();
      return overnight_move(
        (*bars)->after(timestamp::from_ns(std::numeric_limits<int64_t>::min()), 100'000),
        known.day);
    };
    EXPECT_LE(moves_by(), known.raw_move_max) << known.name;
    file.factors =
      read_price_factors((factors_folder / (std::string{known.name} + "_factors.csv")).string());
    EXPECT_LE(std::abs(moves_by()), 3) << known.name << ' ' << known.day;
  }
}

/// The price of a day's close that remains when what was paid the next day has left it.
TEST(shared_price_factors, take_out_of_a_close_what_was_published_as_its_dividend) {
  SUPREME_SHARED_PATH(bars_folder, "data/bars/us_equity_daily");
  SUPREME_SHARED_PATH(factors_folder, "data/corporate_actions");
  struct known_dividend {
    const char* name;
    const char* last_day; ///< before shares trade without it
    double paid;          ///< dollars a share of that day
  };
  for (const auto& known : {known_dividend{"AAPL", "2012-08-08", 2.65},
                            {"SPY", "2020-12-17", 1.580},
                            {"SPY", "2021-03-18", 1.278}}) {
    const auto path = [&](const std::filesystem::path& in, const char* end) {
      return (in / (std::string{known.name} + end)).string();
    };
    bar_file_settings file{path(bars_folder, "_1d.csv"), trading::instrument_id{known.name}, day};
    const auto at = *timestamp::parse(std::string{known.last_day} + "T00:00:00Z");
    // The closes of the day and of the one after it.
    const auto closes = [&] {
      const auto bars = all_of(std::move(bar_file::open(file)).value());
      const auto found =
        std::ranges::find_if(bars, [&](const auto& b) { return b.open_time >= at; });
      EXPECT_EQ(utc_day(found->open_time), utc_day(at)) << known.name;
      return std::pair{found->close.to_double(), std::next(found)->close.to_double()};
    };
    const auto [cum, ex] = closes();
    file.factors = read_price_factors(path(factors_folder, "_factors.csv"));
    const auto [adjusted_cum, adjusted_ex] = closes();
    EXPECT_NEAR(adjusted_ex / adjusted_cum, ex / (cum - known.paid), 2e-6)
      << known.name << ' ' << known.last_day;
  }
}

} // namespace
} // namespace supreme::venues
