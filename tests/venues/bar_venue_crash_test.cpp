// Goal: whatever moment the venue's process dies at, its ledger holds everything that was answered,
// and a new process goes on from a consistent state. Method: the ledger of a scripted session cut
// at every byte; a child process killed while it answers; a disk that is full.

#include "tests/venues/venue_fixture.hpp"

#include "trading/check.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

namespace supreme::venues {
namespace {

using namespace tests;
using trading::client_order_id;
using trading::side;

class bar_venue_crash_test : public venue_fixture {
protected:
  bar_venue_crash_test() : venue_fixture(fast_parent()) {}

  struct moment {
    uint64_t bytes = 0;
    ledger_contents contents;
  };

  void remember() {
    history_.push_back({std::filesystem::file_size(settings_.ledger_file), ledger()});
  }

  void play(const std::vector<std::vector<command>>& script) {
    remember();
    for (const auto& batch : script) {
      (void)handle(batch);
      remember();
    }
  }

  std::vector<moment> history_;
};

std::vector<std::vector<command>> script() {
  return {{logon{main_account, 1}},
          {market_order("a", side::buy, "1"), limit_order("b", side::buy, "2", "95"),
           limit_order("refused", side::buy, "0.0001", "95")},
          {make_step(1, {make_bar(btc, 0, "100", "101", "94", "97")})},
          {logon{main_account, 2}, limit_order("old", side::buy, "1", "90")},
          {market_order("c", side::sell, "3", 2), cancel{main_account, 2, client_order_id{"b"}}},
          {stop_order("d", side::sell, "1", "80"), market_order("e", side::buy, "1", 2)},
          {cancel{main_account, 2, client_order_id{"e"}}},
          {make_step(
            2, {make_bar(btc, 1, "97", "99", "96", "98"), make_bar(eth, 1, "9", "9", "9", "9")})}};
}

TEST_F(bar_venue_crash_test, a_ledger_cut_at_any_byte_opens_as_what_was_answered_before) {
  play(script());
  venue_.reset();
  const auto whole = read_file(settings_.ledger_file);
  ASSERT_EQ(whole.size(), history_.back().bytes);
  ASSERT_EQ(history_.back().contents.trades.size(), 3U);
  for (size_t length = 0; length <= whole.size(); ++length) {
    write_file(settings_.ledger_file, whole.substr(0, length));
    const auto behind = std::ranges::upper_bound(history_, length, {}, &moment::bytes);
    // A ledger cut inside its very first frame begins anew, as if it had never been opened.
    const auto& last = behind == history_.begin() ? history_.front() : *std::prev(behind);
    auto read = ledger();
    EXPECT_EQ(read.torn_bytes, behind == history_.begin() ? length : length - last.bytes);
    reopen();
    EXPECT_EQ(venue_->torn_bytes(), read.torn_bytes);
    ASSERT_EQ(ledger(), last.contents) << "cut at byte " << length;
  }
}

TEST_F(bar_venue_crash_test, repeating_everything_after_a_cut_ends_in_the_same_state) {
  play(script());
  venue_.reset();
  const auto whole = read_file(settings_.ledger_file);
  for (const auto& m : history_) {
    // One byte less: the last answer of that moment was lost.
    write_file(settings_.ledger_file, whole.substr(0, m.bytes - 1));
    reopen();
    for (const auto& batch : script())
      (void)handle(batch);
    EXPECT_EQ(ledger(), history_.back().contents);
    EXPECT_EQ(read_file(settings_.ledger_file), whole);
  }
}

TEST_F(bar_venue_crash_test, damage_is_refused_and_left_alone) {
  play(script());
  venue_.reset();
  const auto whole = read_file(settings_.ledger_file);
  for (size_t i = 0; i < whole.size(); ++i) {
    auto damaged = whole;
    damaged[i] = static_cast<char>(static_cast<unsigned char>(damaged[i]) ^ 0x10U);
    write_file(settings_.ledger_file, damaged);
    EXPECT_FALSE(bar_venue::open(settings_)) << i;
    EXPECT_FALSE(read_ledger(settings_.ledger_file)) << i;
    ASSERT_EQ(read_file(settings_.ledger_file), damaged) << i;
  }
}

TEST_F(bar_venue_crash_test, killing_the_process_loses_nothing_that_was_answered) {
  venue_.reset();
  int answers[2] = {-1, -1};
  ASSERT_EQ(::pipe2(answers, O_CLOEXEC), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    // Sends orders and steps without end, and the number of each order once it has been answered.
    ::close(answers[0]);
    auto opened = bar_venue::open(settings_);
    if (!opened)
      ::_exit(1);
    auto& venue = **opened;
    (void)venue.handle({logon{main_account, 1}}, 0);
    for (uint64_t n = 1;; ++n) {
      (void)venue.handle({market_order(("o" + std::to_string(n)).c_str(), side::buy, "1")}, 0);
      if (::write(answers[1], &n, sizeof n) != static_cast<ssize_t>(sizeof n))
        ::_exit(2);
      const auto bar = make_bar(btc, static_cast<int64_t>(n) - 1, "100", "101", "99", "100");
      (void)venue.handle({make_step(n, {bar})}, 0);
    }
  }
  ::close(answers[1]);
  uint64_t answered = 0;
  constexpr uint64_t enough = 100;
  while (answered < enough)
    ASSERT_EQ(::read(answers[0], &answered, sizeof answered),
              static_cast<ssize_t>(sizeof answered));
  ASSERT_EQ(::kill(child, SIGKILL), 0);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  // What the child had still written when it was killed.
  for (uint64_t n = 0; ::read(answers[0], &n, sizeof n) == static_cast<ssize_t>(sizeof n);)
    answered = n;
  ::close(answers[0]);

  reopen();
  const auto contents = ledger();
  ASSERT_GE(contents.orders.size(), answered);
  EXPECT_LE(contents.orders.size(), answered + 1);
  for (uint64_t n = 1; n <= contents.orders.size(); ++n)
    EXPECT_EQ(contents.orders[n - 1].id.str(), "o" + std::to_string(n));
  EXPECT_EQ(contents.trades.size(), contents.last_step);
  EXPECT_GE(contents.last_step + 1, answered);
}

TEST_F(bar_venue_crash_test, a_venue_whose_ledger_cannot_be_written_does_nothing_more) {
  log_on();
  const auto before = ledger();
  rlimit unlimited{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &unlimited), 0);
  auto full = unlimited;
  full.rlim_cur = std::filesystem::file_size(settings_.ledger_file) + 10;
  auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &full), 0);
  EXPECT_THROW((void)handle({market_order("a", side::buy, "1")}), ledger_failure);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &unlimited), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_THROW((void)handle({query{main_account, client_order_id{"a"}}}),
               trading::contract_violation);
  reopen();
  EXPECT_EQ(venue_->torn_bytes(), 10U);
  EXPECT_EQ(ledger(), before);
  EXPECT_EQ(ask(market_order("a", side::buy, "1")).state, trading::order_state::open);
}

} // namespace
} // namespace supreme::venues
