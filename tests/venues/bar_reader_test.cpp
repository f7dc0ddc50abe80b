// Goal: what a bar file may look like, and that everything else is named with its line and reason.
// Method: small files written for the purpose, read whole through check_file or row by row.

#include "tests/venues/gzip_bytes.hpp"
#include "tests/venues/temporary_folder.hpp"

#include "config/defaults.hpp"
#include "venues/history/bar_file.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

namespace supreme::venues {
namespace {

namespace defaults = config::defaults;
using namespace std::chrono_literals;
using tests::write_file;
using trading::decimal;
using trading::timestamp;

const std::string header = "ts,open,high,low,close,volume\n";
const std::string first_row = "1776606960000,10,12,9,11,5\n";
const std::string second_row = "1776607020000,11,12,10,10.5,0\n";

class bar_reader_test : public ::testing::Test {
protected:
  bar_file_settings settings(std::string_view bytes, std::string_view name = "bars.csv",
                             trading::nanoseconds interval = 60s) {
    const auto path = folder_.file(name);
    write_file(path, bytes);
    return {path, trading::instrument_id{"BTCUSDT"}, interval};
  }

  std::vector<trading::bar> bars(std::string_view bytes, trading::nanoseconds interval = 60s) {
    const auto file = bar_file::open(settings(bytes, "bars.csv", interval));
    if (!file) {
      ADD_FAILURE() << file.error().to_string();
      return {};
    }
    return (*file)->after(timestamp::from_ns(std::numeric_limits<int64_t>::min()), 1'000'000);
  }

  /// The defects of a file that must have some.
  std::vector<data_defect> defects(const bar_file_settings& s) {
    const auto checked = check_file(s);
    EXPECT_FALSE(checked) << "this file was accepted";
    return checked ? std::vector<data_defect>{} : checked.error().listed;
  }

  /// Expects exactly this one defect.
  void expect_defect(std::string_view bytes, uint64_t line, std::string_view reason,
                     std::string_view raw, trading::nanoseconds interval = 60s) {
    const auto s = settings(bytes, "bars.csv", interval);
    const data_defect expected{s.path, line, std::string{reason}, std::string{raw}};
    const auto found = defects(s);
    ASSERT_EQ(found.size(), 1U) << file_defects{found, found.size()}.to_string();
    EXPECT_EQ(found[0], expected) << found[0].to_string();
  }

