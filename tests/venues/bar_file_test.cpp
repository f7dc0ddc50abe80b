// Goal: the bars of a file by time, whatever is asked and in whatever order, in bounded memory; and
// that a defective or changed file gives nothing.
// Method: a file of several reading chunks, plain and gzip, against the same bars in a vector.

#include "tests/venues/gzip_bytes.hpp"
#include "tests/venues/temporary_folder.hpp"

#include "config/defaults.hpp"
#include "venues/history/bar_file.hpp"

#include <gtest/gtest.h>
// After GoogleTest, whose names it uses without including it.
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <random>

namespace supreme::venues {
namespace {

using namespace std::chrono_literals;
using trading::timestamp;

constexpr auto smallest = std::numeric_limits<int64_t>::min();
constexpr auto largest = std::numeric_limits<int64_t>::max();

const trading::instrument_id btc{"BTCUSDT"};

/// 50,000 bars of a minute with gaps, and the same as text of 2.6 MB.
struct sample {
  std::vector<trading::bar> bars;
  std::string text = "ts,open,high,low,close,volume\n";

  sample() {
    std::mt19937_64 random{7};
    int64_t minute = 20'000'000;
    for (int i = 0; i < 50'000; ++i) {
      minute += random() % 50 == 0 ? static_cast<int64_t>(random() % 3'000) + 2 : 1;
      trading::bar b;
      b.instrument = btc;
      b.interval = 60s;
      b.open_time = timestamp::from_ms(minute * 60'000);
      b.low = trading::decimal::from_raw(static_cast<int64_t>(random() % 1'000'000'000) + 1);
      b.high = b.low + trading::decimal::from_raw(static_cast<int64_t>(random() % 1'000'000'000));
      b.open = b.low;
      b.close = b.high;
      b.volume = trading::decimal::from_raw(static_cast<int64_t>(random() % 100'000'000'000));
      bars.push_back(b);
      text += std::to_string(b.open_time.ms()) + "," + b.open.to_string() + "," + b.high.to_string()
              + "," + b.low.to_string() + "," + b.close.to_string() + "," + b.volume.to_string()
              + "\n";
    }
  }

  /// The definition of range().
  [[nodiscard]] std::vector<trading::bar> expected(timestamp after, timestamp up_to,
                                                   size_t max) const {
    std::vector<trading::bar> out;
    for (const auto& b : bars)
      if (out.size() < max && b.close_time() > after && b.close_time() <= up_to)
        out.push_back(b);
    return out;
  }
};

const sample& the_sample() {
  static const sample s;
  return s;
}

enum class form { plain, gzip };

class bar_file_test : public ::testing::TestWithParam<form> {
protected:
  std::unique_ptr<bar_file> open() {
    const bool zipped = GetParam() == form::gzip;
    path_ = folder_.file(zipped ? "bars.csv.gz" : "bars.csv");
    tests::write_file(path_, zipped ? tests::gzip(the_sample().text) : the_sample().text);
    auto file = bar_file::open({path_, btc, 60s});
    if (!file)
      throw std::runtime_error{file.error().to_string()};
    return std::move(file).value();
  }

  tests::temporary_folder folder_;
  std::string path_;
};

TEST_P(bar_file_test, gives_all_bars_page_by_page) {
  const auto file = open();
  const auto& all = the_sample().bars;
  EXPECT_EQ(file->summary().rows, all.size());
  EXPECT_EQ(file->summary().first_open, all.front().open_time);
  EXPECT_EQ(file->summary().last_close, all.back().close_time());
  EXPECT_EQ(file->instrument(), btc);
  EXPECT_EQ(file->interval(), 60s);
  std::vector<trading::bar> read;
  auto last = timestamp::from_ns(smallest);
  for (;;) {
    const auto page = file->after(last, 777);
    read.insert(read.end(), page.begin(), page.end());
    if (page.size() < 777)
      break;
    last = page.back().close_time();
  }
  EXPECT_TRUE(read == all);
}

TEST_P(bar_file_test, answers_any_request_in_any_order) {
  const auto file = open();
  const auto& all = the_sample().bars;
  const int64_t first = all.front().open_time.ms() - 1'000'000;
  const int64_t last = all.back().open_time.ms() + 1'000'000;
  std::mt19937_64 random{11};
  const auto any_time = [&] {
    const auto ms = first + static_cast<int64_t>(random() % static_cast<uint64_t>(last - first));
    // Every other one exactly on a close, where "after" and "up to" differ.
    return timestamp::from_ms(random() % 2 == 0 ? ms : ms / 60'000 * 60'000);
  };
  for (int i = 0; i < 300; ++i) {
    const auto from = any_time();
    const auto to = random() % 3 == 0 ? any_time() : timestamp::from_ns(largest);
    const size_t max = random() % 400;
    ASSERT_TRUE(file->range(from, to, max) == the_sample().expected(from, to, max))
      << "request " << i << ": " << from.to_string() << " to " << to.to_string() << ", " << max;
  }
}

TEST_P(bar_file_test, answers_at_the_ends_of_time) {
  const auto file = open();
  const auto& all = the_sample().bars;
  EXPECT_TRUE(file->after(timestamp::from_ns(largest), 5).empty());
  EXPECT_EQ(file->after(timestamp::from_ns(smallest), 1).at(0), all.front());
  EXPECT_TRUE(file->after(all.back().close_time(), 5).empty());
  EXPECT_EQ(file->after(all.back().close_time() - 1ns, 5).at(0), all.back());
  EXPECT_TRUE(file->range(timestamp::from_ns(smallest), all.front().close_time() - 1ns, 5).empty());
  EXPECT_EQ(file->range(timestamp::from_ns(smallest), all.front().close_time(), 5).size(), 1U);
  EXPECT_TRUE(file->range(timestamp::from_ns(largest), timestamp::from_ns(smallest), 5).empty());
  EXPECT_TRUE(file->after(timestamp::from_ns(smallest), 0).empty());
}

TEST_P(bar_file_test, gives_no_bar_of_a_file_that_was_changed_after_it_was_checked) {
  const auto file = open();
  ASSERT_EQ(file->after(timestamp::from_ns(smallest), 3).size(), 3U);
  std::ofstream{path_, std::ios::app} << "\n";
  try {
    const auto bars = file->after(timestamp::from_ns(smallest), 3);
    FAIL() << "gave " << bars.size() << " bars";
  } catch (const defective_data& e) {
    EXPECT_EQ(e.defect().file, path_);
    EXPECT_EQ(e.defect().reason, "the file was changed after it was checked");
  }
}

TEST_P(bar_file_test, goes_on_with_the_checked_file_when_another_takes_its_name) {
  const auto file = open();
  std::filesystem::rename(path_, path_ + ".old");
  tests::write_file(path_, "something else");
  EXPECT_EQ(file->after(timestamp::from_ns(smallest), 3).size(), 3U);
}

INSTANTIATE_TEST_SUITE_P(, bar_file_test, ::testing::Values(form::plain, form::gzip),
                         [](const auto& test) {
                           return std::string{test.param == form::gzip ? "gzip" : "plain"};
                         });

TEST(bar_file, refuses_a_defective_file_as_a_whole) {
  const tests::temporary_folder folder;
  const auto path = folder.file("bars.csv");
  tests::write_file(path, the_sample().text + "rubbish\n");
  const auto file = bar_file::open({path, btc, 60s});
  ASSERT_FALSE(file);
  ASSERT_EQ(file.error().total, 1U);
  EXPECT_EQ(file.error().listed.at(0).line, the_sample().bars.size() + 2);
  EXPECT_EQ(file.error().listed.at(0).raw, "rubbish");
}

// Properties --------------------------------------------------------------------------------------

/// Text that resembles a bar file enough to reach every branch.
rc::Gen<std::string> any_text() {
  return rc::gen::mapcat(rc::gen::inRange(0, 4), [](int kind) -> rc::Gen<std::string> {
    const auto noise = rc::gen::container<std::string>(rc::gen::oneOf(
      rc::gen::elementOf(std::string{"0123456789.,-+\n\r\"eETZ: "}), rc::gen::arbitrary<char>()));
    const auto after = [&](std::string start) {
      return rc::gen::map(noise, [start](const std::string& rest) { return start + rest; });
    };
    switch (kind) {
      case 0:
        return noise;
      case 1:
        return after("ts,open,high,low,close,volume\n");
      case 2:
        return after("ts,open,high,low,close,volume\n1776606960000,10,12,9,11,5\n");
      default:
        return after("\x1f\x8b\x08");
    }
  });
}

RC_GTEST_PROP(bar_file_property, any_bytes_are_read_or_refused, ()) {
  const tests::temporary_folder folder;
  const auto path = folder.file("bars.csv");
  const auto text = *any_text();
  tests::write_file(path, text);
  const auto checked = check_file({path, btc, 60s});
  if (!checked) {
    RC_ASSERT(!checked.error().listed.empty());
    RC_ASSERT(checked.error().total >= checked.error().listed.size());
    for (const auto& d : checked.error().listed)
      RC_ASSERT(!d.reason.empty());
    return;
  }
  const auto file = bar_file::open({path, btc, 60s});
  RC_ASSERT(file.has_value());
  const auto bars = (*file)->after(timestamp::from_ns(smallest), 1'000'000);
  RC_ASSERT(bars.size() == checked->rows);
  for (const auto& b : bars)
    RC_ASSERT(trading::find_defect(b) == trading::bar_defect::none);
}

RC_GTEST_PROP(bar_file_property, what_is_written_as_a_row_is_read_back, ()) {
  const auto units = rc::gen::inRange<int64_t>(1, largest);
  trading::bar b;
  b.instrument = btc;
  b.interval = 60s;
  b.open_time =
    timestamp::from_ns(*rc::gen::inRange<int64_t>(smallest + 1, largest - 60'000'000'000));
  std::array<int64_t, 4> prices{*units, *units, *units, *units};
  std::ranges::sort(prices);
  b.low = trading::decimal::from_raw(prices[0]);
  b.open = trading::decimal::from_raw(prices[1]);
  b.close = trading::decimal::from_raw(prices[2]);
  b.high = trading::decimal::from_raw(prices[3]);
  b.volume = trading::decimal::from_raw(*units);
  const tests::temporary_folder folder;
  const auto path = folder.file("bars.csv");
  tests::write_file(path, "ts_ns,open,high,low,close,volume\n" + std::to_string(b.open_time.ns())
                            + "," + b.open.to_string() + "," + b.high.to_string() + ","
                            + b.low.to_string() + "," + b.close.to_string() + ","
                            + b.volume.to_string() + "\n");
  const auto file = bar_file::open({path, btc, 60s});
  RC_ASSERT(file.has_value());
  RC_ASSERT((*file)->after(timestamp::from_ns(smallest), 2) == std::vector{b});
}

} // namespace
} // namespace supreme::venues
