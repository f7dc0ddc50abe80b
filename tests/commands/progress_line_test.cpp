// Goal: a running backtest tells on a terminal how far it is, and is silent elsewhere. Method: the
// text of a known progress; a line on a stream, and one on none.

#include "commands/progress_line.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace supreme::commands {
namespace {

TEST(progress_line, tells_how_far_a_run_is_and_how_long_it_takes_yet) {
  EXPECT_EQ(progress_text({1'000'000, 1'000'000, {}}, 0.25, 0.5),
            "25 %  1,000,000 bars  2,000,000 bars/s  2 s left");
  EXPECT_EQ(progress_text({10, 10, {}}, 0, 0), "0 %  10 bars");
}

TEST(progress_line, shows_the_share_of_the_period_and_clears_its_line_at_the_end) {
  std::ostringstream terminal;
  {
    progress_line line{&terminal, trading::timestamp::from_ms(1'000),
                       trading::timestamp::from_ms(5'000)};
    line.show({7, 7, trading::timestamp::from_ms(2'000)});
  }
  EXPECT_EQ(terminal.str().find("\r\x1b[K25 %  7 bars"), 0u) << terminal.str();
  EXPECT_TRUE(terminal.str().ends_with("\r\x1b[K")) << terminal.str();
}

TEST(progress_line, shows_nothing_without_a_terminal) {
  progress_line line{nullptr, {}, {}};
  line.show({7, 7, {}});
}

} // namespace
} // namespace supreme::commands
