// Goal: a ledger file gives back exactly what was synced: an unfinished end is cut off, all else
// that is wrong is refused and left as it is. Method: files made by ledger_file and changed byte by
// byte; a limit on file sizes makes writes fail.

#include "tests/venues/temporary_folder.hpp"

#include "config/defaults.hpp"
#include "trading/check.hpp"
#include "venues/simulated/ledger_file.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <vector>

namespace supreme::venues {
namespace {

using tests::read_file;
using tests::write_file;

constexpr size_t sector = 512;

class ledger_file_test : public ::testing::Test {
protected:
  trading::result<ledger_file::opened, ledger_defect> open() {
    payloads_.clear();
    return ledger_file::open(path_, [this](std::string_view payload) {
      payloads_.emplace_back(payload);
      return std::optional<std::string>{};
    });
  }

  /// Makes a file of these frames; gives the length of the file before the first and after each.
  std::vector<size_t> write(const std::vector<std::string>& frames) {
    std::filesystem::remove(path_);
    auto opened = std::move(open()).value();
    std::vector<size_t> ends{0};
    for (const auto& f : frames) {
      opened.file.append(f);
      ends.push_back(std::filesystem::file_size(path_));
    }
    return ends;
  }

  /// Expects that opening these bytes gives the first `whole` frames and cuts off the rest.
  void expect_torn(const std::string& bytes, const std::vector<std::string>& frames, size_t whole,
                   const std::vector<size_t>& ends) {
    write_file(path_, bytes);
    {
      const auto opened = open();
      ASSERT_TRUE(opened) << opened.error().to_string();
      EXPECT_EQ(payloads_,
                (std::vector(frames.begin(), frames.begin() + static_cast<std::ptrdiff_t>(whole))));
      EXPECT_EQ(opened->extent, (ledger_extent{whole, ends[whole], bytes.size() - ends[whole]}));
    }
    EXPECT_EQ(read_file(path_), bytes.substr(0, ends[whole]));
  }

  /// Expects that these bytes are refused, from `offset` on, and left alone.
  void expect_damaged(const std::string& bytes, uint64_t offset, const std::string& reason = "") {
    write_file(path_, bytes);
    const auto opened = open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().file, path_);
    EXPECT_EQ(opened.error().offset, offset);
    if (!reason.empty()) {
      EXPECT_EQ(opened.error().reason, reason);
    }
    EXPECT_EQ(read_file(path_), bytes);
  }