  tests::temporary_folder folder_;
};

// What is accepted --------------------------------------------------------------------------------

TEST_F(bar_reader_test, keeps_eight_fraction_digits_and_the_whole_range) {
  const auto read = bars(header
                         + "1776606960000,75901.45000000,92233720368.54775807,0.00000001,"
                           "+75921.45,3.49275000000\n");
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(read[0].instrument.str(), "BTCUSDT");
  EXPECT_EQ(read[0].open_time, timestamp::from_ms(1776606960000));
  EXPECT_EQ(read[0].interval, 60s);
  EXPECT_EQ(read[0].open, decimal::literal("75901.45"));
  EXPECT_EQ(read[0].high, decimal::from_raw(std::numeric_limits<int64_t>::max()));
  EXPECT_EQ(read[0].low, decimal::from_raw(1));
  EXPECT_EQ(read[0].close, decimal::literal("75921.45"));
  EXPECT_EQ(read[0].volume, decimal::literal("3.49275"));
}

TEST_F(bar_reader_test, rounds_further_fraction_digits_half_even_and_counts_them) {
  const auto s = settings(header
                          + "1776606960000,0.000000015,0.0000000250,0.000000005000,"
                            "0.0000000150000001,2.00000000499999\n");
  // low: 0.5 units are even 0, which no price may be.
  EXPECT_EQ(defects(s)[0].reason, "a price is not positive");

  const auto t = settings(header
                          + "1776606960000,0.000000015,0.0000000250000001,0.0000000149,"
                            "0.0000000250,2.00000000499999\n");
  const auto file = bar_file::open(t);
  ASSERT_TRUE(file) << file.error().to_string();
  const auto b = (*file)->after(timestamp{}, 1).at(0);
  EXPECT_EQ(b.open.raw(), 2);
  EXPECT_EQ(b.high.raw(), 3);
  EXPECT_EQ(b.low.raw(), 1);
  EXPECT_EQ(b.close.raw(), 2);
  EXPECT_EQ(b.volume, decimal::literal("2"));
  EXPECT_EQ((*file)->summary().rounded_values, 5U);
}

TEST_F(bar_reader_test, takes_columns_in_any_order_and_case_and_ignores_others) {
  const auto read =
    bars("Volume,close,note,TS,Low,HIGH,open\n5,11,any text!,1776606960000,9,12,10\n");
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(read[0].open, decimal::literal("10"));
  EXPECT_EQ(read[0].high, decimal::literal("12"));
  EXPECT_EQ(read[0].low, decimal::literal("9"));
  EXPECT_EQ(read[0].close, decimal::literal("11"));
  EXPECT_EQ(read[0].volume, decimal::literal("5"));
}

TEST_F(bar_reader_test, takes_windows_line_ends_and_a_byte_order_mark) {
  const auto read =
    bars("\xEF\xBB\xBFts,open,high,low,close,volume\r\n1776606960000,10,12,9,11,5\r\n");
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(read[0].volume, decimal::literal("5"));
}

TEST_F(bar_reader_test, allows_gaps) {
  EXPECT_EQ(bars(header + first_row + "1776999960000,1,1,1,1,1\n").size(), 2U);
}

TEST_F(bar_reader_test, allows_a_local_day_of_23_hours_for_daily_bars_only) {
  // 2022-03-12 and 13 at midnight in New York: the second day has 23 hours.
  const std::string rows =
    header + "1647061200000,1,1,1,1,1\n1647147600000,1,1,1,1,1\n" + "1647230400000,1,1,1,1,1\n";
  EXPECT_EQ(bars(rows, 24h).size(), 3U);
  expect_defect(header + "1647147600000,1,1,1,1,1\n1647226800000,1,1,1,1,1\n", 3,
                "opens before the row before has closed: bars of 86400 s are expected",
                "1647226800000,1,1,1,1,1", 24h);
}

struct time_case {
  const char* column;
  const char* text;
  int64_t ns;
};

class bar_reader_time_test : public bar_reader_test,
                             public ::testing::WithParamInterface<time_case> {};

TEST_P(bar_reader_time_test, reads_the_time_in_the_unit_of_its_column) {
  const auto& c = GetParam();
  const auto read =
    bars(std::string{"open,high,low,close,volume,"} + c.column + "\n1,1,1,1,1," + c.text + "\n");
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(read[0].open_time.ns(), c.ns);
}

constexpr int64_t second = 1'000'000'000;
INSTANTIATE_TEST_SUITE_P(
  , bar_reader_time_test,
  ::testing::Values(time_case{"ts", "1776606960000", 1776606960 * second},
                    time_case{"timestamp", "-1500", -1'500'000'000},
                    time_case{"ts_ms", "1776606960001", 1776606960 * second + 1'000'000},
                    time_case{"ts_s", "1776606960", 1776606960 * second},
                    time_case{"ts_us", "1776606960000001", 1776606960 * second + 1'000},
                    time_case{"ts_ns", "1776606960000000001", 1776606960 * second + 1},
                    time_case{"time", "2026-04-19T13:56:00Z", 1776606960 * second},
                    time_case{"Date", "2026-04-19", 1776556800 * second},
                    time_case{"datetime", "2026-04-19 13:56", 1776606960 * second},
                    time_case{"datetime", "2026-04-19 13:56:00.5",
                              1776606960 * second + second / 2},
                    time_case{"open_time", "2026-04-19 09:56:00-04:00", 1776606960 * second},
                    time_case{"ts", "2026-04-19T19:26:00+05:30", 1776606960 * second},
                    time_case{"ts", "0000001776606960000", 1776606960 * second}));

TEST_F(bar_reader_test, sums_up_a_good_file) {
  const auto checked =
    check_file(settings(header + first_row + second_row + "1776607200000,1,1,1,1,1\n"));
  ASSERT_TRUE(checked) << checked.error().to_string();
  const file_summary expected{
    3, timestamp::from_ms(1776606960000), timestamp::from_ms(1776607260000), 60s, 0, 1, 2,
    1, timestamp::from_ms(1776607200000), trading::price::from_integer(1),   true};
  EXPECT_EQ(*checked, expected);
}

// What is refused ---------------------------------------------------------------------------------

struct bad_case {
  const char* name;
  std::string bytes;
  uint64_t line;
  std::string reason;
  std::string raw;
};

class bar_reader_refusal_test : public bar_reader_test,
                                public ::testing::WithParamInterface<bad_case> {};

TEST_P(bar_reader_refusal_test, names_line_and_reason) {
  const auto& c = GetParam();
  expect_defect(c.bytes, c.line, c.reason, c.raw);
}

bad_case bad_row(const char* name, const std::string& row, const std::string& reason) {
  return {name, header + first_row + row + "\n" + "1776999960000,1,1,1,1,1\n", 3, reason, row};
}

const std::string hint =
  ": the first line must name the columns, as in ts,open,high,low,close,volume";

INSTANTIATE_TEST_SUITE_P(
  , bar_reader_refusal_test,
  ::testing::Values(
    bad_case{"empty_file", "", 0, "the file is empty", ""},
    bad_case{"byte_order_mark_alone", "\xEF\xBB\xBF\n", 1, "the header is missing" + hint,
             "\\xef\\xbb\\xbf"},
    bad_case{"header_missing", first_row + second_row, 1, "the header is missing" + hint,
             "1776606960000,10,12,9,11,5"},
    bad_case{"header_alone", header, 1, "no rows after the header", ""},
    bad_case{"header_without_end", "ts,open,high,low,close,volume", 1,
             "the last line has no end: the file may have been cut off",
             "ts,open,high,low,close,volume"},
    bad_case{"column_missing", "ts,open,high,low,volume\n" + first_row, 1,
             "column close is missing" + hint, "ts,open,high,low,volume"},
    bad_case{"time_column_missing", "open,high,low,close,volume\n" + first_row, 1,
             "column ts is missing" + hint, "open,high,low,close,volume"},
    bad_case{"column_twice", "ts,open,high,low,close,volume,Open\n" + first_row, 1,
             "a second column open", "ts,open,high,low,close,volume,Open"},
    bad_case{"two_times", "ts,date,open,high,low,close,volume\n" + first_row, 1,
             "a second column of times: date", "ts,date,open,high,low,close,volume"},
    bad_case{
      "too_many_columns", "ts,open,high,low,close,volume" + std::string(64, ',') + "\n" + first_row,
      1, "more than 64 columns", "ts,open,high,low,close,volume" + std::string(51, ',') + "..."},
    bad_row("empty_line", "", "empty line"),
    bad_row("too_few_columns", "1776607020000,11,12,10,10.5", "5 columns where the header names 6"),
    bad_row("too_many_values", "1776607020000,11,12,10,10.5,0,7",
            "7 columns where the header names 6"),
    bad_row("words", "abc", "1 columns where the header names 6"),
    bad_row("not_a_number", "1776607020000,11,12,10,ten,0", "close is not a decimal number"),
    bad_row("exponent", "1776607020000,11,12,10,1e1,0", "close is not a decimal number"),
    bad_row("not_a_number_value", "1776607020000,11,12,10,NaN,0", "close is not a decimal number"),
    bad_row("infinity", "1776607020000,11,inf,10,11,0", "high is not a decimal number"),
    bad_row("space", "1776607020000, 11,12,10,11,0", "open is not a decimal number"),
    bad_row("quotes", "1776607020000,\"11\",12,10,11,0", "open is not a decimal number"),
    bad_row("two_points", "1776607020000,11,1.2.3,10,11,0", "high is not a decimal number"),
    bad_row("no_digits_after_the_point", "1776607020000,11.,12,10,11,0",
            "open is not a decimal number"),
    bad_row("no_digits_before_the_point", "1776607020000,.5,12,10,11,0",
            "open is not a decimal number"),
    bad_row("comma_for_a_point", "1776607020000,11,12,10,10,5,0",
            "7 columns where the header names 6"),
    bad_row("empty_value", "1776607020000,11,12,10,,0", "close is empty"),
    bad_row("too_large", "1776607020000,11,92233720368.54775808,10,11,0",
            "high is outside the range of decimals"),
    bad_row("far_too_large", "1776607020000,11,12,10,11,99999999999999999999999",
            "volume is outside the range of decimals"),
    bad_row("rounds_out_of_the_range", "1776607020000,11,92233720368.547758075,10,11,0",
            "high is outside the range of decimals"),
    bad_row("negative_price", "1776607020000,11,12,-10,11,0", "a price is not positive"),
    bad_row("zero_price", "1776607020000,11,12,0,11,0", "a price is not positive"),
    bad_row("high_below_low", "1776607020000,11,10,12,11,0", "high is below low"),
    bad_row("open_outside", "1776607020000,13,12,10,11,0", "open is outside low to high"),
    bad_row("close_outside", "1776607020000,11,12,10,9,0", "close is outside low to high"),
    bad_row("negative_volume", "1776607020000,11,12,10,11,-1", "volume is negative"),
    bad_row("same_time", "1776606960000,11,12,10,11,0", "not later than the row before"),
    bad_row("earlier", "1776606900000,11,12,10,11,0", "not later than the row before"),
    bad_row("overlapping", "1776606990000,11,12,10,11,0",
            "opens before the row before has closed: bars of 60 s are expected"),
    bad_row("time_empty", ",11,12,10,11,0", "ts is empty"),
    bad_row("time_fraction", "1776607020000.5,11,12,10,11,0",
            "ts is neither whole milliseconds nor an ISO 8601 time"),
    bad_row("time_of_another_kind", "19/04/2026,11,12,10,11,0",
            "ts is neither whole milliseconds nor an ISO 8601 time"),
    bad_row("day_that_does_not_exist", "2026-02-30,11,12,10,11,0",
            "ts is neither whole milliseconds nor an ISO 8601 time"),
    bad_row("offset_cut", "2026-04-20T10:00:00+05,11,12,10,11,0",
            "ts is neither whole milliseconds nor an ISO 8601 time"),
    bad_row("nanoseconds_as_milliseconds", "1776607020000000000,11,12,10,11,0",
            "ts is outside the range of times: is its unit right?"),
    bad_row("endless_number", "99999999999999999999999,11,12,10,11,0",
            "ts is outside the range of times: is its unit right?"),
    bad_row("closes_after_the_end_of_time", "9223372036854,11,12,10,11,0",
            "the bar closes outside the range of times: is the unit right?"),
    bad_row("header_again", "ts,open,high,low,close,volume",
            "ts is neither whole milliseconds nor an ISO 8601 time"),
    bad_case{"bytes", header + first_row + std::string("1776607020000,\0\x01\xFF,12,10,11,0\n", 29),
             3, "open is not a decimal number", "1776607020000,\\x00\\x01\\xff,12,10,11,0"},
    bad_case{"too_long",
             header + first_row + std::string(defaults::csv_line_bytes_max + 1, '1') + "\n", 3,
             "longer than 4096 bytes", std::string(defaults::csv_quote_bytes_max, '1') + "..."}),
  [](const auto& test) { return std::string{test.param.name}; });

TEST_F(bar_reader_test, refuses_a_last_line_without_an_end_even_if_it_reads_well) {
  expect_defect(header + first_row + "1776607020000,11,12,10,10.5,0", 3,
                "the last line has no end: the file may have been cut off",
                "1776607020000,11,12,10,10.5,0");
}

TEST_F(bar_reader_test, seconds_taken_for_milliseconds_are_noticed) {
  expect_defect(header + "1776606960,1,1,1,1,1\n1776607020,1,1,1,1,1\n", 3,
                "opens before the row before has closed: bars of 60 s are expected",
                "1776607020,1,1,1,1,1");
}

TEST_F(bar_reader_test, a_plain_file_cut_at_any_byte_is_refused_unless_whole_lines_are_left) {
  const std::string whole = header + first_row + second_row;
  for (size_t length = 0; length < whole.size(); ++length) {
    const bool whole_lines = length == header.size() + first_row.size();
    EXPECT_EQ(check_file(settings(whole.substr(0, length))).has_value(), whole_lines) << length;
  }
}

TEST_F(bar_reader_test, lists_all_defects_in_the_order_of_lines) {
  const auto found =
    defects(settings(header + "x\n" + first_row + first_row + "\n" + second_row + "1,2,3,4"));
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0].line, 2U);
  EXPECT_EQ(found[0].reason, "1 columns where the header names 6");
  EXPECT_EQ(found[1].line, 4U);
  EXPECT_EQ(found[1].reason, "not later than the row before");
  EXPECT_EQ(found[2].line, 5U);
  EXPECT_EQ(found[2].reason, "empty line");
  EXPECT_EQ(found[3].line, 7U);
  EXPECT_EQ(found[3].reason, "the last line has no end: the file may have been cut off");
}

TEST_F(bar_reader_test, lists_a_bounded_number_of_defects_and_counts_all) {
  std::string bytes = header + first_row;
  for (size_t i = 0; i < defaults::csv_defects_max + 7; ++i)
    bytes += "x\n";
  const auto checked = check_file(settings(bytes));
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().listed.size(), defaults::csv_defects_max);
  EXPECT_EQ(checked.error().total, defaults::csv_defects_max + 7);
  EXPECT_TRUE(checked.error().to_string().ends_with("and 7 more\n"));
}

TEST_F(bar_reader_test, goes_on_behind_a_line_of_megabytes) {
  const auto found =
    defects(settings(header + first_row + std::string(3'000'000, '7') + "\n" + second_row + "y\n"));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].line, 3U);
  EXPECT_EQ(found[0].reason, "longer than 4096 bytes");
  EXPECT_EQ(found[0].raw, std::string(defaults::csv_quote_bytes_max, '7') + "...");
  EXPECT_EQ(found[1].line, 5U);
}

