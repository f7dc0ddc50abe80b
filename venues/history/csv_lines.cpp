#include "venues/history/csv_lines.hpp"

#include "config/defaults.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace supreme::venues {

namespace {

namespace defaults = config::defaults;

/// Read from the file at once: large enough for the disk, small enough for the cache.
constexpr size_t chunk_bytes = 256 * 1024;
static_assert(chunk_bytes > 2 * defaults::csv_line_bytes_max);

} // namespace

csv_lines::csv_lines(const std::string& path) : buffer_(chunk_bytes + readable_behind) {
  auto stream = byte_stream::open(path);
  if (stream)
    stream_ = std::move(stream).value();
  else
    reason_ = stream.error();
}

csv_lines::outcome csv_lines::next() {
  if (over_)
    return outcome::end;
  if (!stream_)
    return fail(std::move(reason_));
  if (skipping_)
    skip_line();
  for (;;) {
    const char* const start = buffer_.data() + begin_;
    const size_t unread = end_ - begin_;
    const void* const newline = std::memchr(start, '\n', unread);
    const size_t length =
      newline == nullptr ? unread : static_cast<size_t>(static_cast<const char*>(newline) - start);
    if (length > defaults::csv_line_bytes_max) {
      ++number_;
      text_ = {start, length};
      reason_ = "longer than " + std::to_string(defaults::csv_line_bytes_max) + " bytes";
      skipping_ = true;
      return outcome::defect;
    }
    if (newline != nullptr) {
      ++number_;
      begin_ += length + 1;
      text_ = {start, length};
      if (!text_.empty() && text_.back() == '\r')
        text_.remove_suffix(1);
      return outcome::line;
    }
    if (!fill())
      return end_of_stream();
  }
}

csv_lines::outcome csv_lines::fail(std::string reason) {
  reason_ = std::move(reason);
  over_ = true;
  return outcome::defect;
}

csv_lines::outcome csv_lines::end_of_stream() {
  text_ = {buffer_.data() + begin_, end_ - begin_};
  if (!stream_->damage().empty()) {
    ++number_;
    return fail(stream_->damage());
  }
  if (!text_.empty()) {
    ++number_;
    return fail("the last line has no end: the file may have been cut off");
  }
  if (number_ == 0)
    return fail("the file is empty");
  over_ = true;
  return outcome::end;
}

/// Reads the next part of the file behind the unread bytes, which are less than a line.
bool csv_lines::fill() {
  if (before_chunk_)
    before_chunk_();
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  const size_t got = stream_->read(buffer_.data() + end_, chunk_bytes - end_);
  end_ += got;
  return got > 0;
}

/// Drops the rest of the line in hand.
void csv_lines::skip_line() {
  skipping_ = false;
  for (;;) {
    const void* const newline = std::memchr(buffer_.data() + begin_, '\n', end_ - begin_);
    if (newline != nullptr) {
      begin_ = static_cast<size_t>(static_cast<const char*>(newline) - buffer_.data()) + 1;
      return;
    }
    begin_ = end_;
    if (!fill())
      return;
  }
}

csv_lines::place csv_lines::here() const {
  return {stream_->here(), {buffer_.data() + begin_, end_ - begin_}, number_};
}

void csv_lines::go_to(const place& p) {
  stream_->go_to(*p.stream);
  std::ranges::copy(p.unread, buffer_.begin());
  begin_ = 0;
  end_ = p.unread.size();
  number_ = p.number;
  skipping_ = false;
  over_ = false;
}

} // namespace supreme::venues
