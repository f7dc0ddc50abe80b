// Goal: files of trades, quotes and depth are read as their venues write them, and everything else
// is named with its line and reason. Method: small files written for the purpose.

#include "tests/venues/temporary_folder.hpp"

#include "venues/history/depth_file_stream.hpp"
#include "venues/history/tick_file_stream.hpp"

#include <gtest/gtest.h>

namespace supreme::venues {
namespace {

using trading::decimal;
using trading::side;
using trading::timestamp;

class tick_reader_test : public ::testing::Test {
protected:
  std::string file(std::string_view bytes) {
    const auto path = folder_.file("ticks.csv");
    tests::write_file(path, bytes);
    return path;
  }

  /// The rows of a file that has no defect.
  template <class Reader>
  auto rows_of(Reader&& reader) {
    std::vector<typename std::remove_cvref_t<Reader>::record> out;
    for (auto found = reader.next(); found != csv_outcome::end; found = reader.next())
      if (found == csv_outcome::row)
        out.push_back(reader.current());
      else
        ADD_FAILURE() << reader.defect().to_string();
    return out;
  }
  std::vector<trading::trade_tick> trades(std::string_view bytes) {
    return rows_of(trade_reader{file(bytes)});
  }

  /// "line: reason" of each defect.
  template <class Reader>
  static std::vector<std::string> defects_of(Reader&& reader) {
    std::vector<std::string> out;
    for (auto found = reader.next(); found != csv_outcome::end; found = reader.next())
      if (found == csv_outcome::defect)
        out.push_back(std::to_string(reader.defect().line) + ": " + reader.defect().reason);
    return out;
  }