TEST_F(bar_reader_test, a_line_of_the_greatest_length_is_a_line) {
  std::string row = "1776607020000,11,12,10,11,0";
  row.append(defaults::csv_line_bytes_max - row.size(), '0');
  row[row.find_last_of(',') + 2] = '.';
  EXPECT_EQ(bars(header + row + "\n").size(), 1U);
}

TEST_F(bar_reader_test, refuses_what_is_no_readable_file) {
  const trading::instrument_id btc{"BTCUSDT"};
  const auto absent = defects({folder_.file("absent.csv"), btc, 60s});
  EXPECT_EQ(absent.at(0).reason, "cannot be opened: No such file or directory");
  EXPECT_EQ(absent.at(0).line, 0U);
  EXPECT_EQ(defects({folder_.file(""), btc, 60s}).at(0).reason, "not a regular file");
  ASSERT_EQ(::mkfifo(folder_.file("pipe.csv").c_str(), 0600), 0);
  EXPECT_EQ(defects({folder_.file("pipe.csv"), btc, 60s}).at(0).reason, "not a regular file");
}

TEST_F(bar_reader_test, writes_a_defect_as_file_line_reason_and_text) {
  EXPECT_EQ((data_defect{"a.csv", 7, "close is empty", "1,2,,"}.to_string()),
            "a.csv:7: close is empty: 1,2,,");
  EXPECT_EQ((data_defect{"a.csv", 0, "the file is empty", ""}.to_string()),
            "a.csv: the file is empty");
}

