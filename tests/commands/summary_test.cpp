// Goal: the summary of a backtest stays readable, however much took part.
// Method: made-up results, and the lines that are printed of them.

#include "commands/backtest_report.hpp"
#include "tests/commands/sample_result.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace supreme::commands {
namespace {

/// What `count` instruments earned, in the order they are printed: the first lost 1, the last
/// earned the most.
std::vector<std::string> instrument_lines(int count) {
  auto result = tests::sample_result({.days = 10});
  result.earned = {};
  for (int i = 0; i < count; ++i) {
    const auto name = "I" + std::string(i < 10 ? "0" : "") + std::to_string(i);
    const auto refused =
      result.earned.add(trading::strategy_id{"trend"}, trading::instrument_id{name},
                        {trading::decimal::from_integer(i - 1), {}, {}, {}});
    if (refused != trading::booking_refusal::none)
      return {"refused"};
  }
  std::ostringstream out;
  print_summary(out, result);
  std::istringstream text{out.str()};
  std::vector<std::string> lines;
  bool inside = false;
  for (std::string line; std::getline(text, line);) {
    inside = line == "By instrument" || (inside && !line.empty());
    if (inside)
      lines.push_back(line.substr(0, line.find(',')));
  }
  return lines;
}

TEST(summary, lists_instruments_by_what_they_earned) {
  EXPECT_EQ(instrument_lines(1), std::vector<std::string>{});
  EXPECT_EQ(
    instrument_lines(3),
    (std::vector<std::string>{"By instrument", "  I02               net 1.00",
                              "  I01               net 0.00", "  I00               net −1.00"}));
}

TEST(summary, shows_of_many_instruments_the_best_and_the_worst) {
  EXPECT_EQ(instrument_lines(20).size(), 21u);
  const auto lines = instrument_lines(33);
  ASSERT_EQ(lines.size(), 22u);
  EXPECT_EQ(lines[1], "  I32               net 31.00");
  EXPECT_EQ(lines[10], "  I23               net 22.00");
  EXPECT_EQ(lines[11], "  ...               13 in between");
  EXPECT_EQ(lines[12], "  I09               net 8.00");
  EXPECT_EQ(lines[21], "  I00               net −1.00");
}

} // namespace
} // namespace supreme::commands