  tests::temporary_folder folder_;
};

using texts = std::vector<std::string>;

// Trades ------------------------------------------------------------------------------------------

TEST_F(tick_reader_test, reads_trades_with_their_aggressor) {
  const auto read = trades("ts,price,size,side,trade_id,order_type\n"
                           "1723161255342,61837.63000000,0.02000000,sell,7,\n"
                           "1723161255342,61837.64,3,BUY,8,X\n"
                           "1723161255343,61837,0.00000001,,9,\n");
  ASSERT_EQ(read.size(), 3u);
  EXPECT_EQ(read[0],
            (trading::trade_tick{timestamp::from_ms(1723161255342), decimal::literal("61837.63"),
                                 decimal::literal("0.02"), side::sell}));
  EXPECT_EQ(read[1].aggressor, side::buy);
  EXPECT_EQ(read[2].aggressor, std::nullopt);
  EXPECT_EQ(read[2].size, decimal::from_raw(1));
}

TEST_F(tick_reader_test, reads_aggregated_trades_by_their_maker) {
  const auto read =
    trades("agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker\n"
           "5,100.5,2,11,12,1723161255342,true\n"
           "6,100.5,2,13,13,1723161255342,False\n"
           "7,100.5,2,14,14,1723161255342,1\n");
  ASSERT_EQ(read.size(), 3u);
  EXPECT_EQ(read[0].aggressor, side::sell);
  EXPECT_EQ(read[1].aggressor, side::buy);
  EXPECT_EQ(read[2].aggressor, side::sell);
}

TEST_F(tick_reader_test, reads_times_in_microseconds_where_the_column_says_so) {
  EXPECT_EQ(trades("ts_us,price,qty\n1723161255342001,1,1\n").at(0).time.ns(),
            1'723'161'255'342'001'000);
}

TEST_F(tick_reader_test, sums_up_what_is_no_defect_but_worth_a_word) {
  trade_reader reader{
    file("ts,price,size,side,trade_id\n"
         "1000,1,1,buy,5\n1000,1,1,,6\n9000,1,1,buy,10\n9500,1.123456789,1,,11\n")};
  EXPECT_EQ(rows_of(reader).size(), 4u);
  const auto s = reader.summary();
  EXPECT_EQ(s.rows, 4u);
  EXPECT_EQ(s.first, timestamp::from_ms(1000));
  EXPECT_EQ(s.last, timestamp::from_ms(9500));
  EXPECT_EQ(s.longest_pause, std::chrono::seconds{8});
  EXPECT_EQ(s.missing_ids, 3u);
  EXPECT_EQ(s.without_aggressor, 2u);
  EXPECT_EQ(s.rounded_values, 1u);
}

TEST_F(tick_reader_test, names_what_is_wrong_with_a_trade) {
  const std::string good = "5000,10,1,buy,4\n";
  const std::vector<std::pair<std::string, std::string>> cases{
    {"5000,0,1,buy,5", "the price is not positive"},
    {"5000,-1,1,buy,5", "the price is not positive"},
    {"5000,10,0,buy,5", "the size is not positive"},
    {"5000,10,-0.1,buy,5", "the size is not positive"},
    {"5000,92233720368,2,buy,5", "price times size is outside the range of decimals"},
    {"5000,10,99999999999999,buy,5", "size is outside the range of decimals"},
    {"4999,10,1,buy,5", "earlier than the row before"},
    {"5000,10,1,buy,4", "the id of the row before"},
    {"5000,10,1,buy,3", "an id that is not above the one before"},
    {"5000,10,1,buy,", "the trade has no id"},
    {"5000,10,1,up,5", "side is neither buy nor sell"},
    {"5000,ten,1,buy,5", "price is not a decimal number"},
    {"5000,10,,buy,5", "size is empty"},
    {"5000,10,1,buy", "4 columns where the header names 5"},
    {"99999999999999999999,10,1,buy,5", "ts is outside the range of times: is its unit right?"},
  };
  for (const auto& [row, reason] : cases)
    EXPECT_EQ(defects_of(trade_reader{
                file("ts,price,size,side,trade_id\n" + good + row + "\n" + "6000,10,1,sell,9\n")}),
              texts{"3: " + reason});
}

TEST_F(tick_reader_test, refuses_two_aggressors_that_differ) {
  EXPECT_EQ(defects_of(trade_reader{file("ts,price,size,side,is_buyer_maker\n1,1,1,buy,true\n")}),
            texts{"2: side and is_buyer_maker contradict each other"});
  EXPECT_EQ(defects_of(trade_reader{file("ts,price,size,is_buyer_maker\n1,1,1,maybe\n")}),
            texts{"2: is_buyer_maker is neither true nor false"});
}

TEST_F(tick_reader_test, refuses_a_file_of_trades_without_a_header) {
  EXPECT_EQ(defects_of(trade_reader{file("7,61837.63,0.02,1236.75,1723161255342,true,true\n")}),
            texts{"1: the header is missing: the first line must name the columns, as in "
                  "ts,price,size,side,trade_id"});
  EXPECT_EQ(defects_of(trade_reader{file("ts,price,side\n")}),
            texts{"1: column size is missing: the first line must name the columns, as in "
                  "ts,price,size,side,trade_id"});
}

TEST_F(tick_reader_test, a_stream_ends_with_the_defect_or_with_the_rows) {
  trade_file_stream good{file("ts,price,size\n1,1,1\n2,1,1\n")};
  EXPECT_EQ(good.next().size(), 2u);
  EXPECT_TRUE(good.next().empty());
  trade_file_stream bad{file("ts,price,size\n1,1,1\n0,1,1\n")};
  EXPECT_THROW((void)bad.next(), defective_data);
  EXPECT_TRUE(bad.next().empty());
  trade_file_stream none{file("ts,price,size\n")};
  EXPECT_THROW((void)none.next(), defective_data);
  trade_file_stream empty{file("")};
  EXPECT_THROW((void)empty.next(), defective_data);
}

// Quotes ------------------------------------------------------------------------------------------

constexpr const char* quote_header = "ts,bid,bid_size,ask,ask_size\n";

TEST_F(tick_reader_test, reads_quotes_whose_sides_may_be_absent) {
  const auto read =
    rows_of(quote_reader{file(std::string{quote_header} + "1,99,2,100,3\n1,,,100,3\n2,99,0,,\n")});
  ASSERT_EQ(read.size(), 3u);
  EXPECT_EQ(read[0], (trading::quote_tick{timestamp::from_ms(1), decimal::literal("99"),
                                          decimal::literal("2"), decimal::literal("100"),
                                          decimal::literal("3")}));
  EXPECT_TRUE(read[1].bid_size.is_zero());
  EXPECT_EQ(read[1].ask_size, decimal::literal("3"));
  EXPECT_TRUE(read[2].bid_size.is_zero());
  EXPECT_TRUE(read[2].ask_size.is_zero());
}

TEST_F(tick_reader_test, takes_a_size_for_an_unreported_one_only_when_told) {
  const auto path = file(std::string{quote_header} + "1,1.38710,,1.38726,\n");
  EXPECT_EQ(defects_of(quote_reader{path}),
            texts{"2: bid_size is empty, and there is no size to take for it"});
  const auto read = rows_of(quote_reader{path, decimal::literal("1000000")});
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].bid_size, decimal::literal("1000000"));
  EXPECT_EQ(read[0].ask_size, decimal::literal("1000000"));
}