  tests::temporary_folder folder_;
  std::string path_ = folder_.file("ledger");
  std::vector<std::string> payloads_;
};

const std::vector<std::string> small_frames{"first", std::string("\0\xA5SVL1", 6), "the third one"};

/// Frames of more than a sector each, without a sector's length of zeros.
std::vector<std::string> large_frames() {
  std::vector<std::string> out;
  for (size_t k = 0; k < 3; ++k) {
    std::string f(3'000 + k * 700, '\0');
    for (size_t i = 0; i < f.size(); i += 3)
      f[i] = static_cast<char>('a' + (i + k) % 26);
    out.push_back(f);
  }
  return out;
}

TEST_F(ledger_file_test, gives_back_what_was_appended) {
  const auto ends = write(small_frames);
  auto opened = open();
  ASSERT_TRUE(opened);
  EXPECT_EQ(payloads_, small_frames);
  EXPECT_EQ(opened->extent, (ledger_extent{3, ends.back(), 0}));
}

TEST_F(ledger_file_test, goes_on_after_a_restart) {
  write(small_frames);
  std::move(open()).value().file.append("fourth");
  ASSERT_TRUE(open());
  EXPECT_EQ(payloads_.size(), 4U);
  EXPECT_EQ(payloads_.back(), "fourth");
}

TEST_F(ledger_file_test, is_readable_by_its_owner_only) {
  write(small_frames);
  EXPECT_EQ(std::filesystem::status(path_).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(ledger_file_test, cut_at_any_byte_gives_the_whole_frames_before) {
  const auto ends = write(small_frames);
  const auto whole = read_file(path_);
  for (size_t length = 0; length < whole.size(); ++length) {
    const auto frames =
      static_cast<size_t>(std::ranges::upper_bound(ends, length) - ends.begin()) - 1;
    expect_torn(whole.substr(0, length), small_frames, frames, ends);
  }
}

TEST_F(ledger_file_test, goes_on_after_a_torn_tail) {
  write(small_frames);
  const auto whole = read_file(path_);
  write_file(path_, whole.substr(0, whole.size() - 3));
  std::move(open()).value().file.append("instead");
  ASSERT_TRUE(open());
  EXPECT_EQ(payloads_, (std::vector<std::string>{small_frames[0], small_frames[1], "instead"}));
}

TEST_F(ledger_file_test, no_changed_bit_goes_unnoticed_and_none_is_taken_for_a_torn_tail) {
  const auto ends = write(small_frames);
  const auto whole = read_file(path_);
  for (size_t i = 0; i < whole.size(); ++i)
    for (unsigned bit = 1; bit < 256; bit *= 2) {
      auto damaged = whole;
      damaged[i] = static_cast<char>(static_cast<unsigned char>(damaged[i]) ^ bit);
      const auto frame = static_cast<size_t>(std::ranges::upper_bound(ends, i) - ends.begin()) - 1;
      expect_damaged(damaged, ends[frame]);
    }
}

TEST_F(ledger_file_test, sectors_of_the_last_frame_that_were_never_written_are_a_torn_tail) {
  const auto frames = large_frames();
  const auto ends = write(frames);
  const auto whole = read_file(path_);
  for (size_t at = ends[2]; at < whole.size(); at = (at / sector + 1) * sector) {
    auto lost = whole;
    const size_t end = std::min((at / sector + 1) * sector, whole.size());
    std::fill(lost.begin() + static_cast<std::ptrdiff_t>(at),
              lost.begin() + static_cast<std::ptrdiff_t>(end), '\0');
    expect_torn(lost, frames, 2, ends);
    std::fill(lost.begin() + static_cast<std::ptrdiff_t>(at), lost.end(), '\0');
    expect_torn(lost, frames, 2, ends);
  }
}

TEST_F(ledger_file_test, zeros_behind_the_last_frame_are_a_torn_tail) {
  const auto ends = write(small_frames);
  const auto whole = read_file(path_);
  for (const size_t zeros : {1U, 20U, 24U, 511U, 512U, 4096U, 70'000U})
    expect_torn(whole + std::string(zeros, '\0'), small_frames, 3, ends);
}

TEST_F(ledger_file_test, a_lost_sector_before_the_last_frame_is_damage) {
  const auto frames = large_frames();
  const auto ends = write(frames);
  const auto whole = read_file(path_);
  for (size_t at = 0; at + sector <= ends[2]; at += sector) {
    auto lost = whole;
    std::fill_n(lost.begin() + static_cast<std::ptrdiff_t>(at), sector, '\0');
    const auto frame = static_cast<size_t>(std::ranges::upper_bound(ends, at) - ends.begin()) - 1;
    expect_damaged(lost, ends[frame]);
  }
}

TEST_F(ledger_file_test, frames_that_are_missing_repeated_or_swapped_are_damage) {
  const auto ends = write(small_frames);
  const auto whole = read_file(path_);
  const auto first = whole.substr(0, ends[1]);
  const auto second = whole.substr(ends[1], ends[2] - ends[1]);
  const auto third = whole.substr(ends[2]);
  expect_damaged(first + third, ends[1], "frame 3 stands where frame 2 belongs");
  expect_damaged(first + first + second, ends[1], "frame 1 stands where frame 2 belongs");
  expect_damaged(second + first, 0, "frame 2 stands where frame 1 belongs");
}

TEST_F(ledger_file_test, refuses_what_is_no_ledger) {
  expect_damaged("ts,open,high,low,close,volume\n1,2,3,4,5,6\n", 0,
                 "not the ledger of a simulated venue");
  expect_damaged("x", 0, "not the ledger of a simulated venue");
  expect_damaged(std::string(100'000, 'x'), 0, "not the ledger of a simulated venue");
  path_ = folder_.file("");
  EXPECT_EQ(open().error().reason, "open: Is a directory");
  path_ = folder_.file("absent/ledger");
  EXPECT_EQ(open().error().reason, "open: No such file or directory");
}

TEST_F(ledger_file_test, refuses_a_frame_that_its_visitor_refuses_and_leaves_the_file_alone) {
  const auto ends = write(small_frames);
  const auto torn = read_file(path_) + "SVL1";
  write_file(path_, torn);
  const auto opened = ledger_file::open(path_, [](std::string_view payload) {
    return payload == small_frames[1] ? std::optional<std::string>{"wrong"} : std::nullopt;
  });
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error(), (ledger_defect{path_, ends[1], "frame 2: wrong"}));
  EXPECT_EQ(opened.error().to_string(),
            path_ + ": byte " + std::to_string(ends[1]) + ": frame 2: wrong");
  EXPECT_EQ(read_file(path_), torn);
}

TEST_F(ledger_file_test, belongs_to_one_at_a_time_but_may_be_read) {
  write(small_frames);
  auto first = open();
  ASSERT_TRUE(first);
  const auto second = open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, "another process has this ledger open");
  size_t frames = 0;
  const auto read = ledger_file::read(path_, [&](std::string_view) {
    ++frames;
    return std::optional<std::string>{};
  });
  ASSERT_TRUE(read);
  EXPECT_EQ(frames, 3U);
}

TEST_F(ledger_file_test, reading_leaves_a_torn_tail_alone) {
  const auto ends = write(small_frames);
  const auto torn = read_file(path_) + "SVL1";
  write_file(path_, torn);
  const auto read =
    ledger_file::read(path_, [](std::string_view) { return std::optional<std::string>{}; });
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, (ledger_extent{3, ends.back(), 4}));
  EXPECT_EQ(read_file(path_), torn);
}

TEST_F(ledger_file_test, appends_only_frames_of_a_proper_size) {
  auto file = std::move(open()).value().file;
  EXPECT_THROW(file.append(""), trading::contract_violation);
  EXPECT_THROW(file.append(std::string(config::defaults::venue_ledger_frame_bytes_max + 1, 'x')),
               trading::contract_violation);
}

/// Files of this process may not grow beyond a size as long as this lives.
class file_size_limit {
public:
  explicit file_size_limit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
  }
  file_size_limit(const file_size_limit&) = delete;
  file_size_limit& operator=(const file_size_limit&) = delete;
  ~file_size_limit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

private:
  rlimit before_{};
  void (*handler_)(int) = SIG_DFL;
};

TEST_F(ledger_file_test, a_write_that_fails_half_way_leaves_a_torn_tail) {
  const auto ends = write(small_frames);
  {
    auto file = std::move(open()).value().file;
    const file_size_limit limit{ends.back() + 30};
    EXPECT_THROW(file.append("this does not fit any more"), ledger_failure);
  }
  EXPECT_EQ(std::filesystem::file_size(path_), ends.back() + 30);
  const auto opened = open();
  ASSERT_TRUE(opened);
  EXPECT_EQ(payloads_, small_frames);
  EXPECT_EQ(opened->extent.torn_bytes, 30U);
}

} // namespace
} // namespace supreme::venues
