#pragma once

#include "trading/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace supreme::venues {

/// The bytes of a file, decompressed where it is a gzip file, front to back and with a way back to
/// places passed. Keeps a bounded part of the file in memory. One owner; not thread-safe.
class byte_stream {
public:
  /// A place in the stream. Only of use to the stream that made it.
  class mark {
  public:
    mark() = default;
    mark(const mark&) = delete;
    mark& operator=(const mark&) = delete;
    virtual ~mark() = default;
  };

  /// Opens a regular file. A name ending in .gz must be a gzip file; of any other name the content
  /// decides. The error says why it cannot be read.
  [[nodiscard]] static trading::result<std::unique_ptr<byte_stream>, std::string>
  open(const std::string& path);

  byte_stream(const byte_stream&) = delete;
  byte_stream& operator=(const byte_stream&) = delete;
  virtual ~byte_stream() = default;

  /// Fills `to` with at most `count` (> 0) bytes and returns how many. 0: the end, or damage() says
  /// why there is nothing more.
  [[nodiscard]] virtual size_t read(char* to, size_t count) = 0;
  /// Why reading cannot go on; empty as long as it can. Bytes given before may be wrong, too.
  [[nodiscard]] const std::string& damage() const noexcept { return damage_; }

  [[nodiscard]] virtual std::unique_ptr<mark> here() const = 0;
  /// Goes to a place that here() of this very stream gave.
  virtual void go_to(const mark& place) = 0;

  /// Whether the file is still what it was when it was opened, judged by its size and time of
  /// change.
  [[nodiscard]] virtual bool is_unchanged() const = 0;

protected:
  byte_stream() = default;

  std::string damage_;
};

} // namespace supreme::venues
