// Goal: every recorded bar file of the shared data is readable, and holds what its README says.
// Method: the tables of the READMEs name each file, its interval and its number of rows.

#include "tests/support/shared_data.hpp"
#include "venues/history/bar_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace supreme::venues {
namespace {

namespace fs = std::filesystem;

struct listed_file {
  fs::path path;
  trading::nanoseconds interval{0};
  uint64_t rows = 0;
  std::string period; ///< "2022-01-01 00:00:00 .. 2025-09-30 23:00:00", both opens
};

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> out;
  std::istringstream in{line};
  for (std::string cell; std::getline(in, cell, '|');) {
    const auto first = cell.find_first_not_of(' ');
    out.push_back(
      first == std::string::npos ? "" : cell.substr(first, cell.find_last_not_of(' ') - first + 1));
  }
  return out;
}

trading::nanoseconds interval_of(const std::string& text) {
  const int64_t count = std::stoll(text);
  switch (text.back()) {
    case 's':
      return std::chrono::seconds{count};
    case 'm':
      return std::chrono::minutes{count};
    case 'h':
      return std::chrono::hours{count};
    case 'd':
      return std::chrono::hours{24 * count};
    default:
      throw std::runtime_error{"interval " + text};
  }
}

/// Columns: (empty), file, instrument, interval, rows, period, ...
std::vector<listed_file> listed_in(const fs::path& readme) {
  std::vector<listed_file> out;
  std::ifstream in{readme};
  for (std::string line; std::getline(in, line);) {
    const auto cells = cells_of(line);
    if (cells.size() < 6 || cells[1].find(".csv") == std::string::npos)
      continue;
    std::string rows = cells[4];
    std::erase(rows, ',');
    out.push_back(
      {readme.parent_path() / cells[1], interval_of(cells[3]), std::stoull(rows), cells[5]});
  }
  return out;
}

std::string without_zone(trading::timestamp t) {
  std::string text = t.to_string();
  text[10] = ' ';
  text.pop_back();
  return text;
}

TEST(shared_bars, every_file_holds_what_its_readme_says) {
  SUPREME_SHARED_PATH(folder, "data/bars");
  size_t files = 0;
  size_t present = 0;
  for (const auto& entry : fs::recursive_directory_iterator{folder}) {
    if (entry.path().filename().string().find(".csv") != std::string::npos)
      ++present;
    if (entry.path().filename() != "README.md")
      continue;
    for (const auto& listed : listed_in(entry.path())) {
      SCOPED_TRACE(listed.path);
      ++files;
      const auto checked = check_file({listed.path, trading::instrument_id{"X"}, listed.interval});
      ASSERT_TRUE(checked) << checked.error().to_string();
      EXPECT_EQ(checked->rows, listed.rows);
      EXPECT_EQ(without_zone(checked->first_open) + " .. "
                  + without_zone(checked->last_close - listed.interval),
                listed.period);
      EXPECT_EQ(checked->rounded_values, 0U);
    }
  }
  EXPECT_EQ(files, present);
  EXPECT_EQ(files, 38U);
}

TEST(shared_bars, yahoo_files_that_run_backwards_are_refused_and_good_ones_are_not) {
  SUPREME_SHARED_PATH(folder, "data/defects/yahoo");
  const trading::instrument_id x{"X"};
  const auto day = std::chrono::hours{24};
  const auto backwards = check_file({folder / "AET-L-1d-100x-error.csv", x, day});
  ASSERT_FALSE(backwards);
  EXPECT_EQ(backwards.error().total, 22U);
  EXPECT_EQ(backwards.error().listed.at(0).line, 3U);
  EXPECT_EQ(backwards.error().listed.at(0).reason, "not later than the row before");
  const auto good = check_file({folder / "EWG-1d-no-bad-divs.csv", x, day});
  ASSERT_TRUE(good) << good.error().to_string();
  EXPECT_EQ(good->rows, 662U);
  EXPECT_GT(good->rounded_values, 1'000U);
}

} // namespace
} // namespace supreme::venues
