#pragma once

#include "trading/result.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace supreme::venues {

/// Why a ledger file cannot be used: definitive, nothing was changed.
struct ledger_defect {
  std::string file;
  uint64_t offset = 0;          ///< byte at which the trouble begins
  std::string reason;

  /// "file at byte offset: reason".
  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const ledger_defect&, const ledger_defect&) = default;
};

/// Writing or syncing failed. Whether the bytes are on the disk is unknown; only reading the file again
/// after a new start tells.
class ledger_failure : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// What reading a ledger file finds.
struct ledger_frames {
  std::vector<std::string> payloads; ///< whole frames, in order
  uint64_t end = 0;             ///< length of the whole frames in bytes
  uint64_t torn_bytes = 0;      ///< after them: a frame whose writing a crash cut short
};

/// An append-only file of frames {magic, length, number, checksum of these, checksum of the payload,
/// payload}; one frame is one synced batch. What a crash can leave behind is only the beginning of the
/// last frame, or sectors of it that were never written and read as zeros: that is a torn tail. Anything
/// else that does not check out is damage. One owner; not thread-safe.
class ledger_file {
public:
  struct opened;

  /// Opens or makes the file, takes an exclusive lock, reads all frames and cuts off a torn tail.
  [[nodiscard]] static trading::result<opened, ledger_defect> open(const std::string& path);
  /// Reads without lock or change.
  [[nodiscard]] static trading::result<ledger_frames, ledger_defect> read(const std::string& path);

  ledger_file(ledger_file&& other) noexcept;
  ledger_file& operator=(ledger_file&& other) = delete;
  ~ledger_file();

  /// Appends one frame and syncs it. Throws ledger_failure; the object must not be used after that.
  void append(std::string_view payload);

private:
  ledger_file(std::string path, int fd, uint64_t end, uint64_t frames);

  std::string path_;
  int fd_ = -1;
  uint64_t end_ = 0;
  uint64_t frames_ = 0;
  std::string buffer_;
};

struct ledger_file::opened {
  ledger_file file;
  ledger_frames content;
};

} // namespace supreme::venues