TEST_F(bar_reader_test, reads_rows_one_by_one_and_goes_on_behind_a_defect) {
  bar_reader r{settings(header + first_row + "x\n" + second_row)};
  ASSERT_EQ(r.next(), csv_outcome::row);
  EXPECT_EQ(r.current().close, decimal::literal("11"));
  ASSERT_EQ(r.next(), csv_outcome::defect);
  EXPECT_EQ(r.defect().line, 3U);
  ASSERT_EQ(r.next(), csv_outcome::row);
  EXPECT_EQ(r.current().close, decimal::literal("10.5"));
  EXPECT_EQ(r.next(), csv_outcome::end);
  EXPECT_EQ(r.next(), csv_outcome::end);
  EXPECT_EQ(r.rows(), 2U);
}

// gzip --------------------------------------------------------------------------------------------

std::string many_rows(int count) {
  std::string out = header;
  for (int i = 0; i < count; ++i)
    out += std::to_string(1776606960000 + i * 60000LL) + "," + std::to_string(100 + i * 7919 % 89)
           + ".5,200,1,150," + std::to_string(i * 104729LL % 1'000'003) + "\n";
  return out;
}

TEST_F(bar_reader_test, reads_gzip_by_content_and_in_several_members) {
  const std::string whole = many_rows(1'000);
  const auto plain = bars(whole);
  EXPECT_EQ(bars(tests::gzip(whole)), plain);
  EXPECT_EQ(
    bars(tests::gzip(whole.substr(0, 5'000)) + tests::gzip("") + tests::gzip(whole.substr(5'000))),
    plain);
}

TEST_F(bar_reader_test, refuses_a_plain_file_that_calls_itself_gzip) {
  const auto found = defects(settings(header + first_row, "bars.csv.gz"));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].line, 0U);
  EXPECT_EQ(found[0].reason, "not a gzip file, in spite of its name");
}

