#pragma once

#include "trading/result.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace supreme::venues {

/// Why a ledger file cannot be used: definitive, and nothing was changed.
struct ledger_defect {
  std::string file;
  uint64_t offset = 0; ///< byte at which the trouble begins
  std::string reason;

  /// "file: byte offset: reason".
  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const ledger_defect&, const ledger_defect&) = default;
};

/// Writing or syncing failed. Whether the bytes are on the disk is unknown; only reading the file
/// again after a new start tells.
class ledger_failure : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// What a ledger file consists of.
struct ledger_extent {
  uint64_t frames = 0;
  uint64_t end = 0;        ///< bytes of the whole frames
  uint64_t torn_bytes = 0; ///< after them: a frame whose writing a crash cut short

  friend bool operator==(const ledger_extent&, const ledger_extent&) = default;
};

/// Takes the payload of one frame; says why it cannot be true, or nothing.
using frame_visitor = std::function<std::optional<std::string>(std::string_view payload)>;

/// An append-only file of numbered, checksummed frames; one frame is one synced batch.
///
/// A frame is written only after the one before it has been synced. So a crash can leave behind
/// nothing but a beginning of the last frame, or sectors of it that were never written and read as
/// zeros: that is a torn tail, which nobody was told of. Everything else that does not check out is
/// damage to what somebody was told, and definitive. One owner; not thread-safe.
class ledger_file {
public:
  struct opened;

  /// Opens or makes the file, locks it, hands all frames to `visit` in order and then cuts off a
  /// torn tail. Damage, a frame that `visit` refuses, a lock held by another process and errors of
  /// the file system are defects.
  [[nodiscard]] static trading::result<opened, ledger_defect> open(const std::string& path,
                                                                   const frame_visitor& visit);
  /// The same without lock and without any change.
  [[nodiscard]] static trading::result<ledger_extent, ledger_defect>
  read(const std::string& path, const frame_visitor& visit);

  ledger_file(ledger_file&& other) noexcept;
  ledger_file& operator=(ledger_file&& other) = delete;
  ~ledger_file();

  /// Appends one frame (1 to venue_ledger_frame_bytes_max bytes) and syncs it. Throws
  /// ledger_failure; the object must not be used after that.
  void append(std::string_view payload);

private:
  ledger_file(std::string path, int descriptor, const ledger_extent& extent);

  std::string path_;
  int descriptor_ = -1;
  uint64_t end_ = 0;
  uint64_t frames_ = 0;
  std::string buffer_;
};

struct ledger_file::opened {
  ledger_file file;
  ledger_extent extent;
};

} // namespace supreme::venues
