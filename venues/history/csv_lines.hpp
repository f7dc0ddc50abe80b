#pragma once

#include "venues/history/byte_stream.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace supreme::venues {

/// The lines of a text file, plain or gzip, in bounded memory. Lines end in \n or \r\n, the last
/// one, too: a file whose last line has no end has been cut off somewhere inside a number.
///
/// One owner; not thread-safe.
class csv_lines {
public:
  enum class outcome : uint8_t { line = 1, defect = 2, end = 3 };

  /// A place to go back to.
  struct place {
    std::unique_ptr<byte_stream::mark> stream;
    std::string unread; ///< the line that has been begun
    uint64_t number = 0;
  };

  /// Called before the next part of the file is read: here() costs least then. Places inside a line
  /// that is too long are of no use.
  using chunk_observer = std::function<void()>;

  /// So many bytes behind the end of every line may be read, whatever they are; the first of them
  /// is the line's end.
  static constexpr size_t readable_behind = 16;

  /// A file that cannot be opened is the first defect.
  explicit csv_lines(const std::string& path);
  csv_lines(const csv_lines&) = delete;
  csv_lines& operator=(const csv_lines&) = delete;

  void observe(chunk_observer before_chunk) { before_chunk_ = std::move(before_chunk); }

  /// Reads on to the next line. A line that is too long is a defect, and the next call goes on
  /// behind it; behind any other defect nothing follows: is_over().
  [[nodiscard]] outcome next();

  /// The line without its end, valid until the next call; of a defect, as much as is there.
  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  /// Of the last line or defect, 1-based.
  [[nodiscard]] uint64_t number() const noexcept { return number_; }
  /// Why, if the last outcome was a defect.
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
  [[nodiscard]] bool is_over() const noexcept { return over_; }

  [[nodiscard]] place here() const;
  /// Goes back (or on) to a place of this very file.
  void go_to(const place& p);
  /// Whether the file is still what it was when it was opened; false when it could not be opened.
  [[nodiscard]] bool is_unchanged() const { return stream_ != nullptr && stream_->is_unchanged(); }

private:
  [[nodiscard]] outcome fail(std::string reason);
  [[nodiscard]] outcome end_of_stream();
  [[nodiscard]] bool fill();
  void skip_line();

  chunk_observer before_chunk_;
  std::unique_ptr<byte_stream> stream_;
  std::vector<char> buffer_;
  size_t begin_ = 0; ///< unread bytes of the buffer
  size_t end_ = 0;
  std::string_view text_;
  std::string reason_;
  uint64_t number_ = 0;
  bool skipping_ = false; ///< the line in hand was too long, and its rest is still unread
  bool over_ = false;
};

} // namespace supreme::venues