TEST_F(tick_reader_test, names_what_is_wrong_with_a_quote) {
  const std::vector<std::pair<std::string, std::string>> cases{
    {"5,101,1,100,1", "the bid is above the ask"}, {"5,0,1,100,1", "bid is not positive"},
    {"5,99,1,-100,1", "ask is not positive"},      {"5,99,-1,100,1", "bid_size is negative"},
    {"5,99,1,,1", "ask is empty, but has a size"}, {"4,99,1,100,1", "earlier than the row before"},
  };
  for (const auto& [row, reason] : cases)
    EXPECT_EQ(
      defects_of(quote_reader{file(std::string{quote_header} + "5,99,1,100,1\n" + row + "\n")}),
      texts{"3: " + reason});
}

// Depth -------------------------------------------------------------------------------------------

constexpr const char* depth_header = "ts,first_update_id,final_update_id,type,side,price,size\n";

/// "event kind side price size" of each level that a stream of the file gives.
texts depth_of(const std::string& path) {
  texts out;
  depth_file_stream stream{path};
  for (auto batch = stream.next(); !batch.empty(); batch = stream.next())
    for (const auto& d : batch)
      out.push_back(std::to_string(d.event) + (d.snapshot ? " all " : " ") + to_string(d.direction)
                    + " " + d.size.to_string() + "@" + d.at.to_string() + " "
                    + std::to_string(d.time.ms()));
  return out;
}

TEST_F(tick_reader_test, depth_begins_with_the_first_snapshot_and_passes_over_what_is_older) {
  EXPECT_EQ(
    depth_of(file(std::string{depth_header} + "1,1,2,delta,bid,99,1\n"
                  + "2,,5,snapshot,bid,99,2\n2,,5,snapshot,ask,101,2\n" + "3,4,5,delta,ask,101,9\n"
                  + "4,5,7,delta,ask,101,0\n4,5,7,delta,ask,102,1\n")),
    (texts{"1 all buy 2@99 2", "1 all sell 2@101 2", "2 sell 0@101 4", "2 sell 1@102 4"}));
}

TEST_F(tick_reader_test, changes_that_a_snapshot_does_not_hold_yet_follow_it) {
  EXPECT_EQ(depth_of(file(std::string{depth_header} + "1,1,4,delta,bid,98,7\n"
                          + "2,5,6,delta,bid,99,1\n3,7,9,delta,bid,99,3\n"
                          + "4,,5,snapshot,bid,99,2\n5,10,11,delta,ask,101,9\n")),
            (texts{"1 all buy 2@99 4", "2 buy 1@99 4", "3 buy 3@99 4", "4 sell 9@101 5"}));
  const auto path = file(std::string{depth_header} + "3,7,9,delta,bid,99,3\n"
                         + "4,,5,snapshot,bid,99,2\n5,10,11,delta,ask,101,9\n");
  try {
    (void)depth_of(path);
    ADD_FAILURE() << "nobody knows what was changed by 6";
  } catch (const defective_data& why) {
    EXPECT_EQ(why.defect().reason, "update 6, the next after the snapshot, is missing");
  }
}

TEST_F(tick_reader_test, a_file_of_depth_without_a_snapshot_says_nothing) {
  EXPECT_THROW((void)depth_of(file(std::string{depth_header} + "1,1,2,delta,bid,99,1\n")),
               defective_data);
}

TEST_F(tick_reader_test, refuses_depth_in_which_an_event_is_missing) {
  EXPECT_EQ(defects_of(depth_reader{file(std::string{depth_header} + "2,,5,snapshot,bid,99,2\n"
                                         + "4,8,9,delta,ask,101,1\n4,8,9,delta,ask,102,1\n"
                                         + "5,10,11,delta,ask,101,1\n"
                                         + "6,,20,snapshot,bid,99,2\n6,21,22,delta,bid,99,1\n")}),
            texts{"3: updates 6 to 7 are missing"});
}

TEST_F(tick_reader_test, names_what_is_wrong_with_a_level) {
  const std::vector<std::pair<std::string, std::string>> cases{
    {"5,,5,snapshot,mid,99,1", "side is neither bid nor ask"},
    {"5,,5,change,bid,99,1", "type is neither snapshot nor delta"},
    {"5,,x,snapshot,bid,99,1", "final_update_id is not a whole number"},
    {"5,,,snapshot,bid,99,1", "final_update_id is empty"},
    {"5,,5,snapshot,bid,0,1", "the price is not positive"},
    {"5,,5,snapshot,bid,99,-1", "the size is negative"},
    {"4,,5,snapshot,bid,99,1", "earlier than the row before"},
  };
  for (const auto& [row, reason] : cases)
    EXPECT_EQ(defects_of(depth_reader{
                file(std::string{depth_header} + "5,,5,snapshot,ask,100,1\n" + row + "\n")}),
              texts{"3: " + reason});
}

} // namespace
} // namespace supreme::venues
