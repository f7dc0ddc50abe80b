// Goal: a file streamed once gives the bars that the checked file gives, and ends with the sentence
// of its first defect. Method: small files and one of several batches, plain and gzip, against
// bar_file.

#include "tests/venues/gzip_bytes.hpp"
#include "tests/venues/temporary_folder.hpp"

#include "venues/history/bar_file_stream.hpp"
#include "venues/simulated/market_generator.hpp"

#include <gtest/gtest.h>

namespace supreme::venues {
namespace {

using namespace std::chrono_literals;
using trading::bar_record;
using trading::timestamp;

const trading::instrument_id btc{"BTCUSDT"};
constexpr int64_t start_ms = 1'776'606'960'000;

/// As many bars of a minute, one behind the other but for a gap of three behind the first.
std::string many_rows(int count) {
  std::string out = "ts,open,high,low,close,volume\n";
  for (int i = 0; i < count; ++i)
    out += std::to_string(start_ms + (i == 0 ? 0 : i + 3) * 60'000LL) + ","
           + std::to_string(100 + i * 7919 % 89) + ".5,200,1,150,"
           + std::to_string(i * 104'729LL % 1'000'003) + "\n";
  return out;
}

timestamp minute(int64_t n) { return timestamp::from_ms(start_ms + n * 60'000); }

std::vector<bar_record> all_of(trading::bar_stream& stream) {
  std::vector<bar_record> out;
  for (auto batch = stream.next(); !batch.empty(); batch = stream.next())
    out.insert(out.end(), batch.begin(), batch.end());
  return out;
}

class bar_file_stream_test : public ::testing::Test {
protected:
  bar_file_settings settings(std::string_view bytes, std::string_view name = "bars.csv") {
    const auto path = folder_.file(name);
    tests::write_file(path, bytes);
    return {path, btc, 60s};
  }

  /// What ends the reading of these bytes, and how many bars came before.
  std::pair<std::string, size_t> end_of(std::string_view bytes) {
    bar_file_stream stream{settings(bytes)};
    size_t bars = 0;
    try {
      for (auto batch = stream.next(); !batch.empty(); batch = stream.next())
        bars += batch.size();
    } catch (const defective_data& why) {
      EXPECT_TRUE(stream.next().empty()) << "it goes on behind the defect";
      return {why.defect().reason, bars};
    }
    return {"", bars};
  }

  tests::temporary_folder folder_;
};

TEST_F(bar_file_stream_test, gives_the_bars_of_the_checked_file) {
  const auto text = many_rows(10'000);
  for (const auto& bytes : {text, tests::gzip(text)}) {
    const auto s = settings(bytes);
    std::vector<bar_record> expected;
    for (const auto& b : (*bar_file::open(s))->after(timestamp{}, 20'000))
      expected.push_back({b.open_time, b.open, b.high, b.low, b.close, b.volume});
    bar_file_stream stream{s};
    EXPECT_TRUE(all_of(stream) == expected);
    EXPECT_EQ(stream.summary(), *check_file(s));
  }
}

TEST_F(bar_file_stream_test, gives_the_bars_that_close_inside_the_range) {
  const auto s = settings(many_rows(10));
  bar_file_stream stream{s, {minute(5), minute(7)}};
  const auto bars = all_of(stream);
  ASSERT_EQ(bars.size(), 2u);
  EXPECT_EQ(bars[0].open_time, minute(5));
  EXPECT_EQ(bars[1].open_time, minute(6));
}

TEST_F(bar_file_stream_test, does_not_look_behind_the_range) {
  const auto s = settings(many_rows(10) + "nonsense\n");
  bar_file_stream stream{s, {minute(0), minute(7)}};
  EXPECT_EQ(all_of(stream).size(), 4u);
}

TEST_F(bar_file_stream_test, counts_gaps_and_fills_none) {
  bar_file_stream stream{settings(many_rows(10))};
  EXPECT_EQ(all_of(stream).size(), 10u);
  EXPECT_EQ(stream.summary().gaps, 1u);
  EXPECT_EQ(stream.summary().missing_bars, 3u);
}

TEST_F(bar_file_stream_test, notices_bars_that_open_a_third_away) {
  const auto leaps_of = [&](const char* close, const char* open) {
    const auto row = [](int64_t n, const std::string& o, const std::string& c) {
      return std::to_string(start_ms + n * 60'000) + "," + o + ",900,0.01," + c + ",1\n";
    };
    bar_file_stream stream{settings("ts,open,high,low,close,volume\n" + row(0, "5", "5")
                                    + row(1, "5", close) + row(2, open, "5"))};
    (void)all_of(stream);
    if (stream.summary().leaps == 1) {
      EXPECT_EQ(stream.summary().first_leap, minute(2));
    }
    return stream.summary().leaps;
  };
  EXPECT_EQ(leaps_of("6", "4"), 1u) << "three for two";
  EXPECT_EQ(leaps_of("6", "4.00000001"), 0u);
  EXPECT_EQ(leaps_of("4", "6"), 1u);
  EXPECT_EQ(leaps_of("4", "5.99999999"), 0u);
  EXPECT_EQ(leaps_of("5", "5"), 0u);
  // The close of the row before counts, whatever lies between it and the open before it.
  EXPECT_EQ(leaps_of("600", "5"), 1u);
}

TEST_F(bar_file_stream_test, ends_with_the_first_defect_and_keeps_what_was_before_the_batch) {
  EXPECT_EQ(end_of(many_rows(5'000) + "x\ny\n"),
            (std::pair<std::string, size_t>{"1 columns where the header names 6", 4'096}));
}

TEST_F(bar_file_stream_test, refuses_what_holds_no_bars) {
  EXPECT_EQ(end_of("").first, "the file is empty");
  EXPECT_EQ(end_of("ts,open,high,low,close,volume\n").first, "no rows after the header");
  bar_file_stream absent{{folder_.file("absent.csv"), btc, 60s}};
  EXPECT_THROW((void)absent.next(), defective_data);
}

TEST_F(bar_file_stream_test, gives_the_one_row_of_a_file_of_one_row) {
  EXPECT_EQ(end_of(many_rows(1)), (std::pair<std::string, size_t>{"", 1}));
}

TEST_F(bar_file_stream_test, refuses_the_end_of_a_file_that_was_changed_meanwhile) {
  const auto s = settings(many_rows(5'000));
  bar_file_stream stream{s};
  EXPECT_EQ(stream.next().size(), 4'096u);
  std::ofstream{s.path, std::ios::app} << "x";
  EXPECT_THROW((void)stream.next(), defective_data);
}

TEST_F(bar_file_stream_test, a_checked_file_gives_the_same_bars_kept_or_read_again) {
  const auto s = settings(many_rows(9'000));
  const close_range range{minute(2), minute(8'000)};
  bar_file_stream direct{s, range};
  const auto bars = all_of(direct);
  for (const size_t kept_max : {bars.size(), bars.size() - 1, size_t{0}}) {
    auto checked = checked_bars::open(s, range, kept_max);
    ASSERT_TRUE(checked) << checked.error().to_string();
    EXPECT_TRUE(all_of(**checked) == bars) << kept_max;
    EXPECT_EQ((*checked)->summary(), *check_file(s));
  }
}

TEST_F(bar_file_stream_test, a_checked_file_with_a_defect_gives_no_bar_and_names_all_defects) {
  const auto checked = checked_bars::open(settings(many_rows(10) + "x\ny\n"));
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().total, 2u);
}

TEST_F(bar_file_stream_test, a_checked_file_that_is_read_again_is_checked_again) {
  const auto s = settings(many_rows(10));
  auto checked = checked_bars::open(s, {}, 0);
  ASSERT_TRUE(checked);
  std::ofstream{s.path, std::ios::app} << "x\n";
  EXPECT_THROW((void)all_of(**checked), defective_data);
}

TEST_F(bar_file_stream_test, streams_any_history) {
  const auto s = settings(many_rows(9'000));
  bar_file_stream direct{s, {minute(2), minute(8'000)}};
  std::shared_ptr<bar_history> history = std::move(bar_file::open(s)).value();
  history_stream indirect{history, {minute(2), minute(8'000)}};
  const auto bars = all_of(direct);
  EXPECT_EQ(bars.size(), 7'996u);
  EXPECT_TRUE(all_of(indirect) == bars);
}

} // namespace
} // namespace supreme::venues