TEST_F(bar_reader_test, a_gzip_file_cut_at_any_byte_is_refused) {
  const std::string whole = tests::gzip(many_rows(300));
  for (size_t length = 0; length < whole.size(); ++length) {
    const auto found = defects(settings(whole.substr(0, length), "bars.csv.gz"));
    const std::string reason = found.at(found.size() - 1).reason;
    if (length >= 2) {
      EXPECT_EQ(reason, "the gzip data ends too early: the file was cut off") << length;
    }
  }
}

TEST_F(bar_reader_test, names_the_line_at_which_gzip_data_breaks) {
  const std::string text = many_rows(40'000);
  const std::string whole = tests::gzip(text);
  const auto found = defects(settings(whole.substr(0, whole.size() / 2), "bars.csv.gz"));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_GT(found[0].line, 15'000U);
  EXPECT_LT(found[0].line, 25'000U);
}

TEST_F(bar_reader_test, no_flipped_byte_of_a_gzip_file_changes_what_is_read) {
  const std::string text = many_rows(200);
  const std::string whole = tests::gzip(text);
  const auto good = bars(text);
  size_t refused = 0;
  for (size_t i = 0; i < whole.size(); ++i)
    for (const unsigned bit : {0x01U, 0x80U}) {
      std::string damaged = whole;
      damaged[i] = static_cast<char>(static_cast<unsigned char>(damaged[i]) ^ bit);
      const auto file = bar_file::open(settings(damaged, "bars.csv.gz"));
      // Some bytes mean nothing, and some data has two spellings: the same bars are no damage.
      if (file)
        EXPECT_TRUE((*file)->after(timestamp{}, 1'000) == good) << i;
      else
        ++refused;
    }
  EXPECT_GT(refused, 2 * whole.size() * 95 / 100);
}

TEST_F(bar_reader_test, refuses_anything_behind_the_gzip_data) {
  const auto found = defects(settings(tests::gzip(many_rows(3)) + "rubbish", "bars.csv.gz"));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].line, 5U);
  EXPECT_TRUE(found[0].reason.starts_with("the gzip data is damaged at byte ")) << found[0].reason;
}

} // namespace
} // namespace supreme::venues
